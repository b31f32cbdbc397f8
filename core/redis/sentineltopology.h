// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/servertopology.h"

#include <QTimer>

#include <vector>

namespace lockscope {

class SentinelLink;

/// Follows the master that the Sentinels name. Asks all of them that are known, hears their `+switch-master`, believes
/// the highest configuration epoch, and announces a master only when it says itself (ROLE) that it is one: an old
/// master that returns calls itself so for ten seconds, and a Sentinel may lag.
class SentinelTopology final : public ServerTopology {
    Q_OBJECT
public:
    SentinelTopology(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, TopologyOptions options);
    ~SentinelTopology() override;

    void start() override;
    void stop() override;
    void refresh() override;

private:
    void addSentinel(const Endpoint& endpoint);
    void judge();
    void verify(const Endpoint& candidate);
    void handleRole(const Result<ReplyView>& reply);
    void handleRefusal();
    [[nodiscard]] const SentinelLink* best() const;

    const ConnectionSpec m_spec;
    const std::shared_ptr<const CommandGate> m_gate;
    const TopologyOptions m_options;
    std::vector<std::unique_ptr<SentinelLink>> m_sentinels;
    std::unique_ptr<Connection> m_candidate; ///< asked for its role
    std::optional<Endpoint> m_candidatePlace;
    std::optional<Endpoint> m_master; ///< announced
    QTimer m_retry;
    QTimer m_judgeSoon;
    bool m_running = false;
};

} // namespace lockscope
