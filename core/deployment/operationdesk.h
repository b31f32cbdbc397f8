// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/completion.h"
#include "history/auditwriter.h"
#include "operations/lockoperations.h"
#include "operations/restorerequest.h"

#include <QTimer>

#include <memory>
#include <vector>

namespace lockscope {

/// The operations of one deployment, on a connection of their own that is opened with the first of them. What comes
/// before the connection is ready waits for it, up to the timeout; a connection that cannot come up at all fails it at
/// once. Engine thread.
class OperationDesk final : public QObject {
    Q_OBJECT
public:
    OperationDesk(const ConnectionSpec& spec, std::shared_ptr<CommandGate> gate, Milliseconds timeout,
        const QString& auditFile, QObject* parent = nullptr);
    ~OperationDesk() override;

    void inspect(const QByteArray& key, Completion<LockInspection> completion);
    void acquire(const AcquireRequest& request, Completion<AcquireGrant> completion);
    void extend(const ExtendRequest& request, Completion<AcquireGrant> completion);
    void release(const ReleaseRequest& request, Completion<void> completion);
    void forceRelease(ForceReleaseRequest request, Completion<QList<ForceReleaseResult>> completion);
    void weigh(const QByteArray& key, Completion<ReleaseImpact> completion);
    /// What it saw goes into the audit log, too.
    void follow(const FollowRequest& request, Completion<QList<NextHolder>> completion);
    void restore(RestoreRequest request, Completion<RestoreResult> completion);
    /// Opens the production gate once the audit log has the reason. Needs no link.
    void arm(const ArmRequest& request, Completion<WriteAccess> completion);

    /// Acquires that wait, and whatever waits for the link, end with Cancelled.
    void cancelPending();
    /// Begins nothing new and gives up what waits; `idle` follows unless it is idle already.
    void shutDown();
    [[nodiscard]] bool isIdle() const;
    [[nodiscard]] TrafficCounters traffic() const;

Q_SIGNALS:
    void keyTouched(const QByteArray& key); ///< an operation of ours may have changed it
    void idle();

private:
    using Task = UniqueFunction<void(Status)>;
    struct Waiting {
        Task task;
        SteadyTime until;
    };

    void withLink(Task task);
    void settleWaiting(const Status& status);
    void settleOverdue();
    [[nodiscard]] Error notReached() const;
    void onLinkLost(const Error& error);
    [[nodiscard]] Status checkWritable() const;
    void onTaskFinished();

    std::shared_ptr<CommandGate> m_gate;
    Connection m_connection;
    LockOperations m_operations;
    AuditWriter m_audit;
    Milliseconds m_timeout;
    std::vector<Waiting> m_waiting; // for the link, the earliest first
    QTimer m_patience;
    int m_tasks = 0; // that are under way
    bool m_wasReady = false;
    bool m_stopping = false;
};

} // namespace lockscope
