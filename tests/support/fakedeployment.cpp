// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fakedeployment.h"

#include <QPromise>

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr FamilyId plainFamily { 1 };

SteadyTime now() { return SystemClock::instance().now(); }

qint64 wallNowMs() { return SystemClock::instance().wallNow().toMSecsSinceEpoch(); }

} // namespace

FakeDeployment::FakeDeployment(const Options& options, QObject* parent)
    : Deployment(parent)
    , m_options(options)
    , m_random(options.seed)
{
    m_status.nodes.resize(1);
    m_status.nodes[0].name = QStringLiteral("cache-1.example.net:6379");
    m_access = { options.environment, options.readOnly, std::nullopt };
    m_status.readOnly = isReadOnly();
    m_delta.reset = true;
}

FakeDeployment::~FakeDeployment() { answerHeld(); }

void FakeDeployment::start()
{
    if (m_options.connectAtOnce)
        becomeComplete();
    else
        publish();
}

QString FakeDeployment::title() const
{
    return m_options.sandbox ? QStringLiteral("sandbox:")
                             : QStringLiteral("redis://ops:***@cache-1.example.net:6379/0");
}

std::optional<LockDelta> FakeDeployment::takeDelta()
{
    m_announced = false;
    if (!m_dirty)
        return std::nullopt;
    m_dirty = false;
    m_status.locks = quint64(m_locks.size());
    m_delta.status = m_status;
    return std::exchange(m_delta, LockDelta());
}

QFuture<Result<LockSnapshot>> FakeDeployment::completeSnapshot()
{
    LockSnapshot snapshot;
    for (const LockRecord& record : std::as_const(m_locks))
        snapshot.locks.push_back(record);
    snapshot.status = m_status;
    snapshot.takenAt = now();
    snapshot.takenAtMs = wallNowMs();
    return answer<LockSnapshot>(snapshot);
}

void FakeDeployment::answerNotificationQuestion(bool enable)
{
    m_notificationAnswer = enable;
    changeStatus([enable](WatchStatus& status) {
        status.notifications = enable ? NotificationSetting::Sufficient : NotificationSetting::Declined;
        status.listening = enable ? ListenMode::Notifications : ListenMode::Polling;
    });
}

QFuture<Result<DiscoveryReport>> FakeDeployment::discover(const DiscoveryOptions& options)
{
    m_discoveries.append(options);
    return answer<DiscoveryReport>(m_discovery);
}

QFuture<Result<LockInspection>> FakeDeployment::inspect(const InspectRequest& request)
{
    ++m_inspections;
    if (m_inspectError)
        return answer<LockInspection>(tl::unexpected<Error>(*m_inspectError));
    return answer<LockInspection>(look(request.key));
}

QFuture<Result<ValuePage>> FakeDeployment::readValue(const ValueRequest& request)
{
    m_valueRequests.append(request);
    ValuePage page = m_values.value(request.key);
    page.key = request.key;
    if (!m_values.contains(request.key))
        page.type = "none";
    page.from = request.from;
    if (request.sizeOnly) {
        page.bytes.clear();
        page.elements.clear();
    } else {
        page.bytes = page.bytes.mid(request.from, ValueRequest::pageBytes);
    }
    return answer<ValuePage>(page);
}

QFuture<Result<ServerReport>> FakeDeployment::inspectServer()
{
    ++m_serverInspections;
    return answer<ServerReport>(m_serverReport);
}

QFuture<Result<ReleaseImpact>> FakeDeployment::weigh(const InspectRequest& request)
{
    ++m_inspections;
    if (m_inspectError)
        return answer<ReleaseImpact>(tl::unexpected<Error>(*m_inspectError));
    ReleaseImpact impact;
    impact.seen = look(request.key);
    impact.rightsKnown = true;
    impact.evidence = { HolderEvidence::Verdict::NotSeen, 42 };
    if (m_changeImpact)
        m_changeImpact(impact);
    return answer<ReleaseImpact>(impact);
}

QFuture<Result<QList<NextHolder>>> FakeDeployment::follow(const FollowRequest& request)
{
    m_follows.append(request);
    return answer<QList<NextHolder>>(m_next);
}

