// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/doctorreport.h"

namespace lockscope {

/// The word for a severity, as a heading: `Serious`, `Could not be checked`…
[[nodiscard]] QString severityTitle(Severity severity);
/// `missing`, `not known`…
[[nodiscard]] QString capabilityStateText(CapabilityState state);
/// `serious: 2, warnings: 1, could not be checked: 3, good: 12`; what there is none of is left out.
[[nodiscard]] QString countsText(const DoctorReport& report);
/// `redis 7.0.15, master`
[[nodiscard]] QString nodeText(const NodeCapabilities& node);

struct DoctorTextOptions {
    int width = 100; ///< columns; lines break at words
    bool brief = false; ///< a line a finding that is serious, a warning or unknown, and nothing else
};
/// A report to be read in a terminal or a mail; ends with a line end.
[[nodiscard]] QString doctorReportText(
    const DoctorReport& report, const QString& title, const DoctorTextOptions& options = {});

} // namespace lockscope
