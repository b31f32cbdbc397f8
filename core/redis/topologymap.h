// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "redis/connectionuri.h"

#include <QSet>

#include <optional>
#include <vector>

namespace lockscope {

inline constexpr int clusterSlotCount = 16384;
/// The hash slot of a key, by its `{hash tag}` where it has one.
[[nodiscard]] quint16 clusterSlotOf(QByteArrayView key);

/// One server that takes writes.
struct MasterNode {
    /// Fit for a Connection: standalone, one endpoint, with user, password, database and TLS options of the URI it came
    /// from. In a cluster it may have changed its place while `id` stays.
    ConnectionSpec spec;
    QByteArray id; ///< the cluster's own name of the node; else empty

    /// `host:port` or the socket path: the contract's `node`.
    [[nodiscard]] QString name() const { return spec.endpoint().text(); }
    friend bool operator==(const MasterNode&, const MasterNode&) = default;
};

/// Which servers hold the locks of a deployment, as of one moment. A value.
struct TopologyMap {
    Topology kind = Topology::Standalone; ///< Standalone, also for several independent masters; Sentinel; Cluster
    /// In the order of the URIs; of a cluster, in the order of their slots. Empty until known.
    QList<MasterNode> masters;
    std::vector<qint16> slotOwners; ///< cluster: index into `masters` by slot, -1 where nobody serves it
    QSet<quint16> movingSlots; ///< cluster: on their way from one master to another, as far as told

    [[nodiscard]] bool isKnown() const { return !masters.isEmpty(); }
    /// Several independent masters: a lock is held only with a quorum of them.
    [[nodiscard]] bool isQuorumGroup() const { return kind == Topology::Standalone && masters.size() > 1; }
    [[nodiscard]] qsizetype quorum() const { return isQuorumGroup() ? masters.size() / 2 + 1 : 1; }
    /// Index of the one master that has the key: by slot in a cluster, else the first; -1 where nobody has it, and for
    /// a quorum group, where every one has a say.
    [[nodiscard]] int masterOf(QByteArrayView key) const;
    [[nodiscard]] int indexOf(const Endpoint& endpoint) const; ///< -1: none of the masters
    friend bool operator==(const TopologyMap&, const TopologyMap&) = default;
};

/// A cluster node's "not here".
struct Redirect {
    bool ask = false; ///< ASK: for this one command, behind ASKING; else MOVED: from now on
    quint16 slot = 0;
    Endpoint to;
};
/// Reads MOVED and ASK; `asked` is the endpoint that said so, and where an answer without a host points to. Nothing for
/// other errors.
[[nodiscard]] std::optional<Redirect> redirectOf(const Error& error, const Endpoint& asked);

} // namespace lockscope
