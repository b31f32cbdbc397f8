// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locktable/lockcelldelegate.h"
#include "locktable/lockcolors.h"

namespace lockscope {

/// What a countdown cell shows; a pure function of the lock, the cell and the instant.
struct CountdownGeometry {
    QRect track; ///< the full lease; empty where the cell is too narrow for a bar
    QRect fill; ///< what is left of it
    QRect text;
    QString label;
    LockTone tone = LockTone::Calm;
};
/// `textWidth`: room for the longest usual label, so that bars of all rows begin and end alike.
[[nodiscard]] CountdownGeometry countdownGeometry(
    const LockRecord& lock, const QRect& cell, int textWidth, SteadyTime now);
/// How long until the bar has lost a pixel or the label changes.
[[nodiscard]] Milliseconds nextCountdownStep(const LockRecord& lock, int trackWidth, SteadyTime now);

/// The remaining lease as bar and text. Without TTL the bar is full and hatched, stale it is a dashed outline, due it
/// is an empty outline: never told by colour alone.
class CountdownDelegate final : public LockCellDelegate {
    Q_OBJECT
public:
    using LockCellDelegate::LockCellDelegate;
    /// Width of the labels in this font.
    [[nodiscard]] static int labelWidth(const QFontMetrics& metrics);

protected:
    void paintCell(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index,
        const Cell& cell) const override;

private:
    mutable QFont m_labelFont;
    mutable int m_labelWidth = 0;
};

} // namespace lockscope
