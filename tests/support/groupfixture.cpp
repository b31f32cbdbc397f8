// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/groupfixture.h"

#include "base/errortext.h"

#include <QTcpServer>

namespace lockscope {

GroupFixture::GroupFixture(int servers, const SandboxServer::Options& options)
{
    for (int i = 0; i < servers; ++i)
        addServer(options);
}

GroupFixture::~GroupFixture() = default;

void GroupFixture::addServer(const SandboxServer::Options& options)
{
    auto server = SandboxServer::start(options);
    if (!server)
        qFatal("%s", qPrintable(errorMessage(server.error())));
    m_clients.push_back(std::make_unique<BlockingClient>((*server)->socketPath()));
    m_servers.push_back(std::move(*server));
}

BlockingClient::Answer GroupFixture::run(int index, const QList<QByteArray>& arguments)
{
    BlockingClient& client = *m_clients.at(size_t(index));
    if (!client.isConnected())
        client.reconnect();
    return client.run(arguments);
}

void GroupFixture::runAll(const QList<QByteArray>& arguments)
{
    for (int i = 0; i < serverCount(); ++i)
        run(i, arguments);
}

QList<ConnectionSpec> GroupFixture::specs() const
{
    QList<ConnectionSpec> specs;
    for (const auto& server : m_servers)
        specs.append(server->spec());
    return specs;
}

void GroupFixture::watch(const QList<ConnectionSpec>& specs, WatchOptions options)
{
    stopWatching();
    m_mirror = {};
    const auto gate = std::make_shared<const CommandGate>();
    TopologyOptions how;
    how.follow = options.follow;
    how.timeout = options.commandTimeout;
    auto made = ServerTopology::make(specs, gate, how);
    if (!made)
        qFatal("%s", qPrintable(errorMessage(made.error())));
    m_topology = std::move(*made);
    m_engine = std::make_unique<WatchEngine>(*m_topology, gate, std::move(options));
    m_engine->start();
    m_topology->start();
}

void GroupFixture::stopWatching()
{
    m_engine.reset();
    m_topology.reset();
}

const LockRecord* GroupFixture::lock(const QByteArray& key)
{
    pull();
    return m_mirror.find(key);
}

const LockRecord* GroupFixture::lock(const QByteArray& key, qint32 database)
{
    pull();
    return m_mirror.find(key, database);
}

qsizetype GroupFixture::rowCount()
{
    pull();
    return m_mirror.size();
}

bool GroupFixture::hasEvent(const QByteArray& key, LockEventKind kind)
{
    pull();
    return m_mirror.kindsOf(key).contains(kind);
}

bool GroupFixture::isWhole()
{
    pull();
    return m_engine->status().completeness.complete;
}

quint16 freeLoopbackPort()
{
    QTcpServer probe;
    if (!probe.listen(QHostAddress::LocalHost))
        qFatal("no free port");
    return probe.serverPort();
}

} // namespace lockscope
