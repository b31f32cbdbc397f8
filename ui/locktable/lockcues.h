// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockcolumn.h"
#include "table/locktraces.h"

#include <QRect>

class QPainter;
class QPalette;

namespace lockscope {

/// How much of a cue is to be seen, 0 to 1: fading out, or all of it to its end where motion is reduced.
[[nodiscard]] double cueStrength(const LockCue& cue);
/// Whether the row has to be painted again for it: a frame longer than it shows.
[[nodiscard]] bool isCueMoving(const LockCue& cue);

/// Behind a cell's text: a tint and a bar at its beginning, over the whole row of a lock that was just acquired, over
/// token and owner where the holder has changed. What was renewed is marked at the countdown bar.
void paintCellCue(QPainter& painter, const QRect& cell, LockColumn column, const LockCue& cue, const QPalette& palette);
/// The same for a row whose lock has ended: expired, evicted, and ended by our own force-release each have a bar of
/// their own, which stays, and a tint that fades. `age`: since it ended.
void paintEndCue(
    QPainter& painter, const QRect& cell, LockColumn column, LockEnd how, Milliseconds age, const QPalette& palette);
/// How long that tint lasts.
[[nodiscard]] Milliseconds endCueDuration();
/// What has just happened, in a word that takes the place of `held` while the cue lasts; empty without one.
[[nodiscard]] QString cueWord(const LockCue& cue);
/// A frame around the countdown bar of a lock that was just renewed.
void paintBarCue(QPainter& painter, const QRect& bar, const LockCue& cue, const QColor& color);

} // namespace lockscope
