// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/comparison.h"

#include "stress/strategyregistry.h"
#include "stress/stresstext.h"

#include <QSet>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace lockscope {

namespace {

constexpr int mostRepeats = 100;

// Quantile 0.975 for 1 to 30 degrees of freedom.
constexpr std::array studentTable { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179,
    2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048,
    2.045, 2.042 };

std::vector<double> collect(const std::vector<RunFigures>& runs, double RunFigures::*figure)
{
    std::vector<double> values;
    for (const RunFigures& run : runs)
        values.push_back(run.*figure);
    return values;
}

} // namespace

double studentQuantile(int degreesOfFreedom)
{
    const size_t n = size_t(std::max(1, degreesOfFreedom));
    if (n <= studentTable.size())
        return studentTable[n - 1];
    // The first terms of Fisher's expansion around the normal distribution: exact to three digits from here on.
    constexpr double z = 1.959964;
    const auto f = double(n);
    return z + (z * z * z + z) / (4 * f) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * f * f);
}

Estimate Estimate::of(const std::vector<double>& values)
{
    Estimate estimate;
    estimate.count = int(values.size());
    if (values.empty())
        return estimate;
    estimate.mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
    if (values.size() < 2)
        return estimate;
    double squares = 0;
    for (const double value : values)
        squares += (value - estimate.mean) * (value - estimate.mean);
    const double deviation = std::sqrt(squares / double(values.size() - 1));
    estimate.halfWidth = studentQuantile(int(values.size()) - 1) * deviation / std::sqrt(double(values.size()));
    return estimate;
}

RunFigures RunFigures::of(const StressReport& report)
{
    RunFigures figures;
    figures.seed = report.config.seed;
    figures.sections = report.counters.sections;
    figures.violations = report.violationCount();
    figures.sectionsPerSecond = report.sectionsPerSecond();
    figures.acquireP99 = double(report.acquire.valueAt(0.99)) / 1000;
    if (report.counters.sections > 0)
        figures.attemptsPerSection = double(report.counters.attempts) / double(report.counters.sections);
    figures.fairness = report.fairness;
    return figures;
}

StressConfig ComparisonPlan::config(const QByteArray& strategy, int round) const
{
    StressConfig config = load;
    config.strategy = strategy;
    if (load.seed != 0)
        config.seed = load.seed + quint64(round);
    const Strategy* const known = findStrategy(strategy);
    if (!known || known->facts().usesQuorum || config.servers.isEmpty())
        return config;
    config.servers = config.servers.mid(0, 1);
    config.servers.first().sandbox.masters = 1;
    return config;
}

Status checkPlan(const ComparisonPlan& plan)
{
    const auto usage = [](const char* text) { return fail(ErrorKind::Usage, stressText(text)); };
    if (plan.strategies.size() < 2)
        return usage(QT_TRANSLATE_NOOP("lockscope::Stress", "a comparison needs two strategies or more"));
    if (QSet<QByteArray>(plan.strategies.begin(), plan.strategies.end()).size() != plan.strategies.size())
        return usage(QT_TRANSLATE_NOOP("lockscope::Stress", "a comparison needs each strategy once"));
    if (plan.repeats < 1 || plan.repeats > mostRepeats)
        return usage(QT_TRANSLATE_NOOP("lockscope::Stress", "repeats: 1 to 100"));
    for (const QByteArray& strategy : plan.strategies) {
        if (const Status usable = checkConfig(plan.config(strategy, 0)); !usable)
            return usable;
    }
    return {};
}

std::vector<ComparisonStep> comparisonOrder(int strategies, int repeats)
{
    std::vector<ComparisonStep> steps;
    for (int round = 0; round < repeats; ++round) {
        for (int i = 0; i < strategies; ++i)
            steps.push_back({ round, (round + i) % strategies });
    }
    return steps;
}

quint64 ComparedStrategy::violations() const
{
    return std::accumulate(
        runs.begin(), runs.end(), quint64(0), [](quint64 sum, const RunFigures& run) { return sum + run.violations; });
}

int ComparedStrategy::violatedRuns() const
{
    return int(std::count_if(runs.begin(), runs.end(), [](const RunFigures& run) { return run.violations > 0; }));
}

void ComparedStrategy::add(const RunFigures& figures)
{
    runs.push_back(figures);
    sectionsPerSecond = Estimate::of(collect(runs, &RunFigures::sectionsPerSecond));
    fairness = Estimate::of(collect(runs, &RunFigures::fairness));
    // A run without sections has no latency and no attempts of one.
    std::vector<RunFigures> entered;
    std::copy_if(
        runs.begin(), runs.end(), std::back_inserter(entered), [](const RunFigures& run) { return run.sections > 0; });
    acquireP99 = Estimate::of(collect(entered, &RunFigures::acquireP99));
    attemptsPerSection = Estimate::of(collect(entered, &RunFigures::attemptsPerSection));
}

bool ComparisonReport::isViolated() const
{
    return std::any_of(strategies.begin(), strategies.end(),
        [](const ComparedStrategy& strategy) { return strategy.violatedRuns() > 0; });
}

} // namespace lockscope
