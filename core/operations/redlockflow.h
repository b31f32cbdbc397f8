// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/quorumround.h"

#include <QTimer>

namespace lockscope {

/// What is left of a Redlock's TTL for its holder to rely on: less the time since `sentAt`, less 1 % for the drift of
/// the clocks, as redsync counts it.
[[nodiscard]] Milliseconds redlockValidity(Milliseconds ttl, SteadyTime sentAt, SteadyTime now);
/// How long one round over all masters may take: 5 % of the TTL, as with redsync.
[[nodiscard]] Milliseconds redlockRoundTime(Milliseconds ttl);

/// One acquire of a Redlock: (Counting →) Trying → Done where a quorum gave it in time; otherwise Undoing → Pausing and
/// again, as long as the request waits. What may be left on a master that did not answer is released there when it can
/// be heard again (Draining), after the caller has the answer. The handler is called exactly once, at the latest by the
/// destructor.
class RedlockFlow final : public QObject {
    Q_OBJECT
public:
    using Handler = UniqueFunction<void(Result<AcquireGrant>)>;

    /// `masters` and `clock` outlive it. A master whose connection is not ready counts as one that failed.
    RedlockFlow(QList<Connection*> masters, const Clock& clock, const AcquireRequest& request, Handler handler,
        QObject* parent);
    ~RedlockFlow() override;

    void start();
    /// Ends it with Cancelled; what was or will be taken is released first.
    void cancel();

Q_SIGNALS:
    void finished(); ///< the handler was called and nothing is left to release

private:
    enum class State : quint8 { Counting, Trying, Undoing, Pausing, Draining, Done };

    void begin();
    void count();
    void onCounted(const std::vector<RoundAnswer>& answers);
    void attempt();
    void onTried(std::vector<RoundAnswer> answers);
    [[nodiscard]] AcquireGrant grantFrom(SteadyTime now) const;
    [[nodiscard]] bool mayHold(const RoundAnswer& answer) const;
    void undo(Error error);
    void onUndone(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers);
    void tryAgainOrReport();
    void report(Result<AcquireGrant> result);
    void drain();

    QList<Connection*> m_masters;
    const Clock& m_clock;
    AcquireRequest m_request;
    Handler m_handler;
    State m_state = State::Trying;
    bool m_ownToken = false; // the token is ours alone: releasing it can hurt nobody
    bool m_cancelled = false;
    bool m_isStale = false; // the last try came with a fencing number that somebody else has had meanwhile
    int m_staleTries = 0;
    qint64 m_fence = 0; // of the current try
    std::vector<RoundAnswer> m_answers; // of the current try
    std::optional<Error> m_error; // of the last try
    SteadyTime m_sentAt {};
    SteadyTime m_giveUpAt {};
    int m_leftovers = 0; // releases that wait for their masters
    QTimer m_pause;
};

} // namespace lockscope
