// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lockscope {

/// Whether marks stand still and vanish instead of fading and pulsing; our own setting, for the whole application. GUI
/// thread.
[[nodiscard]] bool isMotionReduced();
void setMotionReduced(bool reduced);

} // namespace lockscope
