// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/topologymap.h"
#include "watch/databasefinder.h"
#include "watch/nodewatcher.h"

#include <memory>
#include <vector>

namespace lockscope {

/// One database of one node, and who watches it. After a failover the watcher is another one, and the locks stay.
struct WatchPlace {
    WatchPlace(const Clock& clock, const LockTracker::Options& options, const LockBooks& books, quint16 nodeIndex,
        qint32 databaseNumber)
        : node(nodeIndex)
        , database(databaseNumber)
        , tracker(clock, options, books)
    {
        tracker.setPlace(database, node);
    }

    const quint16 node; ///< index into WatchStatus::nodes
    const qint32 database;
    LockTracker tracker;
    std::unique_ptr<NodeWatcher> watcher;
    std::optional<Error> failure; ///< permanent: the watcher has stopped

    /// Whether nothing more is to be waited for: read to the end, or not to be reached.
    [[nodiscard]] bool isSettled() const
    {
        return failure || watcher->isWhole() || watcher->link() == LinkState::Lost
            || watcher->link() == LinkState::Closed;
    }
};

/// One server of the deployment, with its places.
struct WatchNode {
    MasterNode master;
    bool isMember = true;
    LockBooks books; ///< shared by all nodes, or, in a quorum group, its own
    std::unique_ptr<DatabaseFinder> finder; ///< where all databases are wanted
    bool databasesKnown = true;
    std::vector<std::unique_ptr<WatchPlace>> places;
};

} // namespace lockscope
