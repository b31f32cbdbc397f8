// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

/// How long a busy client may take between the two commands, in ms: short for a garbage collection.
constexpr int longestThought = 20;

class UnsafeGetDelStrategy final : public SingleServerStrategy {
public:
    using SingleServerStrategy::SingleServerStrategy;
    void onAnswer(LockPhase phase, LockSession& session, int step, int node, const LockAnswer& answer) const override
    {
        if (phase != LockPhase::Release || step != firstStep || answer.isFailed()) {
            if (phase != LockPhase::Release || answer.isFailed())
                return SingleServerStrategy::onAnswer(phase, session, step, node, answer);
            LockOutcome outcome = judge(phase, answer);
            outcome.comparedToken = false;
            return session.finish(phase, outcome);
        }
        if (answer.kind != LockAnswer::Kind::OwnToken)
            return session.finish(phase, LockOutcome::refused());
        session.later(phase, secondStep, Milliseconds(session.random(longestThought + 1)));
    }
    void onTimer(LockPhase phase, LockSession& session, int step) const override
    {
        session.send(phase, 0, step, { "DEL", session.key() });
    }

protected:
    void release(LockSession& session) const override
    {
        session.send(LockPhase::Release, 0, firstStep, { "GET", session.key() });
    }
};

} // namespace

std::unique_ptr<Strategy> makeUnsafeGetDelStrategy()
{
    StrategyFacts facts;
    facts.name = "unsafe-get-del";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "GET, compare in the client, DEL");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress", "one holder at a time as long as nobody is slow");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress",
        "notice when the lease ends between GET and DEL: then it deletes the lock of the next holder");
    facts.isSafe = false;
    facts.demonstration = "--clients 32 --keys 4 --ttl 60 --hold 30..55 --retry 1..3";
    return std::make_unique<UnsafeGetDelStrategy>(facts);
}

} // namespace lockscope
