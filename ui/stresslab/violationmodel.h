// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QAbstractTableModel>

namespace lockscope {

enum class ViolationColumn : quint8 { Time, Kind, Cause, Clients, Key };
inline constexpr int violationColumnCount = int(ViolationColumn::Key) + 1;

/// The violations of a run, in the order in which they were found.
class ViolationModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    /// The list of one run only grows; a shorter one begins anew.
    void setViolations(const std::vector<Violation>& violations, const std::vector<LaneScene>& scenes);
    void clear() { setViolations({}, {}); }
    [[nodiscard]] const Violation* at(int row) const;
    [[nodiscard]] LaneScene scene(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const Violation& violation, ViolationColumn column) const;

    std::vector<Violation> m_violations;
    std::vector<LaneScene> m_scenes;
};

} // namespace lockscope
