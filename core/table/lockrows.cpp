// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockrows.h"

#include "base/workerpool.h"

#include <thread>

namespace lockscope {

std::unique_lock<std::mutex> LockRows::lockForWriting() const
{
    ++m_waitingWriters;
    std::unique_lock lock(m_mutex);
    --m_waitingWriters;
    return lock;
}

std::unique_lock<std::mutex> LockRows::lockForReading() const
{
    while (m_waitingWriters.load(std::memory_order_relaxed) > 0)
        std::this_thread::yield();
    return std::unique_lock(m_mutex);
}

void LockRows::store(SharedLock lock)
{
    const quint32 slot = lock->id.slot;
    while (slot >= slotEnd())
        m_chunks.push_back(std::make_unique<Chunk>());
    SharedLock& stored = place(slot);
    m_count += stored ? 0 : 1;
    stored = std::move(lock);
}

void LockRows::erase(quint32 slot)
{
    if (!at(slot))
        return;
    place(slot) = SharedLock();
    --m_count;
}

void LockRows::clear()
{
    const bool isLarge = m_count > 20000;
    auto old = std::make_shared<std::vector<std::unique_ptr<Chunk>>>(std::move(m_chunks));
    m_chunks.clear();
    m_count = 0;
    // A million byte arrays take tens of milliseconds to free.
    if (isLarge)
        runInPool([old = std::move(old)]() mutable { old.reset(); });
}

} // namespace lockscope
