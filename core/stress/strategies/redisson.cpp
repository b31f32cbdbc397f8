// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

/// A hash of holder → count; answers 1, or -1 - the TTL that the holder has left.
const LuaScript& acquireScript()
{
    static const LuaScript script(
        R"(if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
    redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return 1
end
return -1 - math.max(redis.call('PTTL', KEYS[1]), 0))");
    return script;
}

const LuaScript& hashReleaseScript()
{
    static const LuaScript script(R"(if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if redis.call('HINCRBY', KEYS[1], ARGV[1], -1) > 0 then return 1 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], '0')
return 1)");
    return script;
}

const LuaScript& hashRenewScript()
{
    static const LuaScript script(R"(if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2]))");
    return script;
}

class RedissonStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override
    {
        return { &acquireScript(), &hashReleaseScript(), &hashRenewScript() };
    }

protected:
    void acquire(LockSession& session) const override
    {
        session.sendScript(LockPhase::Acquire, 0, firstStep, acquireScript(),
            { session.key(), session.token(), session.ttlText() }, 1);
    }
    void release(LockSession& session) const override
    {
        session.sendScript(LockPhase::Release, 0, firstStep, hashReleaseScript(),
            { session.key(), session.token(), session.wakeChannel() }, 1);
    }
    void renew(LockSession& session) const override
    {
        session.sendScript(LockPhase::Renew, 0, firstStep, hashRenewScript(),
            { session.key(), session.token(), session.ttlText() }, 1);
    }
};

} // namespace

std::unique_ptr<Strategy> makeRedissonStrategy()
{
    StrategyFacts facts;
    facts.name = "redisson";
    facts.summary = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "a hash as Redisson keeps it; a release wakes one waiter by a message");
    facts.promises = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "the same as set-nx; a waiter gets the lock within two round trips instead of a poll");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress",
        "keep the order of the waiters; after a lost message they sleep until the lease of the holder ends");
    facts.wake = WakeStyle::One;
    facts.demonstration = "--clients 64 --keys 1 --hold 0";
    return std::make_unique<RedissonStrategy>(facts);
}

} // namespace lockscope
