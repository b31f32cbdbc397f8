// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/environmentstrip.h"
#include "redis/writeaccess.h"

class QAction;
class QPushButton;
class QTimer;
class QToolButton;

namespace lockscope {

/// The environment of the window's connection, and how its writes stand: refused until they are armed, or armed with a
/// countdown to the second on the steady clock.
class ArmStrip final : public EnvironmentStrip {
    Q_OBJECT
public:
    /// `clock` outlives it; `armAction` asks for a reason, and belongs to the caller.
    ArmStrip(QAction* armAction, const Clock& clock, QWidget* parent = nullptr);

    void setAccess(const WriteAccess& access);
    [[nodiscard]] QString countdown() const; ///< `9:59`; empty while nothing is armed

Q_SIGNALS:
    void disarmRequested();
    void expired(); ///< the time is over; once an arming

private:
    void tick();
    void refresh();
    void changeEvent(QEvent* event) override;

    const Clock& m_clock;
    WriteAccess m_access;
    QTimer* m_timer;
    QToolButton* m_arm;
    QPushButton* m_disarm;
    QString m_countdown;
    bool m_wasArmed = false;
};

} // namespace lockscope
