// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "locks/watchstatus.h"

#include <QString>

namespace lockscope {

/// Lines for a shell that look at the lock and release it by compare-and-delete; no password in them.
[[nodiscard]] QString lockRedisCliText(const LockRecord& record, const WatchStatus& status);
/// The lock as the contract's JSON, indented.
[[nodiscard]] QString lockJsonText(const LockRecord& record, const WatchStatus& status, const Clock& clock);

} // namespace lockscope
