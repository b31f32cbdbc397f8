// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/compareplot.h"

#include "common/theme.h"

#include <QEvent>
#include <QVBoxLayout>

#include <qcustomplot.h>

#include <algorithm>
#include <limits>

namespace lockscope {

namespace {

constexpr double headroom = 1.15;
constexpr double pointSize = 9;

} // namespace

ComparePlot::ComparePlot(QWidget* parent)
    : QWidget(parent)
    , m_plot(new QCustomPlot(this))
    , m_held(m_plot->addGraph())
    , m_violated(m_plot->addGraph())
    , m_heldBars(new QCPErrorBars(m_plot->xAxis, m_plot->yAxis))
    , m_violatedBars(new QCPErrorBars(m_plot->xAxis, m_plot->yAxis))
{
    setAccessibleName(tr("Comparison"));
    m_plot->setInteractions({});
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMinimumHeight(150);
    m_plot->xAxis->setSubTicks(false);
    m_plot->yAxis->setSubTicks(false);
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->axisRect()->setMinimumMargins(QMargins(64, 12, 18, 30));
    for (const auto& [graph, bars] : { std::pair(m_held, m_heldBars), std::pair(m_violated, m_violatedBars) }) {
        graph->setLineStyle(QCPGraph::lsNone);
        bars->setDataPlottable(graph);
        bars->setErrorType(QCPErrorBars::etValueError);
        bars->setWhiskerWidth(14);
        bars->setSymbolGap(pointSize + 1);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    applyColors();
}

void ComparePlot::applyColors()
{
    const ThemeColors& colors = currentColors();
    m_plot->setBackground(colors.base);
    m_plot->axisRect()->setBackground(colors.base);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis }) {
        axis->setBasePen(QPen(colors.border));
        axis->setTickPen(QPen(colors.border));
        axis->setTickLabelColor(colors.muted);
        axis->setTickLabelFont(small);
    }
    m_plot->xAxis->setTickLabelColor(colors.text);
    m_plot->yAxis->grid()->setPen(QPen(colors.border, 1, Qt::DotLine));
    m_plot->yAxis->grid()->setZeroLinePen(QPen(colors.border));
    // Told apart by shape, too.
    m_held->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, colors.info, pointSize));
    m_violated->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, QPen(colors.danger, 2), QBrush(), pointSize));
    m_heldBars->setPen(QPen(colors.info, 1.6));
    m_violatedBars->setPen(QPen(colors.danger, 1.6));
}

void ComparePlot::draw(const std::vector<ComparedRow>& rows, CompareColumn column)
{
    const QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
    QVector<double> at[2];
    QVector<double> means[2];
    QVector<double> errors[2];
    double most = 0;
    m_points = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
        const ComparedRow& row = rows[i];
        QString name = QString::fromLatin1(row.figures.name);
        if (row.isSingleRun)
            name += QLatin1Char('\n') + row.origin.section(QLatin1Char(','), 0, 0);
        names->addTick(double(i), name);
        const Estimate* estimate = estimateOf(row.figures, column);
        if (!estimate || estimate->count == 0)
            continue;
        const int side = row.figures.violatedRuns() > 0 ? 1 : 0;
        at[side].append(double(i));
        means[side].append(estimate->mean);
        // Of a single run there is no interval to draw.
        errors[side].append(estimate->hasInterval() ? estimate->halfWidth : std::numeric_limits<double>::quiet_NaN());
        most = std::max(most, estimate->mean + estimate->halfWidth);
        ++m_points;
    }
    m_held->setData(at[0], means[0], true);
    m_heldBars->setData(errors[0]);
    m_violated->setData(at[1], means[1], true);
    m_violatedBars->setData(errors[1]);
    m_plot->xAxis->setTicker(names);
    m_plot->xAxis->setRange(-0.5, std::max<double>(1, double(rows.size())) - 0.5);
    m_plot->yAxis->setRange(0, most > 0 ? most * headroom : 1);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void ComparePlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyColors();
        m_plot->replot(QCustomPlot::rpQueuedReplot);
    }
}

} // namespace lockscope
