// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/signalwatcher.h"

#include <fcntl.h>
#include <unistd.h>

namespace lockscope::cli {

namespace {

struct Message {
    int signal;
    bool fromTerminal;
};

int writeEnd = -1; // of the one instance; set before the handlers and kept until they are gone

void handleSignal(int signal, siginfo_t* info, void*)
{
    const int savedErrno = errno;
    const Message message { signal, info->si_code > 0 };
    // A full pipe means that plenty of signals wait already.
    [[maybe_unused]] const ssize_t written = ::write(writeEnd, &message, sizeof message);
    errno = savedErrno;
}

} // namespace

SignalWatcher::SignalWatcher(QObject* parent)
    : QObject(parent)
{
    if (::pipe2(m_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    writeEnd = m_pipe[1];
    m_notifier = std::make_unique<QSocketNotifier>(m_pipe[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &SignalWatcher::readPending);
    for (const int signal : { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH })
        install(signal);
}

void SignalWatcher::install(int signal)
{
    struct sigaction former { };
    // Whoever starts us with a signal ignored (nohup) means it.
    if (m_pipe[0] < 0 || ::sigaction(signal, nullptr, &former) != 0 || former.sa_handler == SIG_IGN)
        return;
    struct sigaction action { };
    action.sa_sigaction = handleSignal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
    m_former.push_back({ signal, former });
}

void SignalWatcher::catchStops() { install(SIGTSTP); }

SignalWatcher::~SignalWatcher()
{
    if (m_pipe[0] < 0)
        return;
    for (const Former& former : m_former)
        ::sigaction(former.signal, &former.action, nullptr);
    m_notifier.reset();
    writeEnd = -1;
    ::close(m_pipe[0]);
    ::close(m_pipe[1]);
}

void SignalWatcher::catchUserSignals()
{
    install(SIGUSR1);
    install(SIGUSR2);
}

void SignalWatcher::catchJobSignals()
{
    m_hasJob = true;
    for (const int signal : { SIGTSTP, SIGCONT })
        install(signal);
}

void SignalWatcher::dispatch(int signal, bool fromTerminal)
{
    const bool isForJob = signal == SIGUSR1 || signal == SIGUSR2 || signal == SIGCONT || signal == SIGWINCH;
    if (signal == SIGWINCH)
        Q_EMIT terminalResized();
    if (signal == SIGTSTP)
        Q_EMIT stopRequested(fromTerminal);
    else if (isForJob && m_hasJob)
        Q_EMIT jobSignal(signal, fromTerminal);
    else if (signal != SIGWINCH)
        Q_EMIT terminationRequested(signal, fromTerminal);
}

void SignalWatcher::readPending()
{
    Message message {};
    if (m_pipe[0] < 0)
        return;
    while (::read(m_pipe[0], &message, sizeof message) == sizeof message) {
        dispatch(message.signal, message.fromTerminal);
    }
}

} // namespace lockscope::cli
