// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/lockcues.h"

#include "common/motion.h"
#include "locktable/lockcolors.h"

#include <QCoreApplication>
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
    case LockCue::Kind::Renewed:
        return 1500ms;
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

Milliseconds endCueDuration() { return 1500ms; }

void paintEndCue(
    QPainter& painter, const QRect& cell, LockColumn column, LockEnd how, Milliseconds age, const QPalette& palette)
{
    const bool isCue = how == LockEnd::Expired || how == LockEnd::Forced || how == LockEnd::Evicted;
    if (!isCue)
        return;
    QColor color = toneColor(how == LockEnd::Forced ? LockTone::Urgent
            : how == LockEnd::Expired               ? LockTone::Due
                                                    : LockTone::NoTtl,
        palette);
    // The bar stays as long as the row: expired dashed, ended by force doubled.
    if (column == LockColumn::State) {
        painter.setPen(QPen(color, barWidth, how == LockEnd::Expired ? Qt::DotLine : Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(cell.left() + 1, cell.top(), cell.left() + 1, cell.bottom() + 1);
        if (how == LockEnd::Forced)
            painter.fillRect(QRect(cell.left() + barWidth + 1, cell.top(), 1, cell.height()), color);
    }
    const double left = 1 - double(age.count()) / double(endCueDuration().count());
    if (left <= 0)
        return;
    color.setAlphaF(float(strongestTint * (isMotionReduced() ? 1 : left)));
    painter.fillRect(cell, color);
}

QString cueWord(const LockCue& cue)
{
    if (cueStrength(cue) <= 0)
        return {};
    switch (cue.kind) {
    case LockCue::Kind::Acquired:
        return QCoreApplication::translate("lockscope::LockColumns", "acquired");
    case LockCue::Kind::Renewed:
        return QCoreApplication::translate("lockscope::LockColumns", "renewed");
    case LockCue::Kind::HandedOver:
        return QCoreApplication::translate("lockscope::LockColumns", "new holder");
    case LockCue::Kind::None:
        break;
    }
    return {};
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
