// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stressplots.h"

#include "stress/stresstext.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lockscope::plots {

namespace {

constexpr double width = 720;
constexpr double left = 64;
constexpr double right = 12;
constexpr double top = 12;
constexpr double bottom = 34;
constexpr double laneHeight = 14;
constexpr size_t mostLanes = 24;
constexpr double second = 1e9;
constexpr double shortestSample = 0.05; // seconds: the last one may be a remnant

QString number(double value) { return QString::number(value, 'f', 1); }

/// A tick's text: as short as it stays true.
QString tickText(double value)
{
    return value >= 10'000 ? QString::number(value, 'f', 0) : QString::number(value, 'g', 4);
}

/// One plot: a frame, two axes, and what is drawn into them.
class Plot {
public:
    Plot(double height, double xFrom, double xTo, double yFrom, double yTo, bool logarithmic)
        : m_height(height)
        , m_xFrom(xFrom)
        , m_xTo(std::max(xTo, xFrom + 1e-9))
        , m_yFrom(yFrom)
        , m_yTo(std::max(yTo, yFrom + 1e-9))
        , m_logarithmic(logarithmic)
    {
    }
    [[nodiscard]] double x(double value) const
    {
        return left + (std::clamp(value, m_xFrom, m_xTo) - m_xFrom) / (m_xTo - m_xFrom) * (width - left - right);
    }
    [[nodiscard]] double y(double value) const
    {
        const auto scale = [this](double v) { return m_logarithmic ? std::log10(std::max(v, m_yFrom)) : v; };
        const double part
            = (scale(std::clamp(value, m_yFrom, m_yTo)) - scale(m_yFrom)) / (scale(m_yTo) - scale(m_yFrom));
        return m_height - bottom - part * (m_height - top - bottom);
    }
    void axes(const QString& xTitle, const QString& yTitle);
    void line(const std::vector<std::pair<double, double>>& points, const char* style);
    void rectangle(double from, double to, double yTop, double height, const char* style, const QString& title);
    void text(double xAt, double yAt, const char* anchor, const QString& text);
    /// Under the axis: five times from zero, in seconds.
    void timeTicks(double last);
    /// The faults as bands behind everything, named at their top.
    void bands(const StressReport& report, double from, double to);
    [[nodiscard]] QString svg(const QString& title) const;

private:
    void grid(double at, const QString& label);

    const double m_height;
    const double m_xFrom;
    const double m_xTo;
    const double m_yFrom;
    const double m_yTo;
    const bool m_logarithmic;
    QString m_body;
};

void Plot::text(double xAt, double yAt, const char* anchor, const QString& text)
{
    m_body += QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"%3\">%4</text>")
                  .arg(number(xAt), number(yAt), QString::fromLatin1(anchor), text.toHtmlEscaped());
}

void Plot::timeTicks(double last)
{
    for (int i = 0; i <= 4; ++i)
        text(x(last * i / 4), m_height - bottom + 14, i == 4 ? "end" : "middle",
            tickText(std::round(last * i * 25) / 100));
}

void Plot::grid(double at, const QString& label)
{
    m_body += QStringLiteral("<line class=\"grid\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/>")
                  .arg(number(left), number(width - right), number(at));
    text(left - 6, at + 4, "end", label);
}

void Plot::axes(const QString& xTitle, const QString& yTitle)
{
    if (m_logarithmic) {
        for (double decade = m_yFrom; decade <= m_yTo * 1.001; decade *= 10)
            grid(y(decade), tickText(decade));
    } else {
        for (int i = 0; i <= 4; ++i)
            grid(y(m_yFrom + (m_yTo - m_yFrom) * i / 4), tickText(m_yFrom + (m_yTo - m_yFrom) * i / 4));
    }
    text(width - right, m_height - 4, "end", xTitle);
    text(left, m_height - 4, "start", yTitle);
}

void Plot::line(const std::vector<std::pair<double, double>>& points, const char* style)
{
    QString list;
    for (const auto& [px, py] : points)
        list += number(x(px)) + QLatin1Char(',') + number(y(py)) + QLatin1Char(' ');
    m_body += QStringLiteral("<polyline class=\"%1\" points=\"%2\"/>").arg(QString::fromLatin1(style), list.trimmed());
}

void Plot::rectangle(double from, double to, double yTop, double height, const char* style, const QString& title)
{
    m_body += QStringLiteral("<rect class=\"%1\" x=\"%2\" y=\"%3\" width=\"%4\" height=\"%5\">")
                  .arg(QString::fromLatin1(style), number(x(from)), number(yTop),
                      number(std::max(1.0, x(to) - x(from))), number(height));
    if (!title.isEmpty())
        m_body += QStringLiteral("<title>%1</title>").arg(title.toHtmlEscaped());
    m_body += QStringLiteral("</rect>");
}

