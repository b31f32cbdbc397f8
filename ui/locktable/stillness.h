// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lockscope {

/// Whether the table has to hold still because a lock is being aimed at: while a mouse button is down, a menu is open,
/// or the keyboard has just moved the cursor; for five seconds at most.
class Stillness final : public QObject {
    Q_OBJECT
public:
    explicit Stillness(QObject* parent);

    /// From now on, as long as a button is down or a popup is open.
    void hold();
    /// A key that may have moved the cursor.
    void keyPressed(int key);
    /// Looks whether it is over.
    void review();
    [[nodiscard]] bool isStill() const { return m_isStill; }

Q_SIGNALS:
    void changed(bool still);

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    QElapsedTimer m_sinceKey;
    bool m_isStill = false;
};

} // namespace lockscope
