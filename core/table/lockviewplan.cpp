// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockviewplan.h"

#include "base/heap.h"
#include "table/lockview.h"

#include <algorithm>
#include <bit>
#include <ranges>
#include <tuple>

namespace lockscope {

namespace {

// Placing more than these would keep the thread too long.
constexpr size_t touchedLimit = 10'000;

// Rows from one fence to the next: a power of two. Their ranks then stay in the processor's cache.
constexpr size_t fenceDistance = 64;

// Each run costs one move of the vector's rest: fewer of them where it is long.
size_t maximumRuns(qsizetype rows)
{
    return size_t(std::clamp<qsizetype>(8'000'000 / std::max<qsizetype>(1, rows), 2, 32));
}

void addToRuns(std::vector<RowRun>& runs, qsizetype row)
{
    if (!runs.empty() && runs.back().first + runs.back().count == row)
        ++runs.back().count;
    else
        runs.push_back({ row, 1 });
}

std::vector<RowRun> runsOf(const std::vector<qsizetype>& rows)
{
    std::vector<RowRun> runs;
    for (const qsizetype row : rows)
        addToRuns(runs, row);
    return runs;
}

// Where the entering rows stand at last, given the places of the present order that they come before.
std::vector<RowRun> insertionRuns(const std::vector<qsizetype>& leaving, const std::vector<qsizetype>& places)
{
    std::vector<RowRun> runs;
    size_t left = 0;
    for (size_t i = 0; i < places.size(); ++i) {
        while (left < leaving.size() && leaving[left] < places[i])
            ++left;
        addToRuns(runs, places[i] - qsizetype(left) + qsizetype(i));
    }
    return runs;
}

// The rows without the leaving ones, and with each entering one before its place.
void mergeRows(const std::vector<quint32>& rows, const std::vector<qsizetype>& leaving,
    const std::vector<quint32>& entering, const std::vector<qsizetype>& places, std::vector<quint32>& next)
{
    next.clear();
    next.reserve(rows.size() + entering.size() - leaving.size());
    qsizetype row = 0;
    size_t left = 0;
    const auto copyUntil = [&](qsizetype end) {
        while (row < end) {
            const qsizetype stop = left < leaving.size() ? std::min(end, leaving[left]) : end;
            next.insert(next.end(), rows.begin() + row, rows.begin() + stop);
            row = stop;
            if (row < end) {
                ++row;
                ++left;
            }
        }
    };
    for (size_t i = 0; i < places.size(); ++i) {
        copyUntil(places[i]);
        next.push_back(entering[i]);
    }
    copyUntil(qsizetype(rows.size()));
}

} // namespace

// A binary search in a million rows waits for memory at nearly each of its twenty steps. Several that take each step
// together wait hardly longer than one, and the wide steps find the ranks that they need in `fences`.
template <typename RecordOf>
std::vector<qsizetype> LockView::lowerBounds(const std::vector<quint32>& rows, const std::vector<quint64>& fences,
    const std::vector<Sought>& sought, RecordOf recordOf) const
{
    constexpr size_t together = 16;
    const bool isDescending = m_order.sort().order == Qt::DescendingOrder;
    const bool isText = m_order.isText();
    const auto isBefore = [&](quint64 rank, size_t row, const Sought& wanted) {
        if (rank != wanted.rank) [[likely]]
            return (rank < wanted.rank) != isDescending;
        return isText ? m_order.less(recordOf(rows[row]), *wanted.record) : rows[row] < wanted.slot;
    };
    std::vector<qsizetype> places(sought.size(), 0);
    for (size_t first = 0; first < sought.size(); first += together) {
        const size_t end = std::min(sought.size(), first + together);
        for (size_t step = std::bit_floor(rows.size()); step > 0; step /= 2) {
            const bool isFenced = step >= fenceDistance && !fences.empty();
            for (size_t i = first; i < end; ++i) {
                const size_t next = size_t(places[i]) + step;
                if (next > rows.size())
                    continue;
                const quint64 rank = isFenced ? fences[next / fenceDistance - 1] : m_ranks[rows[next - 1]];
                places[i] += qsizetype(step * isBefore(rank, next - 1, sought[i]));
            }
        }
    }
    return places;
}

std::vector<qsizetype> LockView::lowerBounds(
    const std::vector<quint64>& fences, const std::vector<Sought>& sought) const
{
    return lowerBounds(m_slots, fences, sought, [this](quint32 slot) -> const LockRecord& { return placed(slot); });
}

std::vector<quint64> LockView::fencesFor(size_t searches) const
{
    std::vector<quint64> fences;
    if (searches < m_slots.size() / fenceDistance / 16)
        return fences;
    fences.reserve(m_slots.size() / fenceDistance);
    for (size_t end = fenceDistance; end <= m_slots.size(); end += fenceDistance)
        fences.push_back(m_ranks[m_slots[end - 1]]);
    return fences;
}

qsizetype LockView::rowOfPlaced(quint32 slot) const
{
    return lowerBounds({}, { { &placed(slot), m_ranks[slot], slot } }).front();
}

LockViewPlan LockView::plan(SteadyTime now)
{
    LockViewPlan plan;
    plan.order = m_order;
    std::vector<quint32> leavingSlots;
    const bool anyMoves = classifyDirty(leavingSlots, plan.entering, now);
    if (leavingSlots.empty() && plan.entering.empty()) {
        finish(plan);
        return plan;
    }
    sortEntering(plan);
    const std::vector<quint64> fences = fencesFor(leavingSlots.size() + plan.entering.size());
    const std::vector<qsizetype> leaving = rowsLeaving(leavingSlots, fences);
    const std::vector<qsizetype> places = lowerBounds(fences, soughtOf(plan));
    plan.removals = runsOf(leaving);
    plan.insertions = insertionRuns(leaving, places);
    plan.isBulk = anyMoves || plan.removals.size() + plan.insertions.size() > maximumRuns(rowCount());
    if (plan.isBulk) {
        plan.next = std::move(m_scratch);
        mergeRows(m_slots, leaving, plan.entering, places, plan.next);
    }
    return plan;
}

bool LockView::classifyDirty(std::vector<quint32>& leaving, std::vector<quint32>& entering, SteadyTime now)
{
    bool anyMoves = false;
    for (size_t i = 0; i < m_dirty.size(); ++i) {
        constexpr size_t ahead = 8;
        if (i + ahead < m_dirty.size())
            m_rows->prefetch(m_dirty[i + ahead]);
        const quint32 slot = m_dirty[i];
        if (m_flags[slot] & Resting)
            continue;
        const bool isShown = m_flags[slot] & InOrder;
        const LockRecord* current = m_rows->at(slot);
        const bool passes = current && m_filter.accepts(*current, now);
        const bool isSame = isShown && current && placed(slot).id == current->id;
        const bool stays = isSame && passes && m_order.compareColumn(placed(slot), *current) == 0;
        if (isShown && !stays) {
            m_flags[slot] |= Leaving;
            leaving.push_back(slot);
        }
        if (passes && !stays) {
            entering.push_back(slot);
            anyMoves |= isSame;
        }
    }
    return anyMoves;
}

void LockView::sortEntering(LockViewPlan& plan) const
{
    std::vector<std::pair<quint64, quint32>> ranked;
    ranked.reserve(plan.entering.size());
    for (const quint32 slot : plan.entering)
        ranked.emplace_back(m_order.rank(*m_rows->at(slot)), slot);
    const bool isDescending = m_order.sort().order == Qt::DescendingOrder;
    const bool isText = m_order.isText();
    std::sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
        if (a.first != b.first)
            return (a.first < b.first) != isDescending;
        return isText ? m_order.less(*m_rows->at(a.second), *m_rows->at(b.second)) : a.second < b.second;
    });
    plan.enteringRanks.resize(ranked.size());
    for (size_t i = 0; i < ranked.size(); ++i)
        std::tie(plan.enteringRanks[i], plan.entering[i]) = ranked[i];
}

