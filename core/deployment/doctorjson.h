// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/doctorreport.h"

namespace lockscope {

/// `{"verdict":…,"counts":{serious, warning, unknown, info, ok},"findings":[{check, severity, nodes, title, evidence,
/// why, mend, commands, source}…],"capabilities":[{node, flavour, version, role, probe_ms, capabilities:[{name, state,
/// reason, consequence}…]}…],"took_ms":…,"taken_at":…}`: one compact document without a line end. `verdict` is the most
/// serious `severity` there is; `check`, `severity`, `name` and `state` are stable, the other texts are for people;
/// what there is nothing to say about is null.
[[nodiscard]] QByteArray doctorToJson(const DoctorReport& report);

} // namespace lockscope
