// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/stresscomparison.h"

#include <QAbstractTableModel>

namespace lockscope {

enum class CompareColumn : quint8 { Strategy, Verdict, Throughput, AcquireP99, Attempts, Fairness, Origin };
inline constexpr int compareColumnCount = int(CompareColumn::Origin) + 1;

/// One thing to compare: a strategy of a comparison, or a single run of this session.
struct ComparedRow {
    ComparedStrategy figures;
    QString origin; ///< `5 runs in turn`, `run 3, 14:07:12`
    QString load; ///< in one line
    bool isSingleRun = false;
};

/// What can be compared: the last comparison first, then the single runs, the newest first. Bounded.
class CompareModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int mostRuns = 50;
    using QAbstractTableModel::QAbstractTableModel;

    /// Replaces the rows of the last comparison.
    void setComparison(const ComparisonReport& report);
    void addRun(const StressReport& report);
    [[nodiscard]] const ComparedRow& row(int row) const { return m_rows[size_t(row)]; }
    [[nodiscard]] int comparedRows() const; ///< of them those of the comparison

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const ComparedRow& row, CompareColumn column) const;

    std::vector<ComparedRow> m_rows;
    int m_runs = 0; ///< how many single ones there were
};

/// The figure of a column; null for those without one.
[[nodiscard]] const Estimate* estimateOf(const ComparedStrategy& figures, CompareColumn column);
/// `16 clients, 4 keys, TTL 10 s, hold 1–5 ms, 2 faults`.
[[nodiscard]] QString loadText(const StressConfig& config);

} // namespace lockscope
