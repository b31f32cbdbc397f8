// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/taskqueue.h"
#include "stress/stressworker.h"

#include <QThread>

namespace lockscope {

/// The thread in which one StressWorker is made, lives and dies. Signals leave it without arguments, as events; the
/// error waits in takeFailure().
class WorkerThread final : public QThread {
    Q_OBJECT
public:
    /// All references outlive the thread.
    WorkerThread(const RunPlan& plan, int number, Referee& referee);
    ~WorkerThread() override; ///< ended, or never started

    /// Runs `task` in the thread, also if that starts later. Any thread.
    void post(UniqueFunction<void(StressWorker&)> task);
    /// Waits for the end of run(); not from the thread itself.
    void join();
    [[nodiscard]] std::optional<Error> takeFailure();
    [[nodiscard]] WorkerStats& stats() { return m_stats; }
    [[nodiscard]] const OperationLog& log() const { return m_log; } ///< after join()

Q_SIGNALS:
    void connected();
    void failureNoted();
    void tasksWaiting(); ///< internal

protected:
    void run() override;

private:
    void runWorker();

    const RunPlan& m_plan;
    const int m_number;
    Referee& m_referee;
    WorkerStats m_stats;
    OperationLog m_log;
    StressWorker* m_worker = nullptr; // used in the thread only
    TaskQueue m_tasks;
    std::mutex m_mutex;
    std::optional<Error> m_failure; // under m_mutex
};

} // namespace lockscope
