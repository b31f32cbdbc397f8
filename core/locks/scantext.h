// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

namespace lockscope {

/// Where the passes run, in one line; empty where no replica is wanted.
[[nodiscard]] QString scanText(const ScanSource& scan);
/// The same of all servers together: how many are on replicas, or the first reason why one is not.
[[nodiscard]] QString scanSummary(const WatchStatus& status);
/// One line for each server where a replica is wanted, named where there are several, and what the choice means.
[[nodiscard]] QStringList scanTexts(const WatchStatus& status);

} // namespace lockscope
