// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockorder.h"

#include <vector>

namespace lockscope {

/// Rows [first, first + count).
struct RowRun {
    qsizetype first = 0;
    qsizetype count = 0;

    friend bool operator==(const RowRun&, const RowRun&) = default;
};

/// What LockView would do to bring its order up to date, so that an item model can announce it first. Good until the
/// view is changed otherwise.
struct LockViewPlan {
    bool isBulk = false; ///< rows move or come and go in too many places: `next` replaces the order in one permutation
    std::vector<RowRun> removals; ///< not bulk: rows of the present order, ascending; carry them out from the last
    std::vector<RowRun> insertions; ///< not bulk: rows of the final order, ascending; carry them out from the first
    std::vector<quint32> entering; ///< slots, in the order of the insertions
    std::vector<quint64> enteringRanks; ///< theirs, by `order`
    std::vector<quint32> next; ///< bulk: the final order
    std::vector<quint32> postponed; ///< bulk: slots that would make it too long; they stay pending
    LockOrder order; ///< that `next` is sorted by
    bool isRearrangement = false; ///< a new sort or filter comes into force

    [[nodiscard]] bool isEmpty() const { return !isBulk && removals.empty() && insertions.empty(); }
};

} // namespace lockscope
