// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

#include <QColor>
#include <QPalette>

namespace lockscope {

/// How much attention a lock asks for; decides colour, always beside a shape or a word.
enum class LockTone : quint8 { Calm, Soon, Urgent, Due, NoTtl, Stale, Minority };
inline constexpr int lockToneCount = int(LockTone::Minority) + 1;

[[nodiscard]] LockTone lockTone(const LockRecord& lock, SteadyTime now);
[[nodiscard]] bool isDark(const QPalette& palette);
/// For fills and glyphs: contrast of at least 3:1 with the table's background.
[[nodiscard]] QColor toneColor(LockTone tone, const QPalette& palette);
/// For words: at least 4.5:1 with the table's background, alternate rows too.
[[nodiscard]] QColor toneTextColor(LockTone tone, const QPalette& palette);
/// The part of a bar that has run down.
[[nodiscard]] QColor trackColor(const QPalette& palette);
/// WCAG 2 contrast ratio, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

} // namespace lockscope
