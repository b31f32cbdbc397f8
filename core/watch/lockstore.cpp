// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/lockstore.h"

#include "base/heap.h"

namespace lockscope {

LockStore::LockStore()
    : m_index(1024, emptyCell)
{
}

quint32 LockStore::hashOf(qint32 database, QByteArrayView key)
{
    const size_t hash = qHashBits(key.data(), size_t(key.size()), size_t(database) + 0x9e3779b9U);
    return quint32(hash ^ (quint64(hash) >> 32));
}

size_t LockStore::findCell(quint32 hash, qint32 database, QByteArrayView key) const
{
    const size_t mask = m_index.size() - 1;
    size_t position = hash & mask;
    while (m_index[position] != emptyCell) {
        const Slot& candidate = slot(m_index[position]);
        if (candidate.hash == hash && candidate.record().database == database && candidate.record().key == key)
            break;
        position = (position + 1) & mask;
    }
    return position;
}

LockStore::Slot* LockStore::find(qint32 database, QByteArrayView key)
{
    const quint32 index = m_index[findCell(hashOf(database, key), database, key)];
    return index == emptyCell ? nullptr : &slot(index);
}

LockStore::Slot* LockStore::find(LockId id)
{
    if (!id.isValid() || id.slot >= m_slotCount)
        return nullptr;
    Slot& candidate = slot(id.slot);
    return candidate.alive && candidate.record().id == id ? &candidate : nullptr;
}

quint32 LockStore::takeFreeSlot()
{
    if (m_free.size() > restingSlots) {
        const quint32 index = m_free.front();
        m_free.pop_front();
        return index;
    }
    if (m_slotCount == m_chunks.size() * chunkSize)
        m_chunks.push_back(std::make_unique<Chunk>());
    return m_slotCount++;
}

LockStore::Slot& LockStore::insert(LockRecord record)
{
    if ((m_size + 1) * 2 > m_index.size())
        growIndex();
    const quint32 hash = hashOf(record.database, record.key);
    const size_t position = findCell(hash, record.database, record.key);
    Q_ASSERT(m_index[position] == emptyCell);
    const quint32 index = takeFreeSlot();
    Slot& target = slot(index);
    if (++target.m_generation == 0) // 0 means "no lock"
        target.m_generation = 1;
    record.id = { index, target.m_generation };
    m_index[position] = index;
    ++m_size;

    target.verifiedAt = record.verifiedAt;
    target.deadline = record.deadline;
    target.m_node = new SharedLock::Node(std::move(record));
    target.m_isShared = false;
    target.hash = hash;
    target.pass = 0;
    target.uncertaintyUs = 0;
    target.alive = true;
    target.told = false;
    touch(target);
    return target;
}

LockRecord& LockStore::edit(Slot& slot)
{
    if (slot.m_isShared)
        slot.m_node = new SharedLock::Node(slot.record());
    slot.m_isShared = false;
    LockRecord& record = slot.m_node->record;
    record.verifiedAt = slot.verifiedAt;
    record.deadline = slot.deadline;
    return record;
}

void LockStore::touch(Slot& slot)
{
    if (slot.dirty)
        return;
    slot.dirty = true;
    m_changed.push_back(slot.record().id.slot);
}

void LockStore::remove(Slot& slot)
{
    Q_ASSERT(slot.alive);
    eraseCell(findCell(slot.hash, slot.record().database, slot.record().key));
    --m_size;
    const LockId id = slot.record().id;
    if (slot.told)
        m_removed.push_back(id);
    slot.alive = false;
    slot.told = false;
    slot.m_node.reset();
    m_free.push_back(id.slot);
}

void LockStore::clear()
{
    for (quint32 index = 0; index < m_slotCount; ++index) {
        if (slot(index).alive)
            remove(slot(index));
        slot(index).dirty = false;
    }
    m_changed.clear();
    m_removed.clear();
    m_reset = true;
}

void LockStore::takeChanges(LockDelta& delta)
{
    delta.reset = std::exchange(m_reset, false);
    delta.removed = std::exchange(m_removed, {});
    delta.changed.reserve(m_changed.size());
    for (quint32 index : m_changed) {
        Slot& changed = slot(index);
        changed.dirty = false;
        if (!changed.alive)
            continue;
        changed.told = true;
        changed.m_isShared = true;
        delta.changed.emplace_back(changed.m_node);
    }
    clearFully(m_changed);
}

std::vector<SharedLock> LockStore::all()
{
    std::vector<SharedLock> locks;
    locks.reserve(m_size);
    for (quint32 index = 0; index < m_slotCount; ++index) {
        Slot& candidate = slot(index);
        if (!candidate.alive)
            continue;
        candidate.m_isShared = true;
        locks.emplace_back(candidate.m_node);
    }
    return locks;
}

void LockStore::growIndex()
{
    const std::vector<quint32> old = std::exchange(m_index, std::vector<quint32>(m_index.size() * 2, emptyCell));
    const size_t mask = m_index.size() - 1;
    for (const quint32 index : old) {
        if (index == emptyCell)
            continue;
        size_t position = slot(index).hash & mask;
        while (m_index[position] != emptyCell)
            position = (position + 1) & mask;
        m_index[position] = index;
    }
}

void LockStore::eraseCell(size_t position)
{
    // Moves back whatever was pushed behind this cell, so that no grave markers pile up.
    const size_t mask = m_index.size() - 1;
    size_t next = position;
    while (true) {
        next = (next + 1) & mask;
        if (m_index[next] == emptyCell)
            break;
        const size_t home = slot(m_index[next]).hash & mask;
        if (((next - home) & mask) < ((next - position) & mask))
            continue;
        m_index[position] = m_index[next];
        position = next;
    }
    m_index[position] = emptyCell;
}

} // namespace lockscope
