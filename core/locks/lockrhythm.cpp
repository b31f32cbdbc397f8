// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/lockrhythm.h"

#include <algorithm>
#include <limits>

namespace lockscope {

namespace {

using std::chrono::duration_cast;

constexpr quint8 fewestIntervals = 2;

// Beats that were missed only make intervals longer: of two in the middle the shorter one is nearer to the truth.
quint32 medianOf(const LockRhythm& rhythm)
{
    std::array<quint32, LockRhythm::window> sorted = rhythm.intervalsMs;
    const auto middle = sorted.begin() + (rhythm.intervalCount - 1) / 2;
    std::nth_element(sorted.begin(), middle, sorted.begin() + rhythm.intervalCount);
    return *middle;
}

quint16 saturated(qint64 count) { return quint16(std::clamp<qint64>(count, 0, std::numeric_limits<quint16>::max())); }

void addInterval(LockRhythm& rhythm, Milliseconds interval)
{
    rhythm.intervalsMs[rhythm.nextInterval]
        = quint32(std::clamp<qint64>(interval.count(), 1, std::numeric_limits<quint32>::max()));
    rhythm.nextInterval = quint8((rhythm.nextInterval + 1) % LockRhythm::window);
    rhythm.intervalCount = quint8(std::min<size_t>(rhythm.intervalCount + 1U, LockRhythm::window));
    if (rhythm.intervalCount >= fewestIntervals)
        rhythm.periodMs = medianOf(rhythm);
}

void addToHistory(LockRhythm& rhythm, const Beat& beat)
{
    if (rhythm.beats.size() >= LockRhythm::maximumBeats)
        rhythm.beats.erase(rhythm.beats.begin());
    rhythm.beats.push_back(beat);
}

} // namespace

quint16 beatsMissedBetween(SteadyTime lastBeat, SteadyTime until, quint32 periodMs)
{
    if (periodMs == 0 || until <= lastBeat)
        return 0;
    const qint64 passed = duration_cast<Milliseconds>(until - lastBeat).count();
    return saturated((2 * passed - qint64(periodMs)) / (2 * qint64(periodMs)));
}

SteadyTime nextBeatCheck(const LockRhythm& rhythm, SteadyTime now)
{
    if (rhythm.periodMs == 0)
        return SteadyTime::max();
    // The first ones are looked for at once; of a holder that has stopped for good, more and more rarely.
    constexpr qint64 patience = 3;
    const qint64 known = beatsMissedBetween(rhythm.lastBeat, now, rhythm.periodMs);
    const qint64 next = known < patience ? known + 1 : 2 * known;
    return rhythm.lastBeat + Milliseconds((2 * next + 1) * qint64(rhythm.periodMs) / 2 + 1);
}

std::shared_ptr<const LockRhythm> rhythmWithBeat(const LockRhythm* before, const Beat& beat, bool keepHistory)
{
    auto rhythm = before ? std::make_shared<LockRhythm>(*before) : std::make_shared<LockRhythm>();
    const bool isAfterGap = beat.leftMs < 0;
    if (before && !isAfterGap) {
        // What a reading found overdue is counted already.
        const quint16 missed = beatsMissedBetween(before->lastBeat, beat.at, before->periodMs);
        rhythm->missed = saturated(qint64(before->missed) + std::max(0, int(missed) - int(before->overdue)));
        addInterval(*rhythm, duration_cast<Milliseconds>(beat.at - before->lastBeat));
    }
    rhythm->overdue = 0;
    rhythm->lastBeat = beat.at;
    if (keepHistory)
        addToHistory(*rhythm, beat);
    else
        rhythm->beats = {};
    return rhythm;
}

std::shared_ptr<const LockRhythm> rhythmSeenUntil(const LockRhythm& rhythm, SteadyTime until)
{
    const quint16 overdue = beatsMissedBetween(rhythm.lastBeat, until, rhythm.periodMs);
    if (overdue <= rhythm.overdue)
        return nullptr;
    auto result = std::make_shared<LockRhythm>(rhythm);
    result->missed = saturated(qint64(rhythm.missed) + overdue - rhythm.overdue);
    result->overdue = overdue;
    return result;
}

} // namespace lockscope
