// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

namespace lockscope {

// Who holds a lock, before and after a reading. No I/O.

enum class HolderChange : quint8 {
    None, ///< the same holders
    Others, ///< readers or permits came or went, and somebody who held it before still does
    Replaced, ///< none of the earlier holders is left, or the exclusive holder is another
};
/// What became of the holders of `record`.
[[nodiscard]] HolderChange compareHolders(const LockRecord& record, const LockReading& reading);

/// Puts mode, holders, token and hasToken of a reading into the record. True if something of it is worth telling:
/// times of holders that have only passed are not. `elapsed` is the time since the record's own reading.
bool setHolders(LockRecord& record, const LockReading& reading, Milliseconds elapsed);

/// Every holder of a lock that can have several, and of one that counts.
[[nodiscard]] std::vector<LockHolder> listedHolders(const LockRecord& record);

/// The end of a lock whose holders may have deadlines of their own.
struct LeaseTimes {
    qint64 ttlMs = -1; ///< until nobody holds it any more; -1: never by itself
    qint64 nextMs = -1; ///< until the first holder's time is over, at the latest `ttlMs`
};
[[nodiscard]] LeaseTimes leaseTimes(qint64 keyTtlMs, const std::vector<LockHolder>& holders);

} // namespace lockscope
