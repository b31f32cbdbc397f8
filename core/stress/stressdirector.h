// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/faulttimeline.h"
#include "stress/labserver.h"
#include "stress/lanebook.h"
#include "stress/progressbox.h"
#include "stress/workerthread.h"

#include <deque>

namespace lockscope {

/// Leads one run from the first connection to the report: servers, threads of clients, faults, samples, the clean-up
/// and the checks at the end. Lives in a thread of its own; reached from others through its ProgressBox only.
class StressDirector final : public QObject, public FaultContext {
    Q_OBJECT
public:
    /// `config` has passed checkConfig(); `box` outlives it.
    StressDirector(StressConfig config, ProgressBox& box);
    ~StressDirector() override;
    void start();
    /// Ends the load early; the report follows. A second call ends the checks as well.
    void stop();
    /// Lets a fault take place now; it has passed checkFault(). Nothing before or after the load.
    void fireFault(const FaultSpec& fault);
    /// Undoes those of this name that go on.
    void endFault(const QByteArray& name);

Q_SIGNALS:
    void progressed(); ///< some ten times a second
    void finished(); ///< the box has the report, or the error

private:
    // FaultContext
    [[nodiscard]] const StressConfig& config() const override { return m_plan.config; }
    [[nodiscard]] int nodeCount() const override { return int(m_servers.size()); }
    [[nodiscard]] SandboxServer* sandbox(int node) override { return m_servers[size_t(node)]->sandbox(); }
    [[nodiscard]] FaultProxy* proxy(int node) override { return m_servers[size_t(node)]->proxy(); }
    [[nodiscard]] Connection& control(int node) override { return m_servers[size_t(node)]->control(); }
    void pauseClient(quint32 client, qint64 lengthNs) override;
    void crashClient(quint32 client, qint64 downNs) override;
    void jumpClocks(qint64 byNs) override;
    void killConnections(quint32 chooser) override;
    void holdReplication(int node, bool held) override;
    void failOver(int node) override;

    [[nodiscard]] Status makeServers();
    void planRun();
    void startThreads();
    void onConnected();
    void beginLoad();
    void sample();
    void collectLanes(qint64 now);
    void addSample(qint64 now, const StressCounters& counts);
    void publish(StressProgress::Stage stage);
    void onThreadEnded();
    void sweepNext();
    void report();
    void fail(const Error& error);
    void endThreads();
    template <typename Task> void postAll(Task task);
    [[nodiscard]] StressCounters counters() const;
    void thinSamples();

    RunPlan m_plan;
    ProgressBox& m_box;
    std::vector<std::unique_ptr<LabServer>> m_servers;
    std::unique_ptr<Referee> m_referee;
    std::vector<std::unique_ptr<WorkerThread>> m_threads;
    std::unique_ptr<FaultTimeline> m_timeline;
    QTimer m_pace;
    QTimer m_end;
    QDateTime m_startedAt;
    StressReport m_report;
    Histogram m_lastWait;
    StressCounters m_lastCounters;
    std::deque<std::pair<qint64, quint64>> m_recent; ///< when and how many sections: for the rate of the last second
    LaneBook m_lanes;
    std::vector<LaneSpan> m_goingOn;
    Histogram m_lastAcquire;
    int m_sampleStride = 1; ///< tenths of a second in one sample
    int m_ticks = 0;
    size_t m_probed = 0;
    size_t m_connected = 0;
    size_t m_ended = 0;
    size_t m_swept = 0;
    bool m_isStopping = false;
    bool m_isOver = false;
    bool m_sawViolation = false;
    bool m_loadBegan = false;
};

} // namespace lockscope
