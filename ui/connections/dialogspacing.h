// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lockscope {

/// Pixels between the parts of a dialog whose outermost layout has none, for the frame of the environment: layouts
/// inside it would inherit that.
inline constexpr int roomBetween = 6;

} // namespace lockscope
