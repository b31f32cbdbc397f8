// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

namespace lockscope {

/// Where the passes run, in one line; empty where no replica is wanted.
[[nodiscard]] QString scanText(const ScanSource& scan);
/// One line for each server where a replica is wanted, named where there are several, and what the choice means.
[[nodiscard]] QStringList scanTexts(const WatchStatus& status);

} // namespace lockscope
