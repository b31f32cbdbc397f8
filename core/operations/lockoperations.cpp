// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockoperations.h"

#include "locks/families/familyregistry.h"
#include "operations/acquireflow.h"
#include "operations/actanswer.h"
#include "operations/followup.h"
#include "operations/impactreader.h"
#include "operations/linkwaiter.h"
#include "operations/lockinspector.h"
#include "operations/lockscripts.h"

#include <QCoreApplication>
#include <QPointer>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

// How long a force-release of unknown outcome waits for the link, to look what became of the lock.
constexpr auto lookPatience = 3000ms;

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

/// The answer of extendScript() and releaseScript().
Status heldStatus(const Result<ReplyView>& reply)
{
    if (!reply)
        return tl::unexpected(reply.error());
    switch (reply->toInteger()) {
    case 1:
        return {};
    case -1:
        return fail(ErrorKind::NotHeld,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "it is held with another token")));
    default:
        return fail(ErrorKind::NotHeld,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "nobody holds it: there is no such key any more")));
    }
}

const LuaScript& scriptOf(const QByteArray& source)
{
    // By their text: hashing it for every release would cost more than the release.
    thread_local std::map<QByteArray, LuaScript> scripts;
    auto found = scripts.find(source);
    if (found == scripts.end())
        found = scripts.emplace(source, LuaScript(source)).first;
    return found->second;
}

} // namespace

class LockOperations::Private {
public:
    Private(LockOperations* owner, Connection& link, const Clock& time)
        : q(owner)
        , connection(link)
        , clock(time)
    {
    }
    void lookAfterwards(ForceReleaseResult result, UniqueFunction<void(ForceReleaseResult)> handler);
    void remove(AcquireFlow* flow);
    void sendScript(ForceReleaseResult result, bool otherSlots, UniqueFunction<void(ForceReleaseResult)> handler);
    void onScriptAnswer(
        ForceReleaseResult result, const Result<ReplyView>& reply, UniqueFunction<void(ForceReleaseResult)> handler);
    void killConnection(ForceReleaseResult result, UniqueFunction<void(ForceReleaseResult)> handler);
    void sendKill(ForceReleaseResult result, UniqueFunction<void(ForceReleaseResult)> handler);
    /// What no family claimed is a string key with a value: the plain pattern.
    [[nodiscard]] const LockFamily& familyOf(FamilyId family) const
    {
        return registry->family(family == FamilyId::None ? registry->byName("plain") : family);
    }

    LockOperations* q;
    Connection& connection;
    const Clock& clock;
    const FamilyRegistry* registry = &FamilyRegistry::instance();
    std::vector<AcquireFlow*> flows; // children of q
};

void LockOperations::Private::lookAfterwards(
    ForceReleaseResult result, UniqueFunction<void(ForceReleaseResult)> handler)
{
    auto look
        = [this, self = QPointer(q), result = std::move(result), handler = std::move(handler)](bool isReady) mutable {
              if (!self || !isReady)
                  return handler(std::move(result));
              const QByteArray key = result.target.key;
              inspectLock(
                  connection, clock, key,
                  [result = std::move(result), handler = std::move(handler)](Result<LockInspection> seen) mutable {
                      if (seen)
                          result.afterwards = std::move(*seen);
                      handler(std::move(result));
                  },
                  *registry);
          };
    new LinkWaiter(connection, lookPatience, std::move(look), q);
}

void LockOperations::Private::remove(AcquireFlow* flow)
{
    std::erase(flows, flow);
    flow->deleteLater();
    if (flows.empty())
        Q_EMIT q->idle();
}

LockOperations::LockOperations(Connection& connection, const Clock& clock, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, connection, clock))
{
}

LockOperations::~LockOperations()
{
    // While `d` is alive: what is waiting hears that it ended.
    for (LinkWaiter* waiter : findChildren<LinkWaiter*>(QString(), Qt::FindDirectChildrenOnly))
        delete waiter;
    cancelFollows();
    for (AcquireFlow* flow : std::exchange(d->flows, {}))
        delete flow;
}

void LockOperations::acquire(const AcquireRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler)
{
    if (request.key.isEmpty() || request.ttl < 1ms)
        return handler(fail(ErrorKind::Usage,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "a lock needs a key and a TTL of at least 1 ms"))));
    auto* flow = new AcquireFlow(d->connection, d->clock, request, std::move(handler), this);
    d->flows.push_back(flow);
    connect(flow, &AcquireFlow::finished, this, [this, flow] { d->remove(flow); });
    flow->start();
}

void LockOperations::extend(const ExtendRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler)
{
    // PEXPIRE with zero deletes the key, which nobody means by prolonging.
    if (request.ttl < 1ms)
        return handler(fail(ErrorKind::Usage,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "the TTL must be at least 1 ms"))));
    const SteadyTime sentAt = d->clock.now();
    const QByteArray ttl = QByteArray::number(request.ttl.count());
    auto answered
        = [request, sentAt, &clock = d->clock, handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
              if (const Status held = heldStatus(reply); !held)
                  return handler(tl::unexpected(held.error()));
              const SteadyTime now = clock.now();
              const Milliseconds validity = remainingValidity(request.ttl, sentAt, now);
              if (validity <= 0ms)
                  return handler(fail(ErrorKind::NotHeld,
                      operationText(
                          QT_TRANSLATE_NOOP("lockscope::Operations", "the lease was over before the answer came"))));
              AcquireGrant grant { request.key, request.token, request.ttl, validity, now + validity };
              grant.place = request.place;
              handler(std::move(grant));
          };
    runScript(d->connection, extendScript(), { request.key }, { request.token, ttl }, std::move(answered));
}

