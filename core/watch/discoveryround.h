// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/topologymap.h"
#include "watch/databasefinder.h"
#include "watch/discovery.h"

namespace lockscope {

/// One look at every place of a deployment, one after the other, as one report: each master of a cluster, each database
/// that is wanted; of a quorum group, whose masters hold the same locks, the first one that answers. One use. Engine
/// thread.
class DiscoveryRound final : public QObject {
    Q_OBJECT
public:
    DiscoveryRound(TopologyMap map, std::shared_ptr<const CommandGate> gate, DiscoveryOptions options,
        WatchOptions watch, QObject* parent = nullptr);
    ~DiscoveryRound() override;

    /// As Discovery::start().
    void start(Discovery::Handler handler);

private:
    void findDatabases();
    void addPlaces(const QList<qint32>& databases);
    void lookAtNext();
    void receive(Result<DiscoveryReport> report);
    void finish(Result<DiscoveryReport> result);

    const TopologyMap m_map;
    const std::shared_ptr<const CommandGate> m_gate;
    const DiscoveryOptions m_options;
    const WatchOptions m_watch;
    Discovery::Handler m_handler;
    std::unique_ptr<DatabaseFinder> m_finder;
    std::unique_ptr<Discovery> m_look;
    qsizetype m_master = 0;
    QList<ConnectionSpec> m_places; ///< of this master, still to look at
    std::optional<DiscoveryReport> m_sum;
};

/// Adds what was found in another place.
void addReport(DiscoveryReport& sum, const DiscoveryReport& report);

} // namespace lockscope
