// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/locktracker.h"

#include <algorithm>
#include <bit>

// What the tracker learns of a lock's holder beside token and deadline: how it renews, how long it usually holds, and
// whether its connection is still there.

namespace lockscope {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;

/// So many histories of renewals are kept without asking: ten megabytes at most.
constexpr quint32 manyHistories = 20'000;
/// Nobody looks for a lock that is held for less.
constexpr auto shortestSuspect = 10s;
/// How many times longer than usual is far longer.
constexpr int suspiciousFactor = 4;

qint32 boundedMs(SteadyTime::duration time)
{
    return qint32(std::clamp<qint64>(duration_cast<Milliseconds>(time).count(), 0, INT32_MAX));
}

std::shared_ptr<const LockDoubts> shared(LockDoubts doubts)
{
    return doubts.isEmpty() ? nullptr : std::make_shared<const LockDoubts>(std::move(doubts));
}

bool bySlot(LockId a, LockId b) { return a.slot < b.slot; }

} // namespace

void LockTracker::setCloselyWatched(std::vector<LockId> ids)
{
    std::sort(ids.begin(), ids.end(), bySlot);
    m_close = std::move(ids);
}

// Where nothing told of the renewal when it came, its time follows from the lease that it has set.
void LockTracker::noteBeat(LockStore::Slot& slot, const LeaseEnd& fresh, const ChangeHints& hints, SteadyTime now)
{
    LockRecord& record = m_store.edit(slot);
    Beat beat;
    beat.leaseMs = boundedMs(record.lease);
    if (hints.written || hints.extended) {
        beat.at = hints.written && hints.writtenAt != SteadyTime() ? hints.writtenAt : now;
    } else {
        beat.at = std::clamp(fresh.at - record.lease, std::min(record.verifiedAt, now), now);
    }
    const LockRhythm* before = record.extras->rhythm.get();
    if (before)
        beat.at = std::max(beat.at, before->lastBeat + 1ms);
    beat.leaseMs = boundedMs(fresh.at - beat.at);
    if (record.state != LockState::Stale)
        beat.leftMs = boundedMs(record.deadline - beat.at);
    const bool hadHistory = before && !before->beats.empty();
    const bool isClose = std::binary_search(m_close.begin(), m_close.end(), record.id, bySlot);
    const bool keep = isClose || (hadHistory ? m_histories <= manyHistories : m_histories < manyHistories);
    record.extras.set(&LockExtras::rhythm, rhythmWithBeat(before, beat, keep));
    m_histories += (keep ? 1 : 0) - (hadHistory ? 1 : 0);
}

void LockTracker::noteQuiet(LockStore::Slot& slot, SteadyTime now)
{
    if (!slot.record().extras->rhythm)
        return;
    if (auto rhythm = rhythmSeenUntil(*slot.record().extras->rhythm, now)) {
        m_store.edit(slot).extras.set(&LockExtras::rhythm, std::move(rhythm));
        m_store.touch(slot);
    }
}

void LockTracker::noteHold(const LockRecord& record, SteadyTime end)
{
    if (record.extras->rhythm && !record.extras->rhythm->beats.empty())
        --m_histories;
    if (record.acquiredAt != unknownTime && m_options.keepDeadlines)
        m_holds.note(record.key, duration_cast<Milliseconds>(end - record.acquiredAt));
}

bool LockTracker::reviewHolds(quint32 count)
{
    bool isNews = false;
    const quint32 slots = m_store.slotCount();
    const SteadyTime now = m_clock.now();
    for (quint32 looked = 0; looked < std::min(slots, count); ++looked) {
        m_reviewed = (m_reviewed + 1) % slots;
        LockStore::Slot& slot = m_store.slot(m_reviewed);
        if (slot.alive && slot.record().state != LockState::Stale && reviewHold(slot, now))
            isNews = true;
    }
    return isNews;
}

bool LockTracker::reviewHold(LockStore::Slot& slot, SteadyTime now)
{
    const LockRecord& record = slot.record();
    const auto held = duration_cast<Milliseconds>(now - record.heldSince());
    if (held < shortestSuspect)
        return false;
    const std::optional<HoldHistory::Usual> usual = m_holds.usual(record.key);
    LockDoubts doubts = record.extras->doubts ? *record.extras->doubts : LockDoubts();
    const bool isFar = usual && held > usual->limit * suspiciousFactor;
    const auto factor = isFar ? quint64(held / usual->limit) : 1;
    const auto doublings = quint8(std::bit_width(factor) - 1);
    if (isFar == (doubts.usualHoldMs != 0) && (!isFar || doublings == doubts.holdFactorLog2))
        return false;
    doubts.usualHoldMs = isFar ? quint32(std::clamp<qint64>(usual->limit.count(), 1, UINT32_MAX)) : 0;
    doubts.usualHolds = isFar ? usual->holds : 0;
    doubts.holdFactorLog2 = doublings;
    doubts.pattern = isFar ? usual->pattern : QByteArray();
    m_store.edit(slot).extras.set(&LockExtras::doubts, shared(std::move(doubts)));
    m_store.touch(slot);
    return true;
}

bool LockTracker::setHolderLink(LockId id, const QByteArray& token, const LockDoubts& found)
{
    LockStore::Slot* slot = m_store.find(id);
    if (!slot || !slot->record().hasToken || slot->record().token != token)
        return false;
    LockDoubts doubts = slot->record().extras->doubts ? *slot->record().extras->doubts : LockDoubts();
    doubts.link = found.link;
    doubts.identity = found.identity;
    doubts.address = found.address;
    doubts.lastConnected = found.lastConnected;
    doubts.goneSince = found.goneSince;
    m_store.edit(*slot).extras.set(&LockExtras::doubts, shared(std::move(doubts)));
    m_store.touch(*slot);
    return true;
}

} // namespace lockscope
