// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

/// Answers 1, or -1 - the TTL that the holder has left.
const LuaScript& acquireScript()
{
    static const LuaScript script(R"(if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return -1 - math.max(redis.call('PTTL', KEYS[1]), 0))");
    return script;
}

class LuaStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override
    {
        std::vector<const LuaScript*> all = SingleServerStrategy::scripts();
        all.push_back(&acquireScript());
        return all;
    }

protected:
    void acquire(LockSession& session) const override
    {
        session.sendScript(LockPhase::Acquire, 0, firstStep, acquireScript(),
            { session.key(), session.token(), session.ttlText() }, 1);
    }
};

} // namespace

std::unique_ptr<Strategy> makeLuaStrategy()
{
    StrategyFacts facts;
    facts.name = "lua";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "taken by a script that tells the holder's TTL");
    facts.promises
        = QT_TRANSLATE_NOOP("lockscope::Stress", "the same as set-nx; a waiter knows how long the lease goes on");
    facts.doesNot = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "more than set-nx: a script makes steps atomic, it does not make leases safe");
    facts.demonstration = "--clients 16 --keys 4 --ttl 300 --hold 5..20 --fault pause-client:every=1s,for=800ms";
    return std::make_unique<LuaStrategy>(facts);
}

} // namespace lockscope
