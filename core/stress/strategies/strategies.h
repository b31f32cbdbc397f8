// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/strategy.h"

namespace lockscope {

// One function a strategy, each in a file of its own; the registry calls them.

[[nodiscard]] std::unique_ptr<Strategy> makeSetNxStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeLuaStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeRedlockStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeFencedStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeRedissonStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeFairStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeReadWriteStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeSemaphoreStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeUnsafeIgnoreReplyStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeUnsafeGetDelStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeUnsafeNoTtlStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeUnsafeSetNxExpireStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeUnsafeExtendStrategy();
[[nodiscard]] std::unique_ptr<Strategy> makeUnsafeShortTtlStrategy();

} // namespace lockscope
