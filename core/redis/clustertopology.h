// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/servertopology.h"

#include <QTimer>

namespace lockscope {

/// The address of a node in CLUSTER SLOTS: its preferred one; without a name, where we asked; unknown (`?`), its IP.
[[nodiscard]] Endpoint clusterNodeEndpoint(ReplyView node, const Endpoint& asked);

/// Keeps the slot map of a Redis Cluster: asks one node, and another one when it does not answer or its word does not
/// fit what others meet. Often while something moves, else twice a second.
class ClusterTopology final : public ServerTopology {
    Q_OBJECT
public:
    ClusterTopology(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, TopologyOptions options);
    ~ClusterTopology() override;

    void start() override;
    void stop() override;
    void refresh() override;

private:
    void connectNext();
    void handleLost(const Error& error);
    void ask();
    void readSlots(const Result<ReplyView>& reply);
    void readNodes(const Result<ReplyView>& reply);
    void schedule();
    [[nodiscard]] bool isUnsettled() const;

    const ConnectionSpec m_spec;
    const std::shared_ptr<const CommandGate> m_gate;
    const TopologyOptions m_options;
    std::unique_ptr<Connection> m_connection;
    Endpoint m_asked;
    QList<Endpoint> m_known; ///< replicas too: whoever may be asked
    qsizetype m_next = 0; ///< into the seeds and m_known
    std::optional<TopologyMap> m_fresh; ///< of the round under way
    QTimer m_timer;
    SteadyTime m_unsettledUntil {};
    int m_fruitless = 0; ///< rounds of an unsettled time that brought nothing new
    int m_failures = 0; ///< nodes in a row that could not be asked
    bool m_asking = false;
    bool m_running = false;
};

} // namespace lockscope
