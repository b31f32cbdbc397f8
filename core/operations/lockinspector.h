// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "locks/families/familyregistry.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

namespace lockscope {

/// Reads type, value or elements, TTL and idle time of one key, and then what its family keeps beside it (auxiliary
/// keys, waiters, fencing counter), by commands that a read-only connection may send; the sizes are bounded. Not
/// atomic: a key that changes hands in between can show the new token with the old TTL, never a token nobody had. What
/// is refused beside the key is left out. `registry` outlives the look.
void inspectLock(Connection& connection, const Clock& clock, const QByteArray& key,
    UniqueFunction<void(Result<LockInspection>)> handler, const FamilyRegistry& registry = FamilyRegistry::instance());

} // namespace lockscope
