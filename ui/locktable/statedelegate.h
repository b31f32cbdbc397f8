// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locktable/lockcelldelegate.h"
#include "locktable/lockcolors.h"

namespace lockscope {

/// A lock's state as a drawn shape, a colour and a word: held a filled disc, soon to end a half one, due a ring,
/// without TTL a square, stale a dashed ring.
class StateDelegate final : public LockCellDelegate {
    Q_OBJECT
public:
    using LockCellDelegate::LockCellDelegate;

protected:
    void paintCell(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index,
        const Cell& cell) const override;
};

/// The shape alone, for legends and panels too.
void paintStateGlyph(QPainter& painter, const QRectF& square, LockTone tone, const QColor& color);

} // namespace lockscope
