// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminalscreen.h"

#include <array>
#include <csignal>

#include <sys/ioctl.h>
#include <unistd.h>

namespace lockscope::cli {

namespace {

constexpr char enterSequence[] = "\x1b[?1049h\x1b[?25l\x1b[2J"; // alternate screen, cursor off, clear
constexpr char leaveSequence[] = "\x1b[0m\x1b[?25h\x1b[?1049l";

} // namespace

TerminalScreen::TerminalScreen(QIODevice& out)
    : m_out(out)
{
    enter();
    if (::isatty(STDIN_FILENO) != 1)
        return;
    m_input = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
    connect(m_input.get(), &QSocketNotifier::activated, this, [this] {
        std::array<char, 64> keys {};
        const ssize_t length = ::read(STDIN_FILENO, keys.data(), keys.size());
        if (length <= 0)
            m_input->setEnabled(false); // the terminal has gone: SIGHUP says the rest
        for (ssize_t i = 0; i < length; ++i)
            Q_EMIT keyPressed(keys[size_t(i)]);
    });
}

TerminalScreen::~TerminalScreen() { leave(); }

void TerminalScreen::enter()
{
    m_hasFormer = ::tcgetattr(STDIN_FILENO, &m_former) == 0;
    if (m_hasFormer) {
        termios keys = m_former;
        keys.c_lflag &= ~tcflag_t(ICANON | ECHO);
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
    }
    m_out.write(enterSequence);
}

void TerminalScreen::leave()
{
    m_out.write(leaveSequence);
    if (m_hasFormer)
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &m_former);
}

QSize TerminalScreen::size() const
{
    winsize window {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0)
        return { 80, 24 };
    return { window.ws_col, window.ws_row };
}

bool TerminalScreen::draw(const QList<QByteArray>& lines)
{
    QByteArray frame("\x1b[H");
    for (qsizetype i = 0; i < lines.size(); ++i)
        frame += (i > 0 ? "\r\n" : "") + lines.at(i) + "\x1b[0m\x1b[K";
    frame += "\x1b[J";
    return m_out.write(frame) == frame.size();
}

void TerminalScreen::stopProcess()
{
    leave();
    ::raise(SIGSTOP);
    enter();
}

} // namespace lockscope::cli
