// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/rhythmpicture.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;

/// A strip shows so many periods; of a lock that was never renewed, its whole lease.
constexpr int shownPeriods = 10;
constexpr int periodsBefore = 4;
constexpr auto shortestSpan = 2s;

qint64 msBetween(SteadyTime from, SteadyTime to) { return duration_cast<Milliseconds>(to - from).count(); }

void addMissed(RhythmPicture& picture, SteadyTime from, SteadyTime to, quint32 periodMs)
{
    const int count = std::min<int>(beatsMissedBetween(from, to, periodMs), 64);
    for (int i = 1; i <= count; ++i)
        picture.missed.push_back(from + Milliseconds(qint64(periodMs) * i));
}

// From one renewal, or the beginning, to the next.
void addTooth(RhythmPicture& picture, SteadyTime from, qint64 leaseMs, const Beat& next, quint32 periodMs)
{
    if (next.leftMs < 0) {
        picture.stretches.push_back({ RhythmPicture::Kind::Gap, from, next.at, 0, 0 });
        return;
    }
    picture.stretches.push_back({ RhythmPicture::Kind::Falling, from, next.at, leaseMs, next.leftMs });
    addMissed(picture, from, next.at, periodMs);
}

void addPresent(RhythmPicture& picture, const LockRecord& record, SteadyTime from, qint64 leaseMs, bool gone)
{
    const bool isStale = record.state == LockState::Stale;
    const SteadyTime seen
        = std::max(from, std::min({ picture.now, record.deadline, gone || isStale ? record.verifiedAt : picture.now }));
    picture.stretches.push_back(
        { RhythmPicture::Kind::Falling, from, seen, leaseMs, std::max<qint64>(0, leaseMs - msBetween(from, seen)) });
    if (gone)
        return;
    if (isStale && seen < picture.now) {
        picture.stretches.push_back({ RhythmPicture::Kind::Gap, seen, picture.now, 0, 0 });
        return;
    }
    if (record.deadline > seen)
        picture.stretches.push_back(
            { RhythmPicture::Kind::Ahead, seen, record.deadline, msBetween(seen, record.deadline), 0 });
}

void setSpan(RhythmPicture& picture, const LockRecord& record)
{
    const quint32 period = record.extras->rhythm ? record.extras->rhythm->periodMs : 0;
    const auto lease = Milliseconds(picture.topMs);
    Milliseconds wanted = period > 0 ? Milliseconds(qint64(period) * shownPeriods) : lease;
    // Of a holder that has stopped, some of what was before.
    if (period > 0)
        wanted = std::max(wanted,
            duration_cast<Milliseconds>(picture.now - record.extras->rhythm->lastBeat)
                + Milliseconds(qint64(period) * periodsBefore));
    const Milliseconds ahead = std::min<Milliseconds>(lease, wanted / 3);
    picture.to = picture.now + ahead;
    picture.from = std::max(picture.stretches.front().from, picture.now - wanted);
    if (picture.to - picture.from < shortestSpan)
        picture.to = picture.from + shortestSpan;
}

} // namespace

RhythmPicture rhythmPicture(const LockRecord& record, bool gone, SteadyTime now)
{
    RhythmPicture picture;
    picture.now = now;
    const bool hasBeats = record.extras->rhythm && !record.extras->rhythm->beats.empty();
    if (!record.hasDeadline() || record.lease <= 0ms)
        return picture;
    SteadyTime from = record.deadline - record.lease;
    qint64 leaseMs = record.lease.count();
    picture.topMs = leaseMs;
    if (hasBeats) {
        const LockRhythm& rhythm = *record.extras->rhythm;
        const Beat& first = rhythm.beats.front();
        // What was left before the first one tells how the tooth before it fell.
        from = std::max(record.heldSince(), first.at - record.lease + Milliseconds(std::max(0, first.leftMs)));
        leaseMs = first.leftMs < 0 ? 0 : first.leftMs + msBetween(from, first.at);
        for (const Beat& beat : rhythm.beats) {
            addTooth(picture, std::min(from, beat.at), leaseMs, beat, rhythm.periodMs);
            picture.beats.push_back(beat.at);
            picture.topMs = std::max<qint64>({ picture.topMs, beat.leaseMs, leaseMs });
            from = beat.at;
            leaseMs = beat.leaseMs;
        }
        for (quint32 i = 1; i <= std::min<quint32>(rhythm.overdue, 64); ++i)
            picture.missed.push_back(rhythm.lastBeat + Milliseconds(qint64(rhythm.periodMs) * i));
    }
    addPresent(picture, record, std::min(from, now), leaseMs, gone);
    setSpan(picture, record);
    return picture;
}

} // namespace lockscope
