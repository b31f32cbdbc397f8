// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

class UnsafeExtendStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;

protected:
    void renew(LockSession& session) const override
    {
        session.send(LockPhase::Renew, 0, firstStep, { "PEXPIRE", session.key(), session.ttlText() });
    }
    [[nodiscard]] LockOutcome judge(LockPhase phase, const LockAnswer& answer) const override
    {
        LockOutcome outcome = SingleServerStrategy::judge(phase, answer);
        outcome.comparedToken = phase != LockPhase::Renew;
        return outcome;
    }
};

} // namespace

std::unique_ptr<Strategy> makeUnsafeExtendStrategy()
{
    StrategyFacts facts;
    facts.name = "unsafe-extend";
    facts.summary = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "renews by PEXPIRE without a look at the token, and once after the release");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "one holder at a time as long as no renewal comes late");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress",
        "notice that the lock has another holder by now: it prolongs that one's lease and goes on working");
    facts.isSafe = false;
    facts.alwaysRenews = true;
    facts.renewsAfterRelease = true;
    facts.demonstration = "--clients 8 --keys 2 --ttl 90 --hold 20..60 --retry 1..5";
    return std::make_unique<UnsafeExtendStrategy>(facts);
}

} // namespace lockscope
