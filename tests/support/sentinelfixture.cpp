// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sentinelfixture.h"

#include <QFile>
#include <QTcpSocket>
#include <QTest>

namespace lockscope {

namespace {

// Command line options as lines of a configuration file.
QByteArray configurationOf(const QStringList& arguments)
{
    QByteArray text;
    for (const QString& word : arguments)
        text += word.startsWith(QLatin1StringView("--")) ? '\n' + word.mid(2).toUtf8() : ' ' + word.toUtf8();
    return text + '\n';
}

} // namespace

SentinelFixture::SentinelFixture(const TestAuthority* tls)
    : m_tls(tls)
{
    const QStringList secure
        = tls ? QStringList { QStringLiteral("--tls-replication"), QStringLiteral("yes") } : QStringList();
    QByteArray master;
    for (int i = 0; i < 2; ++i) {
        SandboxServer::Options options;
        options.tcp = !tls;
        options.arguments = { QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
        const quint16 tlsPort = tls ? freeLoopbackPort() : 0;
        if (tls)
            options.arguments += tls->serverArguments(tlsPort, QStringLiteral("server")) + secure;
        if (i == 1)
            options.arguments
                += { QStringLiteral("--replicaof"), QStringLiteral("127.0.0.1"), QString::fromLatin1(master) };
        m_servers.addServer(options);
        if (i == 0)
            master = QByteArray::number(tls ? tlsPort : m_servers.server(0).port());
    }
    for (int i = 0; i < 3; ++i) {
        m_ports += freeLoopbackPort();
        const QByteArray port = QByteArray::number(m_ports.last());
        const QString name = m_folder.filePath(QString::fromLatin1("sentinel-" + port + ".conf"));
        QFile file(name);
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no configuration of a Sentinel");
        if (tls)
            file.write(
                "port 0" + configurationOf(tls->serverArguments(m_ports.last(), QStringLiteral("server")) + secure));
        else
            file.write("port " + port + '\n');
        file.write("bind 127.0.0.1\ndir " + QFile::encodeName(m_folder.path())
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
    if (m_tls) {
        spec.link = LinkKind::Tls;
        spec.tls.caCertificateFile = m_tls->caFile();
    }
    return spec;
}

} // namespace lockscope
