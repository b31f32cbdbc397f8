// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QObject>
#include <QTimer>

namespace lockscope {

/// Ticks for what moves by time alone. Runs only while its widget's window can be seen.
class FrameClock final : public QObject {
    Q_OBJECT
public:
    /// Watches `widget`, its parent.
    explicit FrameClock(QWidget* widget);
    /// Clamped to 33 ms … 1 s; in force from the next tick on.
    void setPeriod(Milliseconds period);
    [[nodiscard]] bool isRunning() const { return m_timer.isActive(); }

Q_SIGNALS:
    void ticked();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void update();

    QWidget* m_widget;
    QTimer m_timer;
};

} // namespace lockscope
