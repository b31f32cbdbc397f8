// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/labplot.h"

#include "common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockscope {

namespace {

constexpr size_t mostBands = 200;
constexpr double headroom = 1.12;
constexpr double narrowestBand = 0.004; // of the axis: a fault without a length is seen, too

/// Numbers on the left axis that stay short: `120`, `45k`, `0.1`.
class ShortTicker : public QCPAxisTicker {
public:
    ShortTicker() { setTickCount(4); }
    static QString label(double tick, const QLocale& locale)
    {
        if (tick >= 1e6)
            return locale.toString(tick / 1e6, 'g', 3) + QLatin1Char('M');
        if (tick >= 10'000)
            return locale.toString(tick / 1000, 'g', 4) + QLatin1Char('k');
        return locale.toString(tick, 'g', 4);
    }

protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override { return label(tick, locale); }
};

class DecadeTicker final : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override
    {
        return ShortTicker::label(tick, locale);
    }
};

} // namespace

LabPlot::LabPlot(const QString& title, const QString& tip, Scale scale, const QStringList& curves, QWidget* parent)
    : QWidget(parent)
    , m_scale(scale)
    , m_value(new QLabel(this))
    , m_plot(new QCustomPlot(this))
{
    auto* heading = new QLabel(title, this);
    QFont bold = font();
    bold.setBold(true);
    heading->setFont(bold);
    m_value->setAccessibleName(title);
    setToolTip(tip);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // all as wide as each other
    setAccessibleName(title);
    setAccessibleDescription(tip);
    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addWidget(heading);
    for (qsizetype i = 0; i < curves.size(); ++i) {
        m_plot->addGraph(m_plot->xAxis, i == 1 && scale == Scale::TwoLinear ? m_plot->yAxis2 : m_plot->yAxis);
        if (curves.size() < 2)
            break;
        m_legend.append(new QLabel(curves[i], this));
        top->addWidget(m_legend.back());
    }
    top->addStretch();
    top->addWidget(m_value);
    buildAxes(scale);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addLayout(top);
    layout->addWidget(m_plot, 1);
    applyColors();
    clear();
}

void LabPlot::buildAxes(Scale scale)
{
    m_plot->setInteractions({});
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMinimumHeight(96);
    m_plot->xAxis->setSubTicks(false);
    m_plot->yAxis->setSubTicks(false);
    m_plot->xAxis->grid()->setVisible(false);
    const QSharedPointer<QCPAxisTicker> seconds(new ShortTicker);
    seconds->setTickCount(5);
    m_plot->xAxis->setTicker(seconds);
    if (scale == Scale::Logarithmic) {
        m_plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
        m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new DecadeTicker));
    } else {
        m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ShortTicker));
    }
    m_plot->yAxis2->setVisible(scale == Scale::TwoLinear);
    m_plot->yAxis2->setSubTicks(false);
    m_plot->yAxis2->setTicker(QSharedPointer<QCPAxisTicker>(new ShortTicker));
    m_plot->axisRect()->setMinimumMargins(QMargins(48, 6, scale == Scale::TwoLinear ? 48 : 12, 22));
    // Bands lie behind the grid and the curves.
    m_plot->addLayer(QStringLiteral("bands"), m_plot->layer(QStringLiteral("grid")), QCustomPlot::limBelow);
}

void LabPlot::applyColors()
{
    const ThemeColors& colors = currentColors();
    m_plot->setBackground(colors.base);
    m_plot->axisRect()->setBackground(colors.base);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis, m_plot->yAxis2 }) {
        axis->setBasePen(QPen(colors.border));
        axis->setTickPen(QPen(colors.border));
        axis->setTickLabelColor(colors.muted);
        axis->setTickLabelFont(small);
    }
    m_plot->yAxis->grid()->setPen(QPen(colors.border, 1, Qt::DotLine));
    m_plot->yAxis->grid()->setZeroLinePen(QPen(colors.border));
    const QColor lines[] = { colors.info, colors.danger };
    if (m_scale == Scale::TwoLinear) {
        m_plot->yAxis->setTickLabelColor(lines[0]);
        m_plot->yAxis2->setTickLabelColor(lines[1]);
    }
    for (int i = 0; i < m_plot->graphCount(); ++i) {
        const QColor line = lines[i % 2];
        m_plot->graph(i)->setPen(QPen(line, 1.6, i == 0 ? Qt::SolidLine : Qt::DashLine));
        QColor ground = line;
        ground.setAlphaF(0.14F);
        m_plot->graph(i)->setBrush(m_scale != Scale::Logarithmic && i == 0 ? QBrush(ground) : QBrush(Qt::NoBrush));
        if (i < m_legend.size())
            m_legend[i]->setText(QStringLiteral("<span style=\"color:%1\">%2</span> %3")
                                     .arg(line.name(), i == 0 ? QStringLiteral("━━") : QStringLiteral("╍╍"),
                                         m_legend[i]->text().section(QLatin1Char(' '), -1)));
    }
    for (QCPItemRect* rect : m_bands) {
        rect->setBrush(colors.warningGround);
        rect->setPen(QPen(colors.warning, 1, Qt::DotLine));
    }
    for (QCPItemText* name : m_names) {
        name->setColor(colors.warning);
        name->setFont(small);
    }
}

