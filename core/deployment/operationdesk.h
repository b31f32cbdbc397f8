// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/completion.h"
#include "deployment/forcereleasebatch.h"
#include "deployment/lockrouter.h"
#include "history/auditwriter.h"
#include "locks/serverreport.h"
#include "locks/valuepage.h"
#include "operations/forcereleaser.h"
#include "operations/restorerequest.h"

#include <functional>
#include <memory>

namespace lockscope {

/// The operations of one deployment, each where its lock lives: on the one master there is, on the one that serves the
/// key's slot, or on all of a quorum. What a server answers with "not here" has not happened, and goes on to where it
/// points. Engine thread.
class OperationDesk final : public QObject, private ForceReleaser {
    Q_OBJECT
public:
    /// `topology` outlives it.
    OperationDesk(ServerTopology& topology, std::shared_ptr<CommandGate> gate, Milliseconds timeout,
        const QString& auditFile, QObject* parent = nullptr);
    ~OperationDesk() override;

    void readValue(const ValueRequest& request, Completion<ValuePage> completion);
    void inspectServer(Completion<ServerReport> completion);
    void inspect(const InspectRequest& request, Completion<LockInspection> completion);
    void acquire(const AcquireRequest& request, Completion<AcquireGrant> completion);
    void extend(const ExtendRequest& request, Completion<AcquireGrant> completion);
    void release(const ReleaseRequest& request, Completion<void> completion);
    void forceRelease(ForceReleaseRequest request, Completion<QList<ForceReleaseResult>> completion);
    void weigh(const InspectRequest& request, Completion<ReleaseImpact> completion);
    /// What it saw goes into the audit log, too.
    void follow(const FollowRequest& request, Completion<QList<NextHolder>> completion);
    void restore(RestoreRequest request, Completion<RestoreResult> completion);
    /// Opens the production gate once the audit log has the reason. Needs no link.
    void arm(const ArmRequest& request, Completion<WriteAccess> completion);

    /// Other families from now on; they outlive this object.
    void useFamilies(const FamilyRegistry& registry) { m_router.useFamilies(registry); }
    /// Acquires that wait, and whatever waits for the link, end with Cancelled.
    void cancelPending();
    /// Begins nothing new and gives up what waits; `idle` follows unless it is idle already.
    void shutDown();
    [[nodiscard]] bool isIdle() const;
    [[nodiscard]] TrafficCounters traffic() const { return m_router.traffic(); }

Q_SIGNALS:
    /// An operation of ours may have changed it.
    void keyTouched(const QByteArray& key, const lockscope::LockPlace& place);
    void idle();

private:
    using Route = LockRouter::Route;
    template <typename T> using Handler = UniqueFunction<void(Result<T>)>;
    /// What an operation does once it is there; may be called again for another route.
    template <typename T> using Act = std::function<void(const Route&, Handler<T>)>;
    /// How an operation gets to its server.
    struct Trip {
        QByteArray key;
        LockPlace place;
        SteadyTime giveUpAt {}; ///< no further try after this
        std::optional<Redirect> redirect;
        int redirects = 0;
    };
    enum class Next : quint8 { Report, TryNow, TrySoon };

    void forceReleaseOne(const ForceReleaseTarget& target, UniqueFunction<void(ForceReleaseResult)> handler) override;
    void readOldValueOf(const ForceReleaseTarget& target, UniqueFunction<void(OldValue)> handler) override;
    [[nodiscard]] AuditPlace auditPlaceOf(const Route& route) const;
    void recordNext(const FollowRequest::Lock& lock, const NextHolder& next);
    void startRestore(OperationSite& site, RestoreRequest request, Completion<RestoreResult> completion);
    [[nodiscard]] Trip tripTo(const QByteArray& key, const LockPlace& place) const;
    template <typename T> void perform(Trip trip, Act<T> act, Handler<T> done);
    [[nodiscard]] Next nextAfter(const Error& error, const Route& route, Trip& trip);
    /// What an act on a lock of our own leaves in the audit log.
    struct OwnEntry {
        const char* action;
        QByteArray key;
        QByteArray token; ///< empty: made on the way
        LockPlace place;
        QString reason;
    };
    template <typename T> using OwnAct = std::function<void(Handler<T>)>;
    /// Intent, act, outcome. A release goes on where the log cannot be written: nobody is made to keep a lock.
    template <typename T> void recorded(OwnEntry entry, OwnAct<T> act, Completion<T> completion);
    [[nodiscard]] AuditIntent intentOf(const OwnEntry& entry, const Route& route) const;
    void recordOutcome(const AuditOutcome& outcome);
    void sendAcquire(const AcquireRequest& request, Handler<AcquireGrant> done);
    void sendExtend(const ExtendRequest& request, Handler<AcquireGrant> done);
    void sendRelease(const ReleaseRequest& request, Handler<void> done);
    /// Errors name what was asked for.
    [[nodiscard]] Status checkWritable(const char* what, const QByteArray& key) const;
    /// The same for a lock of our own: one that was taken while writes were armed may be kept and given back.
    [[nodiscard]] Status checkOwnLease(const char* what, const QByteArray& key, const QByteArray& token) const;
    void keepLease(const Result<AcquireGrant>& grant);
    void endErrand();
    void onTaskFinished();
    void checkIdle();

    ServerTopology& m_topology;
    std::shared_ptr<CommandGate> m_gate;
    Milliseconds m_timeout;
    AuditWriter m_audit;
    LockRouter m_router;
    int m_errands = 0; // operations under way
    int m_tasks = 0; // batches and restores under way
    bool m_stopping = false;
    bool m_isEnding = false; // in the destructor
};

} // namespace lockscope
