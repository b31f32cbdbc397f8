// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "locks/families/familyregistry.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

namespace lockscope {

/// Reads what an operator should know before acting: the lock as inspectLock() does, then in one write who is connected
/// (CLIENT LIST), whether it is a cluster (INFO), and what this user may do (ACL DRYRUN, Redis 7). What is refused
/// beside the lock is left unknown. Errors: those of the look at the lock. `registry` outlives it.
void readImpact(Connection& connection, const Clock& clock, const QByteArray& key,
    UniqueFunction<void(Result<ReleaseImpact>)> handler, const FamilyRegistry& registry = FamilyRegistry::instance());

} // namespace lockscope
