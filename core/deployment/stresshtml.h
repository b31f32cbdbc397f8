// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

namespace lockscope {

/// The report for people: one self-contained HTML file (UTF-8) with inline SVG plots, without scripts and without
/// anything from elsewhere; readable on paper.
[[nodiscard]] QByteArray stressReportToHtml(const StressReport& report);

} // namespace lockscope
