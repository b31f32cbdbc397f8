// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/lockoperation.h"
#include "redis/connection.h"

#include <QObject>

#include <memory>

namespace lockscope {

/// Acquire, extend and release of one lock on several independent masters, as redsync v4 does it: all are asked at
/// once, more than half must agree. A lock that redsync took can be extended and released here given its token, and the
/// other way round. Lives in the engine thread. Every handler is called exactly once.
class RedlockOperations final : public QObject {
    Q_OBJECT
public:
    /// The masters, in the order of the URIs, outlive this object; those whose connection is not ready count as failed.
    explicit RedlockOperations(
        QList<Connection*> masters, const Clock& clock = SystemClock::instance(), QObject* parent = nullptr);
    ~RedlockOperations() override;

    /// Errors: Taken, NoQuorum (masters failed that could have decided), Expired (the quorum came too late), and what
    /// all masters refuse alike. Nothing of ours stays behind: see RedlockFlow.
    void acquire(const AcquireRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler);
    /// Errors: NotHeld (another token), Expired (gone, or the answers came too late), NoQuorum. The lease of those who
    /// agreed is prolonged in any case. A master that has lost the lock does not get it again.
    void extend(const ExtendRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler);
    /// Errors: as extend(). Deleted by whoever has it with this token; a quorum of deletions is success.
    void release(const ReleaseRequest& request, UniqueFunction<void(Status)> handler);

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
