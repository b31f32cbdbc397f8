// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/wrappingdelegate.h"

#include <QHeaderView>
#include <QStyle>
#include <QTimer>
#include <QTreeView>

namespace lockscope {

namespace {

constexpr int air = 6; // above and below together
constexpr int sideMargin = 4; // of the style, left and right
constexpr int narrowest = 60;

} // namespace

WrappingDelegate::WrappingDelegate(QTreeView* view)
    : QStyledItemDelegate(view)
    , m_view(view)
    , m_layoutSoon(new QTimer(this))
{
    m_layoutSoon->setSingleShot(true);
    connect(m_layoutSoon, &QTimer::timeout, view, &QTreeView::doItemsLayout);
    // Another width may take another number of lines.
    connect(view->header(), &QHeaderView::sectionResized, m_layoutSoon, QOverload<>::of(&QTimer::start));
}

int WrappingDelegate::textWidth(const QModelIndex& index) const
{
    const bool isSpanned = m_view->isFirstColumnSpanned(index.row(), index.parent());
    int width = isSpanned ? m_view->viewport()->width() : m_view->header()->sectionSize(index.column());
    if (index.column() == 0) {
        for (QModelIndex above = index.parent(); above.isValid(); above = above.parent())
            width -= m_view->indentation();
        if (m_view->rootIsDecorated())
            width -= m_view->indentation();
    }
    return width - 2 * sideMargin;
}

QSize WrappingDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem own = option;
    initStyleOption(&own, index);
    int beside = 0;
    if (own.features.testFlag(QStyleOptionViewItem::HasDecoration))
        beside += own.decorationSize.width() + sideMargin;
    if (own.features.testFlag(QStyleOptionViewItem::HasCheckIndicator))
        beside += m_view->style()->pixelMetric(QStyle::PM_IndicatorWidth) + sideMargin;
    const int width = qMax(narrowest, textWidth(index) - beside);
    const QRect lines = own.fontMetrics.boundingRect(QRect(0, 0, width, QWIDGETSIZE_MAX), Qt::TextWordWrap, own.text);
    // A column may be as wide as its widest text; what spans all of them takes what there is.
    const bool isSpanned = m_view->isFirstColumnSpanned(index.row(), index.parent());
    const int wanted = isSpanned ? narrowest : own.fontMetrics.horizontalAdvance(own.text) + beside + 3 * sideMargin;
    return { wanted, qMax(own.fontMetrics.height(), lines.height()) + air };
}

void WrappingDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->features |= QStyleOptionViewItem::WrapText;
}

} // namespace lockscope
