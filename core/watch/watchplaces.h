// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/servertopology.h"
#include "watch/watchplace.h"

namespace lockscope {

/// All places of a deployment: makes them as the topology and the choice of databases want it, keeps them through
/// failovers and resharding, and leads a key that has moved to where it is.
class WatchPlaces final : public QObject {
    Q_OBJECT
public:
    WatchPlaces(
        ServerTopology& topology, std::shared_ptr<const CommandGate> gate, WatchOptions options, const Clock& clock);
    ~WatchPlaces() override;

    void start();
    void stop();
    [[nodiscard]] const std::vector<std::unique_ptr<WatchNode>>& nodes() const { return m_nodes; }
    /// Calls `visit(place)` for each.
    template <typename Visit> void forEach(Visit visit) const
    {
        for (const auto& node : m_nodes) {
            for (const auto& place : node->places)
                visit(*place);
        }
    }
    /// The places that may have this key.
    [[nodiscard]] std::vector<WatchPlace*> placesOf(QByteArrayView key) const;
    [[nodiscard]] bool isQuorumGroup() const { return m_map.isQuorumGroup(); }
    [[nodiscard]] qsizetype quorum() const { return m_map.quorum(); }
    /// Where they write; of a quorum group only its events.
    [[nodiscard]] const LockBooks& books() const { return m_books; }
    [[nodiscard]] bool isSettled() const;
    /// Keys a second of each server, for all its databases together; also of those that come.
    void setVerifyRate(int keysPerSecond);
    /// Other families from now on; outlives this object.
    void useFamilies(const FamilyRegistry& registry);
    /// Everything but what is measured over all.
    void fillStatus(WatchStatus& status) const;
    [[nodiscard]] TrafficCounters traffic() const;

Q_SIGNALS:
    void changed(); ///< a tracker may have something new; often
    void nodeAdded(int node);
    void statusChanged();
    void passCompleted(); ///< of one place
    void placeFailed(); ///< permanent

private:
    void applyMap();
    [[nodiscard]] std::vector<int> matchMasters(const TopologyMap& fresh) const;
    [[nodiscard]] int successorOf(int node, const TopologyMap& fresh, const std::vector<int>& nodeOf) const;
    void addNode(const MasterNode& master);
    void moveNode(WatchNode& node, const MasterNode& master);
    void dropNode(WatchNode& node);
    void settleSlots(const TopologyMap& before, const std::vector<int>& nodeBefore);
    void takeOver(WatchNode& node, const MasterNode& master);
    void addPlaces(WatchNode& node);
    void addPlace(WatchNode& node, qint32 database);
    void startWatcher(WatchPlace& place, qint64 gapSinceMs);
    [[nodiscard]] int verifyRateOf(const WatchNode& node) const;
    void watchDatabases(WatchNode& node);
    void route(const WatchPlace& from, const QByteArray& key, const Error& error, ChangeHints hints);
    [[nodiscard]] ConnectionSpec specOf(const WatchNode& node, qint32 database) const;
    [[nodiscard]] WatchPlace* placeOnMaster(int master, qint32 database) const;

    ServerTopology& m_topology;
    const std::shared_ptr<const CommandGate> m_gate;
    WatchOptions m_options;
    const Clock& m_clock;
    const LockBooks m_books;
    TopologyMap m_map; ///< as applied
    std::vector<int> m_nodeOf; ///< by index of master
    std::vector<std::unique_ptr<WatchNode>> m_nodes; ///< never reordered: locks name them by index
    bool m_running = false;
};

} // namespace lockscope
