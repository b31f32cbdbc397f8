// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stresscomparison.h"

#include "base/jsonwriter.h"
#include "deployment/stressjson.h"

#include <QRandomGenerator>

#include <algorithm>

namespace lockscope {

namespace {

/// With room for a seed a round.
quint64 freshSeed() { return (QRandomGenerator::system()->generate64() >> 1U) | 1U; }

class ComparisonWriter {
public:
    explicit ComparisonWriter(const ComparisonReport& report)
        : m_report(report)
    {
    }
    QByteArray write();

private:
    void number(const char* name, double value)
    {
        m_writer.name(name);
        m_writer.number(value);
    }
    void count(const char* name, quint64 value)
    {
        m_writer.name(name);
        m_writer.integer(qint64(value));
    }
    void estimate(const char* name, const Estimate& estimate);
    void strategy(const ComparedStrategy& strategy);
    void run(const RunFigures& figures);

    const ComparisonReport& m_report;
    JsonWriter m_writer;
};

void ComparisonWriter::estimate(const char* name, const Estimate& estimate)
{
    m_writer.name(name);
    if (estimate.count == 0)
        return m_writer.null();
    m_writer.beginObject();
    number("mean", estimate.mean);
    for (const auto& [field, value] :
        { std::pair("ci95_low", estimate.low()), std::pair("ci95_high", estimate.high()) }) {
        m_writer.name(field);
        if (estimate.hasInterval())
            m_writer.number(value);
        else
            m_writer.null();
    }
    count("n", quint64(estimate.count));
    m_writer.endObject();
}

void ComparisonWriter::run(const RunFigures& figures)
{
    m_writer.beginObject();
    m_writer.name("seed");
    m_writer.string(QString::number(figures.seed)); // 64 bits: more than a JSON number keeps
    count("sections", figures.sections);
    number("sections_per_s", figures.sectionsPerSecond);
    number("acquire_p99_ms", figures.acquireP99);
    number("attempts_per_section", figures.attemptsPerSection);
    number("fairness", figures.fairness);
    count("violation_count", figures.violations);
    m_writer.endObject();
}

void ComparisonWriter::strategy(const ComparedStrategy& strategy)
{
    m_writer.beginObject();
    m_writer.name("strategy");
    m_writer.string(QByteArrayView(strategy.name));
    m_writer.name("verdict");
    m_writer.string(strategy.runs.empty() ? QLatin1StringView("not_run")
            : strategy.violatedRuns() > 0 ? QLatin1StringView("violated")
                                          : QLatin1StringView("held"));
    count("violation_count", strategy.violations());
    count("violated_runs", quint64(strategy.violatedRuns()));
    estimate("sections_per_s", strategy.sectionsPerSecond);
    estimate("acquire_p99_ms", strategy.acquireP99);
    estimate("attempts_per_section", strategy.attemptsPerSection);
    estimate("fairness", strategy.fairness);
    m_writer.name("runs");
    m_writer.beginArray();
    for (const RunFigures& figures : strategy.runs)
        run(figures);
    m_writer.endArray();
    m_writer.endObject();
}

QByteArray ComparisonWriter::write()
{
    m_writer.beginObject();
    m_writer.name("comparison");
    m_writer.beginArray();
    for (const ComparedStrategy& one : m_report.strategies)
        strategy(one);
    m_writer.endArray();
    count("repeats", quint64(m_report.plan.repeats));
    m_writer.name("started_at");
    m_writer.time(m_report.startedAt.toMSecsSinceEpoch());
    m_writer.name("interrupted");
    m_writer.boolean(m_report.interrupted);
    writeStressConfig(m_writer, m_report.plan.load);
    m_writer.endObject();
    return m_writer.take();
}

} // namespace

Result<std::unique_ptr<StressComparison>> StressComparison::create(const ComparisonPlan& plan)
{
    if (const Status usable = checkPlan(plan); !usable)
        return fail(usable.error());
    return std::unique_ptr<StressComparison>(new StressComparison(plan));
}

StressComparison::StressComparison(const ComparisonPlan& plan)
    : m_steps(comparisonOrder(int(plan.strategies.size()), plan.repeats))
{
    m_report.plan = plan;
    if (plan.load.seed == 0)
        m_report.plan.load.seed = freshSeed();
    for (const QByteArray& name : plan.strategies) {
        ComparedStrategy strategy;
        strategy.name = name;
        m_report.strategies.push_back(std::move(strategy));
    }
}

StressComparison::~StressComparison() = default;

void StressComparison::start()
{
    m_report.startedAt = QDateTime::currentDateTimeUtc();
    next();
}

void StressComparison::stop()
{
    m_isStopping = true;
    m_report.interrupted = m_done < runsPlanned();
    if (m_run)
        m_run->stop();
}

QByteArray StressComparison::currentStrategy() const
{
    const size_t at = std::min(size_t(m_done), m_steps.size() - 1);
    return m_report.plan.strategies.at(m_steps[at].strategy);
}

std::shared_ptr<const StressProgress> StressComparison::progress() const { return m_run ? m_run->progress() : nullptr; }

void StressComparison::next()
{
    m_run.reset();
    if (m_isStopping || m_done == runsPlanned())
        return finish();
    Result<std::unique_ptr<StressRun>> run
        = StressRun::create(m_report.plan.config(currentStrategy(), m_steps[size_t(m_done)].round));
    if (!run) {
        m_error = run.error();
        return finish();
    }
    m_run = std::move(*run);
    connect(m_run.get(), &StressRun::progressed, this, &StressComparison::progressed);
    connect(m_run.get(), &StressRun::finished, this, &StressComparison::onRunFinished);
    m_run->start();
}

void StressComparison::onRunFinished()
{
    const auto result = m_run->result();
    if (!m_isStopping && result && *result) {
        m_report.strategies[size_t(m_steps[size_t(m_done)].strategy)].add(RunFigures::of(***result));
        ++m_done;
        Q_EMIT runEnded(**result);
    } else if (!m_isStopping) {
        m_error = result ? result->error() : makeError(ErrorKind::Internal);
        m_report.interrupted = true;
        m_isStopping = true;
    }
    // Not from the run's own signal: it goes.
    QMetaObject::invokeMethod(this, &StressComparison::next, Qt::QueuedConnection);
}

void StressComparison::finish()
{
    if (!std::exchange(m_isOver, true))
        Q_EMIT finished();
}

QByteArray comparisonToJson(const ComparisonReport& report) { return ComparisonWriter(report).write(); }

} // namespace lockscope
