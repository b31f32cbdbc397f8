// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/strategy.h"

namespace lockscope {

/// All strategies, the sound ones first; they live as long as the program.
[[nodiscard]] const std::vector<std::unique_ptr<Strategy>>& strategies();
/// Null if there is none of that name.
[[nodiscard]] const Strategy* findStrategy(QByteArrayView name);

} // namespace lockscope
