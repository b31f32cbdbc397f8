// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

namespace lockscope {

/// Reads type, value, TTL and idle time of one key in one write, by commands that a read-only connection may send. Not
/// atomic: a key that changes hands in between can show the new token with the old TTL, never a token nobody had.
void inspectLock(Connection& connection, const Clock& clock, const QByteArray& key,
    UniqueFunction<void(Result<LockInspection>)> handler);

} // namespace lockscope
