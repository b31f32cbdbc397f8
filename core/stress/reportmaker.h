// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/referee.h"
#include "stress/workerthread.h"

namespace lockscope {

/// Finds the cause of each violation in what it carries and in the faults that took place.
void classify(std::vector<Violation>& violations, const std::vector<FaultMark>& faults, const RunPlan& plan);

/// Puts the end of a run together, when its threads have ended.
class ReportMaker {
public:
    ReportMaker(const RunPlan& plan, Referee& referee, const std::vector<std::unique_ptr<WorkerThread>>& threads);
    /// Fills what the threads and the referee know; takes as long as the check of the history does, unless `endChecks`
    /// is set meanwhile.
    void complete(StressReport& report, const std::atomic<bool>& endChecks) const;

private:
    void addStats(StressReport& report) const;
    void addFairness(StressReport& report) const;
    void checkHistory(
        StressReport& report, std::vector<LockOperation> history, const std::atomic<bool>& endChecks) const;
    void addHistory(StressReport& report, std::vector<LockOperation>& history) const;
    void cutLanes(StressReport& report) const;
    void addNotes(StressReport& report) const;
    [[nodiscard]] QByteArray json(const LockOperation& operation) const;
    [[nodiscard]] QString describe(const LockOperation& operation) const;

    const RunPlan& m_plan;
    Referee& m_referee;
    const std::vector<std::unique_ptr<WorkerThread>>& m_threads;
};

} // namespace lockscope
