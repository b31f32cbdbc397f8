// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/lockmirror.h"

#include <algorithm>

namespace lockscope::cli {

void LockMirror::apply(LockDelta& delta)
{
    if (delta.reset)
        m_locks.clear();
    for (const LockId& id : delta.removed) {
        const auto found = m_locks.find(id.slot);
        if (found != m_locks.end() && found->second->id == id)
            m_locks.erase(found);
    }
    for (SharedLock& lock : delta.changed) {
        const quint32 slot = lock->id.slot;
        m_locks.insert_or_assign(slot, std::move(lock));
    }
    m_status = delta.status;
}

std::vector<const LockRecord*> LockMirror::soonest(size_t count) const
{
    std::vector<const LockRecord*> locks;
    locks.reserve(m_locks.size());
    for (const auto& [slot, lock] : m_locks)
        locks.push_back(&*lock);
    const auto wanted = locks.begin() + ptrdiff_t(std::min(count, locks.size()));
    std::partial_sort(locks.begin(), wanted, locks.end(), [](const LockRecord* a, const LockRecord* b) {
        return a->deadline != b->deadline ? a->deadline < b->deadline : a->key < b->key;
    });
    locks.erase(wanted, locks.end());
    return locks;
}

LockSnapshot LockMirror::snapshot() const
{
    LockSnapshot snapshot;
    snapshot.locks.reserve(m_locks.size());
    for (const auto& [slot, lock] : m_locks)
        snapshot.locks.push_back(lock);
    snapshot.status = m_status;
    snapshot.takenAt = SystemClock::instance().now();
    snapshot.takenAtMs = SystemClock::instance().wallNow().toMSecsSinceEpoch();
    return snapshot;
}

} // namespace lockscope::cli
