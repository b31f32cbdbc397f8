// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockview.h"

#include "base/heap.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr auto shortestGhostHold = std::chrono::seconds(2);
constexpr size_t ghostLimit = 1000;

} // namespace

LockView::LockView()
    : m_rows(std::make_shared<LockRows>())
{
}

LockView::ChangedRows LockView::absorb(LockDelta&& delta, SteadyTime now)
{
    std::vector<quint32> values;
    const auto guard = m_rows->lockForWriting();
    for (const LockId& id : delta.removed) {
        if (takeRemoved(id, now))
            values.push_back(id.slot);
    }
    const size_t ended = values.size();
    constexpr size_t ahead = 8; // what a change replaces lies anywhere in some hundred megabytes
    for (size_t i = 0; i < delta.changed.size(); ++i) {
        if (i + ahead < delta.changed.size() && delta.changed[i + ahead])
            m_rows->prefetch(delta.changed[i + ahead]->id.slot);
        SharedLock& changed = delta.changed[i];
        if (changed && changed->id.isValid())
            takeChanged(std::move(changed), now, values);
    }
    for (const LockEvent& event : delta.events)
        m_traces.explain(event);
    if (m_isFrozen)
        values.resize(ended);
    return rowsOf(values);
}

void LockView::clear()
{
    if (m_arrangementCancelled)
        *m_arrangementCancelled = true;
    const auto lock = m_rows->lockForWriting();
    m_rows->clear();
    m_slots.clear();
    m_flags.clear();
    m_ranks.clear();
    m_dirty.clear();
    m_shadows.clear();
    m_touched.clear();
    m_traces.clear();
    m_resting.clear();
}

bool LockView::takeRemoved(LockId id, SteadyTime now)
{
    const LockRecord* record = m_rows->find(id);
    if (!record)
        return false;
    const bool isShown = m_flags[id.slot] & InOrder;
    if (isShown) {
        shadow(id.slot);
        if (placed(id.slot).id == id) {
            m_traces.ended(*record, now);
            if (m_ghostTime > Milliseconds(0) && !m_isFrozen && isWorthAGhost(*record, now))
                rest(id);
        }
    }
    m_rows->erase(id.slot);
    touch(id.slot);
    markDirty(id.slot);
    return isShown;
}

// Where locks come and go several times a second, their ghosts would bury those that are held.
bool LockView::isWorthAGhost(const LockRecord& record, SteadyTime now) const
{
    const LockEnding* ending = m_traces.ending(record.id.slot);
    return now - record.firstSeen >= shortestGhostHold || (ending && ending->how == LockEnd::Forced);
}

void LockView::rest(LockId id)
{
    m_flags[id.slot] |= Resting;
    m_resting.push_back(id);
    if (m_resting.size() > ghostLimit) {
        letGo(m_resting.front());
        m_resting.pop_front();
    }
}

void LockView::letGo(LockId id)
{
    if (!(m_flags[id.slot] & Resting) || placed(id.slot).id != id)
        return;
    m_flags[id.slot] &= quint8(~Resting);
    markDirty(id.slot);
}

bool LockView::expireGhosts(SteadyTime now)
{
    while (!m_resting.empty() && !m_isFrozen) {
        const LockId id = m_resting.front();
        const LockEnding* ending = m_traces.ending(id.slot);
        if (ending && ending->last.id == id && now - ending->at < m_ghostTime)
            break;
        letGo(id);
        m_resting.pop_front();
    }
    return !m_resting.empty();
}

void LockView::takeChanged(SharedLock&& lock, SteadyTime now, std::vector<quint32>& values)
{
    const LockRecord& record = lock;
    const quint32 slot = record.id.slot;
    if (slot >= m_flags.size()) {
        growSparingly(m_flags, slot + 1);
        growSparingly(m_ranks, slot + 1);
    }
    const LockRecord* old = m_rows->at(slot);
    if (old && old->id != record.id) {
        takeRemoved(old->id, now);
        old = nullptr;
    }
    const bool isShown = m_flags[slot] & InOrder;
    if (old && isShown) {
        values.push_back(slot);
        if (m_isFrozen || m_order.compareColumn(*old, record) != 0)
            shadow(slot);
    }
    if (m_flags[slot] & Resting)
        letGo(placed(slot).id); // its place is taken
    if (!m_isFrozen)
        m_traces.changed(old, record, now);
    if (m_filter.accepts(record, now) != isShown)
        markDirty(slot);
    touch(slot);
    m_rows->store(std::move(lock));
}

void LockView::markDirty(quint32 slot)
{
    if (m_flags[slot] & Dirty)
        return;
    m_flags[slot] |= Dirty;
    m_dirty.push_back(slot);
}

