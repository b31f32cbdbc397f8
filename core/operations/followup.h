// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "locks/families/familyregistry.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

#include <QTimer>

namespace lockscope {

/// Watches released locks for their next holder, by looking again and again: every 10 ms at first, later more rarely.
/// A holder who comes and goes between two looks is not seen. Ends when every lock has one, or with the window; the
/// handler is called exactly once, at the latest by the destructor.
class FollowUp final : public QObject {
    Q_OBJECT
public:
    using Handler = UniqueFunction<void(QList<NextHolder>)>;

    /// `connection`, `clock` and `registry` outlive it.
    FollowUp(Connection& connection, const Clock& clock, const FamilyRegistry& registry, FollowRequest request,
        Handler handler, QObject* parent);
    ~FollowUp() override;
    void start();

Q_SIGNALS:
    void finished(); ///< the handler was called

private:
    void look();
    void onExists(qsizetype index, bool exists);
    void onSeen(qsizetype index, const Result<LockInspection>& seen);
    void answered();
    void finish();
    [[nodiscard]] qint64 elapsedMs() const;

    Connection& m_connection;
    const Clock& m_clock;
    const FamilyRegistry& m_registry;
    FollowRequest m_request;
    Handler m_handler;
    QList<NextHolder> m_next; // in the order of the locks
    QTimer m_timer;
    int m_awaited = 0;
    bool m_done = false;
};

} // namespace lockscope