QCPItemRect* LabPlot::band(size_t index)
{
    while (m_bands.size() <= index) {
        auto* rect = new QCPItemRect(m_plot);
        rect->setLayer(QStringLiteral("bands"));
        rect->setClipToAxisRect(true);
        for (QCPItemPosition* corner : { rect->topLeft, rect->bottomRight }) {
            corner->setTypeX(QCPItemPosition::ptPlotCoords);
            corner->setTypeY(QCPItemPosition::ptAxisRectRatio);
        }
        rect->setBrush(currentColors().warningGround);
        rect->setPen(QPen(currentColors().warning, 1, Qt::DotLine));
        m_bands.push_back(rect);
    }
    return m_bands[index];
}

QCPItemText* LabPlot::bandName(size_t index)
{
    while (m_names.size() <= index) {
        auto* name = new QCPItemText(m_plot);
        name->position->setTypeX(QCPItemPosition::ptPlotCoords);
        name->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        name->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        name->setPadding(QMargins(3, 1, 0, 0));
        QFont small = font();
        small.setPointSizeF(small.pointSizeF() * 0.85);
        name->setFont(small);
        name->setColor(currentColors().warning);
        m_names.push_back(name);
    }
    return m_names[index];
}

void LabPlot::drawBands(const std::vector<FaultMark>& faults, double seconds)
{
    for (QCPItemRect* rect : m_bands)
        rect->setVisible(false);
    for (QCPItemText* name : m_names)
        name->setVisible(false);
    m_shownBands = 0;
    size_t named = 0;
    double nameFrom = -1;
    const double characterWidth = fontMetrics().averageCharWidth() * 0.9 * seconds / std::max(1, m_plot->width() - 60);
    const size_t first = faults.size() > mostBands ? faults.size() - mostBands : 0;
    for (size_t i = first; i < faults.size(); ++i) {
        const FaultMark& fault = faults[i];
        const double from = double(fault.from) / 1e9;
        const double until = fault.until < 0 ? seconds : double(fault.until) / 1e9;
        QCPItemRect* const rect = band(size_t(m_shownBands++));
        rect->topLeft->setCoords(from, 0);
        rect->bottomRight->setCoords(std::max(until, from + narrowestBand * seconds), 1);
        rect->setVisible(true);
        if (from < nameFrom)
            continue; // names would lie upon each other
        QCPItemText* const name = bandName(named++);
        name->position->setCoords(from, 0);
        name->setText(QString::fromUtf8(fault.name));
        name->setVisible(true);
        nameFrom = from + characterWidth * double(fault.name.size() + 2);
    }
}

double LabPlot::highest(const Curve& curve)
{
    double most = 0;
    for (const double value : curve.values)
        most = value > most ? value : most; // not of holes
    return most;
}

void LabPlot::setRanges(const std::vector<Curve>& curves, double seconds)
{
    m_plot->xAxis->setRange(0, std::max(seconds, 1.0));
    if (m_scale != Scale::Logarithmic) {
        m_plot->yAxis->setRange(0, std::max(1.0, highest(curves.front()) * headroom));
        return m_plot->yAxis2->setRange(0, std::max(1.0, highest(curves.back()) * headroom));
    }
    double most = 0;
    double least = std::numeric_limits<double>::max();
    for (const Curve& curve : curves) {
        most = std::max(most, highest(curve));
        for (const double value : curve.values)
            least = value > 0 ? std::min(least, value) : least;
    }
    least = std::min(least, most > 0 ? most : 0.1);
    const double bottom = std::pow(10, std::floor(std::log10(std::max(least, 1e-3))));
    m_plot->yAxis->setRange(bottom, std::max(bottom * 10, std::pow(10, std::ceil(std::log10(std::max(most, 0.1))))));
}

void LabPlot::draw(
    const std::vector<Curve>& curves, const std::vector<FaultMark>& faults, double seconds, const QString& value)
{
    for (int i = 0; i < m_plot->graphCount() && i < int(curves.size()); ++i)
        m_plot->graph(i)->setData(curves[size_t(i)].times, curves[size_t(i)].values, true);
    setRanges(curves, seconds);
    drawBands(faults, std::max(seconds, 1.0));
    m_value->setText(value);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void LabPlot::clear() { draw(std::vector<Curve>(size_t(m_plot->graphCount())), {}, 10, QString(QChar(0x2013))); }

void LabPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyColors();
        m_plot->replot(QCustomPlot::rpQueuedReplot);
    }
}

} // namespace lockscope
