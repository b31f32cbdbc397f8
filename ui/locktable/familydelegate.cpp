// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/familydelegate.h"

#include "common/familyicon.h"
#include "common/icons.h"
#include "locktable/lockcolumns.h"

#include <QPainter>

namespace lockscope {

namespace {

constexpr int iconSize = 16;
constexpr int gap = 5;

} // namespace

void FamilyDelegate::paintCell(
    QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex&, const Cell& cell) const
{
    const qreal ratio = painter.device()->devicePixelRatioF();
    const QPoint at(cell.rect.left(), cell.rect.top() + (cell.rect.height() - iconSize) / 2);
    painter.drawPixmap(at, tintedPixmap(familyIcon(cell.lock.family), cell.text, iconSize, ratio));
    drawCellText(painter, option,
        { lockFamilyText(cell.lock.family), cell.rect.adjusted(iconSize + gap, 0, 0, 0),
            Qt::AlignLeading | Qt::AlignVCenter, Qt::ElideRight, false, cell.isGhost });
}

} // namespace lockscope
