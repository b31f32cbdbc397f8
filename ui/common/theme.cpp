// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/theme.h"

#include "common/themestyle.h"

#include <QApplication>
#include <QStyleHints>

#include <cmath>

namespace lockscope {

namespace {

constexpr const char* modeNames[] = { "system", "light", "dark" };

// What the desktop's own palette was before ours replaced it.
bool systemWasDark = false;
ThemeMode currentMode = ThemeMode::System;

ThemeColors lightColors()
{
    ThemeColors c;
    c.window = QColor(0xf3f4f6);
    c.base = QColor(0xffffff);
    c.alternate = QColor(0xf7f8fa);
    c.text = QColor(0x1c2128);
    c.muted = QColor(0x57606a);
    c.border = QColor(0xd0d5dc);
    c.accent = QColor(0x0b5fcc);
    c.accentText = QColor(0xffffff);
    c.link = QColor(0x0b5fcc);
    c.info = QColor(0x0b56b8);
    c.positive = QColor(0x116329);
    c.warning = QColor(0x7a4b00);
    c.danger = QColor(0xa8121b);
    c.production = QColor(0xa8121b);
    c.staging = QColor(0x7a4b00);
    c.development = QColor(0x116329);
    c.environmentText = QColor(0xffffff);
    c.infoGround = QColor(0xe1edfb);
    c.positiveGround = QColor(0xdcf2e2);
    c.warningGround = QColor(0xfff0c7);
    c.dangerGround = QColor(0xfde3e3);
    return c;
}

ThemeColors darkColors()
{
    ThemeColors c;
    c.window = QColor(0x20242b);
    c.base = QColor(0x171a1f);
    c.alternate = QColor(0x1c2026);
    c.text = QColor(0xe6e9ee);
    c.muted = QColor(0xa5aeba);
    c.border = QColor(0x3b424d);
    c.accent = QColor(0x2b67c7);
    c.accentText = QColor(0xffffff);
    c.link = QColor(0x86b7ff);
    c.info = QColor(0x8cbcff);
    c.positive = QColor(0x6fd08c);
    c.warning = QColor(0xf0c050);
    c.danger = QColor(0xff8f8a);
    c.production = QColor(0xc22a30);
    c.staging = QColor(0x8a5a00);
    c.development = QColor(0x1f7a3a);
    c.environmentText = QColor(0xffffff);
    c.infoGround = QColor(0x182c47);
    c.positiveGround = QColor(0x173020);
    c.warningGround = QColor(0x392d10);
    c.dangerGround = QColor(0x421c1f);
    return c;
}

double channelLuminance(double value)
{
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color)
{
    return 0.2126 * channelLuminance(color.redF()) + 0.7152 * channelLuminance(color.greenF())
        + 0.0722 * channelLuminance(color.blueF());
}

bool systemIsDark()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
    if (scheme != Qt::ColorScheme::Unknown)
        return scheme == Qt::ColorScheme::Dark;
#endif
    return systemWasDark;
}

void setDark(bool dark) { QApplication::setPalette(themePalette(dark)); }

} // namespace

QString themeModeName(ThemeMode mode) { return QString::fromLatin1(modeNames[int(mode)]); }

std::optional<ThemeMode> themeModeByName(const QString& name)
{
    for (int i = 0; i < int(std::size(modeNames)); ++i) {
        if (name == QLatin1StringView(modeNames[i]))
            return ThemeMode(i);
    }
    return std::nullopt;
}

QColor ThemeColors::tone(Tone tone) const
{
    switch (tone) {
    case Tone::Info:
        return info;
    case Tone::Positive:
        return positive;
    case Tone::Warning:
        return warning;
    case Tone::Danger:
        return danger;
    case Tone::Neutral:
        break;
    }
    return muted;
}

QColor ThemeColors::ground(Tone tone) const
{
    switch (tone) {
    case Tone::Info:
        return infoGround;
    case Tone::Positive:
        return positiveGround;
    case Tone::Warning:
        return warningGround;
    case Tone::Danger:
        return dangerGround;
    case Tone::Neutral:
        break;
    }
    return window;
}

const ThemeColors& themeColors(bool dark)
{
    static const ThemeColors light = lightColors();
    static const ThemeColors night = darkColors();
    return dark ? night : light;
}

const ThemeColors& currentColors() { return themeColors(isDarkPalette(QGuiApplication::palette())); }

bool isDarkPalette(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QPalette themePalette(bool dark)
{
    const ThemeColors& c = themeColors(dark);
    QPalette palette(c.window);
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.base);
    palette.setColor(QPalette::AlternateBase, c.alternate);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.muted);
    palette.setColor(QPalette::Button, dark ? QColor(0x2c323b) : QColor(0xfbfbfc));
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.danger);
    palette.setColor(QPalette::ToolTipBase, dark ? QColor(0x2c323b) : QColor(0x2b3038));
    palette.setColor(QPalette::ToolTipText, QColor(0xf2f4f7));
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.accentText);
    palette.setColor(QPalette::Link, c.link);
    palette.setColor(QPalette::LinkVisited, c.link);
    palette.setColor(QPalette::Mid, c.border);
    const QColor faded = dark ? QColor(0x737c88) : QColor(0x8d96a0);
    for (const QPalette::ColorRole role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, faded);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    return palette;
}

void rememberSystemTheme()
{
    systemWasDark = isDarkPalette(QGuiApplication::palette());
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    QObject::connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, qApp, [] {
        if (currentMode == ThemeMode::System)
            setDark(systemIsDark());
    });
#endif
}

void applyTheme(ThemeMode mode)
{
    currentMode = mode;
    if (!qobject_cast<ThemeStyle*>(QApplication::style()))
        QApplication::setStyle(new ThemeStyle);
    setDark(mode == ThemeMode::Dark || (mode == ThemeMode::System && systemIsDark()));
}

ThemeMode appliedTheme() { return currentMode; }

double colorContrast(const QColor& first, const QColor& second)
{
    const double a = luminance(first);
    const double b = luminance(second);
    return (qMax(a, b) + 0.05) / (qMin(a, b) + 0.05);
}

QList<ColorPair> themeColorPairs(bool dark)
{
    const ThemeColors& c = themeColors(dark);
    const QPalette palette = themePalette(dark);
    QList<ColorPair> pairs = {
        { "text on window", c.text, c.window },
        { "text on base", c.text, c.base },
        { "text on alternate rows", c.text, c.alternate },
        { "muted on window", c.muted, c.window },
        { "muted on base", c.muted, c.base },
        { "muted on alternate rows", c.muted, c.alternate },
        { "selected text", c.accentText, c.accent },
        { "link on window", c.link, c.window },
        { "link on base", c.link, c.base },
        { "button text", palette.color(QPalette::ButtonText), palette.color(QPalette::Button) },
        { "word of production", c.environmentText, c.production },
        { "word of staging", c.environmentText, c.staging },
        { "word of development", c.environmentText, c.development },
        { "tool tip", palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase) },
    };
    for (const Tone tone : { Tone::Info, Tone::Positive, Tone::Warning, Tone::Danger }) {
        pairs.append({ "tone on window", c.tone(tone), c.window });
        pairs.append({ "tone on base", c.tone(tone), c.base });
        pairs.append({ "tone on alternate rows", c.tone(tone), c.alternate });
        pairs.append({ "tone on its ground", c.tone(tone), c.ground(tone) });
        pairs.append({ "text on a tone's ground", c.text, c.ground(tone) });
    }
    return pairs;
}

} // namespace lockscope
