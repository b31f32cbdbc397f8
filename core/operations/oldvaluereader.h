// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "locks/oldvalue.h"
#include "redis/connection.h"

namespace lockscope {

/// Reads type, TTL and, where it is not too large, the serialised value of a key: TYPE, PTTL and MEMORY USAGE in one
/// write, then DUMP. Only reads. An answer that does not come, or a missing right, is an Unreadable value and no error:
/// an act must not fail because it cannot be undone. The handler is called exactly once.
void readOldValue(
    Connection& connection, const Clock& clock, const QByteArray& key, UniqueFunction<void(OldValue)> handler);

} // namespace lockscope
