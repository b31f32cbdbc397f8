// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clusterfixture.h"

#include <QTest>

namespace lockscope {

ClusterFixture::ClusterFixture(int masters, bool withReplicas, const TestAuthority* tls)
    : m_masters(masters)
    , m_tls(tls)
{
    const int count = withReplicas ? 2 * masters : masters;
    QList<QByteArray> busPorts;
    for (int i = 0; i < count; ++i) {
        const quint16 bus = freeLoopbackPort();
        busPorts += QByteArray::number(bus);
        SandboxServer::Options options;
        options.tcp = !tls;
        options.arguments = { QStringLiteral("--cluster-enabled"), QStringLiteral("yes"),
            QStringLiteral("--cluster-port"), QString::number(bus), QStringLiteral("--cluster-node-timeout"),
            QStringLiteral("1500"), QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
        const quint16 tlsPort = tls ? freeLoopbackPort() : 0;
        if (tls)
            options.arguments += tls->serverArguments(tlsPort, QStringLiteral("server"))
                + QStringList { QStringLiteral("--tls-cluster"), QStringLiteral("yes"),
                      QStringLiteral("--tls-replication"), QStringLiteral("yes") };
        m_servers.addServer(options);
        m_ports += tls ? tlsPort : m_servers.server(i).port();
    }
    for (int i = 0; i < masters; ++i) {
        m_servers.run(i,
            { "CLUSTER", "ADDSLOTSRANGE", QByteArray::number(clusterSlotCount * i / masters),
                QByteArray::number(clusterSlotCount * (i + 1) / masters - 1) });
        m_servers.run(i, { "CLUSTER", "SET-CONFIG-EPOCH", QByteArray::number(i + 1) });
    }
    for (int i = 1; i < count; ++i)
        m_servers.run(0, { "CLUSTER", "MEET", "127.0.0.1", QByteArray::number(m_ports.at(i)), busPorts[i] });
}

bool ClusterFixture::waitUntilOk()
{
    const auto allSay = [this](const QList<QByteArray>& command, const QByteArray& text) {
        for (int i = 0; i < m_servers.serverCount(); ++i) {
            if (!m_servers.run(i, command).text.contains(text))
                return false;
        }
        return true;
    };
    const QByteArray known = "cluster_known_nodes:" + QByteArray::number(m_servers.serverCount()) + "\r";
    if (!QTest::qWaitFor([&] { return allSay({ "CLUSTER", "INFO" }, known); }, 30000))
        return false;
    for (int i = m_masters; i < m_servers.serverCount(); ++i) {
        const QByteArray master = idOf(i - m_masters);
        if (!QTest::qWaitFor([&] { return m_servers.run(i, { "CLUSTER", "REPLICATE", master }).text == "OK"; }, 30000))
            return false;
    }
    const auto synchronised = [this] {
        for (int i = m_masters; i < m_servers.serverCount(); ++i) {
            if (!m_servers.run(i, { "INFO", "replication" }).text.contains("master_link_status:up"))
                return false;
        }
        return true;
    };
    return QTest::qWaitFor(
               [&] {
                   return allSay({ "CLUSTER", "INFO" }, "cluster_state:ok");
               },
               30000)
        && QTest::qWaitFor(synchronised, 30000);
}

ConnectionSpec ClusterFixture::spec()
{
    ConnectionSpec spec;
    spec.topology = Topology::Cluster;
    for (const int node : { 0, 1 })
        spec.endpoints += Endpoint { QStringLiteral("127.0.0.1"), m_ports.at(node), {} };
    if (m_tls) {
        spec.link = LinkKind::Tls;
        spec.tls.caCertificateFile = m_tls->caFile();
    }
    return spec;
}

QByteArray ClusterFixture::idOf(int node) { return m_servers.run(node, { "CLUSTER", "MYID" }).text; }

QString ClusterFixture::nameOf(int node)
{
    return Endpoint { QStringLiteral("127.0.0.1"), m_ports.at(node), {} }.text();
}

int ClusterFixture::ownerOf(const QByteArray& key) const
{
    const int slot = clusterSlotOf(key);
    for (int i = 0; i < m_masters; ++i) {
        if (slot < clusterSlotCount * (i + 1) / m_masters)
            return i;
    }
    return -1;
}

QByteArray ClusterFixture::keyOn(int owner, const QByteArray& prefix) const
{
    for (int i = 0;; ++i) {
        const QByteArray key = prefix + '{' + QByteArray::number(i) + '}';
        if (ownerOf(key) == owner)
            return key;
    }
}

BlockingClient::Answer ClusterFixture::set(int node, const QByteArray& key, const QByteArray& token, const char* ttlMs)
{
    return m_servers.run(node, { "SET", key, token, "PX", ttlMs });
}

void ClusterFixture::beginMove(int slot, int from, int to)
{
    m_servers.run(to, { "CLUSTER", "SETSLOT", QByteArray::number(slot), "IMPORTING", idOf(from) });
    m_servers.run(from, { "CLUSTER", "SETSLOT", QByteArray::number(slot), "MIGRATING", idOf(to) });
}

void ClusterFixture::moveKeys(int slot, int from, int to)
{
    const auto keys = m_servers.run(from, { "CLUSTER", "GETKEYSINSLOT", QByteArray::number(slot), "1000" });
    for (const auto& key : keys.items) {
        m_servers.run(from, { "MIGRATE", "127.0.0.1", QByteArray::number(m_ports.at(to)), key.text, "0", "5000" });
    }
}

void ClusterFixture::finishMove(int slot, int to)
{
    const QByteArray owner = idOf(to);
    m_servers.run(to, { "CLUSTER", "SETSLOT", QByteArray::number(slot), "NODE", owner });
    for (int i = 0; i < m_masters; ++i)
        m_servers.run(i, { "CLUSTER", "SETSLOT", QByteArray::number(slot), "NODE", owner });
}

} // namespace lockscope
