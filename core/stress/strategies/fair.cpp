// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

/// The lock is free for whoever stands first. KEYS: lock, queue (list of tokens), when a waiter counts as gone (sorted
/// set). ARGV: token, TTL. A waiter that asks again stays in the queue for another two TTLs and five seconds.
const LuaScript& acquireScript()
{
    static const LuaScript script(R"(local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
while true do
    local head = redis.call('LINDEX', KEYS[2], 0)
    if not head then break end
    local gone = redis.call('ZSCORE', KEYS[3], head)
    if gone and tonumber(gone) > now then break end
    redis.call('LPOP', KEYS[2])
    redis.call('ZREM', KEYS[3], head)
end
local head = redis.call('LINDEX', KEYS[2], 0)
if redis.call('EXISTS', KEYS[1]) == 0 and (not head or head == ARGV[1]) then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    if head then
        redis.call('LPOP', KEYS[2])
        redis.call('ZREM', KEYS[3], ARGV[1])
    end
    return 1
end
local patience = now + 2 * tonumber(ARGV[2]) + 5000
if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then redis.call('RPUSH', KEYS[2], ARGV[1]) end
redis.call('ZADD', KEYS[3], patience, ARGV[1])
return -1 - math.max(redis.call('PTTL', KEYS[1]), 0))");
    return script;
}

/// Deletes the lock and tells the first waiter, by its token.
const LuaScript& fairReleaseScript()
{
    static const LuaScript script(R"(if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    redis.call('LREM', KEYS[2], 0, ARGV[1])
    redis.call('ZREM', KEYS[3], ARGV[1])
    return 0
end
redis.call('DEL', KEYS[1])
local head = redis.call('LINDEX', KEYS[2], 0)
if head then redis.call('PUBLISH', ARGV[2], head) end
return 1)");
    return script;
}

class FairStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override
    {
        std::vector<const LuaScript*> all = SingleServerStrategy::scripts();
        all.push_back(&acquireScript());
        all.push_back(&fairReleaseScript());
        return all;
    }

protected:
    void acquire(LockSession& session) const override
    {
        session.sendScript(LockPhase::Acquire, 0, firstStep, acquireScript(),
            { session.key(), session.queueKey(), session.timeoutKey(), session.token(), session.ttlText() }, 3);
    }
    void release(LockSession& session) const override
    {
        session.sendScript(LockPhase::Release, 0, firstStep, fairReleaseScript(),
            { session.key(), session.queueKey(), session.timeoutKey(), session.token(), session.wakeChannel() }, 3);
    }
};

} // namespace

std::unique_ptr<Strategy> makeFairStrategy()
{
    StrategyFacts facts;
    facts.name = "fair";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "a queue in the server: first come, first served");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "the same as set-nx, and the order of the waiters");
    facts.doesNot = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "go fast: a waiter that died holds up the queue until it counts as gone");
    facts.wake = WakeStyle::Named;
    facts.mayRefuseFreeLock = true;
    facts.demonstration = "--clients 64 --keys 1 --hold 1";
    return std::make_unique<FairStrategy>(facts);
}

} // namespace lockscope
