// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <array>
#include <csignal>
#include <memory>
#include <vector>

namespace lockscope::cli {

/// Turns Unix signals into Qt signals: the handler only writes to a pipe, so that everything else runs in the event
/// loop and every way out is the normal one. One instance at a time; the former handlers come back with its
/// destruction.
class SignalWatcher final : public QObject {
    Q_OBJECT
public:
    explicit SignalWatcher(QObject* parent = nullptr);
    ~SignalWatcher() override;
    /// From now on SIGTSTP (Ctrl-Z) comes as stopRequested() instead of stopping the process at once.
    void catchStops();
    /// From now on SIGUSR1 and SIGUSR2 end us the normal way, too: a command that may hold a lock must not just die.
    void catchUserSignals();
    /// A command runs for us: SIGUSR1, SIGUSR2, SIGCONT and SIGWINCH are for it from now on (jobSignal()), SIGTSTP
    /// comes as stopRequested().
    void catchJobSignals();
    /// Emits what has come in, also while no event loop runs.
    void readPending();

Q_SIGNALS:
    /// SIGINT, SIGTERM, SIGHUP or SIGQUIT, and where they are caught SIGUSR1 and SIGUSR2. `fromTerminal`: the terminal
    /// sent it to the whole foreground group, a child included.
    void terminationRequested(int signal, bool fromTerminal);
    void terminalResized();
    void stopRequested(bool fromTerminal); ///< SIGTSTP: whoever owns the terminal gives it back and stops
    void jobSignal(int signal, bool fromTerminal);

private:
    void install(int signal);
    void dispatch(int signal, bool fromTerminal);

    struct Former {
        int signal;
        struct sigaction action;
    };

    std::array<int, 2> m_pipe { -1, -1 };
    std::vector<Former> m_former;
    bool m_hasJob = false;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace lockscope::cli
