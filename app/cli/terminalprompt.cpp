// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminalprompt.h"

#include <QSocketNotifier>

#include <array>

#include <termios.h>
#include <unistd.h>

namespace lockscope::cli {

namespace {

/// No echo for as long as it lives.
class EchoOff {
public:
    EchoOff()
    {
        m_changed = ::tcgetattr(STDIN_FILENO, &m_former) == 0;
        termios silent = m_former;
        silent.c_lflag &= ~tcflag_t(ECHO);
        if (m_changed)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~EchoOff()
    {
        if (m_changed)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_former);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

private:
    termios m_former {};
    bool m_changed = false;
};

constexpr int longestAnswer = 4096;

} // namespace

bool TerminalPrompt::isPossible() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

std::optional<QByteArray> TerminalPrompt::ask(Session& session, const QString& question, Echo echo)
{
    std::optional<EchoOff> silence;
    if (echo == Echo::Off)
        silence.emplace();
    session.streams().err->write(question.toUtf8());
    std::optional<QByteArray> answer;
    QEventLoop loop;
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &loop, [&] {
        // In line mode one read is one line.
        std::array<char, longestAnswer> line {};
        const ssize_t length = ::read(STDIN_FILENO, line.data(), line.size());
        if (length > 0 && line[size_t(length) - 1] == '\n')
            answer = QByteArray(line.data(), length - 1);
        loop.quit();
    });
    session.run(loop);
    if (silence || !answer)
        session.streams().err->write("\n");
    return answer;
}

} // namespace lockscope::cli
