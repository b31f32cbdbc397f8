// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QString>

namespace lockscope {

// How the lab's window says what a run has found.

/// `Overlap`, `Lost update`…
[[nodiscard]] QString violationTitle(ViolationKind kind);
/// What happened, one sentence.
[[nodiscard]] QString violationSentence(ViolationKind kind);
/// `Client paused`, `Refusal ignored`…
[[nodiscard]] QString causeTitle(ViolationCause cause);
/// Why it could happen, one sentence.
[[nodiscard]] QString causeSentence(ViolationCause cause);
/// A time since the start of the load: `1.2345 s`.
[[nodiscard]] QString runTimeText(qint64 ns);
/// A length: `840 µs`, `12.4 ms`, `1.3 s`.
[[nodiscard]] QString lengthText(qint64 ns);
/// A count that stays short: `9 512`, `1.2 M`.
[[nodiscard]] QString countText(double value);
/// `5 overlaps, 2 lost updates`: what the oracles have counted; empty without any.
[[nodiscard]] QString oracleText(const OracleCounts& counts);

} // namespace lockscope
