// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

#include <memory>

namespace lockscope {

/// The lock families that FamilyRegistry lists; each in a file of its own.

// In strings.
[[nodiscard]] std::unique_ptr<LockFamily> makeRedsyncFamily();

// In hashes, sets and sorted sets.
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonRwlockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonMultilockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonPermitsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonSemaphoreFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisQueuedLocksFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeSidekiqUniqueJobsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDistributedLockReadersFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDistributedLockSemaphoreFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisSemaphorePermitsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeSymfonyFamily();

} // namespace lockscope
