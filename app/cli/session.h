// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/signalwatcher.h"

#include <QEventLoop>
#include <QFutureWatcher>

#include <functional>
#include <memory>
#include <optional>

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

    /// Starts the deployment, and arms its writes where that is asked for; asks for nothing else yet.
    [[nodiscard]] Status open();
    [[nodiscard]] LiveDeployment& deployment() { return *m_deployment; }
    /// `PRODUCTION: ` before a question that a production connection asks.
    [[nodiscard]] QString environmentPrefix() const;
    /// Opens, and waits for one complete pass.
    [[nodiscard]] Result<LockSnapshot> listOnce();
    /// Opens, watches for so long, and waits for a complete pass.
    [[nodiscard]] Result<LockSnapshot> listAfter(Milliseconds watching);

    /// Runs the loop until the future is finished (or, Cancelled, until a signal or `limit` ends it; 0: no limit). Null
    /// `interruptible` awaits through signals.
    template <typename T>
    [[nodiscard]] Result<T> await(
        QFuture<Result<T>> future, Milliseconds limit = Milliseconds(0), bool interruptible = true)
    {
        return waitFor(future, limit, interruptible) ? future.takeResult() : fail(ErrorKind::Cancelled);
    }
    /// Awaits an operation that writes: after a signal nothing new is begun, but what was sent gets a moment for its
    /// outcome, and is OutcomeUnknown without one.
    template <typename T> [[nodiscard]] Result<T> awaitWrite(QFuture<Result<T>> future)
    {
        if (waitFor(future, Milliseconds(0), true))
            return future.takeResult();
        deployment().cancelPending();
        return waitFor(future, signalPatience, false) ? future.takeResult() : fail(ErrorKind::OutcomeUnknown);
    }
    /// Runs the loop until `loop` is left or a signal comes.
    void run(QEventLoop& loop);

    [[nodiscard]] bool interrupted() const { return m_signalCount != 0; }
    [[nodiscard]] SignalWatcher& signalWatcher() { return m_signals; }

    /// To standard output. A reader that has gone closes it for good, and so do a signal, and the deadline, while it
    /// stands still; anything else that fails is an error that reports itself at the end.
    void write(const QByteArray& bytes);
    void setWriteDeadline(SteadyTime deadline) { m_writeDeadline = deadline; }
    void writeLine(const QString& text) { write(text.toUtf8() + '\n'); }
    [[nodiscard]] bool outputClosed() const { return m_outputClosed; }
    /// What is wrong, on standard error, and goes on.
    void complain(const QString& text);
    /// A remark on standard error, unless --quiet.
    void note(const QString& text);
    /// The error in the contract's form; answers its exit status. An interruption is said by its status alone.
    [[nodiscard]] int report(const Error& error);
    /// Why standard output could not be written, if that is an error.
    [[nodiscard]] const std::optional<Error>& outputError() const { return m_outputError; }
    /// The status for an end without an error: that of an interruption, if a signal came.
    [[nodiscard]] int exitStatus(int status) const;

private:
    static constexpr Milliseconds signalPatience { 1000 };

    /// Whether it is finished; false after a signal or the limit.
    template <typename T> [[nodiscard]] bool waitFor(const QFuture<T>& future, Milliseconds limit, bool interruptible)
    {
        QFutureWatcher<T> watcher;
        QEventLoop loop;
        connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        watcher.setFuture(future);
        runLoop(loop, limit, interruptible, [&future] { return future.isFinished(); });
        return future.isFinished();
    }
    [[nodiscard]] Status armIfAsked();
    [[nodiscard]] bool waitUntilWritable(int descriptor);
    [[nodiscard]] qint64 writeSome(const char* bytes, qint64 size);
    void runLoop(QEventLoop& loop, Milliseconds limit, bool interruptible, const std::function<bool()>& isDone);

    Invocation m_invocation;
    Streams m_streams;
    SignalWatcher m_signals;
    std::unique_ptr<LiveDeployment> m_deployment;
    int m_signalCount = 0; // how many came
    bool m_outputClosed = false;
    std::optional<Error> m_outputError;
    SteadyTime m_writeDeadline = SteadyTime::max();
};

/// `lockscope-cli: WHAT: WHY (what to do)`, or the JSON form; with a line end.
[[nodiscard]] QByteArray errorText(const Error& error, const QString& command, bool json);

} // namespace lockscope::cli
