// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"
#include "locks/lockevent.h"
#include "locks/suspicion.h"
#include "locks/watchstatus.h"

#include <QString>

namespace lockscope {

// What several panels say of a lock in the same words.

[[nodiscard]] QString lockStateTitle(LockState state);
[[nodiscard]] QString lockStateIcon(LockState state);
[[nodiscard]] Tone lockStateTone(LockState state);
/// Why the lock is in this state, with the facts used, in one or two sentences.
[[nodiscard]] QString lockStateReason(const LockRecord& record, LinkState link, SteadyTime now);
/// That, and the evidence: when the server confirmed it last, what was seen of its holder, and how sure it is that this
/// is a lock at all. Several sentences, one line each.
[[nodiscard]] QString lockWhyText(const LockRecord& record, LinkState link, SteadyTime now);
/// `no TTL`, `connection gone`…: a suspicion in two words.
[[nodiscard]] QString suspicionTitle(SuspicionKind kind);
/// The evidence for all that speaks against a lock, one line each, and that it is no proof; says so where there is
/// none.
[[nodiscard]] QString suspicionText(const LockRecord& record, SteadyTime now);
/// Whether it was recognised by its shape alone, and may be no lock.
[[nodiscard]] bool isLockDoubtful(const LockRecord& record);
/// How sure the recognition is and what that means, in one or two sentences.
[[nodiscard]] QString lockConfidenceText(const LockRecord& record);
/// `4 m 05 s left`, or that it never expires.
[[nodiscard]] QString remainingText(const LockRecord& record, SteadyTime now);
/// `12.3 s`, or `at least 12.3 s` where the acquire itself was not seen.
[[nodiscard]] QString heldText(const LockRecord& record, SteadyTime now);
/// A token for people; empty without one.
[[nodiscard]] QString tokenText(const QByteArray& token, int maxCharacters = 0);
[[nodiscard]] QString lockEventTitle(const LockEvent& event);
[[nodiscard]] Tone lockEventTone(LockEventKind kind);
/// A wall-clock instant in local time, with milliseconds and the day where it is not today.
[[nodiscard]] QString wallTimeText(qint64 msSinceEpoch);

} // namespace lockscope
