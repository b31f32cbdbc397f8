// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/errortext.h"
#include "cli/commands.h"
#include "cli/optiontable.h"
#include "cli/releaseplan.h"
#include "cli/terminalprompt.h"
#include "deployment/acttext.h"
#include "deployment/pacedrelease.h"
#include "deployment/releasereport.h"
#include "deployment/safetysettings.h"

#include <QSaveFile>

#include <algorithm>

namespace lockscope::cli {

namespace {

WantedAct wantedAct(const Invocation& invocation)
{
    return { invocation.act, invocation.ttl ? invocation.ttl->count() : -1, invocation.newToken.value_or(QByteArray()),
        invocation.clientId, invocation.partly };
}

Result<ReleasePlan> planOne(Session& session)
{
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    const Invocation& invocation = session.invocation();
    const Result<ReleaseImpact> impact = session.await(session.deployment().weigh({ invocation.key() }));
    if (!impact)
        return fail(impact.error());
    return planFor(*impact, invocation.expectToken, wantedAct(invocation));
}

Result<ReleasePlan> planMany(Session& session)
{
    const Result<LockSnapshot> snapshot = session.listOnce();
    if (!snapshot)
        return fail(snapshot.error());
    const ReleasePlan plan = planFor(*snapshot, session.invocation().anyToken, wantedAct(session.invocation()));
    if (session.invocation().dryRun)
        return plan;
    const int maximum = SafetySettings::read().maximumLocksPerAct;
    if (const Status count = PacedRelease::checkCount(plan.targetCount(), maximum); !count)
        return fail(count.error());
    return plan;
}

/// What the person has to type: yes; in production the end of the fingerprint, which no habit types.
QByteArray expectedAnswer(const Session& session, const ReleasePlan& plan)
{
    if (session.invocation().deployment.environment != Environment::Production)
        return "yes";
    return confirmationFingerprint(plan.request({}, {}).targets).right(confirmationLength).toLatin1();
}

/// True: go on.
bool isConfirmed(Session& session, const ReleasePlan& plan)
{
    TerminalPrompt prompt;
    const QByteArray expected = expectedAnswer(session, plan);
    const QString fingerprint = confirmationFingerprint(plan.request({}, {}).targets);
    const QString act = actTitle(session.invocation().act);
    const QString question = expected == "yes"
        ? cliText(QT_TRANSLATE_NOOP(
                      "lockscope::Cli", "%1: %2 locks. Their holders are not told and go on working. Type yes: "))
              .arg(act)
              .arg(plan.targetCount())
        : cliText(
            QT_TRANSLATE_NOOP("lockscope::Cli", "%1: %2 locks. Type the last four characters of the fingerprint %3: "))
              .arg(act)
              .arg(plan.targetCount())
              .arg(fingerprint);
    return prompt.ask(session, session.environmentPrefix() + question, TerminalPrompt::Echo::On) == expected;
}

constexpr int refusedStatus = 3;

int statusOf(const QList<ForceReleaseResult>& results)
{
    int status = 0;
    for (const ForceReleaseResult& result : results) {
        const bool byServer = result.error && exitStatus(result.error->kind) == refusedStatus;
        if (result.outcome == ReleaseOutcome::Refused && byServer)
            return refusedStatus;
        const bool well = result.outcome == ReleaseOutcome::Released || result.outcome == ReleaseOutcome::Done
            || result.outcome == ReleaseOutcome::Unneeded;
        if (!well)
            status = 1;
    }
    return status;
}

/// All at once is not interruptible: what was sent has an outcome, and the operator must see it. At a pace, a signal
/// stops between two parts.
Result<QList<ForceReleaseResult>> send(Session& session, const ForceReleaseRequest& request)
{
    PacedRelease release(session.deployment(), request, session.invocation().rate);
    QEventLoop loop;
    QObject::connect(&release, &PacedRelease::finished, &loop, &QEventLoop::quit);
    QObject::connect(&release, &PacedRelease::progressed, &loop, [&] {
        if (session.invocation().rate > 0)
            session.note(
                cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 of %2")).arg(release.done()).arg(release.total()));
    });
    QObject::connect(
        &session.signalWatcher(), &SignalWatcher::terminationRequested, &loop, [&release] { release.stop(); });
    release.start();
    if (release.isRunning())
        loop.exec();
    if (release.failure() && release.results().size() == release.total()
        && std::all_of(release.results().begin(), release.results().end(), [](const ForceReleaseResult& result) {
               return result.outcome != ReleaseOutcome::Released && result.outcome != ReleaseOutcome::Done;
           }))
        return fail(*release.failure());
    return release.results();
}

/// Who came next; not knowing it changes no outcome.
void lookAfter(Session& session, QList<ForceReleaseResult>& results, const ReleasePlan& plan)
{
    FollowRequest request;
    request.window = session.invocation().watchAfter;
    request.since = SystemClock::instance().now();
    QList<qsizetype> indexes;
    for (qsizetype i = 0; i < results.size(); ++i) {
        if (results.at(i).outcome != ReleaseOutcome::Released)
            continue;
        FollowRequest::Lock lock { results.at(i).target.key, results.at(i).token, {}, results.at(i).auditId,
            results.at(i).target.place };
        for (const ReleasePlan::Item& item : plan.items()) {
            if (item.target.key == lock.key)
                lock.others = item.holders;
        }
        lock.others.removeAll(lock.released);
        request.locks.append(lock);
        indexes.append(i);
    }
    if (request.locks.isEmpty() || request.window.count() == 0)
        return;
    const Result<QList<NextHolder>> next = session.await(session.deployment().follow(request), Milliseconds(0), false);
    for (qsizetype i = 0; next && i < next->size(); ++i)
        results[indexes.at(i)].next = next->at(i);
}

Status writeReport(const QString& file, const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results)
{
    QSaveFile report(file);
    const bool isJson = file.endsWith(QLatin1StringView(".json"));
    const QByteArray bytes = isJson ? releaseReportJson(request, results) : releaseReportCsv(request, results);
    if (report.open(QIODevice::WriteOnly) && report.write(bytes) == bytes.size() && report.commit())
        return {};
    return fail(ErrorKind::Storage,
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "the report %1: %2")).arg(file, report.errorString()));
}

Result<int> act(Session& session, const ReleasePlan& plan)
{
    const Invocation& invocation = session.invocation();
    const ForceReleaseRequest request = plan.request(invocation.reason, invocation.ticket);
    Result<QList<ForceReleaseResult>> results = send(session, request);
    if (!results)
        return fail(results.error());
    lookAfter(session, *results, plan);
    // Those that were left alone belong to the answer: they are still held.
    const QList<ForceReleaseResult> all = *results + plan.foregoneResults();
    session.write(invocation.json ? resultsJson(all) : resultsText(all));
    if (!invocation.reportFile.isEmpty()) {
        if (const Status written = writeReport(invocation.reportFile, request, all); !written)
            return fail(written.error());
    }
    const bool stopped = std::any_of(all.begin(), all.end(),
        [](const ForceReleaseResult& result) { return result.outcome == ReleaseOutcome::NotSent; });
    return stopped ? session.exitStatus(1) : statusOf(all);
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
        session.note(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "nothing was done")));
        return session.exitStatus(1);
    }
    return act(session, *plan);
}

} // namespace lockscope::cli
