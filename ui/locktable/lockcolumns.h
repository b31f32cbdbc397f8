// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "locks/watchstatus.h"
#include "table/lockcolumn.h"
#include "table/locktraces.h"

#include <QString>

namespace lockscope {

/// What the table needs to know of a column; model, header, chooser and menus read it here.
struct LockColumnInfo {
    LockColumn column;
    const char* id; ///< stable, for saved layouts
    const char* title; ///< untranslated, context lockscope::LockColumns
    const char* tip; ///< what it shows and how it sorts
    Qt::Alignment alignment;
    int width; ///< default, in average characters
    int least; ///< how far it gives way, by itself, where the window is narrow
    bool isHidden; ///< by default
};

/// Longest text handed to painting, in characters.
inline constexpr int paintedTextLimit = 512;

[[nodiscard]] const LockColumnInfo& lockColumnInfo(LockColumn column);
[[nodiscard]] QString lockColumnTitle(LockColumn column);
[[nodiscard]] QString lockColumnTip(LockColumn column);
/// A cell's text at `now`; keys and tokens escaped and cut in the middle at paintedTextLimit.
[[nodiscard]] QString lockCellText(const LockRecord& lock, LockColumn column, SteadyTime now);
/// `held`, `no TTL`, `due`, `stale`, translated.
[[nodiscard]] QString lockStateText(LockState state);
[[nodiscard]] QString ownLockText(); ///< instead of the state, where this window holds the lock
/// `released`, `expired`, `evicted`, `forced`, or `ended` where nobody said how.
[[nodiscard]] QString lockEndText(LockEnd how);
/// With a question mark where that is a conclusion.
[[nodiscard]] QString lockEndText(const LockEnding& ending);
/// "lock orders:1, expired 1.2 s ago, last holder abc".
[[nodiscard]] QString lockEndSentence(const LockEnding& ending, SteadyTime now);
[[nodiscard]] QString lockFamilyText(FamilyId family);
/// A whole sentence for screen readers: "lock orders:1, held, holder abc, 12.0 s left".
[[nodiscard]] QString lockSentence(const LockRecord& lock, SteadyTime now);
/// Rich text of at most some 2000 characters, wrapped: why it is in this state, how sure its family is, or the whole
/// text of the cell.
[[nodiscard]] QString lockCellTip(const LockRecord& lock, LockColumn column, LinkState link, SteadyTime now);

} // namespace lockscope
