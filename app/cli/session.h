// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/signalwatcher.h"

#include <QEventLoop>
#include <QFutureWatcher>

#include <functional>

#include <memory>

namespace lockscope::cli {

/// What one run of a command works with: its options, its streams, the deployment, and the one event loop. Commands are
/// linear code that awaits futures; signals end an await early.
class Session final : public QObject {
    Q_OBJECT
public:
    Session(Invocation invocation, const Streams& streams);
    ~Session() override;

    [[nodiscard]] const Invocation& invocation() const { return m_invocation; }
    [[nodiscard]] Invocation& invocation() { return m_invocation; }
    [[nodiscard]] const Streams& streams() const { return m_streams; }

    /// Starts the deployment; asks for nothing yet.
    [[nodiscard]] Status open();
    [[nodiscard]] LiveDeployment& deployment() { return *m_deployment; }
    /// Opens, and waits for one complete pass.
    [[nodiscard]] Result<LockSnapshot> listOnce();

    /// Runs the loop until the future is finished (or, Cancelled, until a signal or `limit` ends it; 0: no limit). Null
    /// `interruptible` awaits through signals.
    template <typename T>
    [[nodiscard]] Result<T> await(
        QFuture<Result<T>> future, Milliseconds limit = Milliseconds(0), bool interruptible = true)
    {
        QFutureWatcher<Result<T>> watcher;
        QEventLoop loop;
        connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        watcher.setFuture(future);
        runLoop(loop, limit, interruptible, [&future] { return future.isFinished(); });
        return future.isFinished() ? future.takeResult() : fail(ErrorKind::Cancelled);
    }
    /// Runs the loop until `loop` is left or a signal comes.
    void run(QEventLoop& loop);

    [[nodiscard]] bool interrupted() const { return m_signal != 0; }
    [[nodiscard]] SignalWatcher& signalWatcher() { return m_signals; }

    void write(const QByteArray& bytes); ///< to standard output; a closed one is remembered
    void writeLine(const QString& text) { write(text.toUtf8() + '\n'); }
    [[nodiscard]] bool outputClosed() const { return m_outputClosed; }
    /// A remark on standard error, unless --quiet.
    void note(const QString& text);
    /// The error in the contract's form; answers its exit status. An interruption is said by its status alone.
    [[nodiscard]] int report(const Error& error);
    /// The status for an end without an error: that of the signal, if one came.
    [[nodiscard]] int exitStatus(int status) const;

private:
    void runLoop(QEventLoop& loop, Milliseconds limit, bool interruptible, const std::function<bool()>& isDone);

    Invocation m_invocation;
    Streams m_streams;
    SignalWatcher m_signals;
    std::unique_ptr<LiveDeployment> m_deployment;
    int m_signal = 0;
    bool m_outputClosed = false;
};

/// `lockscope-cli: WHAT: WHY (what to do)`, or the JSON form; with a line end.
[[nodiscard]] QByteArray errorText(const Error& error, const QString& command, bool json);

} // namespace lockscope::cli
