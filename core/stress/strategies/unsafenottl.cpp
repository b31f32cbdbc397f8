// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

class UnsafeNoTtlStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;

protected:
    void acquire(LockSession& session) const override
    {
        session.send(LockPhase::Acquire, 0, firstStep, { "SET", session.key(), session.token(), "NX" });
    }
};

} // namespace

std::unique_ptr<Strategy> makeUnsafeNoTtlStrategy()
{
    StrategyFacts facts;
    facts.name = "unsafe-no-ttl";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "SET NX without a TTL");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "one holder at a time while the server keeps its data");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress", "ever end when its holder dies: the lock stays for good");
    facts.isSafe = false;
    facts.takesNoLease = true;
    facts.demonstration = "--clients 8 --keys 2 --ttl 200 --hold 1..5 --retry 5..20 --fault crash-client:at=200ms";
    return std::make_unique<UnsafeNoTtlStrategy>(facts);
}

} // namespace lockscope
