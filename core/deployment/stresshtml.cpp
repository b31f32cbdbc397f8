// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stresshtml.h"

#include "base/bytetext.h"
#include "deployment/stressplots.h"
#include "stress/stresstext.h"

namespace lockscope {

namespace {

constexpr size_t violationsShown = 50;

constexpr char style[]
    = R"(body{font:14px/1.45 system-ui,sans-serif;color:#1b1f24;max-width:760px;margin:24px auto;padding:0 16px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:24px 0 8px}
.verdict{padding:10px 14px;border-left:6px solid;font-weight:600;margin:14px 0}
.good{border-color:#1a7f37;background:#eaf6ec}.bad{border-color:#b42318;background:#fdecea}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:3px 10px 3px 0;border-bottom:1px solid #d8dee4;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:12px 0;break-inside:avoid}figcaption{color:#57606a;font-size:12px}
svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#57606a}
.grid{stroke:#d8dee4;stroke-width:1}.line{fill:none;stroke:#0550ae;stroke-width:1.8}.dashed{stroke-dasharray:6 3}.dotted{stroke-dasharray:2 3}
.fault{fill:#9a6700;fill-opacity:.16}.waiting{fill:#b6c6dc}.holding{fill:#0550ae}.crashed{fill:#57606a}
.paused{fill:#e3b341;stroke:#9a6700;stroke-dasharray:3 2}.overlap{fill:none;stroke:#b42318;stroke-width:2}
code,pre{font:12px ui-monospace,monospace}pre{white-space:pre-wrap}
@media print{body{margin:0}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}})";

QString milliseconds(qint64 microseconds) { return QString::number(double(microseconds) / 1000.0, 'f', 2); }

QString cell(const QString& text, bool isNumber = false)
{
    return QStringLiteral("<td%1>%2</td>")
        .arg(isNumber ? QStringLiteral(" class=\"n\"") : QString(), text.toHtmlEscaped());
}

QString heading(const QString& text) { return QStringLiteral("<h2>%1</h2>\n").arg(text.toHtmlEscaped()); }

QString pair(const QString& name, const QString& value)
{
    return QStringLiteral("<tr><th>%1</th>%2</tr>\n").arg(name.toHtmlEscaped(), cell(value));
}

QString verdict(const StressReport& report)
{
    const quint64 count = report.violationCount();
    const QString text = count == 0
        ? stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "No violation in %1 critical sections."))
              .arg(report.counters.sections)
        : stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Violated: %1 times in %2 critical sections."))
              .arg(count)
              .arg(report.counters.sections);
    return QStringLiteral("<p class=\"verdict %1\">%2</p>\n")
        .arg(count == 0 ? QStringLiteral("good") : QStringLiteral("bad"), text.toHtmlEscaped());
}

QString figures(const StressReport& report)
{
    const StressCounters& c = report.counters;
    QString html = QStringLiteral("<table>\n");
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Sections")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1, %2 a second"))
            .arg(c.sections)
            .arg(report.sectionsPerSecond(), 0, 'f', 0));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Attempts")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1, refused %2, given up %3"))
            .arg(c.attempts)
            .arg(c.refused)
            .arg(c.timeouts));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Leases")),
        stressText(QT_TRANSLATE_NOOP(
                       "lockscope::Stress", "%1 lost before their release, %2 overrun (worst %3 ms), %4 renewals"))
            .arg(c.lost)
            .arg(c.overruns)
            .arg(milliseconds(c.overrunWorst))
            .arg(c.renewals));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Outcomes")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 errors, %2 writes of unknown outcome"))
            .arg(c.errors)
            .arg(c.indeterminate));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Stale writes")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 landed, %2 blocked by fencing, %3 updates lost"))
            .arg(report.oracle.staleWritesLanded)
            .arg(report.oracle.staleWritesBlocked)
            .arg(report.oracle.lostUpdates));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Orphans")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress",
                       "%1, of which %2 outlived their lease; free again after %3 ms at the worst"))
            .arg(report.oracle.orphans)
            .arg(report.oracle.stuckOrphans)
            .arg(milliseconds(report.oracle.orphanWorst / 1000)));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Fairness")),
        stressText(
            QT_TRANSLATE_NOOP("lockscope::Stress", "Jain's index %1, longest wait %2 ms, %3 clients never got a lock"))
            .arg(report.fairness, 0, 'f', 3)
            .arg(milliseconds(report.longestWait))
            .arg(report.starvedClients));
    return html + QStringLiteral("</table>\n");
}

QString latencyTable(const StressReport& report)
{
    QString html = QStringLiteral("<table><tr><th>ms</th>");
    for (const char* name : { "p50", "p90", "p99", "p99.9", "max" })
        html += QStringLiteral("<th class=\"n\">%1</th>").arg(QString::fromLatin1(name));
    html += QStringLiteral("</tr>\n");
    const auto row = [&html](const QString& name, const Histogram& histogram) {
        const LatencySummary summary = LatencySummary::of(histogram);
        html += QStringLiteral("<tr>") + cell(name);
        for (const qint64 value : { summary.p50, summary.p90, summary.p99, summary.p999, summary.max })
            html += cell(milliseconds(value), true);
        html += QStringLiteral("</tr>\n");
    };
    row(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "from wanting a lock to having it")), report.wait);
    row(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "the granting attempt")), report.acquire);
    row(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "release")), report.release);
    row(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "hand-over to a waiter")), report.handover);
    return html + QStringLiteral("</table>\n");
}

