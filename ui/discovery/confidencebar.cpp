// SPDX-License-Identifier: GPL-3.0-or-later
#include "discovery/confidencebar.h"

#include "common/theme.h"

#include <QApplication>
#include <QPainter>

namespace lockscope {

namespace {

constexpr int barWidth = 56;
constexpr int barHeight = 6;
constexpr int gap = 6;

} // namespace

void ConfidenceBar::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString text = std::exchange(cell.text, QString());
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
    const bool isSelected = cell.state.testFlag(QStyle::State_Selected);
    const ThemeColors& colors = currentColors();
    const QColor ink = isSelected ? cell.palette.color(QPalette::HighlightedText) : colors.text;
    QRectF bar(cell.rect.left() + gap, cell.rect.center().y() - barHeight / 2.0, barWidth, barHeight);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors.border);
    painter->drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    bar.setWidth(barWidth * std::clamp(index.data(shareRole).toDouble(), 0.0, 1.0));
    painter->setBrush(isSelected ? ink : colors.accent);
    painter->drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    painter->setPen(ink);
    painter->drawText(cell.rect.adjusted(barWidth + 2 * gap, 0, -gap, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
    painter->restore();
}

QSize ConfidenceBar::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return QStyledItemDelegate::sizeHint(option, index) + QSize(barWidth + 2 * gap, 0);
}

} // namespace lockscope

#include "moc_confidencebar.cpp"
