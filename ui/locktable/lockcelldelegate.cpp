// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/lockcelldelegate.h"

#include "locktable/lockcolors.h"
#include "locktable/lockcolumns.h"
#include "locktable/lockcues.h"
#include "locktable/locktablemodel.h"

#include <QFontDatabase>
#include <QPainter>
#include <QTableView>

namespace lockscope {

namespace {

QPalette::ColorGroup colorGroup(const QStyleOptionViewItem& option)
{
    if (!(option.state & QStyle::State_Enabled))
        return QPalette::Disabled;
    return option.state & QStyle::State_Active ? QPalette::Normal : QPalette::Inactive;
}

// The row of the keyboard's cursor is framed above and below, selected or not.
void paintCurrentRow(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const auto* view = qobject_cast<const QTableView*>(option.widget);
    if (!view || !view->hasFocus() || view->currentIndex().row() != index.row())
        return;
    const bool isSelected = option.state & QStyle::State_Selected;
    painter.setPen(option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Highlight));
    painter.drawLine(option.rect.topLeft(), option.rect.topRight());
    painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
}

QFont fixedFont(const QFont& like)
{
    static const QString family = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    QFont font = like;
    font.setFamily(family);
    return font;
}

} // namespace

void LockCellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = static_cast<const LockTableModel*>(index.model());
    const LockRecord* lock = model->recordAt(index.row());
    if (!lock)
        return;
    const bool isSelected = option.state & QStyle::State_Selected;
    const QPalette::ColorGroup group = colorGroup(option);
    painter->save();
    if (isSelected)
        painter->fillRect(option.rect, option.palette.brush(group, QPalette::Highlight));
    paintCurrentRow(*painter, option, index);
    const bool isGhost = model->isGhost(index.row());
    QColor text = option.palette.color(group, isSelected ? QPalette::HighlightedText : QPalette::Text);
    if (!isSelected && (isGhost || lock->state == LockState::Stale))
        text = toneTextColor(LockTone::Stale, option.palette);
    const LockCue cue = model->cue(index.row());
    if (!isSelected)
        paintCellCue(*painter, option.rect, LockColumn(index.column()), cue, option.palette);
    const LockEnding* ending = model->ending(index.row());
    if (ending && !isSelected)
        paintEndCue(*painter, option.rect, LockColumn(index.column()), ending->how,
            std::chrono::duration_cast<Milliseconds>(model->now() - ending->at), option.palette);
    // A lock that ended is not held any longer.
    const Cell cell { *lock, ending ? ending->at : model->now(), option.rect.adjusted(margin, 0, -margin, 0), text,
        isSelected, isGhost, ending, cue, !isGhost && model->isOwn(*lock) };
    painter->setPen(text);
    painter->setFont(option.font);
    paintCell(*painter, option, index, cell);
    painter->restore();
}

void LockCellDelegate::paintCell(
    QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index, const Cell& cell) const
{
    const auto column = LockColumn(index.column());
    const bool isKey = column == LockColumn::Key;
    drawCellText(painter, option,
        { lockCellText(cell.lock, column, cell.now), cell.rect, lockColumnInfo(column).alignment,
            isKey ? Qt::ElideMiddle : Qt::ElideRight, column == LockColumn::Token, cell.isGhost });
}

void LockCellDelegate::drawCellText(
    QPainter& painter, const QStyleOptionViewItem& option, const CellText& cellText) const
{
    if (m_font != option.font) {
        m_texts.clear();
        m_font = option.font;
        m_fixedFont = fixedFont(option.font);
    }
    const QFont& font = cellText.isFixedWidth ? m_fixedFont : *m_font;
    const int look = int(cellText.elide) * 2 + (cellText.isFixedWidth ? 1 : 0);
    const TextKey key { cellText.text, cellText.rect.width(), look };
    const QStaticText* text = m_texts.object(key);
    if (!text) {
        auto* fresh = new QStaticText(QFontMetrics(font).elidedText(key.text, cellText.elide, key.width));
        fresh->setTextFormat(Qt::PlainText);
        fresh->prepare({}, font);
        m_texts.insert(key, fresh);
        text = fresh;
    }
    const auto alignment = QStyle::visualAlignment(option.direction, cellText.alignment);
    const QSize size = text->size().toSize();
    const int x = alignment & Qt::AlignRight ? cellText.rect.right() + 1 - size.width() : cellText.rect.left();
    painter.setFont(font);
    painter.drawStaticText(x, cellText.rect.top() + (cellText.rect.height() - size.height()) / 2, *text);
    // A struck-out font is misplaced by static texts.
    if (cellText.isStruckOut && size.width() > 0)
        painter.drawLine(x, cellText.rect.center().y(), x + size.width(), cellText.rect.center().y());
}

QSize LockCellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int width = option.fontMetrics.averageCharWidth() * lockColumnInfo(LockColumn(index.column())).width;
    return { width + 2 * margin, option.fontMetrics.height() + margin };
}

} // namespace lockscope
