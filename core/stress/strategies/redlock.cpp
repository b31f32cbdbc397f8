// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockscripts.h"
#include "stress/strategies/singleserver.h"
#include "stress/strategies/strategies.h"

namespace lockscope {

namespace {

/// All masters at once, a majority decides, and what the round took is taken off the lease.
class RedlockStrategy final : public Strategy {
public:
    using Strategy::Strategy;
    void begin(LockPhase phase, LockSession& session) const override;
    void onAnswer(LockPhase phase, LockSession& session, int step, int node, const LockAnswer& answer) const override;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override
    {
        return { &releaseScript(), &extendScript() };
    }

private:
    static void ask(LockPhase phase, LockSession& session, int node);
    static void decide(LockPhase phase, LockSession& session);
    [[nodiscard]] static bool isInTime(LockPhase phase, const LockSession& session);
};

void RedlockStrategy::begin(LockPhase phase, LockSession& session) const
{
    LockSession::Ballot& ballot = session.ballot(phase);
    ballot = {};
    ballot.asked = session.nodeCount();
    // A link that is down answers at once: nothing may be decided before everybody was asked.
    ballot.asking = true;
    for (int node = 0; node < ballot.asked; ++node)
        ask(phase, session, node);
    ballot.asking = false;
    decide(phase, session);
}

void RedlockStrategy::ask(LockPhase phase, LockSession& session, int node)
{
    switch (phase) {
    case LockPhase::Acquire:
        return session.send(
            phase, node, firstStep, { "SET", session.key(), session.token(), "NX", "PX", session.ttlText() });
    case LockPhase::Release:
        return session.sendScript(phase, node, firstStep, releaseScript(), { session.key(), session.token() }, 1);
    case LockPhase::Renew:
        return session.sendScript(
            phase, node, firstStep, extendScript(), { session.key(), session.token(), session.ttlText() }, 1);
    }
}

void RedlockStrategy::onAnswer(LockPhase phase, LockSession& session, int, int, const LockAnswer& answer) const
{
    LockSession::Ballot& ballot = session.ballot(phase);
    if (answer.isUnknown())
        ++ballot.unknown;
    else if (answer.kind == LockAnswer::Kind::Ok || (!answer.isFailed() && answer.integer > 0))
        ++ballot.yes;
    else
        ++ballot.no;
    if (!ballot.asking)
        decide(phase, session);
}

bool RedlockStrategy::isInTime(LockPhase phase, const LockSession& session)
{
    if (phase == LockPhase::Release)
        return true;
    const qint64 drift = session.ttl() / 100 + 2;
    return session.clockMs() - session.acquireStartedMs() < session.ttl() - drift || phase == LockPhase::Renew;
}

void RedlockStrategy::decide(LockPhase phase, LockSession& session)
{
    LockSession::Ballot& ballot = session.ballot(phase);
    const int quorum = ballot.asked / 2 + 1;
    const int open = ballot.asked - ballot.yes - ballot.no - ballot.unknown;
    if (ballot.decided)
        return;
    // A release waits for all: until then the next attempt would meet its own remains.
    const bool enough = ballot.yes >= quorum && (phase != LockPhase::Release || open == 0);
    if (!enough && (ballot.yes + open >= quorum && open > 0))
        return;
    ballot.decided = true;
    if (enough && isInTime(phase, session))
        return session.finish(phase, LockOutcome::done());
    LockOutcome outcome = LockOutcome::refused();
    // Votes that were won, or may have been, have to be given back.
    if (phase == LockPhase::Acquire && (ballot.yes > 0 || open > 0 || ballot.unknown > 0))
        outcome.mustRevoke = true;
    if (ballot.yes < quorum && ballot.yes + ballot.unknown >= quorum)
        outcome.kind = LockOutcome::Kind::Unknown;
    session.finish(phase, outcome);
}

} // namespace

std::unique_ptr<Strategy> makeRedlockStrategy()
{
    StrategyFacts facts;
    facts.name = "redlock";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "a majority of independent masters, one --uri each");
    facts.promises = QT_TRANSLATE_NOOP("lockscope::Stress",
        "one holder at a time although a minority of the masters fails, while clocks and pauses stay within bounds");
    facts.doesNot = QT_TRANSLATE_NOOP("lockscope::Stress",
        "stop a client that was paused past its validity, nor hold when masters come back empty; it has no fencing "
        "token");
    facts.usesQuorum = true;
    facts.heedsLease = true;
    facts.mayRefuseFreeLock = true;
    facts.demonstration
        = "--uri sandbox:?masters=3 --clients 16 --keys 4 --ttl 2000 --hold 5..20 --fault kill-master:at=2s,for=3s";
    return std::make_unique<RedlockStrategy>(facts);
}

} // namespace lockscope
