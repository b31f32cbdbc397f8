// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/quorumsites.h"
#include "redis/servertopology.h"

#include <map>
#include <memory>

namespace lockscope {

/// The way from a lock's place to its server, or to all masters of its quorum, whatever the topology. Owns a connection
/// to every server and database that an operation has gone to. Engine thread.
class LockRouter final : public QObject {
    Q_OBJECT
public:
    /// Where an operation goes: one site, or a whole quorum.
    struct Route {
        OperationSite* site = nullptr;
        QuorumSites* quorum = nullptr;

        /// The site, or one of the quorum's: the first that can be reached.
        [[nodiscard]] OperationSite& anySite() const { return site ? *site : quorum->firstReachable(); }
    };
    using Task = UniqueFunction<void(Result<Route>)>;

    /// `topology` outlives it.
    LockRouter(ServerTopology& topology, std::shared_ptr<const CommandGate> gate, Milliseconds timeout,
        QObject* parent = nullptr);
    ~LockRouter() override;

    /// Calls once, when the servers of the place can be talked to, or with why not.
    void withRoute(const QByteArray& key, const LockPlace& place, Task task);
    /// The same for the node that a cluster's answer points to; in front of the task's own command goes whatever that
    /// answer asks for.
    void withRedirect(const Redirect& redirect, const LockPlace& place, Task task);

    /// Other families from now on; they outlive this object.
    void useFamilies(const FamilyRegistry& registry);
    /// Whatever waits, acquires too, ends with Cancelled.
    void cancelPending();
    [[nodiscard]] bool isIdle() const;
    /// Ends everything that is awaited, now.
    void close();
    [[nodiscard]] TrafficCounters traffic() const;

Q_SIGNALS:
    void idle();

private:
    struct Waiting {
        QByteArray key;
        LockPlace place;
        Task task;
        SteadyTime until;
    };

    void follow(const QByteArray& key, const LockPlace& place, Task task);
    [[nodiscard]] Result<Route> routeTo(const QByteArray& key, const LockPlace& place);
    [[nodiscard]] OperationSite* siteOf(ConnectionSpec spec, int database);
    [[nodiscard]] QuorumSites* quorumIn(int database);
    void onTopologyChanged();
    void failWaiting(const Error& error);
    void failOverdue();
    void dropLostSites();
    void checkIdle();

    ServerTopology& m_topology;
    std::shared_ptr<const CommandGate> m_gate;
    Milliseconds m_timeout;
    std::map<std::pair<QString, int>, std::unique_ptr<OperationSite>> m_sites; // by server and database
    std::map<int, std::unique_ptr<QuorumSites>> m_quorums; // by database; use the sites, and go before them
    std::vector<Waiting> m_waiting; // for the topology to be known, the earliest first
    QTimer m_patience;
    const FamilyRegistry* m_families = nullptr; // null: all that there are
    bool m_isEnding = false; // in the destructor
};

} // namespace lockscope
