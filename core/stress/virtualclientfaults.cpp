// SPDX-License-Identifier: GPL-3.0-or-later

// What befalls a virtual client: timers, the end of the run, pauses, death, a clock that jumps.
#include "stress/virtualclient.h"

namespace lockscope {

void VirtualClient::onTimer(const DueTimer& timer)
{
    if (timer.kind == TimerKind::Resume)
        return resume();
    if (isPaused()) {
        m_deferredTimers.push_back(timer);
        return;
    }
    if (timer.kind == TimerKind::Strategy) {
        const auto which = LockPhase(timer.phase);
        if (phase(which).isOpen && phase(which).sequence == timer.sequence)
            m_host.plan().strategy->onTimer(which, *this, timer.step);
        return;
    }
    if (timer.kind == TimerKind::Renew) {
        if (timer.sequence != m_renewSequence || m_state != State::Holding || phase(LockPhase::Renew).isOpen)
            return;
        open(LockPhase::Renew);
        return m_host.plan().strategy->begin(LockPhase::Renew, *this);
    }
    if (timer.sequence != m_mainSequence)
        return;
    switch (m_state) {
    case State::Waiting:
        return tryAgain();
    case State::Holding:
        return leave(true);
    case State::Releasing:
        open(LockPhase::Release);
        return m_host.plan().strategy->begin(LockPhase::Release, *this);
    case State::Lingering:
        open(LockPhase::Renew);
        return m_host.plan().strategy->begin(LockPhase::Renew, *this);
    case State::Crashed:
        return endSection();
    default:
        return;
    }
}

void VirtualClient::stop()
{
    if (isPaused())
        resume();
    switch (m_state) {
    case State::Waiting:
        return giveUp();
    case State::Holding:
        return leave(true);
    case State::Lingering:
        phase(LockPhase::Renew).isOpen = false;
        return endSection();
    case State::Crashed:
        return endSection();
    default:
        return; // what is in flight comes to its end
    }
}

void VirtualClient::closeBooks()
{
    for (const LockPhase which : { LockPhase::Acquire, LockPhase::Release }) {
        PhaseState& state = phase(which);
        const bool isRevoke = which == LockPhase::Release && m_state == State::Revoking && !m_revokeIsLogged;
        if (state.isOpen && !isRevoke)
            record(which, LockOperation::Outcome::Unknown, LockOperation::never);
        state.isOpen = false;
    }
    m_deferred.clear();
    setState(State::Idle);
}

void VirtualClient::pauseInSection(qint64 lengthNs)
{
    if (m_state == State::Holding && !isPaused())
        pause(m_host.plan().now() + lengthNs);
    else
        m_pausePending = lengthNs;
}

void VirtualClient::pause(qint64 until)
{
    m_pausedAt = m_host.plan().now();
    m_pausedUntil = until;
    if (m_host.plan().config.recording)
        m_host.referee().paused(m_choice.key, m_index, m_section);
    m_host.arm(m_local, TimerKind::Resume, until, 0, 0, 0);
}

// Everything that came meanwhile happens now, in its order.
void VirtualClient::resume()
{
    if (!isPaused())
        return;
    span(LaneSpan::Kind::Paused, m_pausedAt, m_host.plan().now());
    m_pausedUntil = 0;
    for (const Letter& letter : std::exchange(m_deferred, {}))
        deliver(letter);
    for (const DueTimer& timer : std::exchange(m_deferredTimers, {}))
        onTimer(timer);
}

void VirtualClient::crashAtGrant(qint64 downNs) { m_crashPending = downNs; }

void VirtualClient::die(qint64 now)
{
    const qint64 down = std::exchange(m_crashPending, 0);
    record(LockPhase::Acquire, LockOperation::Outcome::Unknown, LockOperation::never);
    for (PhaseState& state : m_phases)
        state.isOpen = false;
    m_host.stats().bump(WorkerStats::Crashes);
    m_host.referee().abandoned(m_choice.key, m_index, m_section, now);
    span(LaneSpan::Kind::Crashed, now, now + down);
    setState(State::Crashed);
    armMain(now + down);
}

void VirtualClient::jumpClock(qint64 byNs)
{
    m_clockOffset += byNs;
    if (m_state == State::Holding && facts().heedsLease && !isPaused())
        scheduleEnd();
}

} // namespace lockscope
