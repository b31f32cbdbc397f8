// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locktable/lockcelldelegate.h"

namespace lockscope {

/// The lock library with an icon of its language before its name.
class FamilyDelegate final : public LockCellDelegate {
    Q_OBJECT
public:
    using LockCellDelegate::LockCellDelegate;

protected:
    void paintCell(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index,
        const Cell& cell) const override;
};

} // namespace lockscope
