// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

// KEYS: the writer's string, the readers' sorted set (token → end of lease in ms of the server's clock).

const LuaScript& readScript()
{
    static const LuaScript script(R"(local ttl = redis.call('PTTL', KEYS[1])
if ttl ~= -2 then return -1 - math.max(ttl, 0) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1)");
    return script;
}

const LuaScript& writeScript()
{
    static const LuaScript script(R"(local ttl = redis.call('PTTL', KEYS[1])
if ttl ~= -2 then return -1 - math.max(ttl, 0) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if last[1] then return -1 - math.max(last[2] - now, 0) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1)");
    return script;
}

const LuaScript& readWriteReleaseScript()
{
    static const LuaScript script(R"(if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
    redis.call('PUBLISH', ARGV[2], '1')
    return 1
end
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not score then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('PUBLISH', ARGV[2], '1') end
local time = redis.call('TIME')
if tonumber(score) <= time[1] * 1000 + math.floor(time[2] / 1000) then return 0 end
return 1)");
    return script;
}

const LuaScript& readWriteRenewScript()
{
    static const LuaScript script(
        R"(if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not score or tonumber(score) <= now then return 0 end
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
return redis.call('PEXPIRE', KEYS[2], ARGV[2]))");
    return script;
}

class ReadWriteStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override
    {
        return { &readScript(), &writeScript(), &readWriteReleaseScript(), &readWriteRenewScript() };
    }

protected:
    void acquire(LockSession& session) const override
    {
        session.sendScript(LockPhase::Acquire, 0, firstStep,
            session.mode() == LockMode::Read ? readScript() : writeScript(),
            { session.key(), session.queueKey(), session.token(), session.ttlText() }, 2);
    }
    void release(LockSession& session) const override
    {
        session.sendScript(LockPhase::Release, 0, firstStep, readWriteReleaseScript(),
            { session.key(), session.queueKey(), session.token(), session.wakeChannel() }, 2);
    }
    void renew(LockSession& session) const override
    {
        session.sendScript(LockPhase::Renew, 0, firstStep, readWriteRenewScript(),
            { session.key(), session.queueKey(), session.token(), session.ttlText() }, 2);
    }
};

} // namespace

std::unique_ptr<Strategy> makeReadWriteStrategy()
{
    StrategyFacts facts;
    facts.name = "read-write";
    facts.summary
        = QT_TRANSLATE_NOOP("lockscope::Stress", "many readers or one writer; every reader has a lease of its own");
    facts.promises = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "that no writer works beside a reader or another writer, within their leases");
    facts.doesNot
        = QT_TRANSLATE_NOOP("lockscope::Stress", "save writers from waiting long: readers come in while others read");
    facts.wake = WakeStyle::All;
    facts.mode = LockMode::Read;
    facts.demonstration = "--clients 32 --keys 2 --hold 1..5 --readers 80";
    return std::make_unique<ReadWriteStrategy>(facts);
}

} // namespace lockscope
