// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/comparemodel.h"

#include "common/icons.h"
#include "common/plaintip.h"
#include "common/theme.h"
#include "stresslab/labtext.h"

#include <QLocale>

#include <algorithm>

namespace lockscope {

namespace {

QString estimateText(const Estimate& estimate, int decimals)
{
    if (estimate.count == 0)
        return QString(QChar(0x2013));
    const QLocale locale;
    QString text = locale.toString(estimate.mean, 'f', decimals);
    if (estimate.hasInterval())
        text += QStringLiteral(" ± ") + locale.toString(estimate.halfWidth, 'f', decimals);
    return text;
}

/// In the colour of the text where the row is selected.
QIcon verdictIcon(const QString& name, const QColor& color)
{
    QIcon icon(tintedPixmap(name, color, 14));
    icon.addPixmap(tintedPixmap(name, currentColors().accentText, 14), QIcon::Selected);
    return icon;
}

int decimalsOf(CompareColumn column) { return column == CompareColumn::Throughput ? 0 : 2; }

} // namespace

const Estimate* estimateOf(const ComparedStrategy& figures, CompareColumn column)
{
    switch (column) {
    case CompareColumn::Throughput:
        return &figures.sectionsPerSecond;
    case CompareColumn::AcquireP99:
        return &figures.acquireP99;
    case CompareColumn::Attempts:
        return &figures.attemptsPerSection;
    case CompareColumn::Fairness:
        return &figures.fairness;
    default:
        return nullptr;
    }
}

QString loadText(const StressConfig& config)
{
    const auto ms = [](Milliseconds time) { return lengthText(time.count() * 1'000'000); };
    QStringList parts { CompareModel::tr("%Ln clients", nullptr, config.clients),
        CompareModel::tr("%Ln keys", nullptr, config.keys), CompareModel::tr("TTL %1").arg(ms(config.ttl)),
        CompareModel::tr("hold %1 to %2").arg(ms(config.hold.least), ms(config.hold.most)) };
    if (config.rate > 0)
        parts.append(CompareModel::tr("%1 sections/s planned").arg(countText(config.rate)));
    if (!config.faults.isEmpty())
        parts.append(CompareModel::tr("%Ln faults", nullptr, int(config.faults.size())));
    return parts.join(QStringLiteral(", "));
}

int CompareModel::comparedRows() const
{
    return int(std::count_if(m_rows.begin(), m_rows.end(), [](const ComparedRow& row) { return !row.isSingleRun; }));
}

void CompareModel::setComparison(const ComparisonReport& report)
{
    beginResetModel();
    std::erase_if(m_rows, [](const ComparedRow& row) { return !row.isSingleRun; });
    std::vector<ComparedRow> rows;
    for (const ComparedStrategy& strategy : report.strategies)
        rows.push_back({ strategy, tr("%Ln runs in turn", nullptr, int(strategy.runs.size())),
            loadText(report.plan.load), false });
    m_rows.insert(m_rows.begin(), rows.begin(), rows.end());
    endResetModel();
}

void CompareModel::addRun(const StressReport& report)
{
    ComparedStrategy figures;
    figures.name = report.config.strategy;
    figures.add(RunFigures::of(report));
    const int at = comparedRows();
    beginInsertRows({}, at, at);
    m_rows.insert(m_rows.begin() + at,
        { std::move(figures),
            tr("run %1, %2").arg(++m_runs).arg(QLocale().toString(report.startedAt.toLocalTime().time(), u"HH:mm:ss")),
            loadText(report.config), true });
    endInsertRows();
    if (int(m_rows.size()) - at > mostRuns) {
        beginRemoveRows({}, int(m_rows.size()) - 1, int(m_rows.size()) - 1);
        m_rows.pop_back();
        endRemoveRows();
    }
}

int CompareModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }

int CompareModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : compareColumnCount; }

QString CompareModel::text(const ComparedRow& row, CompareColumn column) const
{
    const int violated = row.figures.violatedRuns();
    const auto runs = int(row.figures.runs.size());
    switch (column) {
    case CompareColumn::Strategy:
        return QString::fromLatin1(row.figures.name);
    case CompareColumn::Origin:
        return row.origin;
    case CompareColumn::Verdict:
        if (runs == 0)
            return tr("not run yet");
        if (violated == 0)
            return tr("held");
        return row.isSingleRun ? tr("violated, %1 times").arg(countText(double(row.figures.violations())))
                               : tr("violated, %1 of %2").arg(violated).arg(runs);
    default:
        return estimateText(*estimateOf(row.figures, column), decimalsOf(column));
    }
}

QVariant CompareModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= int(m_rows.size()))
        return {};
    const ComparedRow& row = m_rows[size_t(index.row())];
    const auto column = CompareColumn(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::DecorationRole:
        if (column != CompareColumn::Verdict || row.figures.runs.empty())
            return {};
        return row.figures.violatedRuns() > 0 ? verdictIcon(QStringLiteral("danger"), currentColors().danger)
                                              : verdictIcon(QStringLiteral("check"), currentColors().positive);
    case Qt::ToolTipRole:
        return plainTip(row.load);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | (estimateOf(row.figures, column) ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = CompareColumn(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (estimateOf(ComparedStrategy(), column) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case CompareColumn::Strategy:
        return tr("Strategy");
    case CompareColumn::Origin:
        return tr("From");
    case CompareColumn::Throughput:
        return tr("Sections/s");
    case CompareColumn::AcquireP99:
        return tr("Acquire p99, ms");
    case CompareColumn::Attempts:
        return tr("Attempts/section");
    case CompareColumn::Fairness:
        return tr("Fairness");
    case CompareColumn::Verdict:
        break;
    }
    return tr("Verdict");
}

} // namespace lockscope
