// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/doctorreport.h"
#include "doctor/nodeanswers.h"

namespace lockscope {

/// The commands that tell what a server lets us do; as Check::needs(). None changes anything; a script (`return 1`) is
/// only tried where writes are open.
[[nodiscard]] QList<Words> capabilityNeeds(const NodeAnswers& node);
/// What they told, and what is lost where something is missing.
[[nodiscard]] NodeCapabilities capabilitiesOf(const NodeAnswers& node);

} // namespace lockscope
