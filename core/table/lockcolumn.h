// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>
#include <qnamespace.h>

namespace lockscope {

/// The columns of the lock table, of the CLI's list, and of exports; texts in lockcolumns (ui) and the CLI.
enum class LockColumn : quint8 {
    State,
    Key,
    Family,
    Token,
    Owner,
    Remaining,
    Held,
    Renewals,
    Database,
    Node,
    Rhythm,
    Waiters,
    Suspicion
};
inline constexpr int lockColumnCount = int(LockColumn::Suspicion) + 1;

struct LockSort {
    LockColumn column = LockColumn::Remaining;
    Qt::SortOrder order = Qt::AscendingOrder;

    friend bool operator==(const LockSort&, const LockSort&) = default;
};

} // namespace lockscope
