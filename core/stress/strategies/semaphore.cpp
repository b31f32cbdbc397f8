// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

// KEYS[1]: a sorted set of token → end of lease, in ms of the server's clock.

const LuaScript& acquireScript()
{
    static const LuaScript script(R"(local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
    local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    return -1 - math.max(first[2] - now, 0)
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1)");
    return script;
}

const LuaScript& permitReleaseScript()
{
    static const LuaScript script(R"(local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[2], '0')
local time = redis.call('TIME')
if tonumber(score) <= time[1] * 1000 + math.floor(time[2] / 1000) then return 0 end
return 1)");
    return script;
}

const LuaScript& permitRenewScript()
{
    static const LuaScript script(R"(local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) <= now then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1)");
    return script;
}

class SemaphoreStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override
    {
        return { &acquireScript(), &permitReleaseScript(), &permitRenewScript() };
    }

protected:
    void acquire(LockSession& session) const override
    {
        session.sendScript(LockPhase::Acquire, 0, firstStep, acquireScript(),
            { session.key(), session.token(), session.ttlText(), session.permitsText() }, 1);
    }
    void release(LockSession& session) const override
    {
        session.sendScript(LockPhase::Release, 0, firstStep, permitReleaseScript(),
            { session.key(), session.token(), session.wakeChannel() }, 1);
    }
    void renew(LockSession& session) const override
    {
        session.sendScript(LockPhase::Renew, 0, firstStep, permitRenewScript(),
            { session.key(), session.token(), session.ttlText() }, 1);
    }
};

} // namespace

std::unique_ptr<Strategy> makeSemaphoreStrategy()
{
    StrategyFacts facts;
    facts.name = "semaphore";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "a number of permits, each with a lease of its own");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "never more holders than permits, within their leases");
    facts.doesNot = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "hold when the server's clock jumps: leases are kept in its wall time");
    facts.wake = WakeStyle::One;
    facts.mode = LockMode::Permit;
    facts.demonstration = "--clients 32 --keys 2 --hold 1..5 --permits 3";
    return std::make_unique<SemaphoreStrategy>(facts);
}

} // namespace lockscope
