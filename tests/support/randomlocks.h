// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"

#include <random>

namespace lockscope {

/// A crowd of locks that are acquired, renewed, released and whose slots are used again, told as deltas.
class RandomLocks {
public:
    /// Prints the seed, so that a failure can be run again.
    explicit RandomLocks(quint32 seed);
    /// LOCKSCOPE_SEED, or a new one.
    [[nodiscard]] static quint32 seedFromEnvironment();

    /// `changes` random transitions, merged as the engine merges them.
    [[nodiscard]] LockDelta next(int changes);
    [[nodiscard]] const std::vector<LockRecord>& all() const { return m_locks; }

private:
    [[nodiscard]] int below(int limit);
    [[nodiscard]] LockRecord fresh();
    void mutate(LockRecord& lock);

    std::mt19937 m_random;
    std::vector<LockRecord> m_locks;
    std::vector<quint32> m_freeSlots;
    std::vector<quint32> m_generations;
};

} // namespace lockscope
