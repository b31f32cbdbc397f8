// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QTimer;
class QTreeView;

namespace lockscope {

/// Shows texts in as many lines as they need at the width that they have, and follows when it changes: what tells
/// somebody what to do is no matter for a tooltip. Items of one line get some air.
class WrappingDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    /// `view` owns it.
    explicit WrappingDelegate(QTreeView* view);

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    [[nodiscard]] int textWidth(const QModelIndex& index) const;

    QTreeView* m_view;
    QTimer* m_layoutSoon;
};

} // namespace lockscope
