// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockoperations.h"

#include "locks/families/familyregistry.h"
#include "operations/acquireflow.h"
#include "operations/linkwaiter.h"
#include "operations/lockinspector.h"
#include "operations/lockscripts.h"

#include <QCoreApplication>
#include <QPointer>

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
        return fail(ErrorKind::NotHeld, operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "nobody holds it")));
    }
}

void readOutcome(ForceReleaseResult& result, const ReplyView& reply)
{
    const QByteArrayView word = reply.at(0).bytes();
    result.token = reply.at(1).toByteArray();
    if (word == QByteArrayView("released")) {
        result.outcome = ReleaseOutcome::Released;
    } else if (word == QByteArrayView("gone")) {
        result.outcome = ReleaseOutcome::AlreadyGone;
    } else if (word == QByteArrayView("changed")) {
        result.outcome = ReleaseOutcome::HolderChanged;
    } else if (word == QByteArrayView("type")) {
        result.outcome = ReleaseOutcome::Refused;
        result.error = makeError(ErrorKind::Server,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "the key is a %1, which this lock family never leaves"))
                .arg(QString::fromUtf8(result.token)));
        result.error->serverCode = "WRONGTYPE";
        result.token.clear();
    } else {
        result.error = makeError(ErrorKind::OutcomeUnknown,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "the script was answered with something unknown")));
    }
}

ForceReleaseResult releaseResult(ForceReleaseTarget target, const Result<ReplyView>& reply)
{
    ForceReleaseResult result;
    result.target = std::move(target);
    if (reply) {
        readOutcome(result, *reply);
        return result;
    }
    const bool unknown = reply.error().kind == ErrorKind::OutcomeUnknown;
    result.outcome = unknown ? ReleaseOutcome::OutcomeUnknown : ReleaseOutcome::Refused;
    result.error = reply.error();
    return result;
}

const LuaScript& forceReleaseScript(const LockFamily& family)
{
    // By their text: hashing it for every release would cost more than the release.
    thread_local std::map<QByteArray, LuaScript> scripts;
    const QByteArray source = family.releaseRecipe().luaSource;
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
    const LockFamily& family = d->familyOf(target.family);
    const QList<QByteArray> arguments
        = QList<QByteArray> { target.expectedToken, target.anyToken ? "1" : "0" } + family.releaseArguments(target.key);
    auto answered
        = [target, self = QPointer(this), handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
              ForceReleaseResult result = releaseResult(target, reply);
              if (self && result.outcome == ReleaseOutcome::OutcomeUnknown)
                  return self->d->lookAfterwards(std::move(result), std::move(handler));
              handler(std::move(result));
          };
    runScript(
        d->connection, forceReleaseScript(family), family.releaseKeys(target.key), arguments, std::move(answered));
}

void LockOperations::inspect(const QByteArray& key, UniqueFunction<void(Result<LockInspection>)> handler)
{
    inspectLock(d->connection, d->clock, key, std::move(handler), *d->registry);
}

void LockOperations::useFamilies(const FamilyRegistry& registry) { d->registry = &registry; }

void LockOperations::cancelAcquires()
{
    const std::vector<AcquireFlow*> flows = d->flows;
    for (AcquireFlow* flow : flows)
        flow->cancel();
}

bool LockOperations::isIdle() const { return d->flows.empty(); }

} // namespace lockscope