QFuture<Result<AcquireGrant>> FakeDeployment::acquire(const AcquireRequest& request)
{
    m_acquires.append(request);
    if (m_acquireError)
        return answer<AcquireGrant>(tl::unexpected<Error>(*m_acquireError));
    AcquireGrant grant { request.key,
        request.token.isEmpty() ? QByteArray("5f0c1d2e3b4a59687786a5b4c3d2e1f00f1e2d3c") : request.token, request.ttl,
        request.ttl - 12ms, now() + request.ttl - 12ms };
    if (request.fence)
        grant.fence = ++m_fence;
    grant.nodes = votes(grant.validUntil);
    put(request.key, grant.token, request.ttl);
    return answer<AcquireGrant>(grant);
}

QFuture<Result<AcquireGrant>> FakeDeployment::extend(const ExtendRequest& request)
{
    m_extensions.append(request);
    if (m_extendError)
        return answer<AcquireGrant>(tl::unexpected<Error>(*m_extendError));
    const LockRecord* held = lock(request.key);
    if (!held || held->token != request.token)
        return answer<AcquireGrant>(fail(ErrorKind::NotHeld));
    put(request.key, request.token, request.ttl, LockEventKind::Renewed);
    AcquireGrant grant { request.key, request.token, request.ttl, request.ttl, now() + request.ttl };
    grant.nodes = votes(grant.validUntil);
    return answer<AcquireGrant>(grant);
}

QList<NodeAnswer> FakeDeployment::votes(SteadyTime validUntil) const
{
    QList<NodeAnswer> nodes;
    for (int i = 0; m_options.masters > 1 && i < m_options.masters; ++i) {
        NodeAnswer node;
        node.node = QStringLiteral("10.20.4.%1:6379").arg(17 + i);
        if (i == m_downMaster)
            node.error = makeError(ErrorKind::Timeout);
        else
            node.vote = NodeVote::Yes;
        node.validUntil = i == m_downMaster ? SteadyTime() : validUntil;
        nodes.append(node);
    }
    return nodes;
}

QFuture<Result<void>> FakeDeployment::release(const ReleaseRequest& request)
{
    m_releases.append(request);
    if (m_releaseError)
        return answer<void>(tl::unexpected<Error>(*m_releaseError));
    const LockRecord* held = lock(request.key);
    if (!held || held->token != request.token)
        return answer<void>(fail(ErrorKind::NotHeld));
    remove(request.key);
    return answer<void>(Status());
}

QFuture<Result<QList<ForceReleaseResult>>> FakeDeployment::forceRelease(const ForceReleaseRequest& request)
{
    m_forceReleases.append(request);
    if (m_forceReleaseError)
        return answer<QList<ForceReleaseResult>>(tl::unexpected<Error>(*m_forceReleaseError));
    QList<ForceReleaseResult> results;
    for (const ForceReleaseTarget& target : request.targets)
        results.append(releaseTarget(target));
    return answer<QList<ForceReleaseResult>>(results);
}

QFuture<Result<RestoreResult>> FakeDeployment::restore(const RestoreRequest& request)
{
    m_restores.append(request);
    if (isReadOnly() && !request.planOnly)
        return answer<RestoreResult>(fail(ErrorKind::ReadOnly));
    Result<RestoreResult> result = m_restoreResult;
    if (result && request.planOnly && result->outcome == RestoreOutcome::Restored)
        result->outcome = RestoreOutcome::Possible;
    if (result)
        result->auditId = request.auditId;
    return answer<RestoreResult>(std::move(result));
}

QFuture<Result<WriteAccess>> FakeDeployment::arm(const ArmRequest& request)
{
    m_armings.append(request);
    if (m_armError)
        return answer<WriteAccess>(tl::unexpected<Error>(*m_armError));
    m_access.armedUntil = now() + request.duration;
    m_status.readOnly = isReadOnly();
    Q_EMIT writeAccessChanged();
    publish();
    return answer<WriteAccess>(m_access);
}

void FakeDeployment::disarm()
{
    m_access.armedUntil.reset();
    m_status.readOnly = isReadOnly();
    Q_EMIT writeAccessChanged();
    publish();
}

void FakeDeployment::changeStatus(const std::function<void(WatchStatus&)>& change)
{
    change(m_status);
    publish();
}

