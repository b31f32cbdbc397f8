// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

#include <QString>

namespace lockscope {

// An act in words, for the window and the command line alike.

/// `Release`, `Shorten the lease`…
[[nodiscard]] QString actTitle(LockAct act);
/// What the act does to a lock of this family and to those who wait, in sentences.
[[nodiscard]] QString actExplanation(FamilyId family, LockAct act);
/// Why the family's locks cannot be treated so; empty: they can.
[[nodiscard]] QString actObstacle(FamilyId family, LockAct act);
/// The commands that are sent, one a target, as they could be typed into redis-cli; long tokens are cut with an
/// ellipsis.
[[nodiscard]] QString actCommands(const QList<ForceReleaseTarget>& targets);

/// A line of the impact statement: what it is about, and what is known of it.
struct ImpactLine {
    QString subject;
    QString text;
    bool worrying = false; ///< the operator should stop at it
};
/// Who holds it, whether that one seems alive, who waits, whether there is fencing, what the holder does afterwards,
/// what cannot be done in one step. What is not known is named, too.
[[nodiscard]] QList<ImpactLine> impactLines(const ReleaseImpact& impact);
/// `NODE: TOKEN, 4.2 s`, `NODE: nothing`, or why it could not be asked.
[[nodiscard]] QString nodeLookText(const NodeLook& look);
/// `NODE: TOKEN, 4.2 s: released`, what an act would come to there.
[[nodiscard]] QString nodeForecastText(const NodeForecast& forecast);
/// `NODE: released`, with the token that stood in the way, and the error.
[[nodiscard]] QString nodeReleaseText(const NodeRelease& release);
/// An outcome in a few words: `released`, `already gone`…
[[nodiscard]] QString releaseOutcomeText(ReleaseOutcome outcome);
/// `+publish, &channel: this user lacks…`; empty where nothing is missing or nothing is known.
[[nodiscard]] QString missingRightsText(const ReleaseImpact& impact, LockAct act);
/// Who came next, or nobody, in a sentence.
[[nodiscard]] QString nextHolderText(const NextHolder& next);

/// What stands for a set of locks in a confirmation: the token's fingerprint of one lock, that of all keys and tokens
/// of several. Its last four characters are what the operator types in production.
[[nodiscard]] QString confirmationFingerprint(const QList<ForceReleaseTarget>& targets);
inline constexpr int confirmationLength = 4;

} // namespace lockscope
