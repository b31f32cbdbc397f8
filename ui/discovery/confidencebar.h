// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lockscope {

/// Paints a share as a bar with its percentage beside it. The model gives the share, 0 to 1, under shareRole and the
/// percentage as text.
class ConfidenceBar final : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int shareRole = Qt::UserRole + 1;
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace lockscope
