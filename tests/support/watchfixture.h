// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "watch/watchengine.h"

#include <QHash>

#include <memory>

namespace lockscope {

/// A consumer of a WatchEngine as the GUI is one: it only knows what the deltas told it.
class DeltaMirror {
public:
    /// Takes the delta, if there is one, and applies it. False if it contradicts what was told before.
    bool pull(WatchEngine& engine);
    [[nodiscard]] const LockRecord* find(const QByteArray& key) const;
    [[nodiscard]] const LockRecord* find(const QByteArray& key, qint32 database) const;
    [[nodiscard]] qsizetype size() const { return m_locks.size(); }
    [[nodiscard]] QList<LockRecord> locks() const { return m_locks.values(); }
    /// All events so far, oldest first.
    [[nodiscard]] const std::vector<LockEvent>& events() const { return m_events; }
    [[nodiscard]] QList<LockEventKind> kindsOf(const QByteArray& key) const;
    void forgetEvents() { m_events.clear(); }

private:
    QHash<quint32, LockRecord> m_locks; // by slot
    std::vector<LockEvent> m_events;
};

/// A sandbox server, an engine that watches it, a mirror of the engine's deltas, and a plain client that makes the
/// traffic.
class WatchFixture {
public:
    explicit WatchFixture(const SandboxServer::Options& options = {});
    ~WatchFixture();

    /// Starts watching; by default all keys count as locks.
    void watch(WatchOptions options = allKeys(), bool readOnly = false);
    [[nodiscard]] static WatchOptions allKeys();
    [[nodiscard]] BlockingClient& client() { return *m_client; }
    [[nodiscard]] SandboxServer& server() { return *m_server; }
    [[nodiscard]] WatchEngine& engine() { return *m_engine; }
    [[nodiscard]] DeltaMirror& mirror() { return m_mirror; }
    void stopWatching() { m_engine.reset(); }
    /// The lock of a key as the deltas tell it by now, or nullptr.
    [[nodiscard]] const LockRecord* lock(const QByteArray& key);
    [[nodiscard]] bool isWhole();
    [[nodiscard]] bool isConsistent() const { return m_consistent; }
    BlockingClient::Answer run(const QList<QByteArray>& arguments) { return m_client->run(arguments); }

private:
    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<WatchEngine> m_engine;
    DeltaMirror m_mirror;
    bool m_consistent = true;
};

} // namespace lockscope
