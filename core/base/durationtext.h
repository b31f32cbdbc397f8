// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QString>

namespace lockscope {

/// A duration as people read a countdown, at most two units, fixed width for the frequent ones: `0.4 s`, `29.8 s`,
/// `4 m 05 s`, `2 h 10 m`, `3 d 04 h`. Negative counts as zero.
[[nodiscard]] QString durationText(Milliseconds duration);

} // namespace lockscope
