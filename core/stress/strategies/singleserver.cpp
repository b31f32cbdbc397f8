// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategies/singleserver.h"

#include "operations/lockscripts.h"

namespace lockscope {

void SingleServerStrategy::begin(LockPhase phase, LockSession& session) const
{
    switch (phase) {
    case LockPhase::Acquire:
        return acquire(session);
    case LockPhase::Release:
        return release(session);
    case LockPhase::Renew:
        return renew(session);
    }
}

void SingleServerStrategy::onAnswer(LockPhase phase, LockSession& session, int, int, const LockAnswer& answer) const
{
    session.finish(phase, answer.isFailed() ? LockOutcome::from(answer) : judge(phase, answer));
}

LockOutcome SingleServerStrategy::judge(LockPhase phase, const LockAnswer& answer) const
{
    if (answer.kind == LockAnswer::Kind::Ok || answer.integer > 0)
        return LockOutcome::done();
    const bool tellsTtl = phase == LockPhase::Acquire && answer.integer < 0;
    return LockOutcome::refused(tellsTtl ? -1 - answer.integer : -1);
}

void SingleServerStrategy::acquire(LockSession& session) const
{
    session.send(
        LockPhase::Acquire, 0, firstStep, { "SET", session.key(), session.token(), "NX", "PX", session.ttlText() });
}

void SingleServerStrategy::release(LockSession& session) const
{
    session.sendScript(LockPhase::Release, 0, firstStep, releaseScript(), { session.key(), session.token() }, 1);
}

void SingleServerStrategy::renew(LockSession& session) const
{
    session.sendScript(
        LockPhase::Renew, 0, firstStep, extendScript(), { session.key(), session.token(), session.ttlText() }, 1);
}

std::vector<const LuaScript*> SingleServerStrategy::scripts() const { return { &releaseScript(), &extendScript() }; }

} // namespace lockscope
