// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockrows.h"

#include <atomic>
#include <memory>
#include <vector>

namespace lockscope {

/// What locks are put together by.
enum class LockGrouping : quint8 {
    Holder, ///< the owner that the token tells, else the token; a lock of several holders counts for each
    Prefix, ///< the parts of the key before each ':', as a tree
};

struct LockGroupCounts {
    quint64 locks = 0;
    quint64 withoutTtl = 0;
    quint64 endingSoon = 0; ///< within lockGroupSoon

    friend bool operator==(const LockGroupCounts&, const LockGroupCounts&) = default;
};
inline constexpr Milliseconds lockGroupSoon { 5000 };
/// Deeper prefixes count for the last of these levels.
inline constexpr int lockGroupLevels = 5;

struct LockGroup {
    QByteArray name; ///< owner as UTF-8, token, or the prefix without its last ':'
    LockGroupCounts counts; ///< of all that is below, too
    quint64 holders = 0; ///< distinct ones
    int parent = -1; ///< index into LockGroups::groups; -1: top level
    quint64 otherGroups = 0; ///< right below it, and not listed
    LockGroupCounts others; ///< what those have
};

struct LockGroups {
    std::vector<LockGroup> groups; ///< the largest; parents before their children, larger ones first
    LockGroupCounts total; ///< of all locks
    LockGroupCounts ungrouped; ///< keys without ':', locks whose holder cannot be read
    quint64 otherGroups = 0; ///< of the top level, not listed
    LockGroupCounts others;
};

/// A grouping of all rows, to be run in any thread while their owner goes on writing them.
struct LockGroupJob {
    std::shared_ptr<const LockRows> rows;
    LockGrouping grouping = LockGrouping::Prefix;
    SteadyTime now {}; ///< for `endingSoon`
    size_t limit = 1000; ///< groups in the result
    std::shared_ptr<std::atomic_bool> cancelled = std::make_shared<std::atomic_bool>(false);
    LockGroups result; ///< unspecified once cancelled
};

/// Fills `result`. Takes the rows' mutex for slices well under a millisecond. Needs 64 bytes a lock meanwhile.
void groupLocks(LockGroupJob& job);

/// The filter word that lets through the locks of this group: `key:orders:*`, `holder:=worker-7`. What cannot be typed
/// in one word becomes `?`.
[[nodiscard]] QString lockGroupWord(const LockGroup& group, LockGrouping grouping);

} // namespace lockscope
