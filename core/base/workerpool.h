// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"

namespace lockscope {

/// Runs `work` on a thread of Qt's global pool. What it carries goes over through a queue with a lock of our own,
/// because that one is visible to the thread sanitizer, and those inside a Qt library are not. Any thread.
void runInPool(UniqueFunction<void()> work);

} // namespace lockscope