void FakeDeployment::becomeComplete()
{
    m_status.link = LinkState::Ready;
    m_status.error.reset();
    m_status.listening = ListenMode::Notifications;
    m_status.notifications = NotificationSetting::Sufficient;
    m_status.notifyFlags = "Kg$hszlxe";
    m_status.serverFlavour = "redis";
    m_status.serverVersion = "7.0.15";
    m_status.serverRole = "master";
    m_status.completeness = { true, 3, false, 812344, 812344, now() - 41s, 4200ms };
    m_status.gapOpen = false;
    m_status.eventsTotal = 18422;
    m_status.eventsPerSecond = 212.4;
    m_status.commandsPerSecond = 86;
    m_status.bytesPerSecond = 14200;
    if (m_locks.isEmpty())
        generate();
    for (LockRecord& record : m_locks) {
        record.state = record.hasDeadline() ? LockState::Held : LockState::NoTtl;
        markChanged(record);
    }
    publish();
}

void FakeDeployment::lose(const Error& error)
{
    m_status.link = LinkState::Lost;
    m_status.error = error;
    m_status.listening = ListenMode::None;
    m_status.gapOpen = true;
    m_status.gapSinceMs = wallNowMs() - 12000;
    m_status.completeness.complete = false;
    m_status.eventsPerSecond = m_status.commandsPerSecond = m_status.bytesPerSecond = 0;
    for (LockRecord& record : m_locks) {
        record.state = LockState::Stale;
        markChanged(record);
    }
    publish();
}

LockId FakeDeployment::put(const QByteArray& key, const QByteArray& token, Milliseconds ttl, LockEventKind kind)
{
    LockRecord record = m_locks.value(key);
    const QByteArray previous = record.token;
    record.key = key;
    if (record.token != token) {
        record.firstSeen = now();
        record.acquiredAt = kind == LockEventKind::Found ? unknownTime : now();
        record.renewals = 0;
    } else {
        ++record.renewals;
    }
    record.token = token;
    record.lease = ttl;
    record.deadline = ttl.count() > 0 ? now() + ttl : noDeadline;
    const LockId id = putRecord(record);
    addEvent(kind, m_locks[key], previous);
    publish();
    return id;
}

LockId FakeDeployment::putRecord(LockRecord record)
{
    if (!record.id.isValid())
        record.id = { m_nextSlot++, 1 };
    record.family = plainFamily;
    record.confidence = 0.9F;
    record.state = record.hasDeadline() ? LockState::Held : LockState::NoTtl;
    record.verifiedAt = now();
    if (!m_locks.contains(record.key))
        m_keys.append(record.key);
    m_locks.insert(record.key, record);
    markChanged(record);
    publish();
    return record.id;
}

void FakeDeployment::remove(const QByteArray& key, LockEventKind kind)
{
    const auto found = m_locks.constFind(key);
    if (found == m_locks.cend())
        return;
    const LockRecord record = *found;
    m_locks.erase(found);
    m_keys.removeOne(key);
    std::erase_if(m_delta.changed, [&](const LockRecord& changed) { return changed.id == record.id; });
    m_delta.removed.push_back(record.id);
    addEvent(kind, record);
    publish();
}

void FakeDeployment::act(int steps)
{
    for (int i = 0; i < steps; ++i) {
        const int dice = m_random.bounded(10);
        const QByteArray key = m_keys.isEmpty() || dice == 0 ? "orders:lock:" + randomName()
                                                             : m_keys[m_random.bounded(int(m_keys.size()))];
        if (dice < 2)
            put(key, randomName() + randomName(), Milliseconds(m_random.bounded(2000, 60000)),
                m_locks.contains(key) ? LockEventKind::HolderChanged : LockEventKind::Acquired);
        else if (dice < 8 && m_locks[key].hasDeadline())
            put(key, m_locks[key].token, Milliseconds(m_random.bounded(5000, 60000)), LockEventKind::Renewed);
        else if (dice >= 8 && m_locks[key].hasDeadline())
            remove(key, dice == 8 ? LockEventKind::Released : LockEventKind::Expired);
    }
}

void FakeDeployment::failWith(const Error& error)
{
    m_status.link = LinkState::Closed;
    m_status.error = error;
    publish();
    Q_EMIT failed(error);
}

