// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

namespace lockscope {

/// A mean of repeats, with its 95 % confidence interval by Student's t.
struct Estimate {
    int count = 0;
    double mean = 0;
    double halfWidth = 0; ///< of the interval; 0 with fewer than two values: nothing is known of it then

    [[nodiscard]] static Estimate of(const std::vector<double>& values);
    [[nodiscard]] bool hasInterval() const { return count > 1; }
    [[nodiscard]] double low() const { return mean - halfWidth; }
    [[nodiscard]] double high() const { return mean + halfWidth; }
};
/// The quantile 0.975 of Student's distribution; `degreesOfFreedom`: 1 or more.
[[nodiscard]] double studentQuantile(int degreesOfFreedom);

/// What is compared of one run.
struct RunFigures {
    quint64 seed = 0;
    quint64 sections = 0;
    quint64 violations = 0;
    double sectionsPerSecond = 0;
    double acquireP99 = 0; ///< ms
    double attemptsPerSection = 0; ///< 0 without sections
    double fairness = 0;

    [[nodiscard]] static RunFigures of(const StressReport& report);
};

/// Several strategies under one load, each several times.
struct ComparisonPlan {
    StressConfig load; ///< its strategy does not count
    QList<QByteArray> strategies; ///< two or more, each once
    int repeats = 5; ///< 1 to 100

    /// The run of a strategy: where it locks on one server, it gets the first one, or a sandbox with one master. All
    /// strategies have the same seed in one round, and each round its own.
    [[nodiscard]] StressConfig config(const QByteArray& strategy, int round) const;
};
/// Errors: Usage, and those of checkConfig() for any of the strategies.
[[nodiscard]] Status checkPlan(const ComparisonPlan& plan);

/// One run of a comparison.
struct ComparisonStep {
    int round = 0;
    int strategy = 0; ///< which of the plan's
    friend bool operator==(const ComparisonStep&, const ComparisonStep&) = default;
};
/// All runs in their order: round by round, and each round begins with another strategy, so that what changes slowly on
/// the machine meets all of them alike.
[[nodiscard]] std::vector<ComparisonStep> comparisonOrder(int strategies, int repeats);

/// One strategy's part of the result.
struct ComparedStrategy {
    QByteArray name;
    std::vector<RunFigures> runs;
    Estimate sectionsPerSecond;
    Estimate acquireP99; ///< ms
    Estimate attemptsPerSection; ///< of runs with sections
    Estimate fairness;

    [[nodiscard]] quint64 violations() const;
    [[nodiscard]] int violatedRuns() const;
    void add(const RunFigures& figures);
};

/// The result, also of a comparison that was stopped. A value.
struct ComparisonReport {
    ComparisonPlan plan; ///< with the seed of the first round
    QDateTime startedAt; ///< UTC
    std::vector<ComparedStrategy> strategies; ///< in the plan's order
    bool interrupted = false;

    [[nodiscard]] bool isViolated() const;
};

} // namespace lockscope