void Plot::bands(const StressReport& report, double from, double to)
{
    double labelFrom = -1;
    for (const FaultMark& fault : report.faults) {
        const double begin = double(fault.from) / second;
        const double end = double(fault.until < 0 ? report.elapsed : fault.until) / second;
        if (end < from || begin > to)
            continue;
        rectangle(std::max(begin, from), std::min(end, to), top, m_height - top - bottom, "fault",
            QString::fromUtf8(fault.text));
        if (x(begin) < labelFrom)
            continue; // names would lie upon each other
        text(x(std::max(begin, from)) + 3, top + 11, "start", QString::fromUtf8(fault.name));
        labelFrom = x(begin) + 90;
    }
}

QString Plot::svg(const QString& title) const
{
    return QStringLiteral("<figure><svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">%4</svg>"
                          "<figcaption>%3</figcaption></figure>\n")
        .arg(number(width), number(m_height), title.toHtmlEscaped(), m_body);
}

double decadeBelow(double value) { return std::pow(10, std::floor(std::log10(std::max(value, 1e-3)))); }
double decadeAbove(double value) { return std::pow(10, std::ceil(std::log10(std::max(value, 1e-2)))); }

/// A round number not below the value: 1, 2 or 5 times a power of ten.
double roundUp(double value)
{
    const double decade = decadeBelow(value);
    for (const double step : { 1.0, 2.0, 5.0 }) {
        if (value <= step * decade)
            return step * decade;
    }
    return 10 * decade;
}

QString secondsTitle() { return stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "seconds")); }

struct Stretch {
    qint64 from = 0;
    qint64 until = 0;
};

/// What the lanes show: around the first violation, else the end of the run.
Stretch laneStretch(const StressReport& report)
{
    if (report.violations.empty())
        return { std::max<qint64>(0, report.elapsed - qint64(second / 2)), report.elapsed };
    const Violation& violation = report.violations.front();
    const qint64 first
        = violation.first.entered > 0 ? std::min(violation.first.invoked, violation.from) : violation.from;
    const qint64 last
        = std::max({ violation.until, violation.from + 1'000'000, violation.first.left, violation.second.left });
    const qint64 margin = std::max<qint64>((last - first) / 5, 2'000'000);
    return { std::max<qint64>(0, first - margin), last + margin };
}

/// The clients to show: the two of the violation first, then whoever is busy in that time.
std::vector<qint32> laneClients(const StressReport& report, const Stretch& stretch)
{
    std::vector<qint32> clients;
    const auto add = [&clients](qint32 client) {
        if (client >= 0 && clients.size() < mostLanes
            && std::find(clients.begin(), clients.end(), client) == clients.end())
            clients.push_back(client);
    };
    if (!report.violations.empty()) {
        add(report.violations.front().first.client);
        add(report.violations.front().second.client);
        add(report.violations.front().culprit);
    }
    for (const LaneSpan& span : report.lanes) {
        if (span.until >= stretch.from && span.from <= stretch.until)
            add(span.client);
    }
    return clients;
}

const char* laneStyle(LaneSpan::Kind kind)
{
    switch (kind) {
    case LaneSpan::Kind::Waiting:
        return "waiting";
    case LaneSpan::Kind::Holding:
        return "holding";
    case LaneSpan::Kind::Paused:
        return "paused";
    case LaneSpan::Kind::Crashed:
        return "crashed";
    }
    return "";
}

} // namespace

QString throughput(const StressReport& report)
{
    std::vector<std::pair<double, double>> points;
    std::vector<std::pair<double, double>> planned;
    qint64 before = 0;
    double most = 1;
    for (const StressSample& sample : report.samples) {
        const double seconds = double(sample.at - before) / second;
        if (seconds > shortestSample) {
            points.emplace_back(double(sample.at) / second, double(sample.sections) / seconds);
            planned.emplace_back(double(sample.at) / second, double(sample.planned) / seconds);
            most = std::max({ most, points.back().second, planned.back().second });
        }
        before = sample.at;
    }
    if (points.empty())
        return {};
    Plot plot(220, 0, points.back().first, 0, roundUp(most), false);
    plot.bands(report, 0, points.back().first);
    plot.axes(secondsTitle(), stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "sections a second")));
    if (report.config.rate > 0)
        plot.line(planned, "line dashed");
    plot.line(points, "line");
    plot.timeTicks(points.back().first);
    return plot.svg(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Throughput over time; faults as bands")));
}

