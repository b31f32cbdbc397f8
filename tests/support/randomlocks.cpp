// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/randomlocks.h"

#include <QtDebug>

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

RandomLocks::RandomLocks(quint32 seed)
    : m_random(seed)
{
    qInfo("LOCKSCOPE_SEED=%u", seed);
}

quint32 RandomLocks::seedFromEnvironment()
{
    bool isSet = false;
    const uint seed = qEnvironmentVariable("LOCKSCOPE_SEED").toUInt(&isSet);
    return isSet ? seed : std::random_device()();
}

int RandomLocks::below(int limit) { return std::uniform_int_distribution(0, limit - 1)(m_random); }

LockRecord RandomLocks::fresh()
{
    LockRecord lock;
    if (!m_freeSlots.empty() && below(4) != 0) {
        lock.id.slot = m_freeSlots.back();
        m_freeSlots.pop_back();
    } else {
        lock.id.slot = quint32(m_generations.size());
        m_generations.push_back(0);
    }
    lock.id.generation = ++m_generations[lock.id.slot];
    lock.key = "lock:" + QByteArray::number(below(300));
    lock.database = below(3);
    lock.node = quint16(below(2));
    lock.family = FamilyId(below(2));
    lock.firstSeen = SteadyTime() + Milliseconds(below(1000));
    mutate(lock);
    return lock;
}

void RandomLocks::mutate(LockRecord& lock)
{
    lock.hasToken = below(10) != 0;
    lock.token = QByteArray::number(below(50), 16);
    lock.extras.set(&LockExtras::owner, below(2) == 0 ? QString() : QStringLiteral("worker-%1").arg(below(20)));
    lock.state = LockState(below(4));
    lock.deadline = lock.state == LockState::NoTtl ? noDeadline : SteadyTime() + 1h + Milliseconds(below(40) * 100);
    lock.acquiredAt = below(3) == 0 ? unknownTime : SteadyTime() + Milliseconds(below(1000));
    lock.lease = 30s;
    lock.renewals = quint32(below(5));
}

LockDelta RandomLocks::next(int changes)
{
    LockDelta delta;
    std::vector<LockId> changed;
    // As the engine's: what came and went since the last delta is not told at all, what went frees its slot for the
    // next.
    for (int i = 0; i < changes; ++i) {
        const int what = below(10);
        if (m_locks.empty() || what < 4) {
            m_locks.push_back(fresh());
            changed.push_back(m_locks.back().id);
            continue;
        }
        auto& lock = m_locks[size_t(below(int(m_locks.size())))];
        if (what < 8) {
            mutate(lock);
            changed.push_back(lock.id);
            continue;
        }
        delta.removed.push_back(lock.id);
        m_freeSlots.push_back(lock.id.slot);
        std::swap(lock, m_locks.back());
        m_locks.pop_back();
    }
    for (const LockRecord& lock : m_locks) {
        if (std::find(changed.begin(), changed.end(), lock.id) != changed.end())
            delta.changed.push_back(lock);
    }
    return delta;
}

} // namespace lockscope