void LockOperations::release(const ReleaseRequest& request, UniqueFunction<void(Status)> handler)
{
    runScript(d->connection, releaseScript(), { request.key }, { request.token },
        [handler = std::move(handler)](const Result<ReplyView>& reply) mutable { handler(heldStatus(reply)); });
}

void LockOperations::forceRelease(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler)
{
    ForceReleaseResult result;
    result.target = target;
    if (const Status possible = checkActTarget(target, d->familyOf(target.family).actRecipe(target.act)); !possible) {
        result.outcome = ReleaseOutcome::Refused;
        result.error = possible.error();
        return handler(std::move(result));
    }
    if (target.act == LockAct::KillConnection)
        d->killConnection(std::move(result), std::move(handler));
    else
        d->sendScript(std::move(result), false, std::move(handler));
}

void LockOperations::Private::sendScript(
    ForceReleaseResult result, bool otherSlots, UniqueFunction<void(ForceReleaseResult)> handler)
{
    const ForceReleaseTarget& target = result.target;
    const ActCall call = actCall(familyOf(target.family), target.act,
        { target.key, target.expectedToken, target.anyToken, target.ttlMs, target.newToken, otherSlots });
    runScript(connection, scriptOf(call.source), call.keys, call.arguments,
        [this, self = QPointer(q), result = std::move(result), handler = std::move(handler)](
            const Result<ReplyView>& reply) mutable {
            if (self)
                return onScriptAnswer(std::move(result), reply, std::move(handler));
            setActFailure(result, reply ? makeError(ErrorKind::OutcomeUnknown) : reply.error());
            handler(std::move(result));
        });
}

void LockOperations::Private::onScriptAnswer(
    ForceReleaseResult result, const Result<ReplyView>& reply, UniqueFunction<void(ForceReleaseResult)> handler)
{
    if (reply) {
        readActOutcome(result, *reply);
    } else if (reply.error().serverCode == "CROSSSLOT") {
        // Proof that it is a cluster, and that nothing ran.
        const QList<QByteArray> others = keysOfOtherSlots(familyOf(result.target.family), result.target.key);
        if (result.target.partly && result.left.isEmpty()) {
            result.left = others;
            return sendScript(std::move(result), true, std::move(handler));
        }
        setActFailure(result, splitError(others));
    } else {
        setActFailure(result, reply.error());
    }
    if (result.outcome == ReleaseOutcome::OutcomeUnknown)
        return lookAfterwards(std::move(result), std::move(handler));
    handler(std::move(result));
}

// CLIENT KILL cannot stand in a script, so the comparison and the act are two steps here. A client's id is never given
// twice.
void LockOperations::Private::killConnection(
    ForceReleaseResult result, UniqueFunction<void(ForceReleaseResult)> handler)
{
    const QByteArray key = result.target.key;
    inspectLock(
        connection, clock, key,
        [this, self = QPointer(q), result = std::move(result), handler = std::move(handler)](
            Result<LockInspection> seen) mutable {
            if (!self || !seen) {
                setActFailure(result, seen ? makeError(ErrorKind::Cancelled) : seen.error());
                return handler(std::move(result));
            }
            std::vector<LockHolder> holders = seen->holders;
            if (holders.empty())
                holders.push_back({ seen->token });
            const bool holds = std::any_of(holders.begin(), holders.end(),
                [&](const LockHolder& holder) { return holder.token == result.target.expectedToken; });
            if (seen->exists && holds)
                return sendKill(std::move(result), std::move(handler));
            result.outcome = seen->exists ? ReleaseOutcome::HolderChanged : ReleaseOutcome::AlreadyGone;
            result.token = seen->token;
            handler(std::move(result));
        },
        *registry);
}

void LockOperations::Private::sendKill(ForceReleaseResult result, UniqueFunction<void(ForceReleaseResult)> handler)
{
    const QByteArray id = QByteArray::number(result.target.clientId);
    const QByteArray address = result.target.clientAddress;
    connection.send({ "CLIENT", "KILL", "ID", id, "ADDR", address },
        [result = std::move(result), handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
            result.token = result.target.expectedToken;
            if (!reply)
                setActFailure(result, reply.error());
            else if (reply->toInteger() > 0)
                result.outcome = ReleaseOutcome::Done;
            else
                refuseAct(result, ErrorKind::NotHeld,
                    operationText(QT_TRANSLATE_NOOP(
                        "lockscope::Operations", "there is no connection with this id and address any more")));
            handler(std::move(result));
        });
}

void LockOperations::weigh(const QByteArray& key, UniqueFunction<void(Result<ReleaseImpact>)> handler)
{
    readImpact(d->connection, d->clock, key, std::move(handler), *d->registry);
}

void LockOperations::follow(const FollowRequest& request, UniqueFunction<void(QList<NextHolder>)> handler)
{
    auto* followUp = new FollowUp(d->connection, d->clock, *d->registry, request, std::move(handler), this);
    connect(followUp, &FollowUp::finished, followUp, &QObject::deleteLater);
    followUp->start();
}

void LockOperations::inspect(const QByteArray& key, UniqueFunction<void(Result<LockInspection>)> handler)
{
    inspectLock(d->connection, d->clock, key, std::move(handler), *d->registry);
}

void LockOperations::useFamilies(const FamilyRegistry& registry) { d->registry = &registry; }

void LockOperations::cancelFollows()
{
    for (FollowUp* followUp : findChildren<FollowUp*>(QString(), Qt::FindDirectChildrenOnly))
        delete followUp;
}

void LockOperations::cancelAcquires()
{
    const std::vector<AcquireFlow*> flows = d->flows;
    for (AcquireFlow* flow : flows)
        flow->cancel();
}

bool LockOperations::isIdle() const { return d->flows.empty(); }

} // namespace lockscope
