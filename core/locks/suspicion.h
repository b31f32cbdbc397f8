// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

#include <vector>

namespace lockscope {

/// Why a lock may be stuck. Evidence to be weighed by people; nothing is ever released because of it.
enum class SuspicionKind : quint8 {
    NoTtl, ///< it never ends by itself
    RenewedWithoutHolder, ///< renewed although the holder's connection is gone
    HolderGone, ///< the connection that matched its token is gone
    HeldLong, ///< far longer than others of such a name
    MissedBeats, ///< its holder used to renew and has stopped
};
inline constexpr int suspicionKindCount = int(SuspicionKind::MissedBeats) + 1;
/// `no_ttl`, `renewed_without_holder`, `holder_gone`, `held_long`, `missed_beats`: JSON and filter words.
[[nodiscard]] QLatin1StringView suspicionName(SuspicionKind kind);

struct Suspicion {
    SuspicionKind kind = SuspicionKind::NoTtl;
    int score = 0; ///< 1 to 100

    friend bool operator==(const Suspicion&, const Suspicion&) = default;
};
/// All that speak against a lock, the strongest first. By its record alone: time changes nothing until the watch says
/// so. Nothing is said of a stale lock but what it was before.
[[nodiscard]] std::vector<Suspicion> suspicionsOf(const LockRecord& record);
/// All together, 0 (none) to 100; cheap.
[[nodiscard]] int suspicionScore(const LockRecord& record);
/// What was seen, in words: one or two sentences, translated.
[[nodiscard]] QString suspicionEvidence(const LockRecord& record, SuspicionKind kind, SteadyTime now);
/// "renews every 10.0 s, last beat 3 s ago, 1 missed", translated; says so where no renewal was seen.
[[nodiscard]] QString rhythmText(const LockRecord& record, SteadyTime now);

} // namespace lockscope
