// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/redlockoperations.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"

#include <memory>
#include <vector>

namespace lockscope {

/// What redsync v4 sends, to the byte: its scripts are checked by their SHA1 against what its own tests pin. As
/// mutexes of two programs would, it talks to one server at a time over a connection of its own.
class RedsyncClient {
public:
    explicit RedsyncClient(const QString& socketPath)
        : m_client(socketPath)
    {
    }
    /// SetNX: whether it was free.
    bool lock(const QByteArray& name, const QByteArray& value, qint64 expiryMs);
    /// The delete script: 1 deleted, 0 another value, -1 no key.
    qint64 unlock(const QByteArray& name, const QByteArray& value);
    /// The touch script: 1 prolonged, 0 not ours or gone.
    qint64 extend(const QByteArray& name, const QByteArray& value, qint64 expiryMs);
    static const QByteArray deleteScript;
    static const QByteArray touchScript;

private:
    BlockingClient m_client;
};

/// Several real servers, a connection to each, and the operations over all of them.
class RedlockFixture {
public:
    /// Further arguments for every server, e.g. of persistence.
    explicit RedlockFixture(int masters, const Clock& clock = SystemClock::instance());
    ~RedlockFixture();

    [[nodiscard]] bool waitUntilReady();
    [[nodiscard]] SandboxServer& server(int master) { return *m_servers.at(size_t(master)); }
    [[nodiscard]] Connection& connection(int master) { return *m_connections.at(size_t(master)); }
    /// Goes another way to this master from now on, before the operations are used.
    void reroute(int master, const ConnectionSpec& spec);
    [[nodiscard]] RedlockOperations& operations() { return *m_operations; }
    [[nodiscard]] int size() const { return int(m_servers.size()); }

    /// A plain client's view of one master; `nil` where nothing is.
    QByteArray ask(int master, const QList<QByteArray>& command);
    QByteArray tokenOn(int master, const QByteArray& key) { return ask(master, { "GET", key }); }
    /// On how many masters the key holds exactly this.
    int votes(const QByteArray& key, const QByteArray& token);

    Result<AcquireGrant> acquire(const AcquireRequest& request);
    Result<AcquireGrant> extend(const ExtendRequest& request);
    Status release(const ReleaseRequest& request);

private:
    void rebuild();

    const Clock& m_clock;
    std::vector<std::unique_ptr<SandboxServer>> m_servers;
    std::vector<ConnectionSpec> m_specs;
    std::vector<std::unique_ptr<Connection>> m_connections;
    std::unique_ptr<RedlockOperations> m_operations;
};

} // namespace lockscope
