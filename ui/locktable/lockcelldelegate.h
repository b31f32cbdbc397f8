// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/locktraces.h"

#include <QCache>
#include <QStaticText>
#include <QStyledItemDelegate>

#include <optional>

namespace lockscope {

/// Paints a cell of the lock table straight from the record, without asking the model for roles: keys elided in the
/// middle, tokens on the right in a fixed-width font. Base of the delegates that draw more than text.
class LockCellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const final;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    /// Room between a cell's edge and what is in it, in pixels.
    static constexpr int margin = 8;

protected:
    struct Cell {
        const LockRecord& lock;
        SteadyTime now;
        QRect rect; ///< without the margins
        QColor text; ///< for this row, selected or not
        bool isSelected;
        bool isGhost;
        const LockEnding* ending; ///< of a ghost, where it is known; else null
        LockCue cue; ///< what has just happened to it
        bool isOwn; ///< this window holds it
    };
    struct CellText {
        QString text;
        QRect rect;
        Qt::Alignment alignment;
        Qt::TextElideMode elide = Qt::ElideRight;
        bool isFixedWidth = false;
        bool isStruckOut = false;
    };
    /// One line, elided; laid out once and then kept for a while, since most cells say the same in the next frame.
    void drawCellText(QPainter& painter, const QStyleOptionViewItem& option, const CellText& cellText) const;
    virtual void paintCell(
        QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index, const Cell& cell) const;

private:
    struct TextKey {
        QString text;
        int width = 0;
        int look = 0; // elide mode and font
        friend bool operator==(const TextKey&, const TextKey&) = default;
        friend size_t qHash(const TextKey& key, size_t seed = 0)
        {
            return qHashMulti(seed, key.text, key.width, key.look);
        }
    };
    mutable QCache<TextKey, QStaticText> m_texts { 2000 };
    mutable std::optional<QFont> m_font; // that they are laid out in
    mutable QFont m_fixedFont;
};

} // namespace lockscope
