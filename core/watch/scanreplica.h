// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"
#include "redis/replicationfacts.h"
#include "watch/replicalink.h"

#include <QTimer>

namespace lockscope {

/// Where the passes over one master's key space run, when the operator wants to spare it (`scan=replica`): on the
/// replica, of those that the master itself names, that is least behind. A pass begins there only once the replica has
/// everything that the master had written when it was asked: whatever is changed later, events tell, as they do during
/// a pass on the master. A replica that does not get so far, is being filled anew, belongs to somebody else or does not
/// answer is left alone for a while, and the master bears the passes. Never writes; engine thread.
class ScanReplica final : public QObject {
    Q_OBJECT
public:
    /// Null: the master bears this pass. The link stays until stop(), unfit() or the next choose().
    using Handler = UniqueFunction<void(ReplicaLink*)>;
    struct Limits {
        Milliseconds patience { 3000 }; ///< for catching up, and for an answer
        qint64 lagSeconds = 10; ///< without a sign of life
        Milliseconds rest { 10000 }; ///< how long no replica is tried after all have failed
    };

    /// `master` is ready whenever choose() is called, and is closed before this object goes.
    ScanReplica(Connection& master, const Clock& clock, Milliseconds commandTimeout, QObject* parent = nullptr);
    ~ScanReplica() override;

    void setLimits(const Limits& limits) { m_limits = limits; }
    /// Decides where the next pass runs. `handler` is called once, at once or later; not after stop(), nor when asked
    /// again before.
    void choose(Handler handler);
    /// Whoever works on the link has met this: unfit() follows before it returns.
    void reject(const QString& why);
    /// The master's link is gone.
    void stop();
    [[nodiscard]] const ScanSource& source() const { return m_source; }

Q_SIGNALS:
    void unfit(); ///< the link that choose() gave must not be used any more
    void changed(); ///< source() is another one

private:
    void readMaster(const Result<ReplyView>& reply);
    void tryNext(const QString& why);
    void open(const Endpoint& endpoint);
    void askReplica();
    void judgeReplica(const Result<ReplyView>& reply);
    void conclude(ReplicaLink* chosen);
    void useMaster(const QString& why);
    void dropLink();
    void compare();
    void compareWith(const ReplicationFacts& master);
    void note(const ReplicationFacts& replica);
    [[nodiscard]] QString faultOf(const ReplicationFacts& replica) const;
    void handleLost(const Error& error);
    [[nodiscard]] QString name() const { return m_endpoint.text(); }

    Connection& m_master;
    const Clock& m_clock;
    const Milliseconds m_timeout;
    Limits m_limits;
    std::unique_ptr<ReplicaLink> m_link;
    Endpoint m_endpoint; ///< of the link
    QList<ReplicationFacts::Replica> m_candidates; ///< still to try
    ReplicationFacts m_masterFacts;
    Handler m_handler; ///< while it is being decided
    ScanSource m_source;
    SteadyTime m_catchUpUntil {};
    SteadyTime m_restUntil {};
    QTimer m_poll; ///< looks again whether it has caught up
    QTimer m_compare;
    quint64 m_round = 0; ///< answers to questions of an earlier one are ignored
};

} // namespace lockscope
