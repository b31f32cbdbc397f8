// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/countdowndelegate.h"

#include "base/durationtext.h"
#include "locktable/lockcolumns.h"
#include "locktable/lockcues.h"

#include <QPainter>

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

constexpr int gap = 8;
constexpr int narrowestTrack = 16;

int fillWidth(const LockRecord& lock, int trackWidth, SteadyTime now)
{
    if (!lock.hasDeadline())
        return trackWidth;
    if (lock.lease <= 0ms || lock.state == LockState::Due)
        return 0;
    const double fraction = double(lock.remaining(now).count()) / double(lock.lease.count());
    return std::clamp(int(fraction * trackWidth + 0.5), 0, trackWidth);
}

void paintBar(QPainter& painter, const CountdownGeometry& geometry, const QPalette& palette, bool isSelected)
{
    const QColor color = isSelected ? palette.color(QPalette::HighlightedText) : toneColor(geometry.tone, palette);
    const bool isOutline = geometry.tone == LockTone::Stale || geometry.tone == LockTone::Due;
    QColor track = isSelected ? color : trackColor(palette);
    if (isSelected)
        track.setAlphaF(0.25F);
    painter.fillRect(geometry.track, track);
    if (geometry.tone == LockTone::NoTtl) {
        painter.setBrushOrigin(geometry.track.topLeft());
        painter.fillRect(geometry.fill, QBrush(color, Qt::BDiagPattern));
    } else if (geometry.tone == LockTone::Stale) {
        QColor faint = color;
        faint.setAlphaF(0.45F);
        painter.fillRect(geometry.fill, faint);
    } else {
        painter.fillRect(geometry.fill, color);
    }
    if (isOutline || geometry.tone == LockTone::NoTtl) {
        painter.setPen(QPen(color, 1, geometry.tone == LockTone::Stale ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(geometry.track.adjusted(0, 0, -1, -1));
    }
}

} // namespace

CountdownGeometry countdownGeometry(const LockRecord& lock, const QRect& cell, int textWidth, SteadyTime now)
{
    CountdownGeometry geometry;
    geometry.tone = lockTone(lock, now);
    geometry.label = lockCellText(lock, LockColumn::Remaining, now);
    const int trackWidth = cell.width() - textWidth - gap;
    if (trackWidth < narrowestTrack) {
        geometry.text = cell;
        return geometry;
    }
    const int height = std::clamp(cell.height() * 2 / 5, 4, 12);
    geometry.track = QRect(cell.left(), cell.top() + (cell.height() - height) / 2, trackWidth, height);
    geometry.fill = geometry.track;
    geometry.fill.setWidth(fillWidth(lock, trackWidth, now));
    geometry.text = QRect(cell.right() - textWidth + 1, cell.top(), textWidth, cell.height());
    return geometry;
}

Milliseconds nextCountdownStep(const LockRecord& lock, int trackWidth, SteadyTime now)
{
    constexpr Milliseconds idle = 1s;
    if (!lock.hasDeadline() || lock.state == LockState::Due)
        return idle;
    const Milliseconds perPixel = trackWidth > 0 ? lock.lease / trackWidth : idle;
    const Milliseconds perLabel = lock.remaining(now) < 60s ? 100ms : 1000ms;
    return std::clamp(std::min(perPixel, perLabel), 33ms, idle);
}

int CountdownDelegate::labelWidth(const QFontMetrics& metrics)
{
    int width = metrics.horizontalAdvance(lockStateText(LockState::NoTtl));
    for (const Milliseconds sample : { Milliseconds(59'900), Milliseconds(59min + 59s), Milliseconds(23h + 59min) })
        width = std::max(width, metrics.horizontalAdvance(durationText(sample)));
    return width;
}

void CountdownDelegate::paintCell(
    QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex&, const Cell& cell) const
{
    if (m_labelWidth == 0 || m_labelFont != option.font) {
        m_labelFont = option.font;
        m_labelWidth = labelWidth(option.fontMetrics);
    }
    if (cell.isGhost) {
        drawCellText(painter, option, { QStringLiteral("–"), cell.rect, Qt::AlignTrailing | Qt::AlignVCenter });
        return;
    }
    const CountdownGeometry geometry = countdownGeometry(cell.lock, cell.rect, m_labelWidth, cell.now);
    if (!geometry.track.isEmpty()) {
        paintBar(painter, geometry, option.palette, cell.isSelected);
        paintBarCue(painter, geometry.track, cell.cue,
            cell.isSelected ? cell.text : toneTextColor(LockTone::Calm, option.palette));
    }
    const bool isPlain = cell.isSelected || geometry.tone == LockTone::Calm;
    painter.setPen(isPlain ? cell.text : toneTextColor(geometry.tone, option.palette));
    drawCellText(painter, option, { geometry.label, geometry.text, Qt::AlignTrailing | Qt::AlignVCenter });
}

} // namespace lockscope
