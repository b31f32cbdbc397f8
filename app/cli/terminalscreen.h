// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIODevice>
#include <QObject>
#include <QSize>
#include <QSocketNotifier>

#include <memory>

#include <termios.h>

namespace lockscope::cli {

/// The terminal as a full screen: alternate screen, no cursor, keys without Enter and without echo; Ctrl-C stays a
/// signal. The destructor gives the terminal back as it was.
class TerminalScreen final : public QObject {
    Q_OBJECT
public:
    /// `out` is the terminal and outlives this object.
    explicit TerminalScreen(QIODevice& out);
    ~TerminalScreen() override;

    [[nodiscard]] QSize size() const; ///< columns and rows; 80 × 24 where the terminal does not say
    /// Shows these lines from the top; the rest of the screen is empty. False: the terminal is gone.
    bool draw(const QList<QByteArray>& lines);
    /// Gives the terminal back, stops the process, and takes the terminal again when it goes on.
    void stopProcess();

Q_SIGNALS:
    void keyPressed(char key);

private:
    void enter();
    void leave();

    QIODevice& m_out;
    termios m_former {};
    bool m_hasFormer = false;
    std::unique_ptr<QSocketNotifier> m_input;
};

} // namespace lockscope::cli
