// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QPalette>
#include <QString>

#include <optional>

namespace lockscope {

enum class ThemeMode : quint8 { System, Light, Dark };
/// `system`, `light`, `dark`: command line and settings.
[[nodiscard]] QString themeModeName(ThemeMode mode);
[[nodiscard]] std::optional<ThemeMode> themeModeByName(const QString& name);

/// What a message or a state is about. Never shown by colour alone: each has an icon and a word besides.
enum class Tone : quint8 { Neutral, Info, Positive, Warning, Danger };

/// Every colour of the interface beyond the palette's. Text colours keep a contrast of 4.5:1 on the grounds they are
/// used on.
struct ThemeColors {
    QColor window, base, alternate, text, muted, border;
    QColor accent, accentText, link;
    QColor info, positive, warning, danger; ///< text and shapes on window, base and their own grounds
    QColor production, staging, development, environmentText; ///< the flag of an environment, and its word on it
    QColor infoGround, positiveGround, warningGround, dangerGround;

    [[nodiscard]] QColor tone(Tone tone) const;
    [[nodiscard]] QColor ground(Tone tone) const;
};
[[nodiscard]] const ThemeColors& themeColors(bool dark);
/// The colours that fit the application's palette.
[[nodiscard]] const ThemeColors& currentColors();
[[nodiscard]] bool isDarkPalette(const QPalette& palette);
[[nodiscard]] QPalette themePalette(bool dark);

/// Sets Fusion and the palette for the whole application; System follows the desktop, also when it changes later.
void applyTheme(ThemeMode mode);
/// The mode of the last applyTheme(); System before it.
[[nodiscard]] ThemeMode appliedTheme();
/// Remembers what the desktop prefers; call once, before the first applyTheme().
void rememberSystemTheme();

/// WCAG 2 contrast of two opaque colours, 1 to 21.
[[nodiscard]] double colorContrast(const QColor& first, const QColor& second);
/// A text colour and the ground it stands on, as used anywhere in the interface; for the contrast test.
struct ColorPair {
    const char* what;
    QColor text;
    QColor ground;
};
[[nodiscard]] QList<ColorPair> themeColorPairs(bool dark);

} // namespace lockscope
