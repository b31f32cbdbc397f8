// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "stress/faultproxy.h"

#include <QTimer>

namespace lockscope {

/// The lab's own connection to a server, for commands of faults and of the clean-up; not opened yet.
[[nodiscard]] std::unique_ptr<Connection> makeControlLink(const ConnectionSpec& spec, Milliseconds timeout);

/// The replica of a sandbox master, behind a door that can be held shut: what the master has answered and not passed on
/// yet is lost when the replica takes over, as in life. In the director's thread.
class LabReplica final : public QObject {
    Q_OBJECT
public:
    /// Starts a server of its own. Errors: those of SandboxServer::start.
    [[nodiscard]] static Result<std::unique_ptr<LabReplica>> make(const ConnectionSpec& master, Milliseconds timeout);

    /// Connects and follows the master; `handler` is called exactly once, when it is in step. Errors: Timeout, and
    /// those of the connection.
    void follow(UniqueFunction<void(Status)> handler);
    void hold(bool held);
    [[nodiscard]] bool isUp() const { return m_server->processId() != 0; }
    /// Changes places with its master, which is down: that one comes back empty after a while, and follows.
    void takeOver(std::unique_ptr<SandboxServer>& master, std::unique_ptr<Connection>& control);

private:
    LabReplica() = default;
    void watchControl();
    void sendReplicaOf();
    void askInStep();
    void comeBack();
    void finish(Status status);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<Connection> m_control;
    std::unique_ptr<FaultProxy> m_door; ///< to whoever is the master
    UniqueFunction<void(Status)> m_handler;
    QTimer m_pace;
    QTimer m_comeBack;
    SteadyTime m_giveUpAt;
};

} // namespace lockscope
