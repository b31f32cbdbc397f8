// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "watch/loadbudget.h"
#include "watch/locktracker.h"

#include <QObject>
#include <QTimer>

namespace lockscope {

/// Counts, once a second, who waits for the locks that are on screen, as far as their families store it.
class WaiterWatch final : public QObject {
    Q_OBJECT
public:
    WaiterWatch(Connection& connection, LockTracker& tracker, LoadBudget& budget, QObject* parent = nullptr);

    void start();
    void stop();
    void setLocks(std::vector<LockId> ids);

Q_SIGNALS:
    void changed(); ///< the tracker has new counts

private:
    void ask();
    [[nodiscard]] bool askFor(LockId id);

    Connection& m_connection;
    LockTracker& m_tracker;
    LoadBudget& m_budget;
    QTimer m_timer;
    std::vector<LockId> m_ids;
    size_t m_next = 0; ///< how far this round has come: the budget may not last for all at once
};

} // namespace lockscope
