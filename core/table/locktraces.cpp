// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/locktraces.h"

#include "base/heap.h"

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

// Thirty bits of these last for half a year; what they leave out makes no difference to a difference.
constexpr Milliseconds cueUnit = 16ms;
// A lock that was acquired longer ago than this is not news, but only new to us.
constexpr auto newsLimit = 2s;
// The watch sees a release within this, or the key is another lock by now.
constexpr auto forcedLimit = 10s;

quint32 cueTime(SteadyTime at) { return quint32(at.time_since_epoch() / cueUnit) << 2; }

LockEnd endOf(LockEventKind kind)
{
    switch (kind) {
    case LockEventKind::Released:
        return LockEnd::Released;
    case LockEventKind::Expired:
        return LockEnd::Expired;
    case LockEventKind::Evicted:
        return LockEnd::Evicted;
    default:
        return LockEnd::Unknown;
    }
}

} // namespace

void LockTraces::changed(const LockRecord* before, const LockRecord& now, SteadyTime at)
{
    if (!before) {
        // Also where an older tenant of the slot left a mark.
        const bool isNews = now.acquiredAt != unknownTime && at - now.acquiredAt < newsLimit;
        note(now.id.slot, isNews ? LockCue::Kind::Acquired : LockCue::Kind::None, at);
    } else if (before->hasToken && now.hasToken && before->token != now.token) {
        note(now.id.slot, LockCue::Kind::HandedOver, at);
    } else if (now.renewals > before->renewals) {
        note(now.id.slot, LockCue::Kind::Renewed, at);
    }
}

void LockTraces::note(quint32 slot, LockCue::Kind kind, SteadyTime at)
{
    if (slot >= m_cues.size()) {
        if (kind == LockCue::Kind::None)
            return;
        growSparingly(m_cues, slot + 1);
    }
    m_cues[slot] = kind == LockCue::Kind::None ? 0 : cueTime(at) | quint32(kind);
}

LockCue LockTraces::cue(quint32 slot, SteadyTime now) const
{
    const quint32 packed = slot < m_cues.size() ? m_cues[slot] : 0;
    if (packed == 0)
        return {};
    return { LockCue::Kind(packed & 3), cueUnit * qint64((cueTime(now) - (packed & ~quint32(3))) >> 2) };
}

void LockTraces::ended(const LockRecord& last, SteadyTime at)
{
    LockEnding ending { last, LockEnd::Unknown, at };
    if (const auto forced = m_forced.constFind(last.key); forced != m_forced.constEnd()) {
        if (at - *forced < forcedLimit)
            ending.how = LockEnd::Forced;
        m_forced.erase(forced);
    }
    m_endings.insert_or_assign(last.id.slot, std::move(ending));
}

void LockTraces::explain(const LockEvent& event)
{
    const LockEnd how = endOf(event.kind);
    if (how == LockEnd::Unknown || m_endings.empty())
        return;
    const auto found = m_endings.find(event.id.slot);
    if (found != m_endings.end() && found->second.last.id == event.id && found->second.how == LockEnd::Unknown) {
        found->second.how = how;
        found->second.certain = event.certain;
    }
}

void LockTraces::noteForced(const QByteArray& key, SteadyTime at)
{
    const auto found = std::find_if(
        m_endings.begin(), m_endings.end(), [&](const auto& pair) { return pair.second.last.key == key; });
    if (found != m_endings.end() && (found->second.how != LockEnd::Expired || !found->second.certain)) {
        found->second.how = LockEnd::Forced;
        found->second.certain = true;
        return;
    }
    m_forced.removeIf([at](const auto& entry) { return at - entry.value() >= forcedLimit; });
    m_forced.insert(key, at);
}

const LockEnding* LockTraces::ending(quint32 slot) const
{
    const auto found = m_endings.find(slot);
    return found == m_endings.end() ? nullptr : &found->second;
}

void LockTraces::clear()
{
    m_cues.clear();
    m_endings.clear();
    m_forced.clear();
}

} // namespace lockscope
