// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "doctor/doctorreport.h"
#include "locks/discovery.h"
#include "locks/lockdelta.h"
#include "locks/serverreport.h"
#include "locks/valuepage.h"
#include "operations/lockoperation.h"
#include "operations/restorerequest.h"
#include "redis/writeaccess.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

#include <memory>

namespace lockscope {

/// One watched deployment as GUI and CLI see it: a stream of deltas to pull, and operations that answer with futures.
/// The live form (livedeployment.h) owns an engine thread; tests and replays are other forms. Used from the thread it
/// was made in. Every future finishes exactly once, also at shutdown (kind Cancelled).
class Deployment : public QObject {
    Q_OBJECT
public:
    explicit Deployment(QObject* parent = nullptr)
        : QObject(parent)
    {
    }

    /// Connects and begins to watch.
    virtual void start() = 0;
    /// What it is connected to, for titles; without secrets.
    [[nodiscard]] virtual QString title() const = 0;
    /// Whether a write would be refused at this moment.
    [[nodiscard]] virtual bool isReadOnly() const = 0;
    /// Why, and until when it is not.
    [[nodiscard]] virtual WriteAccess writeAccess() const = 0;
    [[nodiscard]] virtual bool isSandbox() const = 0;
    /// How many independent masters form the quorum; 1 where there is none to form.
    [[nodiscard]] virtual int quorumMasters() const = 0;

    /// Everything since the last call, at most one delta at a time; pull once a frame after `deltaReady`. Nothing to
    /// report: no value.
    [[nodiscard]] virtual std::optional<LockDelta> takeDelta() = 0;
    /// All live locks, as soon as a complete pass has ended (at once if one has). Errors: why that cannot be.
    [[nodiscard]] virtual QFuture<Result<LockSnapshot>> completeSnapshot() = 0;
    virtual void setVisibleLocks(const std::vector<LockId>& ids) = 0;
    virtual void answerNotificationQuestion(bool enable) = 0;
    virtual void refresh() = 0;
    /// FamilyRegistry::instance() is another one: recognises with it from now on, and examines what is known anew.
    virtual void useNewFamilies() = 0;
    /// How many keys a second may be read only to verify, from now on; 1 or more.
    virtual void setVerifyRate(int keysPerSecond) = 0;

    /// Looks at a sample of the key space for names that hold locks, at the pace of the watch. A second look ends the
    /// first one with Cancelled.
    [[nodiscard]] virtual QFuture<Result<DiscoveryReport>> discover(const DiscoveryOptions& options) = 0;
    virtual void cancelDiscovery() = 0;
    /// Looks whether the deployment is safe for locks, and what it lets us do; reads only. A second examination of the
    /// same extent ends the first one with Cancelled. Errors: why no server could be reached.
    [[nodiscard]] virtual QFuture<Result<DoctorReport>> examine(const DoctorOptions& options) = 0;
    virtual void cancelExamination() = 0; ///< not those of the capabilities only

    /// The size of a value, and one page of it if that is wanted.
    [[nodiscard]] virtual QFuture<Result<ValuePage>> readValue(const ValueRequest& request) = 0;
    /// What the server says of itself at this moment.
    [[nodiscard]] virtual QFuture<Result<ServerReport>> inspectServer() = 0;
    // A request without a node goes to the one master there is, or to all of a quorum (Redlock).
    [[nodiscard]] virtual QFuture<Result<LockInspection>> inspect(const InspectRequest& request) = 0;
    /// What an operator should know before acting on a lock, read now.
    [[nodiscard]] virtual QFuture<Result<ReleaseImpact>> weigh(const InspectRequest& request) = 0;
    [[nodiscard]] virtual QFuture<Result<AcquireGrant>> acquire(const AcquireRequest& request) = 0;
    [[nodiscard]] virtual QFuture<Result<AcquireGrant>> extend(const ExtendRequest& request) = 0;
    [[nodiscard]] virtual QFuture<Result<void>> release(const ReleaseRequest& request) = 0;
    /// Acquires that wait, and operations that wait for the connection, end with Cancelled. What was sent goes on to
    /// its outcome.
    virtual void cancelPending() = 0;
    /// One result a target, in their order. Written to the audit log before and after; Storage if that is impossible,
    /// and then nothing was sent.
    [[nodiscard]] virtual QFuture<Result<QList<ForceReleaseResult>>> forceRelease(const ForceReleaseRequest& request)
        = 0;
    /// Watches released locks for their next holder and adds what it saw to the audit log; one answer a lock, in their
    /// order.
    [[nodiscard]] virtual QFuture<Result<QList<NextHolder>>> follow(const FollowRequest& request) = 0;
    /// Puts back what an entry of the audit log has ended, if the key is free. Errors: Usage where that entry is not to
    /// be put back here, Storage, and what keeps a command from being sent; the rest is an outcome.
    [[nodiscard]] virtual QFuture<Result<RestoreResult>> restore(const RestoreRequest& request) = 0;

    /// Opens the writes of a production connection; the reason goes into the audit log first. They close by themselves.
    [[nodiscard]] virtual QFuture<Result<WriteAccess>> arm(const ArmRequest& request) = 0;
    virtual void disarm() = 0;

Q_SIGNALS:
    void writeAccessChanged(); ///< armed or disarmed; not when the time is over: writeAccess() says when that is
    void deltaReady(); ///< takeDelta() has something; again only after it was called
    /// So many parts of the examination that runs (not of the capabilities only) are through.
    void examinationProgressed(int done, int parts);
    void failed(const lockscope::Error& error); ///< permanent: authentication or permission; the status says the same
};

/// Calls `callable(result)` on the guard's thread when the future is finished, unless the guard is gone by then.
template <typename T, typename Callable> void onFinished(const QFuture<T>& future, QObject* guard, Callable callable)
{
    auto* watcher = new QFutureWatcher<T>(guard);
    QObject::connect(
        watcher, &QFutureWatcherBase::finished, guard, [watcher, callable = std::move(callable)]() mutable {
            watcher->deleteLater();
            if (watcher->future().resultCount() > 0)
                callable(watcher->future().takeResult());
        });
    watcher->setFuture(future);
}

} // namespace lockscope
