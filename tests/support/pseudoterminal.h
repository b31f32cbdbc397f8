// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>

#include <memory>

#include <termios.h>

namespace lockscope {

/// A terminal for a program under test: what it draws is collected, what is typed reaches it, Ctrl-C included.
class PseudoTerminal {
public:
    PseudoTerminal(int columns, int rows);
    ~PseudoTerminal();
    PseudoTerminal(const PseudoTerminal&) = delete;
    PseudoTerminal& operator=(const PseudoTerminal&) = delete;

    /// Starts the program with this terminal as its own; the terminal outlives it.
    [[nodiscard]] std::unique_ptr<QProcess> start(
        const QString& program, const QStringList& arguments, const QProcessEnvironment& environment);
    /// True as soon as the program has written this text.
    [[nodiscard]] bool waitFor(const QByteArray& text);
    void type(const QByteArray& keys);
    [[nodiscard]] const QByteArray& output() const { return m_output; }
    [[nodiscard]] termios settings() const;

private:
    void collect();

    int m_master = -1;
    int m_slave = -1; // kept open, so that the settings can be read when the program is gone
    QByteArray m_output;
};

} // namespace lockscope
