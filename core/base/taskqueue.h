// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"

#include <mutex>
#include <utility>
#include <vector>

namespace lockscope {

/// Tasks on their way from any thread to one other, with what they carry. It wakes nobody: push() says when to. A queue
/// of our own and not Qt's events, because its lock is visible to the thread sanitizer, and that of a Qt library is
/// not.
class TaskQueue {
public:
    using Task = UniqueFunction<void()>;

    /// True: it was empty, so the taker has to be woken.
    [[nodiscard]] bool push(Task task)
    {
        const std::lock_guard guard(m_mutex);
        m_tasks.push_back(std::move(task));
        return m_tasks.size() == 1;
    }
    /// All tasks, oldest first.
    [[nodiscard]] std::vector<Task> take()
    {
        const std::lock_guard guard(m_mutex);
        return std::exchange(m_tasks, {});
    }

private:
    std::mutex m_mutex;
    std::vector<Task> m_tasks;
};

} // namespace lockscope
