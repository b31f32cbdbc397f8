// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "locks/families/familyregistry.h"

namespace lockscope {

namespace {

constexpr qsizetype mostPatterns = 5;

QString sampleText(const DiscoveryReport& sample)
{
    const Completeness& whole = sample.server.completeness;
    const QString text = whole.complete ? DoctorText::tr("%1 keys, all of them looked at")
                                        : DoctorText::tr("a sample: %1 of about %2 keys, %3 of them read");
    return whole.complete ? text.arg(whole.keysScanned)
                          : text.arg(whole.keysScanned).arg(whole.keysExpected).arg(sample.keysRead);
}

/// Families whose keys rightly stay: counting semaphores and latches have no holder that could be stuck.
bool maySay(const QLatin1StringView family)
{
    return family != QLatin1StringView("redisson-semaphore") && family != QLatin1StringView("redisson-latch");
}

/// Locks that never end by themselves.
class TtlCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "ttl"; }
    void judgeAll(const DeploymentAnswers& all, FindingList findings) const override
    {
        if (!all.sample)
            return;
        if (!*all.sample) {
            findings.addUnreadable(DoctorText::tr("Locks without a TTL"), { "SCAN" }, all.sample->error());
            return;
        }
        const DiscoveryReport& sample = **all.sample;
        quint64 locks = 0;
        quint64 endless = 0;
        QStringList patterns;
        for (const PatternProposal& proposal : sample.proposals) {
            if (!maySay(all.scope.registry->name(proposal.family)))
                continue;
            locks += proposal.count;
            endless += proposal.noTtl;
            if (proposal.noTtl > 0 && patterns.size() < mostPatterns)
                patterns.append(QStringLiteral("%1 (%2)").arg(displayText(proposal.match, 60)).arg(proposal.noTtl));
        }
        if (locks == 0)
            findings.add(Severity::Info, DoctorText::tr("No locks were seen"), sampleText(sample));
        else if (endless == 0)
            findings.add(Severity::Ok, DoctorText::tr("All locks that were seen have a TTL"),
                DoctorText::tr("%1 locks in %2").arg(locks).arg(sampleText(sample)));
        else
            tell(endless, locks, patterns, sample, findings);
    }

private:
    static void tell(quint64 endless, quint64 locks, const QStringList& patterns, const DiscoveryReport& sample,
        FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Warning, DoctorText::tr("Locks without a TTL"),
            DoctorText::tr("%1 of %2 locks: %3; in %4")
                .arg(endless)
                .arg(locks)
                .arg(patterns.join(QStringLiteral(", ")), sampleText(sample)));
        finding.why = DoctorText::tr("If its holder dies, such a lock stays for ever, and everybody waits for it.");
        finding.mend
            = DoctorText::tr("Let the library set a TTL when it takes the lock. A lock that is stuck now can be "
                             "given one in Lockscope: force-release, act add-ttl.");
        finding.commands = { QStringLiteral("SET KEY TOKEN NX PX 30000") };
    }
};

} // namespace

std::unique_ptr<Check> makeTtlCheck() { return std::make_unique<TtlCheck>(); }

} // namespace lockscope