void LockView::touch(quint32 slot)
{
    if (!m_arrangementCancelled || *m_arrangementCancelled || (m_flags[slot] & Touched))
        return;
    m_flags[slot] |= Touched;
    m_touched.push_back(slot);
}

void LockView::shadow(quint32 slot)
{
    if (m_flags[slot] & Shadowed)
        return;
    m_flags[slot] |= Shadowed;
    m_shadows.emplace(slot, m_rows->shared(slot));
    markDirty(slot);
}

LockView::ChangedRows LockView::rowsOf(const std::vector<quint32>& slots) const
{
    // A search costs about a microsecond at a million rows; views clip a wide range to what they show.
    constexpr size_t searchLimit = 64;
    if (slots.empty() || m_slots.empty())
        return {};
    if (slots.size() > searchLimit)
        return std::pair(0, int(m_slots.size()) - 1);
    std::pair range(int(m_slots.size()) - 1, 0);
    for (const quint32 slot : slots) {
        const int row = int(rowOfPlaced(slot));
        range = { std::min(range.first, row), std::max(range.second, row) };
    }
    return range;
}

const LockRecord& LockView::placed(quint32 slot) const
{
    if (m_flags[slot] & Shadowed)
        return m_shadows.find(slot)->second;
    return *m_rows->at(slot);
}

const LockRecord& LockView::placedNext(quint32 slot) const
{
    return m_flags[slot] & Resting ? placed(slot) : *m_rows->at(slot);
}

LockArrangement LockView::beginArrangement(const LockFilter& filter, LockSort sort, SteadyTime now)
{
    if (m_arrangementCancelled)
        *m_arrangementCancelled = true;
    for (const quint32 slot : m_touched)
        m_flags[slot] &= quint8(~Touched);
    m_touched.clear();
    LockArrangement arrangement;
    arrangement.rows = m_rows;
    arrangement.filter = filter;
    arrangement.order = LockOrder(sort);
    arrangement.now = now;
    m_arrangementCancelled = arrangement.cancelled;
    return arrangement;
}

quint32 LockView::review(quint32 fromSlot, quint32 count, SteadyTime now)
{
    const quint32 end = std::min(m_rows->slotEnd(), fromSlot + count);
    for (quint32 slot = fromSlot; slot < end; ++slot) {
        const LockRecord* record = m_rows->at(slot);
        if (record && m_filter.accepts(*record, now) != bool(m_flags[slot] & InOrder))
            markDirty(slot);
    }
    return end < m_rows->slotEnd() ? end : 0;
}

const LockRecord* LockView::recordAt(qsizetype row) const
{
    if (row < 0 || row >= rowCount())
        return nullptr;
    const quint32 slot = m_slots[size_t(row)];
    const LockRecord* current = m_rows->at(slot);
    if (!(m_flags[slot] & Shadowed))
        return current;
    const LockRecord* shadow = &*m_shadows.find(slot)->second;
    if (const LockEnding* end = m_isFrozen ? nullptr : m_traces.ending(slot); end && end->last.id == shadow->id)
        return &end->last;
    return m_isFrozen || !current || current->id != shadow->id ? shadow : current;
}

qsizetype LockView::rowOf(LockId id) const
{
    if (id.slot >= m_flags.size() || !(m_flags[id.slot] & InOrder))
        return -1;
    const LockRecord& record = placed(id.slot);
    if (record.id != id)
        return -1;
    const qsizetype row = rowOfPlaced(id.slot);
    return row < rowCount() && m_slots[size_t(row)] == id.slot ? row : -1;
}

qsizetype LockView::rowOf(LockId id, const LockViewPlan& plan) const
{
    const LockRecord* record = m_rows->find(id);
    if (!record && !plan.isRearrangement && id.slot < m_flags.size() && (m_flags[id.slot] & Resting)
        && placed(id.slot).id == id)
        record = &placed(id.slot);
    if (!record)
        return -1;
    const auto place = std::partition_point(
        plan.next.begin(), plan.next.end(), [&](quint32 slot) { return plan.order.less(placedNext(slot), *record); });
    return place != plan.next.end() && *place == id.slot ? place - plan.next.begin() : -1;
}

bool LockView::isGhost(qsizetype row) const
{
    if (row < 0 || row >= rowCount())
        return false;
    const quint32 slot = m_slots[size_t(row)];
    return (m_flags[slot] & Shadowed) && !m_rows->find(m_shadows.find(slot)->second->id);
}

const LockEnding* LockView::ending(qsizetype row) const
{
    return isGhost(row) ? m_traces.ending(m_slots[size_t(row)]) : nullptr;
}

LockCue LockView::cue(qsizetype row, SteadyTime now) const
{
    if (m_isFrozen || row < 0 || row >= rowCount() || isGhost(row))
        return {};
    return m_traces.cue(m_slots[size_t(row)], now);
}

} // namespace lockscope
