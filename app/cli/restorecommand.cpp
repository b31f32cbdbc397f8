// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "cli/commands.h"
#include "cli/optiontable.h"
#include "cli/terminalprompt.h"
#include "deployment/audittext.h"

namespace lockscope::cli {

namespace {

QString ttlText(qint64 ttlMs)
{
    return ttlMs < 0 ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no TTL")) : durationText(Milliseconds(ttlMs));
}

QString outcomeText(const RestoreResult& result)
{
    switch (result.outcome) {
    case RestoreOutcome::Restored:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "put back; remaining %1")).arg(ttlText(result.ttlMs));
    case RestoreOutcome::Possible:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "to be put back on %1, database %2; remaining %3"))
            .arg(result.server, QString::number(result.database), ttlText(result.ttlMs));
    case RestoreOutcome::KeyExists:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "left alone: the key is there, somebody holds it"));
    case RestoreOutcome::Expired:
        return cliText(
            QT_TRANSLATE_NOOP("lockscope::Cli", "left alone: its lease would have ended by itself meanwhile"));
    case RestoreOutcome::Refused:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "refused"));
    case RestoreOutcome::OutcomeUnknown:
        break;
    }
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "outcome unknown, not sent again"));
}

QByteArray resultText(const RestoreResult& result)
{
    QString text = displayText(result.key) + QStringLiteral(": ") + outcomeText(result);
    if (result.error)
        text += QStringLiteral(": ") + errorMessage(*result.error);
    if (result.afterwards)
        text += QStringLiteral("; ")
            + (result.afterwards->exists ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "the key is there now"))
                                         : cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "the key is not there")));
    return text.toUtf8() + '\n';
}

constexpr int refusedStatus = 3;

int statusOf(const RestoreResult& result)
{
    if (result.outcome == RestoreOutcome::Restored || result.outcome == RestoreOutcome::Possible)
        return 0;
    return result.outcome == RestoreOutcome::Refused ? refusedStatus : 1;
}

void show(Session& session, const RestoreResult& result)
{
    session.write(session.invocation().json ? restoreResultToJson(result) + '\n' : resultText(result));
}

bool isConfirmed(Session& session)
{
    TerminalPrompt prompt;
    const QString question = session.environmentPrefix()
        + cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
            "Put it back? Whoever waits for it goes on waiting; its holder may have gone. Type yes: "));
    return prompt.ask(session, question, TerminalPrompt::Echo::On) == QByteArray("yes");
}

} // namespace

Result<int> runRestore(Session& session)
{
    const Invocation& invocation = session.invocation();
    session.invocation().deployment.watchLocks = false;
    if (invocation.deployment.readOnly && !invocation.dryRun)
        return fail(ErrorKind::ReadOnly);
    if (invocation.deployment.environment == Environment::Production && !invocation.arm && !invocation.dryRun)
        return fail(ErrorKind::NotArmed);
    if (!invocation.dryRun && !invocation.yes && !TerminalPrompt::isPossible())
        return fail(ErrorKind::Usage,
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "there is no terminal to ask on: restore needs --yes")));
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    RestoreRequest request { invocation.auditId, invocation.reason, invocation.onOtherServer, true };
    const Result<RestoreResult> plan = session.await(session.deployment().restore(request));
    if (!plan)
        return fail(plan.error());
    if (invocation.dryRun || plan->outcome != RestoreOutcome::Possible) {
        show(session, *plan);
        return statusOf(*plan);
    }
    if (!invocation.yes) {
        session.streams().err->write(resultText(*plan));
        if (!isConfirmed(session)) {
            session.note(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "nothing was put back")));
            return session.exitStatus(1);
        }
    }
    request.planOnly = false;
    // Not interruptible: what was sent has an outcome, and the operator must see it.
    const Result<RestoreResult> result = session.await(session.deployment().restore(request), Milliseconds(0), false);
    if (!result)
        return fail(result.error());
    show(session, *result);
    return statusOf(*result);
}

} // namespace lockscope::cli
