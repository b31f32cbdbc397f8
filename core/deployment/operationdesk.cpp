// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/operationdesk.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "base/logging.h"
#include "deployment/forcereleasebatch.h"
#include "deployment/restoretask.h"
#include "operations/oldvaluereader.h"
#include "operations/serverinspector.h"
#include "operations/valuereader.h"

#include <QCoreApplication>

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr int mostRedirects = 8;
constexpr int longestKeyText = 80;
constexpr auto retryPause = 100ms;

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

template <typename T> auto finishing(Completion<T> completion)
{
    return [completion = std::move(completion)](Result<T> result) mutable { completion.finish(std::move(result)); };
}

} // namespace

OperationDesk::OperationDesk(ServerTopology& topology, std::shared_ptr<CommandGate> gate, Milliseconds timeout,
    const QString& auditFile, QObject* parent)
    : QObject(parent)
    , m_topology(topology)
    , m_gate(gate)
    , m_timeout(timeout)
    , m_audit(auditFile)
    , m_router(topology, std::move(gate), timeout)
{
    connect(&m_router, &LockRouter::idle, this, &OperationDesk::checkIdle);
}

OperationDesk::~OperationDesk()
{
    m_stopping = true;
    m_isEnding = true;
    // What is still awaited ends now, while everything that listens for it is alive. A batch that is not through leaves
    // its intents in the audit log without outcomes: that is the truth.
    m_router.close();
    qDeleteAll(findChildren<ForceReleaseBatch*>(QString(), Qt::FindDirectChildrenOnly));
    qDeleteAll(findChildren<RestoreTask*>(QString(), Qt::FindDirectChildrenOnly));
}

Status OperationDesk::checkWritable(const char* what, const QByteArray& key) const
{
    return m_gate->checkWritable(QString::fromLatin1(what) + QLatin1Char(' ') + displayText(key, longestKeyText));
}

OperationDesk::Trip OperationDesk::tripTo(const QByteArray& key, const LockPlace& place) const
{
    return Trip { key, place, SystemClock::instance().now() + m_timeout, {}, 0 };
}

template <typename T> void OperationDesk::perform(Trip trip, Act<T> act, Handler<T> done)
{
    if (m_stopping)
        return done(fail(ErrorKind::Cancelled));
    ++m_errands;
    auto there = [this, trip, act, done = std::move(done)](Result<Route> route) mutable {
        if (!route) {
            done(fail(route.error()));
            return endErrand();
        }
        const Route taken = *route;
        auto answered = [this, taken, trip, act, done = std::move(done)](Result<T> result) mutable {
            const Next next = result ? Next::Report : nextAfter(result.error(), taken, trip);
            if (next == Next::Report) {
                done(std::move(result));
                return endErrand();
            }
            auto again = [this, trip, act, later = std::make_shared<Handler<T>>(std::move(done))] {
                perform<T>(trip, act, std::move(*later));
                endErrand();
            };
            QTimer::singleShot(next == Next::TryNow ? 0ms : retryPause, this, again);
        };
        act(taken, std::move(answered));
    };
    if (trip.redirect)
        m_router.withRedirect(*trip.redirect, trip.place, std::move(there));
    else
        m_router.withRoute(trip.key, trip.place, std::move(there));
}

// The rest of the desk, in operationdeskown.cpp, uses these.
template void OperationDesk::perform<AcquireGrant>(Trip, Act<AcquireGrant>, Handler<AcquireGrant>);
template void OperationDesk::perform<void>(Trip, Act<void>, Handler<void>);

// Only what the server has refused to do is tried again, never what may have happened.
OperationDesk::Next OperationDesk::nextAfter(const Error& error, const Route& route, Trip& trip)
{
    const bool isFixed = m_topology.map().kind == Topology::Standalone;
    if (m_stopping || !route.site || isFixed || SystemClock::instance().now() >= trip.giveUpAt)
        return Next::Report;
    if (const std::optional<Redirect> redirect = redirectOf(error, route.site->spec().endpoint())) {
        m_topology.refresh();
        trip.redirect = redirect;
        return ++trip.redirects <= mostRedirects ? Next::TryNow : Next::Report;
    }
    if (error.serverCode != "TRYAGAIN" && error.serverCode != "CLUSTERDOWN" && error.serverCode != "READONLY")
        return Next::Report;
    m_topology.refresh();
    trip.redirect.reset();
    return Next::TrySoon;
}

