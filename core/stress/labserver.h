// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "stress/faultproxy.h"
#include "stress/keysweeper.h"
#include "stress/labreplica.h"

#include <QMap>

namespace lockscope {

/// One server of a run: the sandbox if it is ours, the connection for the lab's own commands, the proxy if a fault
/// needs one. In the director's thread.
class LabServer final : public QObject {
    Q_OBJECT
public:
    /// What the faults of a run need beside the server.
    struct Needs {
        bool proxy = false;
        bool replica = false; ///< of a sandbox
    };
    /// Starts the sandbox for `sandbox:`. Errors: those of SandboxServer::start.
    [[nodiscard]] static Result<std::unique_ptr<LabServer>> make(
        const ConnectionSpec& spec, const Needs& needs, Milliseconds timeout);

    /// Connects and asks the server what it is; `handler` is called exactly once.
    void probe(UniqueFunction<void(Status)> handler);
    /// Endpoint, version, and the settings that matter to locks.
    [[nodiscard]] const QMap<QString, QString>& facts() const { return m_facts; }
    [[nodiscard]] ConnectionSpec clientSpec() const { return m_proxy ? m_proxy->spec() : m_spec; }
    [[nodiscard]] SandboxServer* sandbox() const { return m_sandbox.get(); }
    [[nodiscard]] FaultProxy* proxy() const { return m_proxy.get(); }
    [[nodiscard]] Connection& control() const { return *m_control; }
    void holdReplication(bool held);
    /// The replica takes over; clients are led to it as soon as it is promoted.
    void failOver();
    /// Removes all keys with the prefix and answers how many are left, or why that is not known. A sandbox that is down
    /// has none.
    void sweep(const QByteArray& prefix, KeySweeper::Handler handler);

private:
    LabServer() = default;
    void askFacts();
    void finishProbe(Status status);

    ConnectionSpec m_spec;
    std::unique_ptr<SandboxServer> m_sandbox;
    std::unique_ptr<FaultProxy> m_proxy;
    std::unique_ptr<Connection> m_control;
    std::unique_ptr<LabReplica> m_replica;
    std::unique_ptr<KeySweeper> m_sweeper;
    UniqueFunction<void(Status)> m_probeHandler;
    QMap<QString, QString> m_facts;
};

} // namespace lockscope
