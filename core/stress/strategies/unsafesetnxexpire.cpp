// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

class UnsafeSetNxExpireStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    void onAnswer(LockPhase phase, LockSession& session, int step, int node, const LockAnswer& answer) const override
    {
        const bool taken = phase == LockPhase::Acquire && step == firstStep && answer.integer == 1;
        if (!taken || answer.isFailed())
            return SingleServerStrategy::onAnswer(phase, session, step, node, answer);
        session.send(phase, 0, secondStep, { "PEXPIRE", session.key(), session.ttlText() });
    }

protected:
    void acquire(LockSession& session) const override
    {
        session.send(LockPhase::Acquire, 0, firstStep, { "SETNX", session.key(), session.token() });
    }
};

} // namespace

std::unique_ptr<Strategy> makeUnsafeSetNxExpireStrategy()
{
    StrategyFacts facts;
    facts.name = "unsafe-setnx-expire";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "SETNX, then EXPIRE as a second command");
    facts.promises
        = QT_TRANSLATE_NOOP("lockscope::Stress", "the same as set-nx as long as no client dies between the two");
    facts.doesNot = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "ever end when its holder dies before the second command: the lock stays for good");
    facts.isSafe = false;
    facts.demonstration
        = "--clients 8 --keys 2 --ttl 200 --hold 0 --retry 5..20 --fault crash-client:at=100ms,every=100ms";
    return std::make_unique<UnsafeSetNxExpireStrategy>(facts);
}

} // namespace lockscope
