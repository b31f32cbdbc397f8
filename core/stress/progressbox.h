// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace lockscope {

/// Where a run leaves what others see of it. Any thread.
class ProgressBox {
public:
    void put(std::shared_ptr<const StressProgress> progress)
    {
        const std::lock_guard guard(m_mutex);
        m_progress = std::move(progress);
    }
    /// Null before the first.
    [[nodiscard]] std::shared_ptr<const StressProgress> progress() const
    {
        const std::lock_guard guard(m_mutex);
        return m_progress;
    }
    void finish(Result<std::shared_ptr<const StressReport>> result)
    {
        const std::lock_guard guard(m_mutex);
        m_result = std::move(result);
    }
    /// Nothing while the run goes on.
    [[nodiscard]] std::optional<Result<std::shared_ptr<const StressReport>>> result() const
    {
        const std::lock_guard guard(m_mutex);
        return m_result;
    }
    /// Ends the checks after the load as well.
    std::atomic<bool> endChecks { false };

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const StressProgress> m_progress;
    std::optional<Result<std::shared_ptr<const StressReport>>> m_result;
};

} // namespace lockscope
