// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <QString>

namespace lockscope {

/// Why the table has no row although it is there.
enum class EmptyReason : quint8 {
    NoLocks,
    Filtered, ///< there are locks, and none passes the filter
    Arranging, ///< there are locks, and a worker is still putting them in order
};

/// What stands in the table while it has no rows: a title and what can be done.
struct EmptyText {
    QString title;
    QString detail;
};
[[nodiscard]] EmptyText emptyText(const WatchStatus& status, EmptyReason reason, bool sandbox);

} // namespace lockscope
