// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <QString>

namespace lockscope {

/// What stands in the table while it has no rows: a title and what can be done.
struct EmptyText {
    QString title;
    QString detail;
};
/// `filtered`: there are locks, but the filter lets none pass.
[[nodiscard]] EmptyText emptyText(const WatchStatus& status, bool filtered, bool sandbox);

} // namespace lockscope
