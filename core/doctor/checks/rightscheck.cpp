// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/checks/checks.h"
#include "doctor/doctortext.h"
#include "doctor/rights.h"
#include "operations/rightsneeded.h"

namespace lockscope {

namespace {

/// A command that nobody who only cares for locks needs.
Words tooMuch() { return { "FLUSHALL" }; }

struct Missing {
    QStringList rights; ///< as ACL SETUSER takes them
    std::optional<Error> refusal; ///< DRYRUN itself was refused
};

Missing missingOf(const NodeAnswers& node, const QList<Words>& commands)
{
    Missing missing;
    for (const Words& command : commands) {
        const Result<KeptReply>& answer = node.answer(dryRun(node, command));
        if (!answer) {
            // A command that this server does not have is no right that is missing; a server without DRYRUN tells
            // nothing.
            if (!answer.error().detail.contains(QLatin1StringView("not found")))
                missing.refusal = answer.error();
            continue;
        }
        const QString right = rightMissing(command, answer->bytes);
        if (!right.isEmpty() && !missing.rights.contains(right))
            missing.rights.append(right);
    }
    return missing;
}

/// Which of our commands this user may use.
class RightsCheck final : public Check {
public:
    [[nodiscard]] QByteArray name() const override { return "rights"; }
    [[nodiscard]] QList<Words> needs(const NodeAnswers& node) const override
    {
        QList<Words> wanted { whoAmICommand(), fingerprintCommand(*node.scope().registry) };
        if (!node.answer(whoAmICommand()))
            return wanted;
        wanted.append(dryRun(node, tooMuch()));
        for (const Words& command : observerCommands(node) + operatorCommands(node))
            wanted.append(dryRun(node, command));
        return wanted;
    }
    void judge(const NodeAnswers& node, FindingList findings) const override
    {
        const Result<KeptReply>& user = node.answer(whoAmICommand());
        if (!user) {
            findings.addUnreadable(DoctorText::tr("What this user may do"), whoAmICommand(), user.error());
            return;
        }
        const Missing watching = missingOf(node, observerCommands(node));
        if (watching.refusal) {
            findings.addUnreadable(DoctorText::tr("What this user may do"), { "ACL", "DRYRUN" }, *watching.refusal);
            return;
        }
        const QString who = serverText(user->bytes);
        judgeWatching(who, watching.rights, findings);
        judgeActing(who, missingOf(node, operatorCommands(node)).rights, findings);
        if (const Result<KeptReply>& all = node.answer(dryRun(node, tooMuch())); all && all->bytes == "OK")
            tooPowerful(who, findings);
    }

private:
    static QString grant(const QString& who, const QStringList& rights)
    {
        return QStringLiteral("ACL SETUSER %1 %2").arg(who, rights.join(QLatin1Char(' ')));
    }
    static void judgeWatching(const QString& who, const QStringList& missing, FindingList& findings)
    {
        if (missing.isEmpty()) {
            findings.add(Severity::Ok, DoctorText::tr("This user may watch locks"),
                DoctorText::tr("user %1, by ACL DRYRUN").arg(who));
            return;
        }
        Finding& finding = findings.add(Severity::Warning, DoctorText::tr("This user may not watch all of a lock"),
            DoctorText::tr("user %1 has not %2").arg(who, missing.join(QLatin1Char(' '))));
        finding.why
            = DoctorText::tr("What is not permitted is not seen: locks, holders or their ends may be missing in the "
                             "picture.");
        finding.mend = DoctorText::tr("Grant what is missing.");
        finding.commands = { grant(who, missing) };
    }
    static void judgeActing(const QString& who, const QStringList& missing, FindingList& findings)
    {
        if (missing.isEmpty()) {
            findings.add(Severity::Ok, DoctorText::tr("This user may take and release locks"),
                DoctorText::tr("user %1, by ACL DRYRUN").arg(who));
            return;
        }
        Finding& finding = findings.add(Severity::Info, DoctorText::tr("This user may not take or release locks"),
            DoctorText::tr("user %1 has not %2").arg(who, missing.join(QLatin1Char(' '))));
        finding.why = DoctorText::tr("As an observer it need not. In an incident it could not end a stuck lock.");
        finding.mend = DoctorText::tr("Grant what is missing, to operators only.");
        finding.commands = { grant(who, missing) };
    }
    static void tooPowerful(const QString& who, FindingList& findings)
    {
        Finding& finding = findings.add(Severity::Info, DoctorText::tr("This user may do more than locks need"),
            DoctorText::tr("user %1 may FLUSHALL").arg(who));
        finding.why = DoctorText::tr("A slip of the hand, or a stolen password, can end every lock.");
        finding.mend
            = DoctorText::tr("Use a user of its own with the rights of an observer or an operator: Lockscope's "
                             "README has both.");
    }
};

} // namespace

std::unique_ptr<Check> makeRightsCheck() { return std::make_unique<RightsCheck>(); }

} // namespace lockscope
