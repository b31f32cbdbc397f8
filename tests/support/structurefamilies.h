// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyregistry.h"

namespace lockscope {

/// Families that no library has, one a type, for tests of everything that is not a string:
/// `plain`; `hash` (fields are tokens, values how often they entered; a field `mode` with `read` makes them readers; a
/// list `KEY:queue` of waiters, a counter `KEY:fence`); `zset` (members are tokens, scores the ends of their permits in
/// ms of the server's clock); `set` (members are tokens of permits, a channel `KEY:wake`).
[[nodiscard]] const FamilyRegistry& structureRegistry();

/// Text of the script that the `hash` family is told by.
inline constexpr char hashAcquireScript[] = "return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)";

} // namespace lockscope
