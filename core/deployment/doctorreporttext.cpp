// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/doctorreporttext.h"

#include "base/durationtext.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

struct ReportText {
    Q_DECLARE_TR_FUNCTIONS(lockscope::DoctorReport)
};

constexpr int narrowest = 40;

/// Columns of a terminal: ideographs take two.
int widthOf(QChar letter) { return letter.unicode() >= 0x1100 ? 2 : 1; }

int widthOf(const QString& text)
{
    int width = 0;
    for (const QChar letter : text)
        width += widthOf(letter);
    return width;
}

/// Where the line of `text` that begins at `begin` ends: at a word or between ideographs, `width` columns at most,
/// unless one word (an address) is longer than that.
qsizetype lineEnd(const QString& text, qsizetype begin, int width)
{
    int used = 0;
    qsizetype breakAt = -1;
    for (qsizetype i = begin; i < text.size(); ++i) {
        used += widthOf(text.at(i));
        if (used > width && breakAt > begin)
            return breakAt;
        if (text.at(i) == QLatin1Char(' ') || widthOf(text.at(i)) == 2)
            breakAt = i + 1;
    }
    return text.size();
}

/// `label` once, `text` beside it in a column of its own.
QString labelled(const QString& label, const QString& text, int indent, int column, int width)
{
    QString lines;
    QString head = QString(indent, QLatin1Char(' ')) + label;
    head += QString(std::max(label.isEmpty() ? 0 : 1, column - indent - widthOf(label)), QLatin1Char(' '));
    for (qsizetype begin = 0; begin < text.size();) {
        const qsizetype end = lineEnd(text, begin, std::max(narrowest, width - column));
        lines += head + text.mid(begin, end - begin).trimmed() + QLatin1Char('\n');
        head = QString(column, QLatin1Char(' '));
        begin = end;
    }
    return lines;
}

/// Where there is one server only, it need not be said again and again.
QString nodesText(const Finding& finding, const DoctorReport& report)
{
    const bool isPlain = report.nodes.size() == 1 && finding.nodes.value(0) == report.nodes.first().node;
    if (finding.nodes.isEmpty() || isPlain)
        return {};
    const bool isOfAll = finding.nodes.size() > 1 && finding.nodes.size() == report.nodes.size();
    return QStringLiteral("  [")
        + (isOfAll ? ReportText::tr("all %1 servers").arg(finding.nodes.size())
                   : finding.nodes.join(QStringLiteral(", ")))
        + QLatin1Char(']');
}

QString findingText(const Finding& finding, const QString& nodes, int width)
{
    constexpr int indent = 4;
    constexpr int column = 12;
    QString text = labelled(QString(), finding.title + nodes, 2, 2, width);
    text += labelled(ReportText::tr("seen:"), finding.evidence, indent, column, width);
    text += labelled(ReportText::tr("why:"), finding.why, indent, column, width);
    text += labelled(ReportText::tr("mend:"), finding.mend, indent, column, width);
    for (const QString& command : finding.commands)
        text += QString(column, QLatin1Char(' ')) + QStringLiteral("> ") + command + QLatin1Char('\n');
    text += labelled(ReportText::tr("more:"), finding.source, indent, column, width);
    return text;
}

QString lostText(const NodeCapabilities& node, int width)
{
    constexpr int indent = 4;
    constexpr int column = 22;
    QString text;
    for (const Capability& capability : node.capabilities) {
        if (capability.state == CapabilityState::Available)
            continue;
        text += labelled(capability.title,
            ReportText::tr("%1: %2").arg(capabilityStateText(capability.state), capability.reason), indent, column,
            width);
        text += labelled(QString(), capability.consequence, indent, column, width);
    }
    return text.isEmpty() ? text : QStringLiteral("  ") + node.node + QLatin1Char('\n') + text;
}

QString briefText(const DoctorReport& report)
{
    QString text;
    for (const Finding& finding : report.findings) {
        if (finding.severity >= Severity::Unknown)
            text += QStringLiteral("%1: %2: %3%4\n")
                        .arg(severityName(finding.severity), finding.title, finding.evidence,
                            nodesText(finding, report));
    }
    return text;
}

} // namespace

QString severityTitle(Severity severity)
{
    switch (severity) {
    case Severity::Ok:
        return ReportText::tr("Good");
    case Severity::Info:
        return ReportText::tr("Worth knowing");
    case Severity::Warning:
        return ReportText::tr("Warning");
    case Severity::Serious:
        return ReportText::tr("Serious");
    case Severity::Unknown:
        break;
    }
    return ReportText::tr("Could not be checked");
}

QString capabilityStateText(CapabilityState state)
{
    switch (state) {
    case CapabilityState::Available:
        return ReportText::tr("allowed");
    case CapabilityState::Missing:
        return ReportText::tr("missing");
    case CapabilityState::Unknown:
        break;
    }
    return ReportText::tr("not known");
}

QString countsText(const DoctorReport& report)
{
    const auto counts = report.counts();
    QStringList parts;
    const auto add = [&](Severity severity, const QString& text) {
        if (counts[size_t(severity)] > 0)
            parts.append(text.arg(counts[size_t(severity)]));
    };
    add(Severity::Serious, ReportText::tr("serious: %1"));
    add(Severity::Warning, ReportText::tr("warnings: %1"));
    add(Severity::Unknown, ReportText::tr("could not be checked: %1"));
    add(Severity::Info, ReportText::tr("worth knowing: %1"));
    add(Severity::Ok, ReportText::tr("good: %1"));
    return parts.join(QStringLiteral(", "));
}

QString nodeText(const NodeCapabilities& node)
{
    if (node.version.isEmpty())
        return ReportText::tr("does not tell what it is");
    return QStringLiteral("%1 %2, %3")
        .arg(QString::fromUtf8(node.flavour), QString::fromUtf8(node.version), QString::fromUtf8(node.role));
}

QString doctorReportText(const DoctorReport& report, const QString& title, const DoctorTextOptions& options)
{
    if (options.brief)
        return briefText(report);
    QString text = ReportText::tr("Is it safe for locks? %1").arg(title) + QLatin1Char('\n');
    for (const NodeCapabilities& node : report.nodes)
        text += QStringLiteral("  %1: %2\n").arg(node.node, nodeText(node));
    for (int severity = severityCount - 1; severity >= 0; --severity) {
        QString section;
        for (const Finding& finding : report.findings) {
            if (finding.severity != Severity(severity))
                continue;
            const QString nodes = nodesText(finding, report);
            if (finding.severity == Severity::Ok)
                section += labelled(
                    QString(), finding.title + QStringLiteral(": ") + finding.evidence + nodes, 2, 2, options.width);
            else
                section += (section.isEmpty() ? QString() : QStringLiteral("\n"))
                    + findingText(finding, nodes, options.width);
        }
        if (!section.isEmpty())
            text += QLatin1Char('\n') + severityTitle(Severity(severity)).toUpper() + QLatin1Char('\n') + section;
    }
    QString lost;
    for (const NodeCapabilities& node : report.nodes)
        lost += lostText(node, options.width);
    if (!lost.isEmpty())
        text += QLatin1Char('\n') + ReportText::tr("What is not allowed here, and what that costs").toUpper()
            + QLatin1Char('\n') + lost;
    return text + QLatin1Char('\n') + ReportText::tr("%1; in %2").arg(countsText(report), durationText(report.took))
        + QLatin1Char('\n');
}

} // namespace lockscope