QString partyText(const ViolationParty& party)
{
    return party.client < 0
        ? QStringLiteral("-")
        : QString::number(party.client) + QStringLiteral(" · …") + displayText(party.token).right(12);
}

QString violationTable(const StressReport& report)
{
    if (report.violations.empty())
        return {};
    QString html = heading(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Violations")));
    html += QStringLiteral("<table><tr>");
    for (const char* name : { QT_TRANSLATE_NOOP("lockscope::Stress", "what"),
             QT_TRANSLATE_NOOP("lockscope::Stress", "why"), QT_TRANSLATE_NOOP("lockscope::Stress", "key"),
             QT_TRANSLATE_NOOP("lockscope::Stress", "first client · token"),
             QT_TRANSLATE_NOOP("lockscope::Stress", "second client · token"),
             QT_TRANSLATE_NOOP("lockscope::Stress", "ms") })
        html += QStringLiteral("<th>%1</th>").arg(stressText(name).toHtmlEscaped());
    html += QStringLiteral("</tr>\n");
    for (size_t i = 0; i < std::min(report.violations.size(), violationsShown); ++i) {
        const Violation& one = report.violations[i];
        const QString until = one.until < 0 ? QStringLiteral("…") : milliseconds(one.until / 1000);
        html += QStringLiteral("<tr>") + cell(QString(violationName(one.kind))) + cell(QString(causeName(one.cause)))
            + cell(displayText(one.key).section(QLatin1Char(':'), 2)) + cell(partyText(one.first))
            + cell(partyText(one.second)) + cell(milliseconds(one.from / 1000) + QStringLiteral(" – ") + until)
            + QStringLiteral("</tr>\n");
    }
    return html + QStringLiteral("</table>\n");
}

QString orderText(const StressReport& report)
{
    const LinearizabilityVerdict& verdict = report.linearizability;
    QString html = heading(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Order of the operations")));
    QString text;
    switch (verdict.kind) {
    case LinearizabilityVerdict::Kind::NotChecked:
        text = stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Not checked."));
        break;
    case LinearizabilityVerdict::Kind::Linearizable:
        text = stressText(
            QT_TRANSLATE_NOOP("lockscope::Stress", "%1 operations are linearizable: the lock service kept its word."))
                   .arg(verdict.operations);
        break;
    case LinearizabilityVerdict::Kind::Violated:
        text = stressText(
            QT_TRANSLATE_NOOP("lockscope::Stress", "No order of these operations explains their answers:"));
        break;
    case LinearizabilityVerdict::Kind::Undecided:
        text = stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "The check came to no verdict."));
        break;
    }
    html += QStringLiteral("<p>%1</p>\n").arg(text.toHtmlEscaped());
    if (!verdict.counterExample.isEmpty())
        html += QStringLiteral("<pre>%1</pre>\n").arg(verdict.counterExample.join(QLatin1Char('\n')).toHtmlEscaped());
    return html;
}

QString scenario(const StressReport& report)
{
    const StressConfig& config = report.config;
    QString html
        = heading(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Scenario"))) + QStringLiteral("<table>\n");
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Load")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 clients, %2 keys, TTL %3 ms, hold %4 to %5 ms"))
            .arg(config.clients)
            .arg(config.keys)
            .arg(config.ttl.count())
            .arg(config.hold.least.count())
            .arg(config.hold.most.count()));
    if (config.rate > 0)
        html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Planned")),
            stressText(
                QT_TRANSLATE_NOOP("lockscope::Stress", "%1 sections a second (latencies count from the planned start)"))
                .arg(config.rate));
    for (const FaultSpec& fault : config.faults)
        html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Fault")), QString::fromUtf8(fault.text()));
    html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Seed")), QString::number(config.seed));
    for (const QMap<QString, QString>& server : report.servers) {
        QStringList facts;
        for (auto it = server.begin(); it != server.end(); ++it)
            facts.append(it.key() + QLatin1Char('=') + (it.value().isEmpty() ? QStringLiteral("\"\"") : it.value()));
        html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Server")), facts.join(QStringLiteral(", ")));
    }
    for (const QString& note : report.notes)
        html += pair(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Note")), note);
    return html + QStringLiteral("</table>\n");
}

} // namespace

QByteArray stressReportToHtml(const StressReport& report)
{
    const QString title = stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Lock stress report: %1"))
                              .arg(QString::fromUtf8(report.config.strategy));
    QString html = QStringLiteral(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>%1</title><style>%2</style></head><body>\n<h1>%1</h1>\n")
                       .arg(title.toHtmlEscaped(), QString::fromLatin1(style));
    html += QStringLiteral("<p>%1 · %2 s · lockscope %3</p>\n")
                .arg(rfc3339(report.startedAt), QString::number(double(report.elapsed) / 1e9, 'f', 1),
                    QStringLiteral(LOCKSCOPE_VERSION));
    html += verdict(report) + figures(report);
    html += heading(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Over time"))) + plots::throughput(report)
        + plots::waitOverTime(report);
    html += heading(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Latency"))) + latencyTable(report)
        + plots::percentiles(report);
    html += heading(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Clients"))) + plots::lanes(report);
    html += violationTable(report) + orderText(report) + scenario(report) + QStringLiteral("</body></html>\n");
    return html.toUtf8();
}

} // namespace lockscope
