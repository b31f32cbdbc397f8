// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/watchfixture.h"

#include "base/errortext.h"

#include <QtGlobal>

namespace lockscope {

bool DeltaMirror::pull(WatchEngine& engine)
{
    if (!engine.hasDelta())
        return true;
    const LockDelta delta = engine.takeDelta();
    bool consistent = true;
    if (delta.reset)
        m_locks.clear();
    for (const LockId id : delta.removed) {
        const auto known = m_locks.constFind(id.slot);
        consistent = consistent && known != m_locks.constEnd() && known->id == id;
        m_locks.remove(id.slot);
    }
    for (const LockRecord& record : delta.changed) {
        const auto known = m_locks.constFind(record.id.slot);
        consistent = consistent && (known == m_locks.constEnd() || known->id == record.id);
        m_locks.insert(record.id.slot, record);
    }
    m_events.insert(m_events.end(), delta.events.begin(), delta.events.end());
    return consistent;
}

const LockRecord* DeltaMirror::find(const QByteArray& key) const
{
    for (const LockRecord& record : m_locks) {
        if (record.key == key)
            return &record;
    }
    return nullptr;
}

const LockRecord* DeltaMirror::find(const QByteArray& key, qint32 database) const
{
    for (const LockRecord& record : m_locks) {
        if (record.key == key && record.database == database)
            return &record;
    }
    return nullptr;
}

QList<LockEventKind> DeltaMirror::kindsOf(const QByteArray& key) const
{
    QList<LockEventKind> kinds;
    for (const LockEvent& event : m_events) {
        if (event.key == key)
            kinds.append(event.kind);
    }
    return kinds;
}

WatchFixture::WatchFixture(const SandboxServer::Options& options)
{
    auto server = SandboxServer::start(options);
    if (!server)
        qFatal("%s", qPrintable(errorMessage(server.error())));
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

WatchFixture::~WatchFixture() = default;

WatchOptions WatchFixture::allKeys()
{
    WatchOptions options;
    options.matches = { "*" };
    return options;
}

void WatchFixture::watch(WatchOptions options, bool readOnly)
{
    m_mirror = {};
    m_engine
        = std::make_unique<WatchEngine>(m_server->spec(), std::make_shared<CommandGate>(readOnly), std::move(options));
    m_engine->start();
}

const LockRecord* WatchFixture::lock(const QByteArray& key)
{
    m_consistent = m_mirror.pull(*m_engine) && m_consistent;
    return m_mirror.find(key);
}

bool WatchFixture::isWhole()
{
    m_consistent = m_mirror.pull(*m_engine) && m_consistent;
    return m_engine->status().completeness.complete;
}

} // namespace lockscope
