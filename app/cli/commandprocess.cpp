// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commandprocess.h"

#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace lockscope::cli {

namespace {

bool isForegroundOfTerminal()
{
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return false;
    const bool isForeground = ::tcgetpgrp(terminal) == ::getpgrp();
    ::close(terminal);
    return isForeground;
}

} // namespace

CommandProcess::CommandProcess(QObject* parent)
    : QObject(parent)
{
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.setInputChannelMode(QProcess::ForwardedInputChannel);
    m_grace.setSingleShot(true);
    connect(&m_grace, &QTimer::timeout, this, [this] { send(SIGKILL); });
    connect(&m_process, &QProcess::finished, this, [this] {
        // What it has left behind in its group must not go on without the lock, either.
        if (m_grace.isActive())
            send(SIGKILL);
        m_grace.stop();
        m_id = 0;
        Q_EMIT finished();
    });
}

void CommandProcess::setVariable(const QString& name, const QString& value)
{
    QProcessEnvironment environment = m_process.processEnvironment();
    if (environment.isEmpty())
        environment = QProcessEnvironment::systemEnvironment();
    environment.insert(name, value);
    m_process.setProcessEnvironment(environment);
}

bool CommandProcess::start(const QStringList& command)
{
    m_sharesTerminal = isForegroundOfTerminal();
    m_process.setChildProcessModifier([ownGroup = !m_sharesTerminal] {
        if (ownGroup)
            ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    });
    m_process.start(command.first(), command.mid(1));
    const bool started = m_process.waitForStarted(-1);
    m_id = m_process.processId();
    return started;
}

int CommandProcess::exitStatus() const
{
    // For a crash QProcess answers the signal's number.
    return m_process.exitStatus() == QProcess::CrashExit ? 128 + m_process.exitCode() : m_process.exitCode();
}

void CommandProcess::send(int signal) const
{
    if (m_id > 0)
        ::kill(pid_t(m_sharesTerminal ? m_id : -m_id), signal);
}

void CommandProcess::passOn(int signal, bool fromTerminal)
{
    if (isRunning() && !(fromTerminal && m_sharesTerminal))
        send(signal);
}

void CommandProcess::end(std::chrono::milliseconds grace)
{
    send(SIGTERM);
    send(SIGCONT);
    m_grace.start(grace);
}

} // namespace lockscope::cli
