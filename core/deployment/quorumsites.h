// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/operationsite.h"
#include "operations/redlockoperations.h"

namespace lockscope {

/// The masters of one quorum, in one database: what is done on all of them. Engine thread.
class QuorumSites final : public QObject {
    Q_OBJECT
public:
    using Task = UniqueFunction<void()>;

    /// The sites outlive it; in the order of the URIs.
    explicit QuorumSites(QList<OperationSite*> sites, QObject* parent = nullptr);
    ~QuorumSites() override;

    /// Opens what is not open, and calls when every master is ready or has failed to be, or a moment after a quorum is
    /// ready: one that is slow to connect does not hold up the rest.
    void withMasters(Task task);
    [[nodiscard]] RedlockOperations& redlock() { return m_redlock; }

    /// Looks on every master: the lock as a quorum of them has it, or as most of them have it, and what each one said.
    /// NoQuorum where so many do not answer that nothing can be said.
    void inspect(const QByteArray& key, UniqueFunction<void(Result<LockInspection>)> handler);
    /// On every master, with a result for each; `outcome` sums them up.
    void forceRelease(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler);

    /// Of the sites, the first that is not down.
    [[nodiscard]] OperationSite& firstReachable() const;

    void cancelPending() { m_redlock.cancelAcquires(); }
    [[nodiscard]] bool isIdle() const { return m_redlock.isIdle() && m_gatherings == 0; }

Q_SIGNALS:
    void idle();

private:
    struct Gathering;
    void runGathered(const std::shared_ptr<Gathering>& gathering);

    QList<OperationSite*> m_sites;
    RedlockOperations m_redlock;
    int m_gatherings = 0; // tasks that wait for their masters
};

} // namespace lockscope
