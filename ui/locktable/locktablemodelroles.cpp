// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/locktablemodel.h"

#include "locktable/lockcolumns.h"
#include "table/lockorder.h"

// What views ask the model for, cell by cell.

namespace lockscope {

namespace {

QVariant sortValue(const LockRecord& lock, LockColumn column)
{
    const LockOrder order(LockSort { column, Qt::AscendingOrder });
    return order.isText() ? QVariant(order.text(lock)) : QVariant(order.rank(lock));
}

QVariant cellData(const LockRecord& lock, LockColumn column, int role, LinkState link, SteadyTime now)
{
    switch (role) {
    case Qt::DisplayRole:
        return lockCellText(lock, column, now);
    case Qt::ToolTipRole:
        return lockCellTip(lock, column, link, now);
    case Qt::AccessibleTextRole:
        return lockSentence(lock, now);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(lockColumnInfo(column).alignment);
    case LockTableModel::LockIdRole:
        return QVariant::fromValue(lock.id);
    case LockTableModel::SortValueRole:
        return sortValue(lock, column);
    default:
        return {};
    }
}

// The same for a row whose lock has ended.
QVariant endedCellData(const LockEnding& ending, LockColumn column, int role, SteadyTime now)
{
    switch (role) {
    case Qt::DisplayRole:
        if (column == LockColumn::State)
            return lockEndText(ending);
        if (column == LockColumn::Remaining)
            return QStringLiteral("–");
        break;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return lockEndSentence(ending, now);
    default:
        break;
    }
    return cellData(ending.last, column, role, LinkState::Ready, ending.at);
}

} // namespace

QVariant LockTableModel::data(const QModelIndex& index, int role) const
{
    const LockRecord* lock = index.isValid() ? recordAt(index.row()) : nullptr;
    if (const LockEnding* end = lock ? ending(index.row()) : nullptr)
        return endedCellData(*end, LockColumn(index.column()), role, now());
    if (lock && role == Qt::DisplayRole && index.column() == int(LockColumn::State) && isOwn(*lock))
        return ownLockText();
    return lock ? cellData(*lock, LockColumn(index.column()), role, link(), now()) : QVariant();
}

void LockTableModel::multiData(const QModelIndex& index, QModelRoleDataSpan roleDataSpan) const
{
    const LockRecord* lock = index.isValid() ? recordAt(index.row()) : nullptr;
    if (!lock) {
        for (QModelRoleData& item : roleDataSpan)
            item.clearData();
        return;
    }
    const LockEnding* end = ending(index.row());
    const SteadyTime now = this->now();
    const auto column = LockColumn(index.column());
    for (QModelRoleData& item : roleDataSpan) {
        if (!end && item.role() == Qt::DisplayRole && column == LockColumn::State && isOwn(*lock)) {
            item.setData(ownLockText());
            continue;
        }
        item.setData(
            end ? endedCellData(*end, column, item.role(), now) : cellData(*lock, column, item.role(), link(), now));
    }
}

Qt::ItemFlags LockTableModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && isGhost(index.row()) ? flags & ~Qt::ItemIsSelectable : flags;
}

QVariant LockTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= lockColumnCount)
        return {};
    const auto column = LockColumn(section);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return lockColumnTitle(column);
    case Qt::ToolTipRole:
        return lockColumnTip(column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(lockColumnInfo(column).alignment);
    default:
        return {};
    }
}

} // namespace lockscope
