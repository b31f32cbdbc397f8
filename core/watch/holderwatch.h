// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/clientlist.h"
#include "locks/watchstatus.h"
#include "redis/connection.h"
#include "watch/loadbudget.h"
#include "watch/locktracker.h"

#include <QObject>
#include <QTimer>

namespace lockscope {

/// Looks whether the connections that tokens name are still there: one CLIENT LIST every few seconds, the rarer the
/// longer it is, and none where the server has very many clients, or does not permit it. A holder is called gone only
/// where its token matched a connection before, and two listings in a row did without it.
class HolderWatch final : public QObject {
    Q_OBJECT
public:
    HolderWatch(Connection& connection, const Clock& clock, LockTracker& tracker, LoadBudget& budget,
        QObject* parent = nullptr);

    void start();
    void stop();
    [[nodiscard]] ClientEvidence evidence() const { return m_evidence; }

Q_SIGNALS:
    void changed(); ///< the tracker knows something new

private:
    void ask();
    void askForList();
    void giveUp();
    void read(QByteArrayView list);
    [[nodiscard]] bool follow(const ClientIndex& clients);
    [[nodiscard]] bool joinMore(const ClientIndex& clients);

    /// A holder whose connection was seen.
    struct Join {
        QByteArray token;
        LockDoubts found;
        int misses = 0; ///< listings in a row without it
    };

    Connection& m_connection;
    const Clock& m_clock;
    LockTracker& m_tracker;
    LoadBudget& m_budget;
    QTimer m_timer;
    ClientEvidence m_evidence = ClientEvidence::Unknown;
    QHash<LockId, Join> m_joins;
    quint32 m_next = 0; ///< the slot where the search for more goes on
};

} // namespace lockscope
