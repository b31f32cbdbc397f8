// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <array>
#include <memory>
#include <vector>

namespace lockscope {

/// One renewal that was seen.
struct Beat {
    SteadyTime at {};
    qint32 leftMs = -1; ///< what was left of the lease just before; -1: not known, nobody was watching
    qint32 leaseMs = 0; ///< what it was set to

    friend bool operator==(const Beat&, const Beat&) = default;
};

/// How regularly one holder renews its lease. A value that is replaced, never changed, so that it may cross threads.
struct LockRhythm {
    static constexpr size_t window = 7; ///< intervals that the estimate looks back on
    static constexpr size_t maximumBeats = 32;

    SteadyTime lastBeat {};
    quint32 periodMs = 0; ///< robust estimate; 0: fewer than three renewals were seen
    quint16 missed = 0; ///< beats that did not come while we watched, the overdue ones included
    quint16 overdue = 0; ///< of these: those since the last beat, as of the last reading
    quint8 intervalCount = 0;
    quint8 nextInterval = 0;
    std::array<quint32, window> intervalsMs {}; ///< a ring of the newest
    /// The newest, oldest first; empty where so many locks renew that only those on screen have a history.
    std::vector<Beat> beats;
};

/// A beat is missed half a period after it was due.
[[nodiscard]] quint16 beatsMissedBetween(SteadyTime lastBeat, SteadyTime until, quint32 periodMs);
/// When to look for a missing beat again, after `now`: at each of the first three, then ever more rarely.
/// SteadyTime::max() without a period.
[[nodiscard]] SteadyTime nextBeatCheck(const LockRhythm& rhythm, SteadyTime now);

/// The rhythm with one more beat. `before` may be null; `keepHistory`: whether `beats` is kept. A beat that came after
/// a gap (`leftMs` -1) counts for the future only: what was missed in the gap nobody knows.
[[nodiscard]] std::shared_ptr<const LockRhythm> rhythmWithBeat(
    const LockRhythm* before, const Beat& beat, bool keepHistory);
/// The rhythm as a reading at `until` without a renewal shows it; null where that changes nothing.
[[nodiscard]] std::shared_ptr<const LockRhythm> rhythmSeenUntil(const LockRhythm& rhythm, SteadyTime until);

} // namespace lockscope
