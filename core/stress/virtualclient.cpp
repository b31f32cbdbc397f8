// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/virtualclient.h"

#include <QVarLengthArray>

#include <algorithm>

namespace lockscope {

namespace {

constexpr qint64 millisecond = 1'000'000;
constexpr qint64 pauseAfterFailure = 20 * millisecond; // a link that is down answers at once

} // namespace

VirtualClient::VirtualClient(ClientHost& host, quint32 index, quint32 local)
    : m_host(host)
    , m_index(index)
    , m_local(local)
    , m_ttlText(QByteArray::number(host.plan().ttlNs / millisecond))
    , m_permitsText(QByteArray::number(host.plan().config.permits))
{
}

int VirtualClient::random(int bound)
{
    return int(schedule::draw(m_host.plan().config, m_index, m_draws++, quint64(bound)));
}

void VirtualClient::start(const SectionChoice& choice, qint64 plannedAt)
{
    m_choice = choice;
    m_wantedAt = plannedAt;
    m_isFirstAttempt = true;
    m_givesUp = false;
    m_host.stats().firstWant[m_local].store(true, std::memory_order_relaxed);
    renewToken();
    attempt();
}

const QByteArray& VirtualClient::named(size_t which, const char* suffix) const
{
    Name& name = m_names[which];
    if (std::exchange(name.key, m_choice.key) != m_choice.key)
        name.text = suffix ? QByteArray(key() + suffix) : m_host.plan().wakeChannel(m_choice.key);
    return name.text;
}

void VirtualClient::renewToken()
{
    ++m_section;
    m_token = m_host.plan().token(m_index, m_section);
}

void VirtualClient::open(LockPhase which)
{
    PhaseState& state = phase(which);
    ++state.sequence;
    state.isOpen = true;
    state.invoked = m_host.plan().now();
    state.section = m_section;
    state.key = m_choice.key;
}

void VirtualClient::attempt()
{
    setState(State::Acquiring);
    m_host.stats().bump(WorkerStats::Attempts);
    if (facts().isFenced)
        m_fenceSeen = m_host.referee().fenceSeen(m_choice.key);
    if (m_host.plan().wantsWakeUps)
        m_wakeMark = m_host.wakeCount(m_choice.key);
    open(LockPhase::Acquire);
    m_ownInvoked = phase(LockPhase::Acquire).invoked + m_clockOffset;
    m_host.plan().strategy->begin(LockPhase::Acquire, *this);
}

void VirtualClient::send(LockPhase which, int node, int step, std::initializer_list<QByteArrayView> arguments)
{
    PhaseState& state = phase(which);
    if (step != 0)
        state.lastSent = m_host.plan().now();
    Letter envelope;
    envelope.phase = which;
    envelope.step = quint8(step);
    envelope.node = quint8(node);
    envelope.sequence = state.sequence;
    m_host.send(m_local, envelope, { arguments.begin(), arguments.size() });
}

void VirtualClient::sendScript(LockPhase which, int node, int step, const LuaScript& script,
    std::initializer_list<QByteArrayView> keysAndArguments, int keyCount)
{
    Q_ASSERT(keyCount < 10);
    const char count = char('0' + keyCount);
    QVarLengthArray<QByteArrayView, 12> arguments { "EVALSHA", script.sha1(), QByteArrayView(&count, 1) };
    arguments.append(keysAndArguments.begin(), qsizetype(keysAndArguments.size()));
    Letter envelope;
    envelope.phase = which;
    envelope.step = quint8(step);
    envelope.node = quint8(node);
    envelope.sequence = phase(which).sequence;
    m_host.send(m_local, envelope, { arguments.data(), size_t(arguments.size()) });
}

void VirtualClient::later(LockPhase which, int step, Milliseconds delay)
{
    m_host.arm(m_local, TimerKind::Strategy, m_host.plan().now() + delay.count() * millisecond, phase(which).sequence,
        quint8(which), quint8(step));
}

void VirtualClient::deliver(const Letter& letter)
{
    if (isPaused())
        m_deferred.push_back(letter);
    else
        handle(letter);
}

void VirtualClient::handle(const Letter& letter)
{
    const PhaseState& state = phase(letter.phase);
    if (!state.isOpen || state.sequence != letter.sequence)
        return;
    m_answeredAt = letter.at;
    const LockAnswer& answer = letter.answer;
    const bool gives = letter.phase == LockPhase::Acquire && m_state == State::Acquiring
        && (answer.kind == LockAnswer::Kind::Ok || (answer.kind == LockAnswer::Kind::Integer && answer.integer > 0));
    if (gives && m_crashPending > 0)
        return die(m_host.plan().now());
    m_host.plan().strategy->onAnswer(letter.phase, *this, letter.step, letter.node, answer);
}

void VirtualClient::finish(LockPhase which, const LockOutcome& outcome)
{
    PhaseState& state = phase(which);
    if (!state.isOpen)
        return;
    state.isOpen = false;
    if (m_answeredAt < state.invoked)
        m_answeredAt = m_host.plan().now(); // it failed before anything was sent
    if (outcome.kind == LockOutcome::Kind::Unknown)
        m_host.stats().bump(WorkerStats::Indeterminate);
    if (outcome.kind == LockOutcome::Kind::Unknown || outcome.kind == LockOutcome::Kind::Failed)
        m_host.stats().bump(WorkerStats::Errors);
    switch (which) {
    case LockPhase::Acquire:
        return onAcquired(outcome);
    case LockPhase::Release:
        return m_state == State::Revoking ? onRevoked(outcome) : onReleased(outcome);
    case LockPhase::Renew:
        return onRenewed(outcome);
    }
}

void VirtualClient::onAcquired(const LockOutcome& outcome)
{
    using Outcome = LockOperation::Outcome;
    switch (outcome.kind) {
    case LockOutcome::Kind::Done:
        return grant(outcome);
    case LockOutcome::Kind::Refused:
        m_host.stats().bump(WorkerStats::Refused);
        record(LockPhase::Acquire, Outcome::Refused, m_answeredAt);
        if (m_host.plan().config.recording)
            m_host.referee().refused(m_choice.key, m_index, m_section, m_answeredAt);
        m_isFirstAttempt = false;
        m_revokeIsLogged = false;
        return outcome.mustRevoke ? revoke() : wait(outcome.holderTtl);
    case LockOutcome::Kind::Unknown:
        // It may hold the lock: take it back, by the token that nobody else has.
        record(LockPhase::Acquire, Outcome::Unknown, LockOperation::never);
        m_isFirstAttempt = false;
        m_revokeIsLogged = true;
        return revoke();
    case LockOutcome::Kind::Failed:
        m_isFirstAttempt = false;
        setState(State::Waiting);
        return armMain(m_host.plan().now() + pauseAfterFailure);
    }
}

void VirtualClient::grant(const LockOutcome& outcome)
{
    const RunPlan& plan = m_host.plan();
    const PhaseState& state = phase(LockPhase::Acquire);
    WorkerStats& stats = m_host.stats();
    m_enteredAt = plan.now(); // later than the answer, if it was paused meanwhile
    m_leaseEnd = facts().takesNoLease ? LockOperation::never : state.invoked + plan.ttlNs;
    m_ownLeaseEnd = m_ownInvoked + plan.ttlNs - plan.ttlNs / 100 - 2 * millisecond;
    const qint64 service = m_answeredAt - state.invoked;
    stats.acquireService.record(service / 1000);
    const bool isPlanned = m_isFirstAttempt && plan.config.rate > 0;
    stats.acquire.record((isPlanned ? m_answeredAt - m_wantedAt : service) / 1000);
    stats.wait.record((m_enteredAt - m_wantedAt) / 1000);
    stats.bump(WorkerStats::Sections);
    std::atomic<quint32>& grants = stats.grants[m_local];
    grants.store(grants.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (plan.config.recording) {
        if (!outcome.refusalIgnored)
            record(LockPhase::Acquire, LockOperation::Outcome::Ok, m_answeredAt);
        SectionStart start { m_index, m_section, m_choice.key, m_choice.mode, outcome.refusalIgnored, m_wantedAt,
            state.invoked, m_enteredAt, m_leaseEnd, outcome.fence, m_fenceSeen };
        if (const qint64 handover = m_host.referee().enter(start); handover >= 0)
            stats.handover.record(handover / 1000);
    }
    span(LaneSpan::Kind::Waiting, m_wantedAt, m_enteredAt);
    enterSection();
}

void VirtualClient::enterSection()
{
    setState(State::Holding);
    if (m_pausePending > 0 && !m_host.isStopping())
        pause(m_host.plan().now() + std::exchange(m_pausePending, 0));
    if (m_host.plan().config.renew || facts().alwaysRenews)
        armRenewal();
    if (m_choice.holdNs == 0 && !isPaused())
        return leave(true);
    scheduleEnd();
}

void VirtualClient::armRenewal()
{
    m_host.arm(m_local, TimerKind::Renew, m_host.plan().now() + m_host.plan().ttlNs / 3, ++m_renewSequence, 0, 0);
}

// By its own clock, where it heeds its lease.
void VirtualClient::scheduleEnd()
{
    const qint64 now = m_host.plan().now();
    qint64 end = m_host.isStopping() ? now : m_enteredAt + m_choice.holdNs;
    if (facts().heedsLease)
        end = std::min(end, now + (m_ownLeaseEnd - ownNow()));
    armMain(std::max(end, now));
}

void VirtualClient::countOverrun(qint64 now)
{
    if (now <= m_leaseEnd)
        return;
    WorkerStats& stats = m_host.stats();
    const auto microseconds = quint64((now - m_leaseEnd) / 1000);
    stats.bump(WorkerStats::Overruns);
    stats.bump(WorkerStats::OverrunTotal, microseconds);
    stats.raise(WorkerStats::OverrunWorst, microseconds);
}

void VirtualClient::leave(bool writes)
{
    const qint64 now = m_host.plan().now();
    ++m_mainSequence; // the end of the work, if it comes early
    countOverrun(now);
    if (m_host.plan().config.recording)
        m_host.referee().leave(m_choice.key, m_index, m_section, now, writes);
    span(LaneSpan::Kind::Holding, m_enteredAt, now);
    setState(State::Releasing);
    open(LockPhase::Release);
    phase(LockPhase::Release).lastSent = phase(LockPhase::Release).invoked;
    m_host.plan().strategy->begin(LockPhase::Release, *this);
}

void VirtualClient::onReleased(const LockOutcome& outcome)
{
    using Outcome = LockOperation::Outcome;
    const PhaseState& state = phase(LockPhase::Release);
    switch (outcome.kind) {
    case LockOutcome::Kind::Done:
        m_host.stats().release.record((m_answeredAt - state.invoked) / 1000);
        record(LockPhase::Release, Outcome::Ok, m_answeredAt);
        if (!outcome.comparedToken && m_host.plan().config.recording)
            m_host.referee().deletedBlindly(m_choice.key, m_index, m_section, state.lastSent, m_answeredAt);
        break;
    case LockOutcome::Kind::Refused:
        m_host.stats().release.record((m_answeredAt - state.invoked) / 1000);
        m_host.stats().bump(WorkerStats::Lost);
        record(LockPhase::Release, Outcome::Refused, m_answeredAt);
        break;
    case LockOutcome::Kind::Unknown:
        record(LockPhase::Release, Outcome::Unknown, LockOperation::never);
        m_host.referee().abandoned(m_choice.key, m_index, m_section, m_answeredAt);
        break;
    case LockOutcome::Kind::Failed:
        // Nothing was sent: again, while the lease lasts.
        if (m_host.plan().now() < m_leaseEnd && !m_host.isStopping())
            return armMain(m_host.plan().now() + pauseAfterFailure);
        m_host.referee().abandoned(m_choice.key, m_index, m_section, m_answeredAt);
        break;
    }
    if (!facts().renewsAfterRelease || m_host.isStopping())
        return endSection();
    setState(State::Lingering);
    armMain(m_host.plan().now() + m_host.plan().ttlNs / 3);
}

void VirtualClient::revoke()
{
    setState(State::Revoking);
    open(LockPhase::Release);
    m_host.plan().strategy->begin(LockPhase::Release, *this);
}

void VirtualClient::onRevoked(const LockOutcome& outcome)
{
    if (m_revokeIsLogged && outcome.kind == LockOutcome::Kind::Done)
        record(LockPhase::Release, LockOperation::Outcome::Ok, m_answeredAt);
    const bool isSettled = outcome.kind == LockOutcome::Kind::Done || outcome.kind == LockOutcome::Kind::Refused;
    if (!isSettled && m_revokeIsLogged)
        m_host.referee().abandoned(m_choice.key, m_index, m_section, m_answeredAt);
    if (m_givesUp)
        return endSection();
    renewToken();
    setState(State::Waiting);
    if (isSettled)
        return wait(-1);
    armMain(m_host.plan().now() + pauseAfterFailure);
}

// Until the next try: a random pause, or until a message comes, at the latest when the holder's lease ends.
void VirtualClient::wait(qint64 holderTtl)
{
    const RunPlan& plan = m_host.plan();
    if (m_host.isStopping())
        return giveUp();
    setState(State::Waiting);
    const qint64 now = plan.now();
    const WakeStyle style = facts().wake;
    qint64 due = now + schedule::retryPause(plan.config, m_index, m_retries++);
    if (style != WakeStyle::Poll) {
        const bool missed = style == WakeStyle::Named ? m_host.lastWoken(m_choice.key) == m_token
                                                      : m_host.wakeCount(m_choice.key) != m_wakeMark;
        if (missed)
            return attempt();
        m_host.addWaiter(m_choice.key, m_local);
        if (holderTtl >= 0)
            due = now + (holderTtl + 1) * millisecond;
    }
    if (plan.config.wait.count() > 0)
        due = std::min(due, std::max(now, m_wantedAt + plan.config.wait.count() * millisecond));
    armMain(due);
}

void VirtualClient::wake()
{
    if (m_state == State::Waiting && !isPaused())
        tryAgain();
}

void VirtualClient::tryAgain()
{
    ++m_mainSequence;
    if (m_host.isStopping())
        return giveUp();
    if (m_host.plan().now() >= m_wantedAt + m_host.plan().config.wait.count() * millisecond) {
        m_host.stats().bump(WorkerStats::Timeouts);
        m_host.stats().wait.record((m_host.plan().now() - m_wantedAt) / 1000);
        span(LaneSpan::Kind::Waiting, m_wantedAt, m_host.plan().now());
        return giveUp();
    }
    attempt();
}

// Who stands in a queue has to leave it.
void VirtualClient::giveUp()
{
    if (facts().wake != WakeStyle::Named || m_state == State::Crashed)
        return endSection();
    m_givesUp = true;
    m_revokeIsLogged = false;
    revoke();
}

void VirtualClient::onRenewed(const LockOutcome& outcome)
{
    const PhaseState& state = phase(LockPhase::Renew);
    const bool isSame = m_state == State::Holding && state.section == m_section;
    const bool isDone = outcome.kind == LockOutcome::Kind::Done;
    if (isDone) {
        m_host.stats().bump(WorkerStats::Renewals);
        if (outcome.comparedToken)
            record(LockPhase::Renew, LockOperation::Outcome::Ok, m_answeredAt);
        else if (m_host.plan().config.recording)
            m_host.referee().renewedBlindly(state.key, m_index, state.section, state.invoked, m_answeredAt);
    }
    if (m_state == State::Lingering)
        return endSection();
    if (!isSame)
        return;
    if (outcome.kind == LockOutcome::Kind::Refused) {
        m_host.stats().bump(WorkerStats::Lost);
        return leave(false); // a sound client stops when it learns that its lock is gone
    }
    if (isDone) {
        m_leaseEnd = state.invoked + m_host.plan().ttlNs;
        m_ownLeaseEnd = m_leaseEnd + m_clockOffset - m_host.plan().ttlNs / 100 - 2 * millisecond;
        m_host.referee().renewed(m_choice.key, m_index, m_section, m_leaseEnd);
        if (facts().heedsLease)
            scheduleEnd();
    }
    armRenewal();
}

void VirtualClient::endSection()
{
    setState(State::Idle);
    ++m_mainSequence;
    m_host.onIdle(m_local);
}

void VirtualClient::setState(State state)
{
    WorkerStats& stats = m_host.stats();
    if (state == m_state)
        return;
    if (m_state == State::Waiting || state == State::Waiting)
        WorkerStats::add(stats.waiting, state == State::Waiting ? 1 : -1);
    if (m_state == State::Holding || state == State::Holding)
        WorkerStats::add(stats.holding, state == State::Holding ? 1 : -1);
    m_state = state;
}

void VirtualClient::armMain(qint64 due) { m_host.arm(m_local, TimerKind::Main, due, ++m_mainSequence, 0, 0); }

void VirtualClient::record(LockPhase which, LockOperation::Outcome outcome, qint64 returned)
{
    if (!m_host.plan().config.recording)
        return;
    const PhaseState& state = phase(which);
    m_host.log().append({ state.invoked, returned, m_index, state.section, state.key, which, outcome, m_choice.mode });
}

void VirtualClient::addStretchUnderWay(std::vector<LaneSpan>& stretches) const
{
    const qint64 now = m_host.plan().now();
    const auto add = [&](LaneSpan::Kind kind, qint64 from) {
        stretches.push_back({ qint32(m_index), m_choice.key, kind, from, now });
    };
    if (m_state == State::Holding)
        add(LaneSpan::Kind::Holding, m_enteredAt);
    else if (m_state == State::Waiting || m_state == State::Acquiring || m_state == State::Revoking)
        add(LaneSpan::Kind::Waiting, m_wantedAt);
    if (isPaused())
        add(LaneSpan::Kind::Paused, m_pausedAt);
}

void VirtualClient::span(LaneSpan::Kind kind, qint64 from, qint64 until)
{
    if (m_index < shownClients && m_host.plan().config.recording)
        m_host.addSpan({ qint32(m_index), m_choice.key, kind, from, until });
}

} // namespace lockscope
