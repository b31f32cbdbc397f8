// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/lockedchild.h"

#include "base/errortext.h"
#include "cli/optiontable.h"

#include <algorithm>
#include <csignal>

using namespace std::chrono_literals;

namespace lockscope::cli {

namespace {

constexpr int notStartedStatus = 127; // as shells say it
constexpr auto releasePause = 200ms;
constexpr auto killGrace = 5000ms;

Milliseconds untilNow(SteadyTime instant)
{
    return std::max(0ms, std::chrono::ceil<Milliseconds>(instant - std::chrono::steady_clock::now()));
}

/// A timer cannot wait for months.
Milliseconds timerTime(Milliseconds wanted) { return std::min<Milliseconds>(wanted, 24h); }

bool mayPass(const Error& error)
{
    return error.kind != ErrorKind::NotHeld && error.kind != ErrorKind::Expired && error.kind != ErrorKind::Permission;
}

/// Whether asking again a little later can help. What the server refuses it refuses again.
bool isPassing(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Connect:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Timeout:
    case ErrorKind::Loading:
    case ErrorKind::Busy:
    case ErrorKind::NoQuorum:
    case ErrorKind::OutcomeUnknown:
        return true;
    default:
        return false;
    }
}

} // namespace

LockedChild::LockedChild(Session& session, const AcquireGrant& grant)
    : m_session(session)
    , m_grant(grant)
{
    for (QTimer* timer : { &m_renewal, &m_end }) {
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
    }
    connect(&m_renewal, &QTimer::timeout, this, &LockedChild::renew);
    connect(&m_end, &QTimer::timeout, this, &LockedChild::watchEnd);
    SignalWatcher& signalWatcher = session.signalWatcher();
    signalWatcher.catchJobSignals();
    connect(&signalWatcher, &SignalWatcher::terminationRequested, this, &LockedChild::passOn);
    connect(&signalWatcher, &SignalWatcher::stopRequested, this, &LockedChild::stop);
    connect(&signalWatcher, &SignalWatcher::jobSignal, this, [this](int signal, bool fromTerminal) {
        if (signal == SIGCONT)
            goOn();
        else
            m_process.passOn(signal, fromTerminal);
    });
    m_renewal.start(timerTime(m_grant.ttl / 3));
    m_end.start(timerTime(untilNow(m_grant.validUntil)));
}

// The timer may have been shorter than the validity.
void LockedChild::watchEnd()
{
    const Milliseconds left = untilNow(m_grant.validUntil);
    if (left > 0ms)
        m_end.start(timerTime(left));
    else
        lose(makeError(ErrorKind::NotHeld));
}

int LockedChild::run(const QStringList& command)
{
    QEventLoop loop;
    connect(&m_process, &CommandProcess::finished, &loop, &QEventLoop::quit);
    // Not the token: children of the command and whoever reads their environment have no use for it.
    if (m_grant.fence)
        m_process.setVariable(QStringLiteral("LOCKSCOPE_FENCE"), QString::number(*m_grant.fence));
    const bool started = m_process.start(command);
    if (started && m_process.isRunning())
        loop.exec();
    m_renewal.stop();
    m_end.stop();
    if (!started)
        m_session.streams().err->write(
            errorText(makeError(ErrorKind::Usage, command.first() + QStringLiteral(": ") + m_process.errorText()), {},
                m_session.invocation().json));
    release();
    if (m_lost)
        return 1;
    return started ? m_process.exitStatus() : notStartedStatus;
}

void LockedChild::renew()
{
    if (std::exchange(m_renewing, true))
        return;
    onFinished(m_session.deployment().extend({ m_grant.key, m_grant.token, m_grant.ttl, m_grant.place }), this,
        [this](const Result<AcquireGrant>& grant) {
            m_renewing = false;
            onRenewed(grant);
        });
}

void LockedChild::onRenewed(const Result<AcquireGrant>& grant)
{
    if (m_lost || !m_process.isRunning())
        return;
    if (grant) {
        m_grant = *grant;
        m_renewal.start(timerTime(m_grant.ttl / 3));
        m_end.start(timerTime(untilNow(m_grant.validUntil)));
    } else if (mayPass(grant.error())) {
        // The lease still runs: prolonging it again is harmless, and m_end says when it is too late.
        m_renewal.start(std::clamp<Milliseconds>(m_grant.ttl / 20, 20ms, 1000ms));
    } else {
        lose(grant.error());
    }
}

void LockedChild::lose(const Error& error)
{
    if (std::exchange(m_lost, true))
        return;
    m_renewal.stop();
    m_end.stop();
    const Error lost = makeError(ErrorKind::NotHeld,
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                    "the lock was lost while the command ran (%1); it gets SIGTERM, and SIGKILL five seconds later"))
            .arg(errorMessage(error)));
    m_session.streams().err->write(errorText(lost, m_session.invocation().command, m_session.invocation().json));
    m_process.end(killGrace);
}

void LockedChild::passOn(int signal, bool fromTerminal)
{
    if (m_process.isRunning())
        m_process.passOn(signal, fromTerminal);
    else
        m_isGivingUp = true;
}

// While we stand still nobody renews: the command stands still as well.
void LockedChild::stop(bool fromTerminal)
{
    m_process.passOn(SIGTSTP, fromTerminal);
    ::raise(SIGSTOP);
}

// The lease may have ended meanwhile. The command goes on only if it has not.
void LockedChild::goOn()
{
    watchEnd();
    if (m_lost)
        return;
    m_process.passOn(SIGCONT, false);
    renew();
}

void LockedChild::pause()
{
    QEventLoop loop;
    QTimer::singleShot(releasePause, &loop, &QEventLoop::quit);
    connect(&m_session.signalWatcher(), &SignalWatcher::terminationRequested, &loop, &QEventLoop::quit);
    loop.exec();
}

Status LockedChild::releaseOnce()
{
    const Status released = m_session.await(
        m_session.deployment().release({ m_grant.key, m_grant.token, m_grant.place }), Milliseconds(0), false);
    if (released || released.error().kind != ErrorKind::OutcomeUnknown)
        return released;
    return lookAfterRelease(released);
}

// After a lost answer a look says what became of the release: it is sent again only where the lock is seen to be ours
// still.
Status LockedChild::lookAfterRelease(const Status& released)
{
    while (!m_isGivingUp && untilNow(m_grant.validUntil) > 0ms) {
        const Result<LockInspection> seen
            = m_session.await(m_session.deployment().inspect({ m_grant.key, m_grant.place }), Milliseconds(0), false);
        if (seen && (!seen->exists || !seen->hasToken || seen->token != m_grant.token))
            return {};
        if (seen || !isPassing(seen.error().kind))
            break;
        pause();
    }
    return released;
}

void LockedChild::release()
{
    // As long as the lease runs; after that nothing is left of it.
    const SteadyTime giveUpAt = m_grant.validUntil;
    bool wasPartial = false; // some masters have released it, and the others could not be asked
    Status released = releaseOnce();
    while (!released && !m_lost && !m_isGivingUp && isPassing(released.error().kind)
        && std::chrono::steady_clock::now() < giveUpAt) {
        wasPartial = wasPartial || released.error().kind == ErrorKind::NoQuorum;
        pause();
        released = releaseOnce();
    }
    if (released || m_lost || (wasPartial && released.error().kind == ErrorKind::Expired))
        return;
    m_session.streams().err->write(
        errorText(released.error(), m_session.invocation().command, m_session.invocation().json));
    m_lost = released.error().kind == ErrorKind::NotHeld || released.error().kind == ErrorKind::Expired;
}

} // namespace lockscope::cli
