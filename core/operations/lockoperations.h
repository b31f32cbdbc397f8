// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

#include <QObject>

#include <memory>

namespace lockscope {

class FamilyRegistry;

/// Acquire, extend, release, force-release and inspect on one server, each one atomic script or command. Lives in the
/// engine thread. Every handler is called exactly once. Nothing is retried except refused acquires within `wait`; a
/// lost answer of a write is OutcomeUnknown.
class LockOperations final : public QObject {
    Q_OBJECT
public:
    /// `connection` outlives this object.
    explicit LockOperations(
        Connection& connection, const Clock& clock = SystemClock::instance(), QObject* parent = nullptr);
    ~LockOperations() override;

    /// Errors: Taken (after `wait`), OutcomeUnknown, ReadOnly, Permission… When the answer was lost, a token of our own
    /// making is released by compare-and-delete as soon as the link is back, so that nothing of ours stays behind; one
    /// that the caller chose is left alone, since it may be in use. Only OK as the answer of SET NX counts as taken.
    void acquire(const AcquireRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler);
    /// Errors: NotHeld (gone, or another token).
    void extend(const ExtendRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler);
    void release(const ReleaseRequest& request, UniqueFunction<void(Status)> handler);
    /// The target's act: one script that compares the token and does everything, so that nothing is done by halves. A
    /// connection is closed only if a look just before found the expected token still holding the lock.
    void forceRelease(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler);
    void weigh(const QByteArray& key, UniqueFunction<void(Result<ReleaseImpact>)> handler);
    /// Watches for the next holders; the handler is called exactly once, at the latest by the destructor.
    void follow(const FollowRequest& request, UniqueFunction<void(QList<NextHolder>)> handler);
    void inspect(const QByteArray& key, UniqueFunction<void(Result<LockInspection>)> handler);

    /// Instead of all that there are; outlives this object.
    void useFamilies(const FamilyRegistry& registry);

    /// Ends every follow() now, with what was seen until then.
    void cancelFollows();
    /// For the shutdown: acquires that wait end with Cancelled at once, those under way when what they took is
    /// released.
    void cancelAcquires();
    /// No acquire is under way, and none has left something to release.
    [[nodiscard]] bool isIdle() const;

Q_SIGNALS:
    void idle(); ///< isIdle() turned true

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
