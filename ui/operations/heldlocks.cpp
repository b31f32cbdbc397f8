// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/heldlocks.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

/// After an extension that may do better next time.
Milliseconds retryPause(Milliseconds ttl) { return std::clamp<Milliseconds>(ttl / 20, 100ms, 2000ms); }

bool isLoss(ErrorKind kind) { return kind == ErrorKind::NotHeld || kind == ErrorKind::Expired; }

/// A master that did not agree this time keeps the lease that it gave before.
void keepFormerLeases(QList<NodeAnswer>& nodes, const QList<NodeAnswer>& former)
{
    for (NodeAnswer& node : nodes) {
        const auto same = std::find_if(
            former.begin(), former.end(), [&node](const NodeAnswer& other) { return other.node == node.node; });
        if (node.vote == NodeVote::Failed && same != former.end())
            node.validUntil = same->validUntil;
    }
}

} // namespace

HeldLocks::HeldLocks(QObject* parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer); // another may be late by a twentieth of the lease
    connect(&m_timer, &QTimer::timeout, this, &HeldLocks::checkTimes);
}

void HeldLocks::setDeployment(Deployment* deployment)
{
    m_deployment = deployment;
    m_timer.stop();
    for (const HeldLock& lock : std::exchange(m_locks, {}))
        Q_EMIT changed(lock.id);
    Q_EMIT heldChanged();
}

int HeldLocks::masters() const { return m_deployment ? m_deployment->quorumMasters() : 1; }

quint64 HeldLocks::add(const AcquireGrant& grant, bool renews)
{
    HeldLock lock;
    lock.id = m_nextId++;
    lock.grant = grant;
    lock.renews = renews;
    lock.renewAt = SystemClock::instance().now() + grant.ttl / 3;
    m_locks.push_back(lock);
    schedule();
    Q_EMIT changed(lock.id);
    Q_EMIT heldChanged();
    return lock.id;
}

const HeldLock* HeldLocks::find(quint64 id) const
{
    const auto found
        = std::find_if(m_locks.begin(), m_locks.end(), [id](const HeldLock& lock) { return lock.id == id; });
    return found == m_locks.end() ? nullptr : &*found;
}

HeldLock* HeldLocks::entry(quint64 id) { return const_cast<HeldLock*>(find(id)); }

qsizetype HeldLocks::heldCount() const
{
    return std::count_if(
        m_locks.begin(), m_locks.end(), [](const HeldLock& lock) { return lock.state == HoldState::Held; });
}

QSet<std::pair<QByteArray, QByteArray>> HeldLocks::heldTokens() const
{
    QSet<std::pair<QByteArray, QByteArray>> tokens;
    for (const HeldLock& lock : m_locks) {
        if (lock.state == HoldState::Held)
            tokens.insert({ lock.grant.key, lock.grant.token });
    }
    return tokens;
}

void HeldLocks::setRenews(quint64 id, bool renews)
{
    HeldLock* lock = entry(id);
    if (!lock || lock->renews == renews)
        return;
    lock->renews = renews;
    lock->renewAt = SystemClock::instance().now(); // it may be late already
    schedule();
    Q_EMIT changed(id);
}

void HeldLocks::extend(quint64 id)
{
    HeldLock* lock = entry(id);
    if (!lock || !m_deployment || lock->isBusy || lock->state != HoldState::Held)
        return;
    lock->isBusy = true;
    const AcquireGrant& grant = lock->grant;
    onFinished(m_deployment->extend({ grant.key, grant.token, grant.ttl, grant.place }), this,
        [this, id](const Result<AcquireGrant>& extended) { onExtended(id, extended); });
    Q_EMIT changed(id);
}

void HeldLocks::onExtended(quint64 id, const Result<AcquireGrant>& grant)
{
    HeldLock* lock = entry(id);
    if (!lock || lock->state != HoldState::Held)
        return;
    lock->isBusy = false;
    const SteadyTime now = SystemClock::instance().now();
    if (grant) {
        const QList<NodeAnswer> former = lock->grant.nodes;
        const std::optional<qint64> fence = lock->grant.fence;
        lock->grant = *grant;
        lock->grant.fence = fence;
        keepFormerLeases(lock->grant.nodes, former);
        lock->error.reset();
        lock->renewAt = now + grant->ttl / 3;
    } else if (isLoss(grant.error().kind)) {
        end(*lock, HoldState::Lost, grant.error());
    } else {
        lock->error = grant.error();
        lock->renewAt = now + retryPause(lock->grant.ttl);
    }
    schedule();
    Q_EMIT changed(id);
}