void OperationDesk::inspect(const InspectRequest& request, Completion<LockInspection> completion)
{
    Act<LockInspection> look = [key = request.key](const Route& route, Handler<LockInspection> seen) {
        if (route.quorum)
            route.quorum->inspect(key, std::move(seen));
        else
            route.site->operations().inspect(key, std::move(seen));
    };
    perform<LockInspection>(tripTo(request.key, request.place), std::move(look), finishing(std::move(completion)));
}

void OperationDesk::readValue(const ValueRequest& request, Completion<ValuePage> completion)
{
    Act<ValuePage> look = [request](const Route& route, Handler<ValuePage> answered) {
        lockscope::readValue(route.anySite().connection(), request, std::move(answered));
    };
    perform<ValuePage>(
        tripTo(request.key, { request.database, request.node }), std::move(look), finishing(std::move(completion)));
}

void OperationDesk::inspectServer(Completion<ServerReport> completion)
{
    Act<ServerReport> look = [](const Route& route, Handler<ServerReport> answered) {
        lockscope::inspectServer(route.anySite().connection(), SystemClock::instance(), std::move(answered));
    };
    perform<ServerReport>(tripTo({}, {}), std::move(look), finishing(std::move(completion)));
}

void OperationDesk::forceRelease(ForceReleaseRequest request, Completion<QList<ForceReleaseResult>> completion)
{
    const QByteArray firstKey = request.targets.isEmpty() ? QByteArray() : request.targets.first().key;
    if (const Status writable = checkWritable("force-release", firstKey); !writable)
        return completion.finish(fail(writable.error()));
    if (request.targets.isEmpty() || request.reason.trimmed().isEmpty())
        return completion.finish(fail(ErrorKind::Usage,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "a force-release needs at least one lock and a reason"))));
    if (m_stopping)
        return completion.finish(fail(ErrorKind::Cancelled));
    // Where the first target's server cannot be reached, nothing is written, not even to the audit log.
    const ForceReleaseTarget first = request.targets.first();
    auto there = [this, request = std::move(request), completion = std::move(completion)](Result<Route> route) mutable {
        if (!route)
            return completion.finish(fail(route.error()));
        auto* batch = new ForceReleaseBatch(*this, m_audit, std::move(request), std::move(completion), this);
        ++m_tasks;
        connect(batch, &ForceReleaseBatch::keyTouched, this, &OperationDesk::keyTouched);
        connect(batch, &ForceReleaseBatch::finished, this, &OperationDesk::onTaskFinished);
        batch->start(auditPlaceOf(*route), m_gate->environment());
    };
    m_router.withRoute(first.key, first.place, std::move(there));
}

/// Of a quorum the servers are named together, as `restore` and a reader of the log expect them.
AuditPlace OperationDesk::auditPlaceOf(const Route& route) const
{
    AuditPlace place;
    if (route.site) {
        place = auditPlace(route.site->spec());
    } else if (!m_topology.map().masters.isEmpty()) {
        place = auditPlace(m_topology.map().masters.first().spec);
        QStringList servers;
        for (const MasterNode& master : m_topology.map().masters)
            servers.append(master.name());
        place.server = servers.join(QLatin1Char(','));
    }
    return place;
}

void OperationDesk::readOldValueOf(const ForceReleaseTarget& target, UniqueFunction<void(OldValue)> handler)
{
    auto there = [key = target.key, handler = std::move(handler)](Result<Route> route) mutable {
        if (!route)
            return handler(OldValue());
        lockscope::readOldValue(route->anySite().connection(), SystemClock::instance(), key, std::move(handler));
    };
    m_router.withRoute(target.key, target.place, std::move(there));
}

