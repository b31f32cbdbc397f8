// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

namespace lockscope {

class JsonWriter;

/// The report as the contract's section 4 has it, with more beside: latencies in ms, times in ms since the start of the
/// load. `withHistory`: the whole bundle, with samples, lanes and operations; without it, what a pipe wants.
[[nodiscard]] QByteArray stressReportToJson(const StressReport& report, bool withHistory);
/// `config` and `seed`, as members of the object that is open.
void writeStressConfig(JsonWriter& writer, const StressConfig& config);

} // namespace lockscope
