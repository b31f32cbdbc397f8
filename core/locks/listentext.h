// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

namespace lockscope {

/// How changes are heard, and the worst of what that cannot see, in one line: `Client tracking – not told how a lock
/// ended`. Empty where nothing is followed.
[[nodiscard]] QString listenText(const WatchStatus& status);
/// Why it is this way and no other; empty for notifications, which need no excuse.
[[nodiscard]] QString listenReason(const WatchStatus& status);
/// Each blind spot of the present way as a sentence.
[[nodiscard]] QStringList blindSpotTexts(const WatchStatus& status);

} // namespace lockscope
