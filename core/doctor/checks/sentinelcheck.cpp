// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"

namespace lockscope {

namespace {

/// Whether the Sentinels could agree on a failover if the master died now.
class SentinelCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "sentinel"; }
    void judgeAll(const DeploymentAnswers& all, FindingList findings) const override
    {
        QStringList good;
        QStringList bad;
        const SentinelAnswer* refusing = nullptr;
        for (const SentinelAnswer& sentinel : all.sentinels) {
            if (sentinel.quorum) {
                good += DoctorText::tr("%1: %2").arg(sentinel.name, serverText(*sentinel.quorum));
            } else if (sentinel.quorum.error().serverCode == "NOQUORUM") {
                bad += DoctorText::tr("%1: %2").arg(sentinel.name, refusalText(sentinel.quorum.error()));
            } else if (!sentinel.quorum.error().serverCode.isEmpty()) {
                refusing = &sentinel;
            } else {
                away(sentinel, findings);
            }
        }
        if (!bad.isEmpty())
            noQuorum(bad, good, findings);
        else if (!good.isEmpty())
            findings.add(
                Severity::Ok, DoctorText::tr("The Sentinels can agree on a failover"), good.join(QStringLiteral("; ")));
        else if (refusing)
            findings.addUnreadable(DoctorText::tr("Whether the Sentinels can agree on a failover"),
                { "SENTINEL", "CKQUORUM" }, refusing->quorum.error());
    }

private:
    static void noQuorum(const QStringList& bad, const QStringList& good, FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Serious,
            good.isEmpty() ? DoctorText::tr("The Sentinels cannot agree on a failover")
                           : DoctorText::tr("Some Sentinels cannot reach the others"),
            (bad + good).join(QStringLiteral("; ")));
        finding.why = DoctorText::tr(
            "If the master dies now, no replica takes over: no lock can be taken or released until somebody steps in.");
        finding.mend = DoctorText::tr(
            "Bring the missing Sentinels back: more than half of all that were ever known must be reachable, and as "
            "many as the quorum says. Those that are gone for good have to be forgotten (on each Sentinel, one after "
            "the other).");
        finding.commands = { QStringLiteral("SENTINEL SENTINELS NAME"), QStringLiteral("SENTINEL RESET NAME") };
    }
    static void away(const SentinelAnswer& sentinel, FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Warning, DoctorText::tr("A Sentinel of the URI cannot be reached"),
            DoctorText::tr("%1: %2").arg(sentinel.name, refusalText(sentinel.quorum.error())));
        finding.why = DoctorText::tr("Clients that are told the same addresses find the master through the others "
                                     "only, and a failover has one vote less.");
        finding.mend = DoctorText::tr("Bring it back, or correct the address.");
    }
};

} // namespace

std::unique_ptr<Check> makeSentinelCheck() { return std::make_unique<SentinelCheck>(); }

} // namespace lockscope
