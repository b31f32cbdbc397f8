// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/pseudoterminal.h"

#include <QTest>

#include <array>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lockscope {

namespace {

constexpr int longestWait = 20000;

} // namespace

PseudoTerminal::PseudoTerminal(int columns, int rows)
    : m_master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK))
{
    if (m_master < 0 || ::grantpt(m_master) != 0 || ::unlockpt(m_master) != 0)
        qFatal("no pseudo terminal");
    m_slave = ::open(::ptsname(m_master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    winsize size {};
    size.ws_col = ushort(columns);
    size.ws_row = ushort(rows);
    ::ioctl(m_slave, TIOCSWINSZ, &size);
}

PseudoTerminal::~PseudoTerminal()
{
    ::close(m_slave);
    ::close(m_master);
}

std::unique_ptr<QProcess> PseudoTerminal::start(
    const QString& program, const QStringList& arguments, const QProcessEnvironment& environment)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(environment);
    process->setChildProcessModifier([slave = m_slave] {
        // A session of its own, so that the terminal becomes its controlling one and Ctrl-C its signal.
        ::setsid();
        ::ioctl(slave, TIOCSCTTY, 0);
        for (const int descriptor : { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO })
            ::dup2(slave, descriptor);
    });
    process->start(program, arguments);
    return process;
}

void PseudoTerminal::collect()
{
    std::array<char, 4096> bytes {};
    for (ssize_t length = 0; (length = ::read(m_master, bytes.data(), bytes.size())) > 0;)
        m_output.append(bytes.data(), length);
}

bool PseudoTerminal::waitFor(const QByteArray& text)
{
    return QTest::qWaitFor(
        [&] {
            collect();
            return m_output.contains(text);
        },
        longestWait);
}

void PseudoTerminal::type(const QByteArray& keys)
{
    [[maybe_unused]] const ssize_t written = ::write(m_master, keys.constData(), size_t(keys.size()));
}

termios PseudoTerminal::settings() const
{
    termios settings {};
    ::tcgetattr(m_slave, &settings);
    return settings;
}

} // namespace lockscope
