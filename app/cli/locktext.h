// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"
#include "table/lockcolumn.h"

#include <vector>

namespace lockscope::cli {

// Locks as text for people: the columns of LockColumn, everything foreign escaped.

[[nodiscard]] QString columnTitle(LockColumn column);
[[nodiscard]] QString columnText(
    const LockRecord& record, LockColumn column, const WatchStatus& status, SteadyTime now);
/// Ends soonest first, those without TTL last.
void sortByRemaining(std::vector<const LockRecord*>& locks);
/// The number of terminal cells of a text.
[[nodiscard]] int cellWidth(const QString& text);
/// Cut with an ellipsis or filled with blanks to exactly this many cells; `rightAligned` fills on the left.
[[nodiscard]] QString fitted(const QString& text, int cells, bool rightAligned = false);
/// How whole and how old the picture is, in one line.
[[nodiscard]] QString completenessText(const WatchStatus& status, qsizetype locks);
/// Where the passes run, where a replica is wanted, behind a dash; else empty.
[[nodiscard]] QString scanSourceText(const WatchStatus& status);
/// How many of several masters are there.
[[nodiscard]] QString nodesText(const WatchStatus& status);
/// Server, version, role and database in one line.
[[nodiscard]] QString serverText(const WatchStatus& status);

} // namespace lockscope::cli
