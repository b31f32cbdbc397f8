// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sentinelfixture.h"

#include <QFile>
#include <QTcpSocket>
#include <QTest>

namespace lockscope {

SentinelFixture::SentinelFixture()
{
    SandboxServer::Options options;
    options.tcp = true;
    options.arguments = { QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
    m_servers.addServer(options);
    const QByteArray master = QByteArray::number(m_servers.server(0).port());
    options.arguments += { QStringLiteral("--replicaof"), QStringLiteral("127.0.0.1"), QString::fromLatin1(master) };
    m_servers.addServer(options);
    for (int i = 0; i < 3; ++i) {
        m_ports += freeLoopbackPort();
        const QByteArray port = QByteArray::number(m_ports.last());
        const QString name = m_folder.filePath(QString::fromLatin1("sentinel-" + port + ".conf"));
        QFile file(name);
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no configuration of a Sentinel");
        file.write("port " + port + "\nbind 127.0.0.1\ndir " + QFile::encodeName(m_folder.path())
            + "\nsentinel monitor mymaster 127.0.0.1 " + master
            + " 2\nsentinel down-after-milliseconds mymaster 600\nsentinel failover-timeout mymaster 3000\n");
        file.close();
        auto process = std::make_unique<QProcess>();
        process->setStandardOutputFile(QProcess::nullDevice());
        process->start(QStringLiteral("redis-server"), { name, QStringLiteral("--sentinel") });
        if (!process->waitForStarted())
            qFatal("no Sentinel");
        m_sentinels.push_back(std::move(process));
    }
}

SentinelFixture::~SentinelFixture()
{
    for (const auto& sentinel : m_sentinels) {
        sentinel->kill();
        sentinel->waitForFinished();
    }
}

void SentinelFixture::killSentinel(int index)
{
    m_sentinels.at(size_t(index))->kill();
    m_sentinels.at(size_t(index))->waitForFinished();
}

QByteArray SentinelFixture::ask(int index, const QByteArray& command)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), m_ports.at(index));
    if (!socket.waitForConnected(1000))
        return {};
    socket.write(command + "\r\n");
    QByteArray answer;
    while (socket.waitForReadyRead(answer.isEmpty() ? 2000 : 50))
        answer += socket.readAll();
    return answer;
}

bool SentinelFixture::waitUntilSettled()
{
    return QTest::qWaitFor(
        [this] {
            for (int i = 0; i < 3; ++i) {
                [[maybe_unused]] const QByteArray faster
                    = ask(i, "SENTINEL DEBUG INFO-PERIOD 300 PING-PERIOD 100 PUBLISH-PERIOD 200");
                const QByteArray master = ask(i, "SENTINEL MASTER mymaster");
                if (!master.contains("num-other-sentinels\r\n$1\r\n2") || !master.contains("num-slaves\r\n$1\r\n1"))
                    return false;
                if (!ask(i, "SENTINEL REPLICAS mymaster").contains("master-link-status\r\n$2\r\nok"))
                    return false;
            }
            return true;
        },
        30000);
}

ConnectionSpec SentinelFixture::spec() const
{
    ConnectionSpec spec;
    spec.topology = Topology::Sentinel;
    spec.sentinelMaster = QStringLiteral("mymaster");
    spec.endpoints = { Endpoint { QStringLiteral("127.0.0.1"), freeLoopbackPort(), {} },
        Endpoint { QStringLiteral("127.0.0.1"), m_ports.first(), {} } };
    return spec;
}

} // namespace lockscope
