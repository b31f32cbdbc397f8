// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/lockcues.h"

#include "common/motion.h"
#include "locktable/lockcolors.h"

#include <QPainter>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

constexpr Milliseconds frame = 250ms;
constexpr double strongestTint = 0.24;
constexpr int barWidth = 3;

Milliseconds cueDuration(LockCue::Kind kind)
{
    switch (kind) {
    case LockCue::Kind::Acquired:
        return 1200ms;
    case LockCue::Kind::Renewed:
        return 700ms;
    case LockCue::Kind::HandedOver:
        return 3000ms;
    case LockCue::Kind::None:
        break;
    }
    return 0ms;
}

} // namespace

double cueStrength(const LockCue& cue)
{
    const Milliseconds duration = cueDuration(cue.kind);
    if (cue.age >= duration)
        return 0;
    return isMotionReduced() ? 1 : 1 - double(cue.age.count()) / double(duration.count());
}

bool isCueMoving(const LockCue& cue)
{
    return cue.kind != LockCue::Kind::None && cue.age < cueDuration(cue.kind) + frame;
}

void paintCellCue(QPainter& painter, const QRect& cell, LockColumn column, const LockCue& cue, const QPalette& palette)
{
    const bool isHandedOver
        = cue.kind == LockCue::Kind::HandedOver && (column == LockColumn::Token || column == LockColumn::Owner);
    const bool isNew = cue.kind == LockCue::Kind::Acquired;
    const double strength = isHandedOver || isNew ? cueStrength(cue) : 0;
    if (strength <= 0)
        return;
    QColor color = toneColor(isNew ? LockTone::Calm : LockTone::Soon, palette);
    if (isHandedOver || column == LockColumn::State)
        painter.fillRect(QRect(cell.left(), cell.top(), barWidth, cell.height()), color);
    color.setAlphaF(float(strongestTint * strength));
    painter.fillRect(cell, color);
}

void paintBarCue(QPainter& painter, const QRect& bar, const LockCue& cue, const QColor& color)
{
    const double strength = cue.kind == LockCue::Kind::Renewed ? cueStrength(cue) : 0;
    if (strength <= 0)
        return;
    QColor faded = color;
    faded.setAlphaF(float(strength));
    painter.setPen(QPen(faded, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar.adjusted(-2, -2, 1, 1));
}

} // namespace lockscope
