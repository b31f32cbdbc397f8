// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "locks/families/familyregistry.h"

#include <QSet>

#include <array>

namespace lockscope {

namespace {

struct LibraryDefect {
    const char* family;
    const char* defect; ///< context lockscope::Doctor
};

// As these libraries' own sources have it.
constexpr std::array defects {
    LibraryDefect { "celery-once",
        QT_TRANSLATE_NOOP("lockscope::Doctor", "releases by a plain DEL: a late holder deletes its successor's lock") },
    LibraryDefect { "rq",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "releases by a plain DEL and renews without looking whose lock it is: a late holder ends, or prolongs, its "
            "successor's lock") },
    LibraryDefect { "redis-objects",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "decides by its own clock whether the lock is still its own, then deletes without comparing") },
    LibraryDefect { "npm-redis-lock",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "decides by its own clock whether the lock is still its own, then deletes without comparing") },
    LibraryDefect { "huey",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "has no TTL and no token: whoever releases it releases anybody's, and a holder that dies leaves it for "
            "ever") },
    LibraryDefect { "mlanett-redis-lock",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "keeps the end of the lease in a second key without a TTL: what a dead holder leaves stays until the next "
            "one comes") },
    LibraryDefect { "quartz-redis-jobstore",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "compares and deletes in two commands: what changes between them is deleted by mistake") },
    LibraryDefect { "aioredlock",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "its renewal takes the lock anew where it is gone: a lock that was force-released comes back") },
    LibraryDefect { "redis-semaphore",
        QT_TRANSLATE_NOOP("lockscope::Doctor",
            "its Redlock renewal sets the lock anew on masters that lost it: a force-released lock comes back while a "
            "quorum still has it") },
};

constexpr const char* shedlockDefect = QT_TRANSLATE_NOOP("lockscope::Doctor",
    "its locks are here, but none of the scripts of safeUpdate: it probably releases by a plain DEL, so that a late "
    "holder deletes its successor's lock");

/// Libraries that are seen by their scripts or their locks, and are known to release what is not their own.
class LibrariesCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "libraries"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& node) const override
    {
        return { fingerprintCommand(*node.scope().registry) };
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const Words command = fingerprintCommand(*node.scope().registry);
        if (const Result<KeptReply>& exists = node.answer(command); !exists)
            findings.addUnreadable(
                DoctorText::tr("Lock libraries by their scripts"), { "SCRIPT", "EXISTS" }, exists.error());
    }
    void judgeAll(const DeploymentAnswers& all, FindingList findings) const override
    {
        const FamilyRegistry& registry = *all.scope.registry;
        QSet<FamilyId> byScript;
        for (const NodeAnswers& node : all.nodes)
            byScript += servedFamilies(node);
        QSet<FamilyId> byLocks;
        if (all.sample && *all.sample) {
            for (const PatternProposal& proposal : (*all.sample)->proposals)
                byLocks.insert(proposal.family);
        }
        bool found = false;
        for (const LibraryDefect& entry : defects) {
            const FamilyId family = registry.byName(entry.family);
            if (family == FamilyId::None || (!byScript.contains(family) && !byLocks.contains(family)))
                continue;
            tell(registry, family, byScript.contains(family), entry.defect, findings);
            found = true;
        }
        const FamilyId shedlock = registry.byName("shedlock");
        if (byLocks.contains(shedlock) && !byScript.contains(shedlock)) {
            tell(registry, shedlock, false, shedlockDefect, findings);
            found = true;
        }
        if (!found && !(byScript + byLocks).isEmpty())
            findings.add(Severity::Ok, DoctorText::tr("No lock library with a known defect was seen"),
                names(registry, byScript + byLocks));
    }

private:
    static QSet<FamilyId> servedFamilies(const NodeAnswers& node)
    {
        QSet<FamilyId> served;
        const QList<FamilyFingerprint> known = node.scope().registry->fingerprints();
        const Result<KeptReply>& exists = node.answer(fingerprintCommand(*node.scope().registry));
        for (qsizetype i = 0; exists && i < known.size(); ++i) {
            if (exists->at(size_t(i)).toInteger() == 1)
                served.insert(known.at(i).family);
        }
        return served;
    }
    static QString names(const FamilyRegistry& registry, const QSet<FamilyId>& families)
    {
        QStringList names;
        for (const FamilyId family : families)
            names.append(QString(registry.name(family)));
        names.sort();
        return names.join(QStringLiteral(", "));
    }
    static void tell(
        const FamilyRegistry& registry, FamilyId family, bool byScript, const char* defect, FindingList& findings)
    {
        const QString name = registry.name(family);
        Finding& finding = findings.add(Severity::Warning, DoctorText::tr("%1 has a known defect").arg(name),
            byScript ? DoctorText::tr("its script is in the server's script cache")
                     : DoctorText::tr("locks that look like its own are here"));
        finding.why = DoctorText::tr("%1 %2.").arg(name, DoctorText::tr(defect));
        finding.mend
            = DoctorText::tr("Keep the work well below the TTL, and change to a library, or a mode of it, that "
                             "compares the token in a script.");
    }
};

} // namespace

std::unique_ptr<Check> makeLibrariesCheck() { return std::make_unique<LibrariesCheck>(); }

} // namespace lockscope
