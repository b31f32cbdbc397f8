// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

#include <QTimer>

namespace lockscope {

/// What is left of a TTL for the holder to rely on: less the time since `sentAt` and less the drift of the two clocks
/// (1 % and 2 ms).
[[nodiscard]] Milliseconds remainingValidity(Milliseconds ttl, SteadyTime sentAt, SteadyTime now);

/// One acquire, from the first SET (or, with a fencing token, script) to its answer: Trying → (Pausing → Trying)* →
/// Done, and Trying → Releasing → Done where a lock may have been taken that nobody will use. The handler is called
/// exactly once, at the latest by the destructor.
class AcquireFlow final : public QObject {
    Q_OBJECT
public:
    using Handler = UniqueFunction<void(Result<AcquireGrant>)>;

    AcquireFlow(
        Connection& connection, const Clock& clock, const AcquireRequest& request, Handler handler, QObject* parent);
    ~AcquireFlow() override;

    void start();
    /// Ends it with Cancelled; what was or will be taken is released first.
    void cancel();

Q_SIGNALS:
    void finished(); ///< the handler was called and nothing is left to release

private:
    enum class State : quint8 { Trying, Pausing, Releasing, Done };

    void attempt();
    void attemptFenced();
    void onAnswer(Result<ReplyView> reply);
    void onFencedAnswer(const Result<ReplyView>& reply);
    void onFailure(const Error& error);
    void onOddAnswer();
    void onTaken();
    void onGranted();
    void onOutcomeUnknown(const Error& error);
    void releaseThenReport(Error error);
    void onReleased(std::optional<qint64> answer);
    void report(Result<AcquireGrant> result);
    void end();

    Connection& m_connection;
    const Clock& m_clock;
    AcquireRequest m_request;
    Handler m_handler;
    State m_state = State::Trying;
    bool m_ownToken = false; // the token is ours alone: releasing it can hurt nobody
    bool m_cancelled = false;
    SteadyTime m_sentAt {};
    SteadyTime m_giveUpAt {};
    qint64 m_fence = 1; // the number of the current try: a guess, until the counter's own is known
    int m_staleTries = 0;
    std::optional<Error> m_error; // Releasing: what to report
    QTimer m_pause;
    QTimer m_patience;
};

} // namespace lockscope
