// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

namespace lockscope {

/// The sum of what several places say: complete only if all are, hearing only if all do; counts and rates are added.
/// Fields that belong to no place (nodes, locks, databases, the rates that are measured over all) stay as they are in
/// `total`.
void mergeStatus(WatchStatus& total, const QList<WatchStatus>& parts);

/// What of it belongs to one node.
[[nodiscard]] NodeStatus nodeStatusOf(const WatchStatus& status, const QString& name);

} // namespace lockscope
