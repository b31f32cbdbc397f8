// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/errortext.h"
#include "cli/commands.h"
#include "cli/optiontable.h"
#include "cli/releaseplan.h"
#include "cli/terminalprompt.h"

namespace lockscope::cli {

namespace {

Result<ReleasePlan> planOne(Session& session)
{
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    const Invocation& invocation = session.invocation();
    const Result<LockInspection> seen = session.await(session.deployment().inspect(invocation.key()));
    if (!seen)
        return fail(seen.error());
    return planFor(*seen, invocation.expectToken);
}

Result<ReleasePlan> planMany(Session& session)
{
    const Result<LockSnapshot> snapshot = session.listOnce();
    if (!snapshot)
        return fail(snapshot.error());
    return planFor(*snapshot, session.invocation().anyToken);
}

/// True: go on.
bool isConfirmed(Session& session, const ReleasePlan& plan)
{
    TerminalPrompt prompt;
    const QString question = session.environmentPrefix()
        + cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                      "Force-release %1 locks? Their holders are not told and go on working. Type yes: "))
              .arg(plan.targetCount());
    return prompt.ask(session, question, TerminalPrompt::Echo::On) == QByteArray("yes");
}

constexpr int refusedStatus = 3;

int statusOf(const QList<ForceReleaseResult>& results)
{
    int status = 0;
    for (const ForceReleaseResult& result : results) {
        const bool byServer = result.error && exitStatus(result.error->kind) == refusedStatus;
        if (result.outcome == ReleaseOutcome::Refused && byServer)
            return refusedStatus;
        if (result.outcome != ReleaseOutcome::Released)
            status = 1;
    }
    return status;
}

Result<int> act(Session& session, const ReleasePlan& plan)
{
    // Not interruptible: what was sent has an outcome, and the operator must see it.
    const Result<QList<ForceReleaseResult>> results = session.await(
        session.deployment().forceRelease(plan.request(session.invocation().reason)), Milliseconds(0), false);
    if (!results)
        return fail(results.error());
    // Those that were left alone belong to the answer: they are still held.
    const QList<ForceReleaseResult> all = *results + plan.foregoneResults();
    session.write(session.invocation().json ? resultsJson(all) : resultsText(all));
    return statusOf(all);
}

} // namespace

Result<int> runForceRelease(Session& session)
{
    const Invocation& invocation = session.invocation();
    if (invocation.deployment.readOnly && !invocation.dryRun)
        return fail(ErrorKind::ReadOnly);
    if (invocation.deployment.environment == Environment::Production && !invocation.arm && !invocation.dryRun)
        return fail(ErrorKind::NotArmed);
    if (!invocation.dryRun && !invocation.yes && !TerminalPrompt::isPossible())
        return fail(ErrorKind::Usage,
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "there is no terminal to ask on: force-release needs --yes")));
    const Result<ReleasePlan> plan = invocation.arguments.isEmpty() ? planMany(session) : planOne(session);
    if (!plan)
        return fail(plan.error());
    if (invocation.dryRun) {
        session.write(invocation.json ? plan->json() : plan->text());
        return plan->expectedStatus();
    }
    // Nobody is asked about what was not shown.
    const bool asks = !invocation.yes && plan->targetCount() > 0;
    if (asks || (!invocation.json && !invocation.quiet))
        session.streams().err->write(plan->text());
    if (plan->targetCount() == 0) {
        session.write(invocation.json ? resultsJson(plan->foregoneResults()) : resultsText(plan->foregoneResults()));
        return plan->expectedStatus();
    }
    if (asks && !isConfirmed(session, *plan)) {
        session.note(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "nothing was released")));
        return session.exitStatus(1);
    }
    return act(session, *plan);
}

} // namespace lockscope::cli
