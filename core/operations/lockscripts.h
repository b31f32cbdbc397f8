// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/luascript.h"

namespace lockscope {

// The Lua of our own locks. How a lock of somebody else's is ended is its family's business
// (LockFamily::releaseRecipe).

/// KEYS[1] the lock, KEYS[2] its fencing counter, ARGV[1] the token, ARGV[2] the TTL in ms, ARGV[3] the fencing number.
/// {1, …}: taken, and the counter stands at the number; {0, …}: somebody holds the lock; {-1, LAST}: it is free, but
/// the number is not beyond the counter's. Only the first changes anything.
[[nodiscard]] const LuaScript& fencedAcquireScript();
/// KEYS[1] the lock, ARGV[1] the token, ARGV[2] the new TTL in ms. 1: prolonged, 0: nobody holds it, -1: another token
/// does.
[[nodiscard]] const LuaScript& extendScript();
/// KEYS[1] the lock, ARGV[1] the token. 1: deleted, 0: nobody held it, -1: another token does.
[[nodiscard]] const LuaScript& releaseScript();
/// The commands that run the last two for one lock, as the gate lets them pass for as long as the lease lasts. The new
/// TTL is the only argument that is open.
[[nodiscard]] OwnLease ownLease(const QByteArray& key, const QByteArray& token, SteadyTime until);

} // namespace lockscope
