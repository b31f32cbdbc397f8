// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/lockcolors.h"

#include <algorithm>
#include <cmath>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

struct ToneColors {
    QRgb lightFill, lightText, darkFill, darkText;
};

// By LockTone. Hues stay apart for the common kinds of colour blindness: blue, amber, vermilion, magenta, violet, grey.
constexpr ToneColors colors[lockToneCount] = {
    { 0xff2f7fc1, 0xff1b5e97, 0xff4a9ee0, 0xff8cc4f2 },
    { 0xffb87503, 0xff7d4f00, 0xffd9961a, 0xfff0bc5e },
    { 0xffd1432b, 0xffa82a15, 0xffe8674f, 0xffff9f8c },
    { 0xffb8327a, 0xff96225f, 0xffe070ae, 0xfff5a3cf },
    { 0xff7a52c7, 0xff5f39a8, 0xff9d7ce6, 0xffc4aeff },
    { 0xff808890, 0xff565d64, 0xff8b939b, 0xffb3bac1 },
    { 0xffd1432b, 0xffa82a15, 0xffe8674f, 0xffff9f8c },
};

double luminance(const QColor& color)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

LockTone lockTone(const LockRecord& lock, SteadyTime now)
{
    if (lock.state == LockState::Stale)
        return LockTone::Stale;
    if (lock.state == LockState::Minority)
        return LockTone::Minority;
    if (!lock.hasDeadline())
        return LockTone::NoTtl;
    const Milliseconds remaining = lock.remaining(now);
    if (lock.state == LockState::Due || remaining == 0ms)
        return LockTone::Due;
    if (remaining < 2s || remaining * 10 < lock.lease)
        return LockTone::Urgent;
    return remaining < 5s || remaining * 4 < lock.lease ? LockTone::Soon : LockTone::Calm;
}

bool isDark(const QPalette& palette)
{
    return luminance(palette.color(QPalette::Base)) < luminance(palette.color(QPalette::Text));
}

QColor toneColor(LockTone tone, const QPalette& palette)
{
    const ToneColors& own = colors[size_t(tone)];
    return QColor(isDark(palette) ? own.darkFill : own.lightFill);
}

QColor toneTextColor(LockTone tone, const QPalette& palette)
{
    const ToneColors& own = colors[size_t(tone)];
    return QColor(isDark(palette) ? own.darkText : own.lightText);
}

QColor trackColor(const QPalette& palette)
{
    QColor color = palette.color(QPalette::Text);
    color.setAlphaF(isDark(palette) ? 0.16F : 0.11F);
    return color;
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const auto [dark, light] = std::minmax({ luminance(a), luminance(b) });
    return (light + 0.05) / (dark + 0.05);
}

} // namespace lockscope
