// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

/// Answers the fencing token (1 or more), or -1 - the TTL that the holder has left.
const LuaScript& acquireScript()
{
    static const LuaScript script(
        R"(if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end
return -1 - math.max(redis.call('PTTL', KEYS[1]), 0))");
    return script;
}

class FencedStrategy final : public SingleServerStrategy {
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
            { session.key(), session.fenceKey(), session.token(), session.ttlText() }, 2);
    }
    [[nodiscard]] LockOutcome judge(LockPhase phase, const LockAnswer& answer) const override
    {
        LockOutcome outcome = SingleServerStrategy::judge(phase, answer);
        if (phase == LockPhase::Acquire && outcome.kind == LockOutcome::Kind::Done)
            outcome.fence = answer.integer;
        return outcome;
    }
};

} // namespace

std::unique_ptr<Strategy> makeFencedStrategy()
{
    StrategyFacts facts;
    facts.name = "fenced";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "each grant carries a fencing token that grows");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress",
        "that a holder of the past cannot write, as long as what it writes to refuses smaller tokens");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress",
        "keep two clients from working at the same time, nor survive a server that forgets its counter");
    facts.isFenced = true;
    facts.demonstration = "--clients 16 --keys 4 --ttl 300 --hold 5..20 --fault pause-client:every=1s,for=800ms";
    return std::make_unique<FencedStrategy>(facts);
}

} // namespace lockscope
