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
    /// Emits what has come in, also while no event loop runs.
    void readPending();

Q_SIGNALS:
    /// SIGINT, SIGTERM, SIGHUP or SIGQUIT. `fromTerminal`: the terminal sent it to the whole foreground group, a child
    /// included.
    void terminationRequested(int signal, bool fromTerminal);
    void terminalResized();
    void stopRequested(); ///< SIGTSTP: whoever owns the terminal gives it back and stops

private:
    void install(int signal);

    struct Former {
        int signal;
        struct sigaction action;
    };

    std::array<int, 2> m_pipe { -1, -1 };
    std::vector<Former> m_former;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace lockscope::cli
