// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/subscriber.h"
#include "stress/virtualclient.h"

#include <QTimer>

#include <deque>

namespace lockscope {

/// One thread's share of a run: its clients, its connections, its timers. Made, used and destroyed in its thread.
class StressWorker final : public QObject, public ClientHost {
    Q_OBJECT
public:
    /// Clients `number`, `number + threads`, … are its own. All references outlive it.
    StressWorker(const RunPlan& plan, int number, Referee& referee, WorkerStats& stats, OperationLog& log);
    ~StressWorker() override;

    [[nodiscard]] static int clientsOf(const RunPlan& plan, int number);

    /// Connects and gives the servers the scripts; `connected` or `failed` follows.
    void open();
    /// Starts the load, which begins at `plan.start`.
    void begin();
    /// No new sections; what is under way is ended and released. `finished` follows, after `drainLimit` at the latest.
    void stop();

    // Faults; `client`: its number among all clients
    void pauseClient(quint32 client, qint64 lengthNs);
    void crashClient(quint32 client, qint64 downNs);
    void jumpClocks(qint64 byNs);
    void killConnections(quint32 chooser); ///< one to each server
    [[nodiscard]] bool owns(quint32 client) const { return int(client) % m_plan.threads == m_number; }

    static constexpr Milliseconds drainLimit { 150 };

Q_SIGNALS:
    void connected();
    void failed(const lockscope::Error& error);
    void finished();

private:
    // ClientHost
    [[nodiscard]] const RunPlan& plan() const override { return m_plan; }
    [[nodiscard]] Referee& referee() override { return m_referee; }
    [[nodiscard]] WorkerStats& stats() override { return m_stats; }
    [[nodiscard]] OperationLog& log() override { return m_log; }
    [[nodiscard]] bool isStopping() const override { return m_isStopping; }
    void arm(quint32 local, TimerKind kind, qint64 due, quint32 sequence, quint8 phase, quint8 step) override;
    void send(quint32 local, const Letter& envelope, std::span<const QByteArrayView> arguments) override;
    [[nodiscard]] quint64 wakeCount(quint32 key) const override { return m_wakes[key].count; }
    [[nodiscard]] const QByteArray& lastWoken(quint32 key) const override { return m_wakes[key].token; }
    void addWaiter(quint32 key, quint32 local) override { m_wakes[key].waiters.push_back(local); }
    void onIdle(quint32 local) override;
    void addSpan(const LaneSpan& span) override;

    struct Wakes {
        quint64 count = 0;
        QByteArray token; ///< that the last message named
        std::deque<quint32> waiters; ///< some of them may wait no more
    };

    [[nodiscard]] Connection& link(int node, quint32 local);
    void openLink(int node);
    void openSubscriber();
    void onLinkReady(Connection& connection);
    void checkReady();
    void onTimer(const DueTimer& timer);
    void onMessage(const PubSubMessage& message);
    void wake(Wakes& wakes, const QByteArray& token);
    void startAll();
    void onArrival();
    void armArrival();
    void startPlanned();
    [[nodiscard]] bool takeSection();
    void maybeFinish();
    /// Hands over the stretches since the last time; costs nothing in between.
    void tellSpans();
    void finish();
    [[nodiscard]] VirtualClient& client(quint32 index) { return *m_clients[index / quint32(m_plan.threads)]; }

    const RunPlan& m_plan;
    const int m_number;
    Referee& m_referee;
    WorkerStats& m_stats;
    OperationLog& m_log;
    const std::shared_ptr<const CommandGate> m_gate;
    std::vector<std::vector<std::unique_ptr<Connection>>> m_links; ///< by server
    std::unique_ptr<Subscriber> m_subscriber;
    std::vector<std::unique_ptr<VirtualClient>> m_clients;
    std::vector<quint64> m_sectionsBegun; ///< by client: what the schedule counts
    std::vector<Wakes> m_wakes; ///< by key, where the strategy wakes
    DueTimers m_timers;
    QTimer m_drain;
    QTimer m_spanPace;
    Command m_command; ///< used again for every one that is sent
    std::vector<LaneSpan> m_spans;
    std::deque<quint64> m_backlog; ///< open loop: arrivals that no client was free for
    std::deque<quint32> m_free; ///< open loop: clients without work, longest idle first
    quint64 m_nextArrival = 0;
    int m_active = 0; ///< clients that are not idle
    int m_linksMissing = 0;
    bool m_isStopping = false;
    bool m_isOver = false;
    bool m_hasBegun = false;
    bool m_isStarting = false;
};

} // namespace lockscope
