// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockscripts.h"

namespace lockscope {

const LuaScript& extendScript()
{
    static const LuaScript script(R"(local holder = redis.call('GET', KEYS[1])
if not holder then return 0 end
if holder ~= ARGV[1] then return -1 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2]))");
    return script;
}

const LuaScript& releaseScript()
{
    static const LuaScript script(R"(local holder = redis.call('GET', KEYS[1])
if not holder then return 0 end
if holder ~= ARGV[1] then return -1 end
return redis.call('DEL', KEYS[1]))");
    return script;
}

} // namespace lockscope
