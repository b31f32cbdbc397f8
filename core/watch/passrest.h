// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

namespace lockscope {

/// The first pass over so few keys takes the server some milliseconds in all: whoever has just come need not wait.
inline constexpr qint64 quickStartKeys = 10'000;

/// From the end of a pass to the next where every event is heard. Looking again is then for what no event tells of
/// (SWAPDB, a flush) and the number of keys does not give away: most of the time is left to the changes. `keys` is
/// negative while it is not known.
[[nodiscard]] Milliseconds restAfterPass(Milliseconds pass, qint64 keys);

} // namespace lockscope
