// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

#include <memory>

namespace lockscope {

/// The lock families that FamilyRegistry lists; each in a file of its own.

// In strings.
[[nodiscard]] std::unique_ptr<LockFamily> makeRedsyncFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisPyFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeKombuFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedBeatFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeCeleryOnceFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDogpileFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makePythonRedisLockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeSpringIntegrationFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeShedLockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedLockNetFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makePotteryFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDistributedLockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeNodeRedlockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisSemaphoreMutexFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeBullMqFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeBullFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedislockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRueidislockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeGoZeroFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeFoundatioFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeLaravelFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makePhpLockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeCheprasovFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedlockRbFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeAioredlockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeQuartzFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeSentryFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeGitLabFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeHangfireFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDiscourseFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisObjectsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeMlanettRedisLockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeNpmRedisLockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRqFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeAsynqFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRslockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisPlusPlusFamily();

// In hashes, sets and sorted sets.
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonRwlockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonMultilockFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonPermitsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonSemaphoreFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedissonLatchFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisQueuedLocksFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeSidekiqUniqueJobsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDistributedLockReadersFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeDistributedLockSemaphoreFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeRedisSemaphorePermitsFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeSymfonyFamily();
[[nodiscard]] std::unique_ptr<LockFamily> makeHueyFamily();

} // namespace lockscope