void OperationDesk::forceReleaseOne(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler)
{
    Act<ForceReleaseResult> end = [target](const Route& route, Handler<ForceReleaseResult> answered) {
        // A refusal is an error on its way, so that what was only at the wrong door goes on to the right one.
        auto told = [answered = std::move(answered)](ForceReleaseResult result) mutable {
            if (result.outcome == ReleaseOutcome::Refused && result.error && result.nodes.isEmpty())
                answered(fail(*result.error));
            else
                answered(std::move(result));
        };
        if (route.quorum)
            route.quorum->forceRelease(target, std::move(told));
        else
            route.site->operations().forceRelease(target, std::move(told));
    };
    auto done = [target, handler = std::move(handler)](Result<ForceReleaseResult> result) mutable {
        if (result)
            return handler(std::move(*result));
        ForceReleaseResult refused;
        refused.target = target;
        refused.outcome = ReleaseOutcome::Refused;
        refused.error = result.error();
        handler(std::move(refused));
    };
    perform<ForceReleaseResult>(tripTo(target.key, target.place), std::move(end), std::move(done));
}

void OperationDesk::endErrand()
{
    --m_errands;
    checkIdle();
}

void OperationDesk::weigh(const InspectRequest& request, Completion<ReleaseImpact> completion)
{
    Act<ReleaseImpact> look = [key = request.key](const Route& route, Handler<ReleaseImpact> answered) {
        if (!route.quorum)
            return route.site->operations().weigh(key, std::move(answered));
        // What one master tells of clients and rights stands for all; of the lock itself all are asked.
        auto weighed = [quorum = route.quorum, key, answered = std::move(answered)](
                           Result<ReleaseImpact> impact) mutable {
            if (!impact)
                return answered(std::move(impact));
            quorum->inspect(key,
                [impact = std::move(*impact), answered = std::move(answered)](Result<LockInspection> seen) mutable {
                    if (!seen)
                        return answered(fail(seen.error()));
                    impact.seen = std::move(*seen);
                    answered(std::move(impact));
                });
        };
        route.anySite().operations().weigh(key, std::move(weighed));
    };
    perform<ReleaseImpact>(tripTo(request.key, request.place), std::move(look), finishing(std::move(completion)));
}

void OperationDesk::follow(const FollowRequest& request, Completion<QList<NextHolder>> completion)
{
    struct Follows {
        Completion<QList<NextHolder>> completion;
        QList<NextHolder> next;
        qsizetype awaited = 0;
    };
    auto follows = std::make_shared<Follows>(Follows { std::move(completion), {}, request.locks.size() });
    follows->next.resize(request.locks.size());
    if (request.locks.isEmpty())
        return follows->completion.finish(QList<NextHolder>());
    for (qsizetype i = 0; i < request.locks.size(); ++i) {
        const FollowRequest::Lock lock = request.locks.at(i);
        Act<QList<NextHolder>> watch = [one = FollowRequest { { lock }, request.window, request.since }](
                                           const Route& route, Handler<QList<NextHolder>> answered) {
            auto told = [answered = std::move(answered)](QList<NextHolder> next) mutable { answered(std::move(next)); };
            route.anySite().operations().follow(one, std::move(told));
        };
        auto seen = [this, follows, i, lock](Result<QList<NextHolder>> next) {
            if (next && !next->isEmpty())
                follows->next[i] = next->first();
            else
                follows->next[i].error = next ? std::nullopt : std::optional(next.error());
            follows->next[i].key = lock.key;
            recordNext(lock, follows->next.at(i));
            if (--follows->awaited == 0)
                follows->completion.finish(std::move(follows->next));
        };
        perform<QList<NextHolder>>(tripTo(lock.key, lock.place), std::move(watch), std::move(seen));
    }
}

void OperationDesk::recordNext(const FollowRequest::Lock& lock, const NextHolder& next)
{
    if (lock.auditId <= 0 || next.kind == NextHolder::Kind::Unknown)
        return;
    const QString fingerprint = next.token.isEmpty() ? QString() : tokenFingerprint(next.token);
    m_audit.appendAftermaths(
        { { lock.auditId, fingerprint, next.afterMs, next.watchedMs } }, [](const Status& written) {
            if (!written)
                qCWarning(logDeployment).noquote() << errorMessage(written.error());
        });
}