void HeldLocks::release(quint64 id)
{
    HeldLock* lock = entry(id);
    if (!lock || !m_deployment || lock->state != HoldState::Held)
        return;
    lock->isBusy = true;
    lock->renews = false;
    const AcquireGrant& grant = lock->grant;
    onFinished(
        m_deployment->release({ grant.key, grant.token, grant.place, QStringLiteral("given back in the window") }),
        this, [this, id](const Result<void>& result) { onReleased(id, result); });
    Q_EMIT changed(id);
}

void HeldLocks::onReleased(quint64 id, const Result<void>& result)
{
    HeldLock* lock = entry(id);
    if (!lock)
        return;
    lock->isBusy = false;
    const bool isGone = result || isLoss(result.error().kind);
    if (lock->state == HoldState::Held && result)
        end(*lock, HoldState::Released, {});
    else if (lock->state == HoldState::Held && isGone)
        end(*lock, HoldState::Lost, result.error());
    else if (!result)
        lock->error = result.error();
    schedule();
    Q_EMIT changed(id);
    Q_EMIT releaseFinished(id, isGone);
    if (m_releasing == 0)
        return;
    m_releasedAll = m_releasedAll && isGone;
    if (--m_releasing == 0)
        Q_EMIT allReleased(m_releasedAll);
}

void HeldLocks::releaseAll()
{
    QList<quint64> ids;
    for (const HeldLock& lock : m_locks) {
        if (lock.state == HoldState::Held)
            ids.append(lock.id);
    }
    m_releasing = ids.size();
    m_releasedAll = true;
    if (ids.isEmpty() || !m_deployment)
        return void(QTimer::singleShot(0, this, [this, isDone = ids.isEmpty()] { Q_EMIT allReleased(isDone); }));
    for (const quint64 id : ids)
        release(id);
}

void HeldLocks::end(HeldLock& lock, HoldState state, const std::optional<Error>& error)
{
    lock.state = state;
    lock.error = error;
    lock.renews = false;
    Q_EMIT heldChanged();
    if (state == HoldState::Lost)
        Q_EMIT lost(lock.id);
}

void HeldLocks::forget(quint64 id)
{
    const HeldLock* lock = find(id);
    if (!lock || lock->state == HoldState::Held)
        return;
    std::erase_if(m_locks, [id](const HeldLock& candidate) { return candidate.id == id; });
    Q_EMIT changed(id);
}

void HeldLocks::forgetEnded()
{
    std::vector<quint64> ended;
    for (const HeldLock& lock : m_locks) {
        if (lock.state != HoldState::Held)
            ended.push_back(lock.id);
    }
    for (const quint64 id : ended)
        forget(id);
}

void HeldLocks::checkTimes()
{
    const SteadyTime now = SystemClock::instance().now();
    std::vector<quint64> due;
    std::vector<quint64> over;
    for (const HeldLock& lock : m_locks) {
        if (lock.state != HoldState::Held)
            continue;
        if (lock.grant.validUntil <= now)
            over.push_back(lock.id);
        else if (lock.renews && !lock.isBusy && lock.renewAt <= now)
            due.push_back(lock.id);
    }
    for (const quint64 id : over) {
        if (HeldLock* lock = entry(id)) {
            // Why it could not be renewed says more than that its time was over.
            end(*lock, HoldState::Lost, lock->error ? lock->error : makeError(ErrorKind::Expired));
            Q_EMIT changed(id);
        }
    }
    for (const quint64 id : due)
        extend(id);
    schedule();
}

void HeldLocks::schedule()
{
    const SteadyTime now = SystemClock::instance().now();
    SteadyTime next = SteadyTime::max();
    for (const HeldLock& lock : m_locks) {
        if (lock.state != HoldState::Held)
            continue;
        next = std::min(next, lock.grant.validUntil);
        if (lock.renews && !lock.isBusy)
            next = std::min(next, lock.renewAt);
    }
    if (next == SteadyTime::max())
        return m_timer.stop();
    // A timer cannot wait for months.
    m_timer.start(std::clamp<Milliseconds>(std::chrono::ceil<Milliseconds>(next - now), 0ms, 1h));
}

} // namespace lockscope
