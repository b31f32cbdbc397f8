// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/session.h"

namespace lockscope::cli {

/// `stress --compare`: the strategies of the invocation under this load.
[[nodiscard]] Result<int> runComparison(Session& session, const StressConfig& load);

} // namespace lockscope::cli
