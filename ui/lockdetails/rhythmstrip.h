// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lockdetails/rhythmpicture.h"

#include <QLabel>
#include <QWidget>

namespace lockscope {

/// A lock's TTL as it rises with every renewal and falls between them, with its renewals, those that were missed, and
/// what was not watched; and below it the same in words. Drawn in the theme's colours; tool tips tell the times.
class RhythmStrip final : public QWidget {
    Q_OBJECT
public:
    explicit RhythmStrip(QWidget* parent = nullptr);
    void show(const LockRecord& record, bool gone, SteadyTime now);
    [[nodiscard]] const RhythmPicture& picture() const { return m_picture; }
    /// What the tool tip says at this place.
    [[nodiscard]] QString tipAt(const QPoint& position) const;
    [[nodiscard]] QSize sizeHint() const override { return { 240, 76 }; }
    [[nodiscard]] QSize minimumSizeHint() const override { return { 80, 76 }; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] double xOf(SteadyTime time) const;
    [[nodiscard]] double yOf(qint64 ttlMs) const;
    void paintStretches(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintLabels(QPainter& painter) const;

    RhythmPicture m_picture;
    QString m_words; ///< where there is nothing to draw
    bool m_gone = false;
};

} // namespace lockscope