QString waitOverTime(const StressReport& report)
{
    std::vector<std::pair<double, double>> median;
    std::vector<std::pair<double, double>> high;
    double most = 0.01;
    double least = 1e9;
    qint64 before = 0;
    for (const StressSample& sample : report.samples) {
        const bool isShort = double(sample.at - std::exchange(before, sample.at)) / second <= shortestSample;
        if (sample.sections == 0 || isShort)
            continue;
        median.emplace_back(double(sample.at) / second, double(sample.waitP50) / 1000);
        high.emplace_back(double(sample.at) / second, double(sample.waitP99) / 1000);
        most = std::max(most, high.back().second);
        least = std::min(least, median.back().second);
    }
    if (median.empty())
        return {};
    Plot plot(220, 0, median.back().first, decadeBelow(least), decadeAbove(most), true);
    plot.bands(report, 0, median.back().first);
    plot.axes(secondsTitle(), stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "ms")));
    plot.line(high, "line dashed");
    plot.line(median, "line");
    plot.timeTicks(median.back().first);
    return plot.svg(stressText(
        QT_TRANSLATE_NOOP("lockscope::Stress", "Time from wanting a lock to having it: median, and p99 (dashed)")));
}

QString percentiles(const StressReport& report)
{
    static constexpr std::array quantiles { 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999 };
    if (report.wait.count() == 0)
        return {};
    const auto curve = [](const Histogram& histogram) {
        std::vector<std::pair<double, double>> points;
        points.reserve(quantiles.size());
        for (const double quantile : quantiles)
            points.emplace_back(-std::log10(1 - quantile), double(histogram.valueAt(quantile)) / 1000);
        return points;
    };
    const auto wait = curve(report.wait);
    const auto acquire = curve(report.acquire);
    const auto release = curve(report.release);
    const double most = std::max({ wait.back().second, acquire.back().second, release.back().second });
    const double least = std::min({ wait.front().second, acquire.front().second,
        report.release.count() > 0 ? release.front().second : wait.front().second });
    Plot plot(240, -std::log10(0.5), 4, decadeBelow(least), decadeAbove(most), true);
    plot.axes(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "percentile")),
        stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "ms")));
    for (const double quantile : { 0.5, 0.9, 0.99, 0.999, 0.9999 })
        plot.text(plot.x(-std::log10(1 - quantile)), 240 - bottom + 14, quantile > 0.9995 ? "end" : "middle",
            QString::number(quantile * 100));
    plot.line(wait, "line");
    plot.line(acquire, "line dashed");
    plot.line(release, "line dotted");
    return plot.svg(stressText(QT_TRANSLATE_NOOP("lockscope::Stress",
        "Latency by percentile: waiting (solid), the granting attempt (dashed), release (dotted)")));
}

QString lanes(const StressReport& report)
{
    const Stretch stretch = laneStretch(report);
    const std::vector<qint32> clients = laneClients(report, stretch);
    if (clients.empty())
        return {};
    const double from = double(stretch.from) / 1e6;
    const double until = double(stretch.until) / 1e6;
    const double height = top + bottom + laneHeight * double(clients.size());
    Plot plot(height, from, until, 0, 1, false);
    const auto lane = [&](qint32 client) {
        return top + laneHeight * double(std::find(clients.begin(), clients.end(), client) - clients.begin());
    };
    for (const qint32 client : clients)
        plot.text(left - 6, lane(client) + laneHeight - 4, "end", QString::number(client));
    for (const LaneSpan& span : report.lanes) {
        const bool shown = span.until >= stretch.from && span.from <= stretch.until
            && std::find(clients.begin(), clients.end(), span.client) != clients.end();
        if (shown)
            plot.rectangle(double(span.from) / 1e6, double(span.until) / 1e6, lane(span.client) + 2, laneHeight - 4,
                laneStyle(span.kind), QString());
    }
    for (const Violation& violation : report.violations) {
        if (violation.kind != ViolationKind::Overlap || violation.from > stretch.until)
            continue;
        const double end = double(violation.until < 0 ? stretch.until : violation.until) / 1e6;
        for (const qint32 client : { violation.first.client, violation.second.client }) {
            if (std::find(clients.begin(), clients.end(), client) != clients.end())
                plot.rectangle(double(violation.from) / 1e6, end, lane(client), laneHeight, "overlap", QString());
        }
    }
    for (int i = 0; i <= 4; ++i)
        plot.text(plot.x(from + (until - from) * i / 4), height - bottom + 14, i == 4 ? "end" : "middle",
            tickText(std::round((from + (until - from) * i / 4) * 10) / 10));
    plot.text(left, height - 4, "start", stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "client")));
    plot.text(
        width - right, height - 4, "end", stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "ms since the start")));
    return plot.svg(report.violations.empty()
            ? stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "Clients at the end: waiting (light), holding (dark)"))
            : stressText(QT_TRANSLATE_NOOP("lockscope::Stress",
                "Clients around the first violation: waiting (light), holding (dark), paused (yellow), overlap "
                "(framed)")));
}

} // namespace lockscope::plots
