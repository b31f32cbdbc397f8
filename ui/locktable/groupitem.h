// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidgetItem>

namespace lockscope {

/// A group in the tree of groups. Sorts by its figures; the row of the others stays behind all.
class GroupItem final : public QTreeWidgetItem {
public:
    enum Column : quint8 { Name, Locks, WithoutTtl, EndingSoon, Holders, columnCount };
    enum Role : quint16 {
        WordRole = Qt::UserRole, ///< the filter word, in the first column
        CountRole, ///< the figure of a column
    };

    bool isOthers = false; ///< stands for the groups that are not listed

    bool operator<(const QTreeWidgetItem& other) const override;
};

} // namespace lockscope
