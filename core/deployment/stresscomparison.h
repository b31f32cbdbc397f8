// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/stressrun.h"
#include "stress/comparison.h"

namespace lockscope {

/// Leads the runs of a comparison, one after the other. Used from the thread it was made in.
class StressComparison final : public QObject {
    Q_OBJECT
public:
    /// Errors: those of checkPlan().
    [[nodiscard]] static Result<std::unique_ptr<StressComparison>> create(const ComparisonPlan& plan);
    ~StressComparison() override; ///< stops what runs, and waits for its clean-up

    void start();
    /// Ends the present run, which does not count; `finished` follows.
    void stop();

    [[nodiscard]] int runsDone() const { return m_done; }
    [[nodiscard]] int runsPlanned() const { return int(m_steps.size()); }
    [[nodiscard]] QByteArray currentStrategy() const;
    /// Of the present run; null between two.
    [[nodiscard]] std::shared_ptr<const StressProgress> progress() const;
    [[nodiscard]] const ComparisonReport& report() const { return m_report; } ///< of the runs so far
    /// What ended it early, other than stop().
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void progressed();
    void runEnded(const std::shared_ptr<const lockscope::StressReport>& report); ///< that counts
    void finished(); ///< once

private:
    explicit StressComparison(const ComparisonPlan& plan);
    void next();
    void onRunFinished();
    void finish();

    ComparisonReport m_report;
    const std::vector<ComparisonStep> m_steps;
    std::unique_ptr<StressRun> m_run;
    std::optional<Error> m_error;
    int m_done = 0;
    bool m_isStopping = false;
    bool m_isOver = false;
};

/// The result as JSON, with each run's figures.
[[nodiscard]] QByteArray comparisonToJson(const ComparisonReport& report);

} // namespace lockscope
