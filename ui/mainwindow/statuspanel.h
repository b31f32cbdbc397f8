// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <QObject>

class QLabel;
class QStatusBar;
class QTimer;

namespace lockscope {

class LoadMeter;

/// The figures at the foot of the window: what is shown, how fast it changes, what we cost the server, how old the
/// picture is.
class StatusPanel final : public QObject {
    Q_OBJECT
public:
    explicit StatusPanel(QStatusBar* bar);
    void setStatus(const WatchStatus& status);
    void setCounts(qsizetype shown, qsizetype total);
    /// The table stands still: what it shows grows old.
    void setPaused(bool paused);
    [[nodiscard]] LoadMeter* loadMeter() const { return m_load; }

private:
    QLabel* addLabel(QStatusBar* bar, const QString& widest, const QString& tip);
    void refresh();
    [[nodiscard]] QString ageText() const;

    WatchStatus m_status;
    SteadyTime m_aliveAt {}; // when the connection was last known to stand
    std::optional<SteadyTime> m_pausedAt;
    qsizetype m_shown = 0;
    qsizetype m_total = 0;
    QLabel* m_locks;
    QLabel* m_events;
    LoadMeter* m_load;
    QLabel* m_age;
    QLabel* m_backlog;
    QTimer* m_timer;
};

} // namespace lockscope
