// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/watchfixture.h"

#include <vector>

namespace lockscope {

/// Several real servers, a plain client for each, and an engine that watches what they form.
class GroupFixture {
public:
    GroupFixture() = default;
    explicit GroupFixture(int servers, const SandboxServer::Options& options = {});
    ~GroupFixture();

    void addServer(const SandboxServer::Options& options = {});
    [[nodiscard]] SandboxServer& server(int index) { return *m_servers.at(size_t(index)); }
    [[nodiscard]] int serverCount() const { return int(m_servers.size()); }
    BlockingClient::Answer run(int index, const QList<QByteArray>& arguments);
    /// The same command to all of them.
    void runAll(const QList<QByteArray>& arguments);
    [[nodiscard]] QList<ConnectionSpec> specs() const;

    void watch(const QList<ConnectionSpec>& specs, WatchOptions options = WatchFixture::allKeys());
    [[nodiscard]] WatchEngine& engine() { return *m_engine; }
    [[nodiscard]] DeltaMirror& mirror() { return m_mirror; }
    /// The lock of a key as the deltas tell it by now, or nullptr.
    [[nodiscard]] const LockRecord* lock(const QByteArray& key);
    [[nodiscard]] const LockRecord* lock(const QByteArray& key, qint32 database);
    [[nodiscard]] qsizetype rowCount();
    [[nodiscard]] bool hasEvent(const QByteArray& key, LockEventKind kind);
    [[nodiscard]] bool isWhole();
    [[nodiscard]] bool isConsistent() const { return m_consistent; }
    [[nodiscard]] const WatchStatus& status() const { return m_engine->status(); }
    void stopWatching();

private:
    void pull() { m_consistent = m_mirror.pull(*m_engine) && m_consistent; }

    std::vector<std::unique_ptr<SandboxServer>> m_servers;
    std::vector<std::unique_ptr<BlockingClient>> m_clients;
    std::unique_ptr<ServerTopology> m_topology;
    std::unique_ptr<WatchEngine> m_engine;
    DeltaMirror m_mirror;
    bool m_consistent = true;
};

/// A port of 127.0.0.1 that nobody listens on.
[[nodiscard]] quint16 freeLoopbackPort();

} // namespace lockscope
