// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"

#include <array>
#include <deque>
#include <memory>
#include <vector>

namespace lockscope {

/// How many slots rest before one is used again, so that consumers can show for a while what was in it.
inline constexpr size_t restingSlots = 1024;

/// Every live lock by slot and by (database, key), with the changes since a consumer last looked. Cost of a change and
/// of taking the changes does not depend on how many locks there are.
class LockStore {
public:
    /// What the watch keeps of a lock beside what it shows.
    class Slot {
    public:
        [[nodiscard]] const LockRecord& record() const { return m_node->record; } ///< only of one that is alive
        [[nodiscard]] bool isShared() const { return m_isShared; } ///< a change of the record costs a copy of it
        /// Newest of what most readings change alone: the record follows when that is worth telling, so that it stays
        /// shared.
        SteadyTime verifiedAt {};
        SteadyTime deadline = noDeadline;
        quint32 hash = 0;
        quint16 pass = 0; ///< last pass during which it was seen or read, as LockTracker counts them
        quint16 families = 0; ///< which list of families it was examined with

    private:
        friend class LockStore;
        QExplicitlySharedDataPointer<SharedLock::Node> m_node;
        quint32 m_generation = 0; ///< survives the tenants
        bool m_isShared : 1 = false; ///< a consumer has the node: the next change makes another

    public:
        bool alive : 1 = false;
        bool dirty : 1 = false; ///< already among the changed
        bool told : 1 = false; ///< this tenant was handed to the consumer
        quint32 uncertaintyUs : 24 = 0; ///< the deadline lies within ± this of the record's
        static constexpr qint64 mostUncertaintyUs = (1 << 24) - 1;
    };
    static_assert(sizeof(Slot) <= 40); // of a million each byte is a megabyte

    LockStore();
    LockStore(const LockStore&) = delete;
    LockStore& operator=(const LockStore&) = delete;

    [[nodiscard]] size_t size() const { return m_size; }
    /// One past the highest slot ever used, for walking.
    [[nodiscard]] quint32 slotCount() const { return m_slotCount; }
    /// Any slot below slotCount(), alive or not.
    [[nodiscard]] Slot& slot(quint32 index) { return (*m_chunks[index / chunkSize])[index % chunkSize]; }
    [[nodiscard]] const Slot& slot(quint32 index) const { return (*m_chunks[index / chunkSize])[index % chunkSize]; }

    /// The slot of a key, or nullptr. Stays where it is until it is removed.
    [[nodiscard]] Slot* find(qint32 database, QByteArrayView key);
    [[nodiscard]] Slot* find(LockId id);
    /// Takes a record of a key that is not there yet; gives it its id.
    Slot& insert(LockRecord record);
    /// The record, to be changed, with the newest of the slot in it; the reference is good until the changes are taken
    /// or the lock is removed.
    LockRecord& edit(Slot& slot);
    /// Says that the record of this slot has changed.
    void touch(Slot& slot);
    void remove(Slot& slot);
    /// Forgets all; the next delta is a reset.
    void clear();

    [[nodiscard]] bool hasChanges() const { return m_reset || !m_changed.empty() || !m_removed.empty(); }
    /// Fills reset, removed and changed.
    void takeChanges(LockDelta& delta);
    /// Those that live now.
    [[nodiscard]] std::vector<SharedLock> all();

private:
    static constexpr quint32 chunkSize = 1024;
    static constexpr quint32 emptyCell = ~quint32(0); ///< of the index: no slot
    using Chunk = std::array<Slot, chunkSize>;

    [[nodiscard]] static quint32 hashOf(qint32 database, QByteArrayView key);
    [[nodiscard]] size_t findCell(quint32 hash, qint32 database, QByteArrayView key) const;
    [[nodiscard]] quint32 takeFreeSlot();
    void growIndex();
    void eraseCell(size_t position);

    std::vector<std::unique_ptr<Chunk>> m_chunks;
    std::deque<quint32> m_free; // oldest first
    std::vector<quint32> m_index; // slots by hash; open addressing, linear probing, at most half full
    size_t m_size = 0;
    quint32 m_slotCount = 0;
    std::vector<quint32> m_changed;
    std::vector<LockId> m_removed;
    bool m_reset = false;
};

} // namespace lockscope
