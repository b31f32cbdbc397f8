// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lockscope::lanes {

// Measures of the lanes, in pixels.
inline constexpr int gutter = 92; ///< names of the clients
inline constexpr int rightMargin = 12;
inline constexpr int ruler = 26; ///< times, on top
inline constexpr int legend = 26; ///< at the bottom
inline constexpr int laneHeight = 20;

} // namespace lockscope::lanes
