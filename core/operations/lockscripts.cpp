// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockscripts.h"

#include <cstring>
#include <utility>

// A key of another type is not held with this token; any other error of GET is the caller's to see.

namespace lockscope {

const LuaScript& fencedAcquireScript()
{
    static const LuaScript script(R"(if redis.call('EXISTS', KEYS[1]) == 1 then return {0, 0} end
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if not last then return redis.error_reply('ERR the fencing counter is no number') end
if tonumber(ARGV[3]) <= last then return {-1, last} end
redis.call('SET', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, last})");
    return script;
}

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

OwnLease ownLease(const QByteArray& key, const QByteArray& token, SteadyTime until)
{
    OwnLease lease { key, token, {}, until };
    for (const LuaScript* script : { &extendScript(), &releaseScript() }) {
        for (const auto& [name, text] : { std::pair("EVALSHA", script->sha1()), std::pair("EVAL", script->source()) }) {
            QList<QByteArray> words { name, text, "1", key, token };
            if (script == &extendScript())
                words += QByteArray("1");
            QByteArray wire = Command(words).wire();
            if (script == &extendScript())
                wire.chop(qsizetype(std::strlen("$1\r\n1\r\n")));
            lease.commands.append(wire);
        }
        // Before an ASK in a cluster (LockRouter); it changes nothing but the server's cache.
        lease.commands.append(Command { "SCRIPT", "LOAD", script->source() }.wire());
    }
    return lease;
}

} // namespace lockscope
