// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/evenrowheader.h"

#include <algorithm>

namespace lockscope {

EvenRowHeader::EvenRowHeader(QWidget* parent)
    : QHeaderView(Qt::Vertical, parent)
{
    hide();
    setSectionResizeMode(QHeaderView::Fixed);
}

void EvenRowHeader::setModel(QAbstractItemModel* model)
{
    QHeaderView::setModel(model);
    if (!model)
        return;
    disconnect(model, &QAbstractItemModel::rowsInserted, this, nullptr);
    disconnect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this, nullptr);
    disconnect(model, &QAbstractItemModel::rowsRemoved, this, nullptr);
    disconnect(model, &QAbstractItemModel::layoutAboutToBeChanged, this, nullptr);
    disconnect(model, &QAbstractItemModel::layoutChanged, this, nullptr);
    connect(model, &QAbstractItemModel::rowsInserted, this, &EvenRowHeader::countSections);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &EvenRowHeader::countSections);
}

void EvenRowHeader::countSections()
{
    const int before = count();
    const int now = model()->rowCount(rootIndex());
    if (now == 0 || before == 0)
        return initializeSections();
    if (now == before)
        return;
    initializeSections(std::min(before, now - 1), now - 1);
    Q_EMIT sectionCountChanged(before, now);
}

} // namespace lockscope
