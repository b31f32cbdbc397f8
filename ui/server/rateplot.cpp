// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rateplot.h"

#include "common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <qcustomplot.h>

#include <cmath>
#include <limits>

namespace lockscope {

namespace {

constexpr double leastTop = 1; // an idle server's curve lies at the bottom, not in the noise
constexpr double headroom = 1.15;

/// Numbers on the left axis that stay short: `12k`, `3.4 MB`.
class RateTicker final : public QCPAxisTicker {
public:
    explicit RateTicker(Rate rate)
        : m_rate(rate)
    {
        setTickCount(3);
    }

protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override
    {
        if (m_rate == Rate::Bytes)
            return locale.formattedDataSize(qint64(tick), tick < 1000 ? 0 : 1, QLocale::DataSizeSIFormat);
        if (tick >= 10'000)
            return locale.toString(tick / 1000, 'f', 0) + QLatin1Char('k');
        return locale.toString(tick, 'f', tick < 10 && tick != std::floor(tick) ? 1 : 0);
    }

private:
    Rate m_rate;
};

} // namespace

RatePlot::RatePlot(Rate rate, const QString& title, const QString& tip, QWidget* parent)
    : QWidget(parent)
    , m_rate(rate)
    , m_title(title)
    , m_heading(new QLabel(title, this))
    , m_value(new QLabel(this))
    , m_plot(new QCustomPlot(this))
{
    QFont bold = font();
    bold.setBold(true);
    m_heading->setFont(bold);
    m_value->setAccessibleName(title);
    setToolTip(tip);
    m_plot->addGraph();
    m_plot->graph()->setLineStyle(QCPGraph::lsLine);
    m_plot->setInteractions({});
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setNoAntialiasingOnDrag(false);
    m_plot->xAxis->setSubTicks(false);
    m_plot->yAxis->setSubTicks(false);
    m_plot->xAxis->grid()->setVisible(false);
    const QSharedPointer<QCPAxisTickerDateTime> times(new QCPAxisTickerDateTime);
    times->setDateTimeFormat(QStringLiteral("HH:mm:ss"));
    times->setTickCount(4);
    m_plot->xAxis->setTicker(times);
    m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new RateTicker(rate)));
    m_plot->axisRect()->setMinimumMargins(QMargins(58, 6, 14, 22));
    m_plot->setMinimumHeight(96);
    auto* top = new QHBoxLayout;
    top->addWidget(m_heading);
    top->addStretch();
    top->addWidget(m_value);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(top);
    layout->addWidget(m_plot, 1);
    applyColors();
}

void RatePlot::applyColors()
{
    const ThemeColors& colors = currentColors();
    m_plot->setBackground(colors.base);
    m_plot->axisRect()->setBackground(colors.base);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis }) {
        axis->setBasePen(QPen(colors.border));
        axis->setTickPen(QPen(colors.border));
        axis->setTickLabelColor(colors.muted);
        axis->setTickLabelFont(small);
    }
    m_plot->yAxis->grid()->setPen(QPen(colors.border, 1, Qt::DotLine));
    m_plot->yAxis->grid()->setZeroLinePen(QPen(colors.border));
    const QColor line = m_rate == Rate::Events ? colors.info
        : m_rate == Rate::RoundTrip            ? colors.warning
                                               : colors.positive;
    QColor ground = line;
    ground.setAlphaF(0.16F);
    m_plot->graph()->setPen(QPen(line, 1.6));
    m_plot->graph()->setBrush(ground);
}

QString RatePlot::valueText(double value) const
{
    const QLocale locale;
    switch (m_rate) {
    case Rate::Bytes:
        return tr("%1/s").arg(locale.formattedDataSize(qint64(value), 1, QLocale::DataSizeSIFormat));
    case Rate::Backlog:
        return locale.toString(qint64(value));
    case Rate::RoundTrip:
        return tr("%1 ms").arg(locale.toString(value, 'f', 2));
    case Rate::Events:
    case Rate::Commands:
        break;
    }
    return tr("%1/s").arg(locale.toString(value, 'f', value < 10 ? 1 : 0));
}

void RatePlot::draw(const RateHistory& history, qint64 spanMs, qint64 nowMs)
{
    QVector<double> times;
    QVector<double> values;
    double top = leastTop;
    double last = std::numeric_limits<double>::quiet_NaN();
    for (const RateHistory::Sample& sample : history.samples()) {
        const double value = sample.values[size_t(m_rate)];
        const bool isMeasured = !std::isnan(value);
        // A round trip is measured only while somebody looks: no hole where it is not.
        if (sample.atMs < nowMs - spanMs || sample.atMs > nowMs || (sample.isLinked && !isMeasured))
            continue;
        times.append(double(sample.atMs) / 1000);
        values.append(sample.isLinked ? value : std::numeric_limits<double>::quiet_NaN());
        if (sample.isLinked) {
            top = std::max(top, value);
            last = value;
        }
    }
    m_plot->graph()->setData(times, values, true);
    m_plot->xAxis->setRange(double(nowMs - spanMs) / 1000, double(nowMs) / 1000);
    m_plot->yAxis->setRange(0, top * headroom);
    m_value->setText(std::isnan(last) ? QString(QChar(0x2013)) : valueText(last));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void RatePlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyColors();
        m_plot->replot(QCustomPlot::rpQueuedReplot);
    }
}

} // namespace lockscope
