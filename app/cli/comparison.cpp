// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/comparison.h"

#include "cli/optiontable.h"
#include "deployment/stresscomparison.h"

#include <QEventLoop>
#include <QSaveFile>
#include <QTimer>

namespace lockscope::cli {

namespace {

constexpr int violatedStatus = 4;
constexpr Milliseconds progressInterval { 500 };

QString interval(const Estimate& estimate, int decimals)
{
    if (estimate.count == 0)
        return QString(QLatin1Char('-'));
    QString text = QString::number(estimate.mean, 'f', decimals);
    if (estimate.hasInterval())
        text += QStringLiteral(" ± ") + QString::number(estimate.halfWidth, 'f', decimals);
    return text;
}

QString verdict(const ComparedStrategy& strategy)
{
    if (strategy.runs.empty())
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "not run"));
    if (strategy.violatedRuns() == 0)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "held"));
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "VIOLATED in %1 of %2 runs"))
        .arg(strategy.violatedRuns())
        .arg(strategy.runs.size());
}

/// Columns as wide as what stands in them.
QString table(const ComparisonReport& report)
{
    QList<QStringList> rows { { cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "strategy")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "sections/s")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "acquire p99 ms")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "attempts/section")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "fairness")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "verdict")) } };
    for (const ComparedStrategy& strategy : report.strategies)
        rows.append({ QString::fromLatin1(strategy.name), interval(strategy.sectionsPerSecond, 0),
            interval(strategy.acquireP99, 2), interval(strategy.attemptsPerSection, 2), interval(strategy.fairness, 3),
            verdict(strategy) });
    QString text;
    for (const QStringList& row : rows) {
        for (qsizetype column = 0; column + 1 < row.size(); ++column) {
            qsizetype width = 0;
            for (const QStringList& other : rows)
                width = std::max(width, other[column].size());
            text += row[column].leftJustified(width + 2);
        }
        text += row.last() + QLatin1Char('\n');
    }
    return text
        + cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                      "means of %1 runs each with 95% confidence intervals (Student), in turn; seeds from %2\n"))
              .arg(report.plan.repeats)
              .arg(report.plan.load.seed);
}

Status writeFile(const QString& name, const ComparisonReport& report)
{
    if (name.isEmpty())
        return {};
    const QByteArray bytes = comparisonToJson(report) + '\n';
    QSaveFile file(name);
    file.setDirectWriteFallback(true);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(ErrorKind::Storage, name + QStringLiteral(": ") + file.errorString());
    return {};
}

} // namespace

Result<int> runComparison(Session& session, const StressConfig& load)
{
    const Invocation& invocation = session.invocation();
    const auto made = StressComparison::create({ load, invocation.compared, invocation.repeats });
    if (!made)
        return fail(made.error());
    StressComparison& comparison = **made;
    QEventLoop loop;
    QObject::connect(&comparison, &StressComparison::finished, &loop, &QEventLoop::quit);
    QObject::connect(&session.signalWatcher(), &SignalWatcher::terminationRequested, &comparison,
        [&comparison] { comparison.stop(); });
    QTimer pace;
    QObject::connect(&pace, &QTimer::timeout, &comparison, [&] {
        const QString line = cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "run %1 of %2: %3"))
                                 .arg(comparison.runsDone() + 1)
                                 .arg(comparison.runsPlanned())
                                 .arg(QString::fromLatin1(comparison.currentStrategy()));
        session.streams().err->write("\r" + line.toUtf8() + "\x1b[K");
    });
    const bool showsProgress = session.streams().outIsTerminal && !invocation.json && !invocation.quiet;
    if (showsProgress)
        pace.start(progressInterval);
    QTimer::singleShot(0, &comparison, &StressComparison::start);
    loop.exec(); // a signal stops the comparison, and what is known still comes
    pace.stop();
    if (showsProgress)
        session.streams().err->write("\r\x1b[K");
    if (comparison.error())
        return fail(*comparison.error());
    const ComparisonReport& report = comparison.report();
    if (const Status written = writeFile(invocation.outFile, report); !written)
        return fail(written.error());
    session.write(invocation.json ? comparisonToJson(report) + '\n' : table(report).toUtf8());
    return session.exitStatus(report.isViolated() ? violatedStatus : 0);
}

} // namespace lockscope::cli
