// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockevent.h"
#include "locks/watchstatus.h"

#include <vector>

namespace lockscope {

/// All that changed since the last delta was taken, merged per lock. Apply in this order: reset, removed, changed.
struct LockDelta {
    bool reset = false; ///< forget every lock first
    std::vector<LockId> removed; ///< in the consumer's hands and gone
    std::vector<SharedLock>
        changed; ///< new or changed; a slot may come here with a new generation right after its removal
    std::vector<LockEvent> events; ///< oldest first, the newest few thousand
    quint64 eventsDropped = 0; ///< transitions not kept in `events` because the consumer was slow
    WatchStatus status;
};

/// Every live lock at one instant.
struct LockSnapshot {
    std::vector<SharedLock> locks;
    WatchStatus status;
    SteadyTime takenAt {};
    qint64 takenAtMs = 0; ///< wall clock
};

} // namespace lockscope
