// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace lockscope {

/// The table's mirror of all locks, by slot. Kept in chunks, so that growing moves nothing and a pointer stays good
/// until its slot is written. The records are shared with the watch. One thread writes, holding mutex(); it may read
/// without. Other threads read slices holding it.
class LockRows {
public:
    /// Null for a slot without tenant.
    [[nodiscard]] const LockRecord* at(quint32 slot) const
    {
        if (slot >= slotEnd())
            return nullptr;
        const SharedLock& lock = place(slot);
        return lock ? &*lock : nullptr;
    }
    /// The lock of a slot that has one, to be kept.
    [[nodiscard]] const SharedLock& shared(quint32 slot) const { return place(slot); }
    /// Null when the slot has another tenant or none.
    [[nodiscard]] const LockRecord* find(LockId id) const
    {
        const LockRecord* record = at(id.slot);
        return record && record->id == id ? record : nullptr;
    }
    /// Has the record of a slot brought near: it will be read soon.
    void prefetch(quint32 slot) const
    {
        const LockRecord* record = at(slot);
        if (!record)
            return;
        __builtin_prefetch(record);
        __builtin_prefetch(reinterpret_cast<const char*>(record) + 64);
    }
    /// All slots are below it.
    [[nodiscard]] quint32 slotEnd() const { return quint32(m_chunks.size()) * chunkSize; }
    [[nodiscard]] qsizetype count() const { return m_count; }

    void store(SharedLock lock); ///< in the slot of its id, over what is there
    void erase(quint32 slot);
    /// Forgets all; frees a large number elsewhere than in the calling thread.
    void clear();

    /// For the writer; readers in other threads let it go first, or a series of short slices would keep it waiting.
    [[nodiscard]] std::unique_lock<std::mutex> lockForWriting() const;
    /// For one slice of a reader in another thread.
    [[nodiscard]] std::unique_lock<std::mutex> lockForReading() const;

private:
    static constexpr quint32 chunkSize = 2048;
    using Chunk = std::array<SharedLock, chunkSize>;

    [[nodiscard]] const SharedLock& place(quint32 slot) const
    {
        return (*m_chunks[slot / chunkSize])[slot % chunkSize];
    }
    [[nodiscard]] SharedLock& place(quint32 slot) { return (*m_chunks[slot / chunkSize])[slot % chunkSize]; }

    std::vector<std::unique_ptr<Chunk>> m_chunks;
    qsizetype m_count = 0;
    mutable std::mutex m_mutex;
    mutable std::atomic_int m_waitingWriters = 0;
};

} // namespace lockscope
