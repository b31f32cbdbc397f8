// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QTimer>

namespace lockscope::cli {

/// The command that runs under a lock, with our own standard streams. Where we are the foreground of a terminal it
/// stays in our process group, so that the terminal's keys and job control reach it as they reach us, pipelines
/// included; elsewhere it gets a group of its own, and what ends it ends its children with it. It hears SIGTERM when we
/// die.
class CommandProcess final : public QObject {
    Q_OBJECT
public:
    explicit CommandProcess(QObject* parent = nullptr);

    /// Beside our own environment.
    void setVariable(const QString& name, const QString& value);
    /// False where it could not be started: errorText() says why.
    [[nodiscard]] bool start(const QStringList& command);
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    [[nodiscard]] QString errorText() const { return m_process.errorString(); }
    /// Its status, or 128 + signal where one ended it.
    [[nodiscard]] int exitStatus() const;

    /// Passes a signal on, unless the terminal has sent it to the command as well.
    void passOn(int signal, bool fromTerminal);
    /// SIGTERM (and SIGCONT, so that a stopped one hears it), then SIGKILL after `grace`.
    void end(std::chrono::milliseconds grace);

Q_SIGNALS:
    void finished();

private:
    void send(int signal) const;

    QProcess m_process;
    QTimer m_grace;
    qint64 m_id = 0; // also of its group where it has one; 0: it is over
    bool m_sharesTerminal = false;
};

} // namespace lockscope::cli
