// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/workerpool.h"

#include <QThreadPool>

#include <deque>
#include <mutex>
#include <utility>

namespace lockscope {

namespace {

using Work = UniqueFunction<void()>;

class WorkList {
public:
    void push(Work work)
    {
        const std::lock_guard guard(m_mutex);
        m_works.push_back(std::move(work));
    }
    [[nodiscard]] Work pop()
    {
        const std::lock_guard guard(m_mutex);
        Work first = std::move(m_works.front());
        m_works.pop_front();
        return first;
    }

private:
    std::mutex m_mutex;
    std::deque<Work> m_works;
};

// Never destroyed: a thread of the pool may outlive static objects.
WorkList& workList()
{
    static auto* const list = new WorkList;
    return *list;
}

} // namespace

void runInPool(UniqueFunction<void()> work)
{
    workList().push(std::move(work));
    QThreadPool::globalInstance()->start([] { workList().pop()(); });
}

} // namespace lockscope