void FakeDeployment::answerHeld()
{
    m_holding = false;
    const auto held = std::exchange(m_held, {});
    for (const std::function<void()>& finish : held)
        finish();
}

const LockRecord* FakeDeployment::lock(const QByteArray& key) const
{
    const auto found = m_locks.constFind(key);
    return found == m_locks.cend() ? nullptr : &*found;
}

template <typename T> QFuture<Result<T>> FakeDeployment::answer(Result<T> result)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    const auto finish = [promise, result = std::move(result)] {
        promise->addResult(result);
        promise->finish();
    };
    if (m_holding)
        m_held.append(finish);
    else
        finish();
    return promise->future();
}

void FakeDeployment::addEvent(LockEventKind kind, const LockRecord& record, const QByteArray& previous)
{
    LockEvent event;
    event.atMs = wallNowMs();
    event.kind = kind;
    event.family = record.family;
    event.id = record.id;
    event.key = record.key;
    event.token = record.token;
    event.hasToken = record.hasToken;
    event.hasPreviousToken = kind == LockEventKind::HolderChanged;
    event.previousToken = event.hasPreviousToken ? previous : QByteArray();
    event.ttlMs = record.hasDeadline() ? record.remaining(now()).count() : -1;
    m_delta.events.push_back(event);
}

void FakeDeployment::markChanged(const LockRecord& record)
{
    for (SharedLock& changed : m_delta.changed) {
        if (changed->id == record.id) {
            changed = record;
            return;
        }
    }
    m_delta.changed.push_back(record);
}

void FakeDeployment::publish()
{
    m_dirty = true;
    if (!std::exchange(m_announced, true))
        Q_EMIT deltaReady();
}

ForceReleaseResult FakeDeployment::releaseTarget(const ForceReleaseTarget& target)
{
    if (m_results.contains(target.key)) {
        ForceReleaseResult result = m_results.value(target.key);
        result.target = target;
        return result;
    }
    ForceReleaseResult result;
    result.target = target;
    const LockInspection found = look(target.key);
    result.token = found.token;
    if (!found.exists)
        result.outcome = ReleaseOutcome::AlreadyGone;
    else if (!target.anyToken && found.token != target.expectedToken)
        result.outcome = ReleaseOutcome::HolderChanged;
    else
        act(result, found);
    return result;
}

void FakeDeployment::act(ForceReleaseResult& result, const LockInspection& found)
{
    ForceReleaseTarget& target = result.target;
    result.oldTtlMs = found.ttlMs;
    result.outcome = ReleaseOutcome::Done;
    switch (target.act) {
    case LockAct::Release:
        result.outcome = ReleaseOutcome::Released;
        return remove(target.key);
    case LockAct::KillConnection:
        return;
    case LockAct::TakeOver:
        target.newToken = "lockscope-operator";
        [[fallthrough]];
    case LockAct::HandBack:
        put(target.key, target.newToken, Milliseconds(target.ttlMs), LockEventKind::HolderChanged);
        return;
    case LockAct::Shorten:
    case LockAct::AddTtl:
        put(target.key, found.token, Milliseconds(target.ttlMs), LockEventKind::Renewed);
        return;
    }
}

LockInspection FakeDeployment::look(const QByteArray& key) const
{
    LockInspection inspection;
    inspection.key = key;
    inspection.at = now();
    inspection.atMs = wallNowMs();
    inspection.node = m_status.nodeName(0);
    inspection.type = "none";
    const LockRecord* record = lock(key);
    if (!record)
        return inspection;
    inspection.exists = true;
    inspection.type = "string";
    inspection.token = m_silent.value(key, record->token);
    inspection.hasToken = record->hasToken;
    inspection.valueBytes = inspection.token.size();
    inspection.ttlMs = record->hasDeadline() ? record->remaining(now()).count() : -1;
    inspection.idleSeconds = 3;
    inspection.family = record->family;
    inspection.confidence = record->confidence;
    inspection.rule = QStringLiteral("a short string with a TTL: SET NX PX");
    if (!record->extras->owner.isEmpty())
        inspection.owner = { { "host", record->extras->owner.section(QLatin1Char(':'), 0, 0), "NAME:PID" },
            { "pid", record->extras->owner.section(QLatin1Char(':'), 1), "NAME:PID" } };
    return inspection;
}

} // namespace lockscope
