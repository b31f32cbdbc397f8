// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/luascript.h"

namespace lockscope {

// The Lua of our own locks. How a lock of somebody else's is ended is its family's business
// (LockFamily::releaseRecipe).

/// KEYS[1] the lock, ARGV[1] the token, ARGV[2] the new TTL in ms. 1: prolonged, 0: nobody holds it, -1: another token
/// does.
[[nodiscard]] const LuaScript& extendScript();
/// KEYS[1] the lock, ARGV[1] the token. 1: deleted, 0: nobody held it, -1: another token does.
[[nodiscard]] const LuaScript& releaseScript();

} // namespace lockscope
