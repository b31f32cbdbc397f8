// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "locks/oldvalue.h"
#include "operations/lockoperation.h"

namespace lockscope {

/// Ends one lock wherever it lives: whoever knows the way to its server, or to all masters of its quorum.
class ForceReleaser {
public:
    /// The handler is called exactly once.
    virtual void forceReleaseOne(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler)
        = 0;
    /// What `restore` would need, read before the act; Unreadable where it cannot be had. Called exactly once.
    virtual void readOldValueOf(const ForceReleaseTarget& target, UniqueFunction<void(OldValue)> handler) = 0;

protected:
    ~ForceReleaser() = default;
};

} // namespace lockscope
