// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/operationdesk.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "base/logging.h"
#include "operations/lockscripts.h"

#include <algorithm>

using namespace std::chrono_literals;

// The locks of our own: acquire, extend, release.

namespace lockscope {

namespace {

template <typename T> auto finishing(Completion<T> completion)
{
    return [completion = std::move(completion)](Result<T> result) mutable { completion.finish(std::move(result)); };
}

/// Of the server's own words: `acquired`, `extended`, `released`, or why not.
QByteArray outcomeName(const char* action, const std::optional<Error>& error)
{
    if (error) {
        const QLatin1StringView name = errorName(error->kind);
        return QByteArray(name.data(), name.size());
    }
    if (action == auditaction::acquire)
        return "acquired";
    return action == auditaction::extend ? "extended" : "released";
}

void takeGrant(AuditOutcome& outcome, const Result<AcquireGrant>& grant)
{
    if (!grant)
        return;
    outcome.tokenFingerprint = tokenFingerprint(grant->token);
    for (const NodeAnswer& node : grant->nodes) {
        const QLatin1StringView vote = nodeVoteName(node.vote);
        outcome.nodes.append(
            { node.node, QByteArray(vote.data(), vote.size()), node.error ? errorMessage(*node.error) : QString() });
    }
}

void takeGrant(AuditOutcome& /*outcome*/, const Status& /*released*/) { }

} // namespace

Status OperationDesk::checkOwnLease(const char* what, const QByteArray& key, const QByteArray& token) const
{
    return m_gate->keepsLease(key, token) ? Status() : checkWritable(what, key);
}

void OperationDesk::keepLease(const Result<AcquireGrant>& grant)
{
    if (grant && m_gate->environment() == Environment::Production)
        m_gate->keepLease(ownLease(grant->key, grant->token, grant->validUntil));
}

AuditIntent OperationDesk::intentOf(const OwnEntry& entry, const Route& route) const
{
    const AuditPlace place = auditPlaceOf(route);
    AuditIntent intent;
    intent.redisUser = place.redisUser;
    intent.server = place.server;
    intent.database = entry.place.database < 0 ? place.database : entry.place.database;
    intent.action = entry.action;
    intent.family = route.quorum ? "redlock" : "plain";
    intent.key = entry.key;
    intent.tokenFingerprint = entry.token.isEmpty() ? QString() : tokenFingerprint(entry.token);
    intent.reason = entry.reason;
    intent.environment = m_gate->environment();
    return intent;
}

void OperationDesk::recordOutcome(const AuditOutcome& outcome)
{
    m_audit.appendOutcomes({ outcome }, [](const Status& written) {
        // What was done is done, and the intent is on disk.
        if (!written)
            qCWarning(logDeployment).noquote() << errorMessage(written.error());
    });
}

template <typename T> void OperationDesk::recorded(OwnEntry entry, OwnAct<T> act, Completion<T> completion)
{
    if (m_stopping)
        return completion.finish(fail(ErrorKind::Cancelled));
    ++m_tasks;
    const QByteArray key = entry.key;
    const LockPlace place = entry.place;
    auto there = [this, entry = std::move(entry), act = std::move(act), completion = std::move(completion)](
                     Result<Route> route) mutable {
        if (!route) {
            completion.finish(fail(route.error()));
            return onTaskFinished();
        }
        auto written = [this, entry, act = std::move(act), completion = std::move(completion)](
                           const Result<QList<qint64>>& ids) mutable {
            if (!ids && entry.action != auditaction::release) {
                completion.finish(fail(ids.error()));
                return onTaskFinished();
            }
            if (!ids)
                qCWarning(logDeployment).noquote() << errorMessage(ids.error());
            act([this, id = ids ? ids->first() : 0, entry, completion = std::move(completion)](
                    Result<T> result) mutable {
                AuditOutcome outcome;
                outcome.intentId = id;
                const std::optional<Error> error = result ? std::nullopt : std::optional(result.error());
                outcome.outcome = outcomeName(entry.action, error);
                outcome.tokenFingerprint = entry.token.isEmpty() ? QString() : tokenFingerprint(entry.token);
                outcome.error = error ? errorMessage(*error) : QString();
                takeGrant(outcome, result);
                if (id > 0)
                    recordOutcome(outcome);
                completion.finish(std::move(result));
                onTaskFinished();
            });
        };
        m_audit.appendIntents({ intentOf(entry, *route) }, std::move(written));
    };
    m_router.withRoute(key, place, std::move(there));
}

void OperationDesk::acquire(const AcquireRequest& request, Completion<AcquireGrant> completion)
{
    if (const Status writable = checkWritable(auditaction::acquire, request.key); !writable)
        return completion.finish(fail(writable.error()));
    OwnAct<AcquireGrant> take = [this, request](Handler<AcquireGrant> done) { sendAcquire(request, std::move(done)); };
    if (!request.audit)
        return take(finishing(std::move(completion)));
    recorded<AcquireGrant>({ auditaction::acquire, request.key, request.token, request.place, *request.audit },
        std::move(take), std::move(completion));
}

void OperationDesk::sendAcquire(const AcquireRequest& request, Handler<AcquireGrant> done)
{
    const SteadyTime waitUntil = SystemClock::instance().now() + request.wait;
    Act<AcquireGrant> take = [this, request, waitUntil](const Route& route, Handler<AcquireGrant> answered) {
        AcquireRequest now = request;
        now.wait = std::max(std::chrono::ceil<Milliseconds>(waitUntil - SystemClock::instance().now()), 0ms);
        auto told = [this, request, answered = std::move(answered)](Result<AcquireGrant> grant) mutable {
            keepLease(grant);
            Q_EMIT keyTouched(request.key, request.place);
            answered(std::move(grant));
        };
        if (route.quorum)
            route.quorum->redlock().acquire(now, std::move(told));
        else
            route.site->operations().acquire(now, std::move(told));
    };
    Trip trip = tripTo(request.key, request.place);
    trip.giveUpAt += request.wait;
    perform<AcquireGrant>(std::move(trip), std::move(take), std::move(done));
}

void OperationDesk::extend(const ExtendRequest& request, Completion<AcquireGrant> completion)
{
    if (const Status writable = checkOwnLease(auditaction::extend, request.key, request.token); !writable)
        return completion.finish(fail(writable.error()));
    OwnAct<AcquireGrant> prolong
        = [this, request](Handler<AcquireGrant> done) { sendExtend(request, std::move(done)); };
    if (!request.audit)
        return prolong(finishing(std::move(completion)));
    recorded<AcquireGrant>({ auditaction::extend, request.key, request.token, request.place, *request.audit },
        std::move(prolong), std::move(completion));
}

void OperationDesk::sendExtend(const ExtendRequest& request, Handler<AcquireGrant> done)
{
    Act<AcquireGrant> prolong = [this, request](const Route& route, Handler<AcquireGrant> answered) {
        auto told = [this, request, answered = std::move(answered)](Result<AcquireGrant> grant) mutable {
            keepLease(grant);
            Q_EMIT keyTouched(request.key, request.place);
            answered(std::move(grant));
        };
        if (route.quorum)
            route.quorum->redlock().extend(request, std::move(told));
        else
            route.site->operations().extend(request, std::move(told));
    };
    perform<AcquireGrant>(tripTo(request.key, request.place), std::move(prolong), std::move(done));
}

void OperationDesk::release(const ReleaseRequest& request, Completion<void> completion)
{
    if (const Status writable = checkOwnLease(auditaction::release, request.key, request.token); !writable)
        return completion.finish(fail(writable.error()));
    OwnAct<void> giveBack = [this, request](Handler<void> done) { sendRelease(request, std::move(done)); };
    if (!request.audit)
        return giveBack(finishing(std::move(completion)));
    recorded<void>({ auditaction::release, request.key, request.token, request.place, *request.audit },
        std::move(giveBack), std::move(completion));
}

void OperationDesk::sendRelease(const ReleaseRequest& request, Handler<void> done)
{
    Act<void> giveBack = [this, request](const Route& route, Handler<void> answered) {
        auto told = [this, request, answered = std::move(answered)](Status released) mutable {
            if (released || released.error().kind == ErrorKind::NotHeld || released.error().kind == ErrorKind::Expired)
                m_gate->dropLease(request.key, request.token);
            Q_EMIT keyTouched(request.key, request.place);
            answered(std::move(released));
        };
        if (route.quorum)
            route.quorum->redlock().release(request, std::move(told));
        else
            route.site->operations().release(request, std::move(told));
    };
    perform<void>(tripTo(request.key, request.place), std::move(giveBack), std::move(done));
}

} // namespace lockscope
