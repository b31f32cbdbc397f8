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

void LockRows::store(LockRecord record)
{
    const quint32 slot = record.id.slot;
    while (slot >= slotEnd())
        m_chunks.push_back(std::make_unique<Chunk>());
    LockRecord& place = (*m_chunks[slot / chunkSize])[slot % chunkSize];
    m_count += (record.id.isValid() ? 1 : 0) - (place.id.isValid() ? 1 : 0);
    place = std::move(record);
}

void LockRows::erase(quint32 slot)
{
    if (!at(slot))
        return;
    (*m_chunks[slot / chunkSize])[slot % chunkSize] = LockRecord();
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
