// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

namespace lockscope {

// Several holders, and what stands beside a lock, as lines for people.

[[nodiscard]] QString lockModeTitle(LockMode mode);
/// A line for each holder with what is left of its own time; empty where the one token says it all.
[[nodiscard]] QString holdersText(const LockRecord& record, SteadyTime now);
/// How many wait, and the first of them; why it is not known where it is not.
[[nodiscard]] QString waitersText(const LockInspection& inspection);
/// A line for each key that the family keeps beside the lock.
[[nodiscard]] QString auxiliaryText(const LockInspection& inspection);

} // namespace lockscope
