// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

namespace lockscope::plots {

// Inline SVG, 720 wide; colours that differ in grey, too. Empty where there is nothing to show.

/// Sections a second over time, faults as bands; open loop: the planned rate as a dashed line.
[[nodiscard]] QString throughput(const StressReport& report);
/// Waiting times over time: median and p99, logarithmic.
[[nodiscard]] QString waitOverTime(const StressReport& report);
/// Latency against percentile, 50 % to 99.99 %, logarithmic on both axes.
[[nodiscard]] QString percentiles(const StressReport& report);
/// Clients as lanes around the first violation, else the last moments of the run.
[[nodiscard]] QString lanes(const StressReport& report);

} // namespace lockscope::plots
