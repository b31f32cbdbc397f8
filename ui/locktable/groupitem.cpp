// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/groupitem.h"

#include <QHeaderView>
#include <QTreeWidget>

namespace lockscope {

bool GroupItem::operator<(const QTreeWidgetItem& other) const
{
    const QTreeWidget* tree = treeWidget();
    const int column = tree ? tree->sortColumn() : int(Name);
    const bool isAscending = !tree || tree->header()->sortIndicatorOrder() == Qt::AscendingOrder;
    if (const bool theirs = static_cast<const GroupItem&>(other).isOthers; isOthers != theirs)
        return isOthers != isAscending;
    if (column == Name)
        return text(Name).localeAwareCompare(other.text(Name)) < 0;
    return data(column, CountRole).toULongLong() < other.data(column, CountRole).toULongLong();
}

} // namespace lockscope
