// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

class UnsafeIgnoreReplyStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;

protected:
    [[nodiscard]] LockOutcome judge(LockPhase phase, const LockAnswer& answer) const override
    {
        LockOutcome outcome = SingleServerStrategy::judge(phase, answer);
        if (phase == LockPhase::Acquire && outcome.kind == LockOutcome::Kind::Refused) {
            outcome.kind = LockOutcome::Kind::Done;
            outcome.refusalIgnored = true;
        }
        return outcome;
    }
};

} // namespace

std::unique_ptr<Strategy> makeUnsafeIgnoreReplyStrategy()
{
    StrategyFacts facts;
    facts.name = "unsafe-ignore-reply";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "takes SETNX's lack of an error for success");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "nothing");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress", "lock at all: everybody walks in");
    facts.isSafe = false;
    facts.demonstration = "--clients 8 --keys 2 --ttl 1000 --hold 1..5";
    return std::make_unique<UnsafeIgnoreReplyStrategy>(facts);
}

} // namespace lockscope
