// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/deadlinequeue.h"

#include <algorithm>

namespace lockscope {

namespace {
constexpr size_t arity = 4; // shallower than a binary heap: fewer cache misses at a million entries
constexpr quint32 lastTick = ~quint32(0);
constexpr Milliseconds originAge { lastTick / 2 };
} // namespace

void DeadlineQueue::set(quint32 slot, SteadyTime when)
{
    if (slot >= m_positions.size())
        m_positions.resize(std::max<size_t>(slot + 1, m_positions.size() * 2), absent);
    quint32 position = m_positions[slot];
    if (position == absent) {
        position = quint32(m_heap.size());
        m_heap.push_back({ ticks(when), slot });
        m_positions[slot] = position;
        siftUp(position);
        return;
    }
    const quint32 before = m_heap[position].when;
    m_heap[position].when = ticks(when);
    if (m_heap[position].when < before)
        siftUp(position);
    else
        siftDown(position);
}

void DeadlineQueue::remove(quint32 slot)
{
    if (slot < m_positions.size() && m_positions[slot] != absent)
        removeAt(m_positions[slot]);
}

void DeadlineQueue::clear()
{
    m_heap.clear();
    m_positions.clear();
}

std::optional<SteadyTime> DeadlineQueue::head() const
{
    if (m_heap.empty())
        return {};
    return m_origin + Milliseconds(m_heap.front().when);
}

quint32 DeadlineQueue::ticks(SteadyTime when) const
{
    const auto ms = std::chrono::ceil<Milliseconds>(when - m_origin).count();
    return quint32(std::clamp<qint64>(ms, 0, lastTick));
}

// All keep their distances, so the heap stays one; those that lay beyond the end come up too early once more.
void DeadlineQueue::moveOrigin(SteadyTime now)
{
    const quint32 passed = ticks(now);
    for (Entry& entry : m_heap)
        entry.when -= std::min(entry.when, passed);
    m_origin += Milliseconds(passed);
}

std::optional<quint32> DeadlineQueue::takeDue(SteadyTime now)
{
    if (now - m_origin > originAge)
        moveOrigin(now);
    if (m_heap.empty() || m_origin + Milliseconds(m_heap.front().when) > now)
        return {};
    const quint32 slot = m_heap.front().slot;
    removeAt(0);
    return slot;
}

void DeadlineQueue::removeAt(size_t position)
{
    m_positions[m_heap[position].slot] = absent;
    const Entry last = m_heap.back();
    m_heap.pop_back();
    if (position == m_heap.size())
        return;
    place(position, last);
    siftUp(position);
    siftDown(m_positions[last.slot]);
}

void DeadlineQueue::place(size_t position, const Entry& entry)
{
    m_heap[position] = entry;
    m_positions[entry.slot] = quint32(position);
}

void DeadlineQueue::siftUp(size_t position)
{
    const Entry entry = m_heap[position];
    while (position > 0) {
        const size_t parent = (position - 1) / arity;
        if (m_heap[parent].when <= entry.when)
            break;
        place(position, m_heap[parent]);
        position = parent;
    }
    place(position, entry);
}

void DeadlineQueue::siftDown(size_t position)
{
    const Entry entry = m_heap[position];
    while (true) {
        const size_t first = position * arity + 1;
        if (first >= m_heap.size())
            break;
        const size_t end = std::min(first + arity, m_heap.size());
        size_t least = first;
        for (size_t child = first + 1; child < end; ++child) {
            if (m_heap[child].when < m_heap[least].when)
                least = child;
        }
        if (entry.when <= m_heap[least].when)
            break;
        place(position, m_heap[least]);
        position = least;
    }
    place(position, entry);
}

} // namespace lockscope
