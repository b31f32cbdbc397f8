// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"

#include <unordered_map>

namespace lockscope::cli {

/// The live locks on the consumer's side of the deltas.
class LockMirror {
public:
    /// Takes locks and status; events are left in the delta.
    void apply(LockDelta& delta);
    [[nodiscard]] const WatchStatus& status() const { return m_status; }
    [[nodiscard]] qsizetype size() const { return qsizetype(m_locks.size()); }
    /// The first `count` locks of the order by remaining time; valid until the next apply().
    [[nodiscard]] std::vector<const LockRecord*> soonest(size_t count) const;
    /// What is believed live right now.
    [[nodiscard]] LockSnapshot snapshot() const;

private:
    std::unordered_map<quint32, SharedLock> m_locks; // by slot
    WatchStatus m_status;
};

} // namespace lockscope::cli