std::vector<qsizetype> LockView::rowsLeaving(
    const std::vector<quint32>& leaving, const std::vector<quint64>& fences) const
{
    std::vector<qsizetype> rows;
    rows.reserve(leaving.size());
    if (leaving.size() > m_slots.size() / 64) {
        for (size_t row = 0; row < m_slots.size(); ++row) {
            if (m_flags[m_slots[row]] & Leaving)
                rows.push_back(qsizetype(row));
        }
        return rows;
    }
    std::vector<Sought> sought;
    sought.reserve(leaving.size());
    for (const quint32 slot : leaving)
        sought.push_back({ &placed(slot), m_ranks[slot], slot });
    rows = lowerBounds(fences, sought);
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::vector<LockView::Sought> LockView::soughtOf(const LockViewPlan& plan) const
{
    std::vector<Sought> sought;
    sought.reserve(plan.entering.size());
    for (size_t i = 0; i < plan.entering.size(); ++i)
        sought.push_back({ m_rows->at(plan.entering[i]), plan.enteringRanks[i], plan.entering[i] });
    return sought;
}

LockViewPlan LockView::adopt(LockArrangement&& arrangement, SteadyTime now)
{
    m_filter = arrangement.filter;
    m_order = arrangement.order;
    m_arrangementCancelled.reset();
    LockViewPlan plan;
    plan.order = m_order;
    plan.isBulk = true;
    plan.isRearrangement = true;
    m_ranks = std::move(arrangement.ranks);
    m_ranks.resize(m_flags.size());
    std::vector<quint32>& result = arrangement.result;
    std::erase_if(result, [this](quint32 slot) {
        m_flags[slot] |= Arranged;
        return m_flags[slot] & Touched;
    });
    // While a first pass brings hundreds of thousands, the new ones wait for the next arrangement.
    const bool isTooMuch = m_touched.size() > touchedLimit;
    for (const quint32 slot : m_touched) {
        const LockRecord* record = m_rows->at(slot);
        if (!record || !m_filter.accepts(*record, now))
            continue;
        const bool isNew = !(m_flags[slot] & (InOrder | Arranged));
        (isTooMuch && isNew ? plan.postponed : plan.entering).push_back(slot);
    }
    sortEntering(plan);
    const auto present = [this](quint32 slot) -> const LockRecord& { return *m_rows->at(slot); };
    plan.next = std::move(m_scratch);
    mergeRows(result, {}, plan.entering, lowerBounds(result, {}, soughtOf(plan), present), plan.next);
    return plan;
}

void LockView::removeRun(const RowRun& run)
{
    const auto first = m_slots.begin() + run.first;
    m_slots.erase(first, first + run.count);
}

void LockView::insertRun(const LockViewPlan& plan, const RowRun& run, qsizetype firstEntering)
{
    const auto first = plan.entering.begin() + firstEntering;
    m_slots.insert(m_slots.begin() + run.first, first, first + run.count);
}

void LockView::grow(const LockViewPlan& plan)
{
    if (plan.next.size() > m_slots.size())
        m_slots.resize(plan.next.size(), plan.next.front());
}

void LockView::permute(LockViewPlan& plan)
{
    if (plan.next.size() < m_slots.size())
        plan.next.resize(m_slots.size(), m_slots.front());
    m_slots.swap(plan.next);
}

void LockView::shrink(qsizetype rows) { m_slots.resize(size_t(rows)); }

void LockView::finish(LockViewPlan& plan)
{
    for (size_t i = 0; i < plan.entering.size(); ++i)
        m_ranks[plan.entering[i]] = plan.enteringRanks[i];
    if (plan.isRearrangement) {
        std::fill(m_flags.begin(), m_flags.end(), quint8(0));
        for (const quint32 slot : m_slots)
            m_flags[slot] = InOrder;
        clearFully(m_touched);
        m_shadows.clear();
        m_resting.clear();
        m_traces.forgetEndings();
    } else {
        for (const quint32 slot : m_dirty) {
            if (m_flags[slot] & Resting) {
                m_flags[slot] &= quint8(~Dirty);
                continue;
            }
            if (m_flags[slot] & Shadowed) {
                m_shadows.erase(slot);
                m_traces.forget(slot);
            }
            const quint8 inOrder = m_flags[slot] & Leaving ? 0 : m_flags[slot] & InOrder;
            m_flags[slot] = quint8((m_flags[slot] & Touched) | inOrder);
        }
        for (const quint32 slot : plan.entering)
            m_flags[slot] |= InOrder;
    }
    clearFully(m_dirty);
    for (const quint32 slot : plan.postponed)
        markDirty(slot);
    if (plan.isBulk)
        m_scratch = std::move(plan.next);
}

void LockView::carryOut(LockViewPlan plan)
{
    if (plan.isBulk) {
        const auto rows = qsizetype(plan.next.size());
        grow(plan);
        permute(plan);
        shrink(rows);
    } else {
        for (const RowRun& run : std::views::reverse(plan.removals))
            removeRun(run);
        qsizetype entered = 0;
        for (const RowRun& run : plan.insertions) {
            insertRun(plan, run, entered);
            entered += run.count;
        }
    }
    finish(plan);
}

} // namespace lockscope
