// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/labfigures.h"

#include "common/livetext.h"
#include "stresslab/labtext.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

namespace lockscope {

namespace {

QString latencyPair(qint64 p50, qint64 p99)
{
    return lengthText(p50 * 1000) + QStringLiteral(" / ") + lengthText(p99 * 1000);
}

} // namespace

LabFigures::LabFigures(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Figures of the run"));
    const std::array<QString, figureCount> names { tr("Sections"), tr("Sections/s"), tr("Acquire p50 / p99"),
        tr("Wait p50 / p99"), tr("Attempts/section"), tr("Leases lost"), tr("Fairness"), tr("Orphans"),
        tr("Errors / unknown") };
    const std::array<QString, figureCount> tips { tr("Critical sections entered"),
        tr("Over the last second; at the end over the whole run"),
        tr("The attempt that was granted: half of them, and 99 of 100, were faster"),
        tr("From wanting a lock to having it"), tr("How often a client asked for each section: 1 is the least"),
        tr("Leases that ended before their release"),
        tr("Jain's index over the clients' sections: 1 where all got the same"),
        tr("Locks left behind by clients that died or lost an answer"),
        tr("Commands that failed / writes whose answer was lost: they may or may not have happened") };
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(18);
    for (size_t i = 0; i < figureCount; ++i) {
        auto* name = new QLabel(names[i]);
        name->setForegroundRole(QPalette::PlaceholderText);
        QFont small = font();
        small.setPointSizeF(small.pointSizeF() * 0.88);
        name->setFont(small);
        m_values[i] = new QLabel;
        QFont large = font();
        large.setPointSizeF(large.pointSizeF() * 1.12);
        large.setWeight(QFont::DemiBold);
        m_values[i]->setFont(large);
        m_values[i]->setAccessibleName(names[i]);
        m_values[i]->setTextInteractionFlags(Qt::TextSelectableByMouse);
        for (QLabel* label : { name, m_values[i] })
            label->setToolTip(tips[i]);
        auto* column = new QVBoxLayout;
        column->setSpacing(1);
        column->addWidget(name);
        column->addWidget(m_values[i]);
        layout->addLayout(column);
    }
    layout->addStretch();
    clear();
}

void LabFigures::clear()
{
    for (QLabel* value : m_values)
        value->setText(QString(QChar(0x2013)));
}

QString LabFigures::value(Figure figure) const { return m_values[figure]->text(); }

void LabFigures::set(Figure figure, const QString& text) { setLiveText(m_values[figure], text); }

void LabFigures::showCounters(const StressCounters& counters, const OracleCounts& oracle)
{
    const QLocale locale;
    set(Sections, countText(double(counters.sections)));
    set(Attempts,
        counters.sections == 0 ? QString(QChar(0x2013))
                               : locale.toString(double(counters.attempts) / double(counters.sections), 'f', 2));
    set(Lost, countText(double(counters.lost)));
    set(Orphans, countText(double(oracle.orphans)));
    set(Errors, countText(double(counters.errors)) + QStringLiteral(" / ") + countText(double(counters.indeterminate)));
}

void LabFigures::showLatencies(const LatencySummary& acquire, const LatencySummary& wait)
{
    const QString dash(QChar(0x2013));
    set(Acquire, acquire.count == 0 ? dash : latencyPair(acquire.p50, acquire.p99));
    set(Wait, wait.count == 0 ? dash : latencyPair(wait.p50, wait.p99));
}

void LabFigures::show(const StressProgress& progress)
{
    showCounters(progress.counters, progress.oracle);
    showLatencies(progress.acquire, progress.wait);
    set(Rate, countText(progress.sectionsPerSecond));
    set(Fairness, QString(QChar(0x2013)));
}

void LabFigures::show(const StressReport& report)
{
    showCounters(report.counters, report.oracle);
    showLatencies(LatencySummary::of(report.acquire), LatencySummary::of(report.wait));
    set(Rate, countText(report.sectionsPerSecond()));
    set(Fairness, QLocale().toString(report.fairness, 'f', 3));
}

} // namespace lockscope
