// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"
#include "redis/connection.h"

namespace lockscope {

/// Who waits for a lock, as far as its family stores it.
struct WaiterReading {
    qint64 count = -1; ///< -1: the family cannot tell, or the answer was refused
    QList<QByteArray> first; ///< the head of an exact queue
    std::optional<Error> error; ///< why the count is not known
};

/// Asks once, in one write, with at most `names` waiters by name. A source of kind None is answered at once. Of a
/// channel the subscribers are counted: programs, not their threads.
void readWaiters(
    Connection& connection, const WaiterSource& source, int names, UniqueFunction<void(WaiterReading)> handler);

} // namespace lockscope
