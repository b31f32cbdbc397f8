// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "cli/commands.h"
#include "cli/comparison.h"
#include "cli/optiontable.h"
#include "deployment/stresshtml.h"
#include "deployment/stressjson.h"
#include "deployment/stressrun.h"

#include <QSaveFile>
#include <QTimer>

namespace lockscope::cli {

namespace {

constexpr int violatedStatus = 4;
constexpr Milliseconds progressInterval { 500 };
constexpr size_t violationsShown = 5;

QString milliseconds(qint64 microseconds) { return QString::number(double(microseconds) / 1000.0, 'f', 2); }

/// One `stress`, from the start to the report.
class Stress final : public QObject {
public:
    Stress(Session& session, StressRun& run)
        : m_session(session)
        , m_run(run)
    {
    }
    [[nodiscard]] Result<int> run();

private:
    void showProgress();
    void clearProgress();
    [[nodiscard]] Status writeFile(const StressReport& report);
    [[nodiscard]] QString text(const StressReport& report) const;
    [[nodiscard]] static QString latencyLine(const char* name, const Histogram& histogram);
    [[nodiscard]] static QString violationLine(const Violation& violation);

    Session& m_session;
    StressRun& m_run;
    bool m_hasProgress = false;
};

Result<int> Stress::run()
{
    QEventLoop loop;
    connect(&m_run, &StressRun::finished, &loop, &QEventLoop::quit);
    connect(&m_session.signalWatcher(), &SignalWatcher::terminationRequested, &m_run, &StressRun::stop);
    QTimer pace;
    connect(&pace, &QTimer::timeout, this, &Stress::showProgress);
    if (m_session.streams().outIsTerminal && !m_session.invocation().json && !m_session.invocation().quiet)
        pace.start(progressInterval);
    m_run.start();
    loop.exec(); // a signal stops the run, and its report still comes
    pace.stop();
    clearProgress();
    const auto result = m_run.result();
    if (!result)
        return fail(ErrorKind::Internal);
    if (!*result)
        return fail(result->error());
    const StressReport& report = ***result;
    if (const Status written = writeFile(report); !written)
        return fail(written.error());
    m_session.write(m_session.invocation().json ? stressReportToJson(report, false) + '\n' : text(report).toUtf8());
    for (const QString& note : report.notes)
        m_session.note(note);
    return m_session.exitStatus(report.violationCount() > 0 ? violatedStatus : 0);
}

void Stress::showProgress()
{
    const std::shared_ptr<const StressProgress> progress = m_run.progress();
    if (!progress)
        return;
    const QString line = cliText(
        QT_TRANSLATE_NOOP("lockscope::Cli", "%1 s  %2 sections  %3/s  wait p99 %4 ms  %5 waiting  %6 violations"))
                             .arg(double(progress->elapsed) / 1e9, 0, 'f', 1)
                             .arg(progress->counters.sections)
                             .arg(progress->sectionsPerSecond, 0, 'f', 0)
                             .arg(milliseconds(progress->wait.p99))
                             .arg(progress->waiting)
                             .arg(progress->oracle.violations());
    m_hasProgress = true;
    m_session.streams().err->write("\r" + line.toUtf8() + "\x1b[K");
}

void Stress::clearProgress()
{
    if (m_hasProgress)
        m_session.streams().err->write("\r\x1b[K");
}

Status Stress::writeFile(const StressReport& report)
{
    const QString name = m_session.invocation().outFile;
    if (name.isEmpty())
        return {};
    const QByteArray bytes = name.endsWith(QLatin1StringView(".html")) ? stressReportToHtml(report)
                                                                       : stressReportToJson(report, true) + '\n';
    QSaveFile file(name);
    file.setDirectWriteFallback(true);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(ErrorKind::Storage, name + QStringLiteral(": ") + file.errorString());
    return {};
}

QString Stress::latencyLine(const char* name, const Histogram& histogram)
{
    const LatencySummary summary = LatencySummary::of(histogram);
    return QStringLiteral("%1  p50 %2  p90 %3  p99 %4  p99.9 %5  max %6 ms\n")
        .arg(QString::fromLatin1(name).leftJustified(8), milliseconds(summary.p50), milliseconds(summary.p90),
            milliseconds(summary.p99), milliseconds(summary.p999), milliseconds(summary.max));
}

QString Stress::violationLine(const Violation& violation)
{
    const auto party = [](const ViolationParty& one) {
        return one.client < 0
            ? QStringLiteral("-")
            : QString::number(one.client) + QStringLiteral(" (…") + displayText(one.token).right(12) + QLatin1Char(')');
    };
    return QStringLiteral("  %1 (%2) %3  %4, %5  %6 to %7 ms\n")
        .arg(violationName(violation.kind), causeName(violation.cause), displayText(violation.key, 40),
            party(violation.first), party(violation.second), milliseconds(violation.from / 1000),
            violation.until < 0 ? QStringLiteral("…") : milliseconds(violation.until / 1000));
}

QString Stress::text(const StressReport& report) const
{
    const StressCounters& counters = report.counters;
    QString text = cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1: %2 sections in %3 s, %4/s\n"))
                       .arg(QString::fromLatin1(report.config.strategy))
                       .arg(counters.sections)
                       .arg(double(report.elapsed) / 1e9, 0, 'f', 2)
                       .arg(report.sectionsPerSecond(), 0, 'f', 0);
    text += latencyLine("acquire", report.acquire) + latencyLine("wait", report.wait)
        + latencyLine("release", report.release);
    text += cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                        "%1 attempts, %2 refused, %3 timeouts, %4 lost, %5 errors, %6 of unknown outcome\n"))
                .arg(counters.attempts)
                .arg(counters.refused)
                .arg(counters.timeouts)
                .arg(counters.lost)
                .arg(counters.errors)
                .arg(counters.indeterminate);
    text += cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "fairness %1, longest wait %2 ms, seed %3\n"))
                .arg(report.fairness, 0, 'f', 3)
                .arg(milliseconds(report.longestWait))
                .arg(report.config.seed);
    if (report.oracle.staleWritesBlocked > 0)
        text += cliText(
            QT_TRANSLATE_NOOP("lockscope::Cli", "fencing blocked %1 stale writes, which would have landed\n"))
                    .arg(report.oracle.staleWritesBlocked);
    if (report.violationCount() == 0)
        return text + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no violation\n"));
    text += cliText(
        QT_TRANSLATE_NOOP("lockscope::Cli",
            "VIOLATED: %1 overlaps, %2 lost updates, %3 deletions of another's lock, %4 orphans, %5 in all\n"))
                .arg(report.oracle.overlaps)
                .arg(report.oracle.lostUpdates)
                .arg(report.oracle.foreignDeletes)
                .arg(report.oracle.stuckOrphans)
                .arg(report.violationCount());
    for (size_t i = 0; i < std::min(report.violations.size(), violationsShown); ++i)
        text += violationLine(report.violations[i]);
    for (const QString& line : report.linearizability.counterExample)
        text += QStringLiteral("  ") + line + QLatin1Char('\n');
    return text;
}

} // namespace

Result<int> runStress(Session& session)
{
    StressConfig config = session.invocation().stress;
    config.servers = session.invocation().deployment.specs; // with a password that was asked for
    if (!session.invocation().compared.isEmpty())
        return runComparison(session, config);
    const Result<std::unique_ptr<StressRun>> run = StressRun::create(config);
    if (!run)
        return fail(run.error());
    return Stress(session, **run).run();
}

} // namespace lockscope::cli