void OperationDesk::restore(RestoreRequest request, Completion<RestoreResult> completion)
{
    const Status writable
        = request.planOnly ? Status() : checkWritable(auditaction::restore, QByteArray::number(request.auditId));
    if (!writable)
        return completion.finish(fail(writable.error()));
    if (m_stopping)
        return completion.finish(fail(ErrorKind::Cancelled));
    const qint64 id = request.auditId;
    // The key says where to go; the task reads the rest of the entry itself.
    auto found = [this, request = std::move(request), completion = std::move(completion)](
                     const Result<AuditOldValue>& old) mutable {
        if (!old)
            return completion.finish(fail(old.error()));
        auto there
            = [this, request = std::move(request), completion = std::move(completion)](Result<Route> route) mutable {
                  if (!route)
                      return completion.finish(fail(route.error()));
                  if (route->quorum)
                      return completion.finish(fail(ErrorKind::NotSupported,
                          operationText(QT_TRANSLATE_NOOP("lockscope::Operations",
                              "a restore goes to one master: connect to each of them by itself"))));
                  startRestore(*route->site, std::move(request), std::move(completion));
              };
        m_router.withRoute(old->entry.key, {}, std::move(there));
    };
    m_audit.readOldValue(id, std::move(found));
}

void OperationDesk::startRestore(OperationSite& site, RestoreRequest request, Completion<RestoreResult> completion)
{
    const RestoreTask::Tools tools { site.connection(), site.operations(), m_audit, *m_gate, SystemClock::instance() };
    auto* task = new RestoreTask(tools, std::move(request), std::move(completion), this);
    ++m_tasks;
    connect(task, &RestoreTask::keyTouched, this, [this](const QByteArray& key) { Q_EMIT keyTouched(key, {}); });
    connect(task, &RestoreTask::finished, this, &OperationDesk::onTaskFinished);
    task->start();
}

void OperationDesk::arm(const ArmRequest& request, Completion<WriteAccess> completion)
{
    if (request.reason.trimmed().isEmpty())
        return completion.finish(fail(ErrorKind::Usage,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "arming the writes needs a reason"))));
    const AuditPlace place = auditPlaceOf({});
    AuditIntent intent;
    intent.redisUser = place.redisUser;
    intent.server = place.server;
    intent.database = place.database;
    intent.action = auditaction::writeArmed;
    intent.reason = request.reason.trimmed();
    intent.environment = m_gate->environment();
    // What is done here is a row of its own: if it cannot be written, nothing is armed.
    m_audit.appendIntents(
        { intent }, [this, request, completion = std::move(completion)](const Result<QList<qint64>>& ids) mutable {
            if (!ids)
                return completion.finish(fail(ids.error()));
            const Status armed = request.forGood ? m_gate->armForGood() : m_gate->arm(request.duration);
            AuditOutcome outcome;
            outcome.intentId = ids->first();
            outcome.outcome = armed ? "armed" : "refused";
            outcome.error = armed ? QString() : errorMessage(armed.error());
            m_audit.appendOutcomes({ outcome }, [](const Status& written) {
                if (!written)
                    qCWarning(logDeployment).noquote() << errorMessage(written.error());
            });
            if (armed)
                completion.finish(m_gate->access());
            else
                completion.finish(fail(armed.error()));
        });
}

void OperationDesk::onTaskFinished()
{
    --m_tasks;
    checkIdle();
}

void OperationDesk::checkIdle()
{
    if (!m_isEnding && isIdle())
        Q_EMIT idle();
}

void OperationDesk::cancelPending() { m_router.cancelPending(); }

void OperationDesk::shutDown()
{
    m_stopping = true;
    cancelPending();
}

bool OperationDesk::isIdle() const { return m_errands == 0 && m_tasks == 0 && m_router.isIdle(); }

} // namespace lockscope
