// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockscripts.h"

// A key of another type is not held with this token; any other error of GET is the caller's to see.

namespace lockscope {

const LuaScript& extendScript()
{
    static const LuaScript script(R"(local holder = redis.pcall('GET', KEYS[1])
if not holder then return 0 end
if type(holder) == 'table' then
    if string.find(holder.err, 'WRONGTYPE', 1, true) then return -1 end
    return holder
end
if holder ~= ARGV[1] then return -1 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2]))");
    return script;
}

const LuaScript& releaseScript()
{
    static const LuaScript script(R"(local holder = redis.pcall('GET', KEYS[1])
if not holder then return 0 end
if type(holder) == 'table' then
    if string.find(holder.err, 'WRONGTYPE', 1, true) then return -1 end
    return holder
end
if holder ~= ARGV[1] then return -1 end
return redis.call('DEL', KEYS[1]))");
    return script;
}

} // namespace lockscope
