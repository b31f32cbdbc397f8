// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/statedelegate.h"

#include "locktable/lockcolumns.h"
#include "locktable/lockcues.h"

#include <QPainter>

namespace lockscope {

namespace {
constexpr int ownMarkWidth = 3;
} // namespace

void paintStateGlyph(QPainter& painter, const QRectF& square, LockTone tone, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF inner = square.adjusted(1, 1, -1, -1);
    const bool isOutline
        = tone == LockTone::Due || tone == LockTone::Stale || tone == LockTone::Soon || tone == LockTone::Minority;
    painter.setPen(QPen(color, 1.6, tone == LockTone::Stale ? Qt::DotLine : Qt::SolidLine));
    painter.setBrush(isOutline ? QBrush(Qt::NoBrush) : QBrush(color));
    if (tone == LockTone::NoTtl)
        painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5));
    else if (tone == LockTone::Urgent)
        painter.drawPolygon(
            QPolygonF({ QPointF(inner.center().x(), inner.top()), inner.bottomRight(), inner.bottomLeft() }));
    else if (tone == LockTone::Minority)
        painter.drawPolygon(
            QPolygonF({ QPointF(inner.center().x(), inner.top()), QPointF(inner.right(), inner.center().y()),
                QPointF(inner.center().x(), inner.bottom()), QPointF(inner.left(), inner.center().y()) }));
    else
        painter.drawEllipse(inner);
    if (tone == LockTone::Soon) {
        painter.setBrush(color);
        painter.drawChord(inner, 90 * 16, 180 * 16);
    }
    painter.restore();
}

void StateDelegate::paintCell(
    QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex&, const Cell& cell) const
{
    const LockTone tone = cell.isGhost ? LockTone::Stale : lockTone(cell.lock, cell.now);
    const int side = qMin(12, cell.rect.height() - 4);
    const QRect glyph(cell.rect.left(), cell.rect.top() + (cell.rect.height() - side) / 2, side, side);
    paintStateGlyph(painter, glyph, tone, cell.isSelected ? cell.text : toneColor(tone, option.palette));
    if (cell.isOwn && !cell.isSelected)
        painter.fillRect(option.rect.x(), option.rect.y(), ownMarkWidth, option.rect.height(),
            option.palette.color(QPalette::Highlight));
    const bool isPlain
        = cell.isSelected || cell.isGhost || cell.lock.state == LockState::Held || cell.lock.state == LockState::Quorum;
    painter.setPen(isPlain ? cell.text : toneTextColor(tone, option.palette));
    const QRect text = cell.rect.adjusted(side + 6, 0, 0, 0);
    QString word = !cell.isGhost ? (cell.isOwn ? ownLockText() : lockCellText(cell.lock, LockColumn::State, cell.now))
        : cell.ending            ? lockEndText(*cell.ending)
                                 : lockEndText(LockEnd::Unknown);
    if (const QString news = cueWord(cell.cue);
        !cell.isGhost && !cell.isOwn && cell.lock.state == LockState::Held && !news.isEmpty())
        word = news;
    drawCellText(painter, option, { word, text, Qt::AlignLeading | Qt::AlignVCenter });
}

} // namespace lockscope
