// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"

#include <mutex>
#include <optional>

namespace lockscope {

/// Holds at most one delta on its way from the engine thread to the consumer: one of the few places where threads meet.
class DeltaMailbox {
public:
    [[nodiscard]] bool isEmpty() const
    {
        const std::lock_guard guard(m_mutex);
        return !m_delta;
    }
    /// Only while it is empty.
    void put(LockDelta delta)
    {
        const std::lock_guard guard(m_mutex);
        m_delta = std::move(delta);
    }
    [[nodiscard]] std::optional<LockDelta> take()
    {
        const std::lock_guard guard(m_mutex);
        return std::exchange(m_delta, std::nullopt);
    }

private:
    mutable std::mutex m_mutex;
    std::optional<LockDelta> m_delta;
};

} // namespace lockscope
