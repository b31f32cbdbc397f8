// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockfilter.h"
#include "table/lockorder.h"
#include "table/lockrows.h"

#include <atomic>
#include <memory>
#include <vector>

namespace lockscope {

/// A filter and sort over all rows, to be run in any thread while the owner goes on writing the rows.
struct LockArrangement {
    std::shared_ptr<const LockRows> rows;
    LockFilter filter;
    LockOrder order;
    SteadyTime now {}; ///< for time-dependent filters
    std::shared_ptr<std::atomic_bool> cancelled = std::make_shared<std::atomic_bool>(false);
    std::vector<quint64> ranks; ///< by slot, of the accepted ones: LockOrder::rank()
    std::vector<quint32> result; ///< accepted slots in order; unspecified once cancelled
};

/// Fills `result` and `ranks`. Takes the rows' mutex for slices well under a millisecond.
void arrange(LockArrangement& arrangement);

} // namespace lockscope
