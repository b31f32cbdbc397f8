// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/clusterfixture.h"
#include "support/sentinelfixture.h"
#include "support/sshfixture.h"
#include "support/testsupport.h"

#include <QJsonArray>

#include <csignal>

using namespace lockscope;

/// lockscope-cli through the system's ssh and a real sshd: every kind of deployment.
class CliSshTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void aListComesThrough();
    void aWatchSurvivesAKilledSsh();
    void aWatchThatIsKilledLeavesNoSsh();
    void aWrongKeyIsAnError();
    void aQuorumOfLoopbackServers();
    void aClusterIsReachedNodeByNode();
    void aSentinelLeadsToItsMaster();

private:
    static constexpr int patience = 60000;
    [[nodiscard]] QString uri(quint16 port, const char* via = "bastion") const;
    [[nodiscard]] static QStringList keysOf(const CliResult& result);
    CliResult list(const QStringList& uris);

    std::unique_ptr<SshFixture> m_ssh;
    std::unique_ptr<CliFixture> m_cli;
    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
};

void CliSshTest::initTestCase()
{
    if (!SshFixture::isPossible())
        QSKIP("the package openssh-server is not installed");
    m_ssh = std::make_unique<SshFixture>();
    m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI)); // takes the environment over
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_client->run({ "SET", "lock:inside", "token", "PX", "600000" });
}

QString CliSshTest::uri(quint16 port, const char* via) const
{
    return QStringLiteral("redis://127.0.0.1:%1?ssh=%2").arg(QString::number(port), QString::fromLatin1(via));
}

QStringList CliSshTest::keysOf(const CliResult& result)
{
    QStringList keys;
    const QJsonArray locks = result.json().value(QLatin1StringView("locks")).toArray();
    for (const QJsonValue& lock : locks)
        keys << lock.toObject().value(QLatin1StringView("key")).toString();
    keys.sort();
    return keys;
}

CliResult CliSshTest::list(const QStringList& uris)
{
    QStringList arguments { QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--timeout"),
        QStringLiteral("30000") };
    for (const QString& one : uris)
        arguments << QStringLiteral("--uri") << one;
    return m_cli->run(arguments);
}

void CliSshTest::aListComesThrough()
{
    const CliResult result = list({ uri(m_server->port()) });
    QVERIFY2(result.status == 0, result.err.constData());
    QCOMPARE(keysOf(result), QStringList { QStringLiteral("lock:inside") });
    const QJsonObject lock = result.json().value(QLatin1StringView("locks")).toArray().first().toObject();
    QCOMPARE(lock.value(QLatin1StringView("node")).toString(),
        QStringLiteral("127.0.0.1:%1 via bastion").arg(m_server->port()));
    QVERIFY(m_ssh->hasLedTo(m_server->port()));
}

void CliSshTest::aWatchSurvivesAKilledSsh()
{
    const std::unique_ptr<QProcess> watch = m_cli->start({ QStringLiteral("watch"), QStringLiteral("--json"),
        QStringLiteral("--timeout"), QStringLiteral("30000"), QStringLiteral("--uri"), uri(m_server->port()) });
    QByteArray output;
    const auto says = [&](const QByteArray& event, const QByteArray& key) {
        output += watch->readAllStandardOutput();
        const QByteArrayList lines = output.split('\n');
        const QByteArray kind = "\"event\":\"" + event + '"';
        const QByteArray name = '"' + key + '"';
        return std::any_of(lines.begin(), lines.end(),
            [&](const QByteArray& line) { return line.contains(kind) && (key.isEmpty() || line.contains(name)); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(says("found", "lock:inside"), patience);
    m_client->run({ "SET", "lock:before", "t", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(says("acquired", "lock:before"), patience);
    const QList<qint64> clients = SshFixture::clients(watch->processId());
    QVERIFY(!clients.isEmpty());
    for (const qint64 client : clients)
        ::kill(pid_t(client), SIGKILL);
    m_client->run({ "SET", "lock:meanwhile", "t", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(says("gap", {}), patience);
    QTRY_VERIFY_WITH_TIMEOUT(says("acquired", "lock:meanwhile") || says("found", "lock:meanwhile"), patience);
    m_client->run({ "DEL", "lock:before" });
    QTRY_VERIFY_WITH_TIMEOUT(says("released", "lock:before"), patience);
    m_client->run({ "DEL", "lock:meanwhile" });

    const qint64 program = watch->processId();
    QVERIFY(!SshFixture::clients(program).isEmpty());
    const QList<qint64> last = SshFixture::clients(program);
    watch->terminate();
    QCOMPARE(CliFixture::finish(*watch).status, 130);
    for (const qint64 client : last)
        QTRY_VERIFY_WITH_TIMEOUT(::kill(pid_t(client), 0) != 0, patience);
}

void CliSshTest::aWatchThatIsKilledLeavesNoSsh()
{
    const std::unique_ptr<QProcess> watch = m_cli->start({ QStringLiteral("watch"), QStringLiteral("--json"),
        QStringLiteral("--timeout"), QStringLiteral("30000"), QStringLiteral("--uri"), uri(m_server->port()) });
    QTRY_VERIFY_WITH_TIMEOUT(watch->bytesAvailable() > 0, patience);
    const QList<qint64> clients = SshFixture::clients(watch->processId());
    QVERIFY(!clients.isEmpty());
    watch->kill();
    for (const qint64 client : clients)
        QTRY_VERIFY_WITH_TIMEOUT(::kill(pid_t(client), 0) != 0, patience);
}

void CliSshTest::aWrongKeyIsAnError()
{
    const CliResult result = list({ uri(m_server->port(), "wrong-key") });
    QCOMPARE(result.status, 3);
    QCOMPARE(result.error().value(QLatin1StringView("code")).toString(), QStringLiteral("ssh"));
    const QString message = result.error().value(QLatin1StringView("message")).toString();
    QVERIFY2(message.contains(QStringLiteral("Permission denied")), qPrintable(message));
    QVERIFY(result.error().value(QLatin1StringView("hint")).toString().contains(QStringLiteral("agent")));

    const CliResult text = m_cli->run({ QStringLiteral("list"), QStringLiteral("--timeout"), QStringLiteral("30000"),
        QStringLiteral("--uri"), uri(m_server->port(), "changed-host") });
    QCOMPARE(text.status, 3);
    QVERIFY2(
        text.err.contains("ssh failed") && text.err.contains("Host key verification failed"), text.err.constData());
}

void CliSshTest::aQuorumOfLoopbackServers()
{
    GroupFixture others(2, [] {
        SandboxServer::Options options;
        options.tcp = true;
        return options;
    }());
    m_client->run({ "SET", "lock:voted", "t", "PX", "600000" });
    others.runAll({ "SET", "lock:voted", "t", "PX", "600000" });
    const QStringList uris { uri(m_server->port()), uri(others.server(0).port(), "jumped"),
        QStringLiteral("unix://") + others.server(1).socketPath() };
    const CliResult result = list(uris);
    QVERIFY2(result.status == 0, result.err.constData());
    const QJsonArray locks = result.json().value(QLatin1StringView("locks")).toArray();
    for (const QJsonValue& value : locks) {
        const QJsonObject lock = value.toObject();
        if (lock.value(QLatin1StringView("key")).toString() != QStringLiteral("lock:voted"))
            continue;
        QCOMPARE(lock.value(QLatin1StringView("state")).toString(), QStringLiteral("quorum"));
        QCOMPARE(lock.value(QLatin1StringView("votes")).toObject().size(), 3);
        m_client->run({ "DEL", "lock:voted" });
        // The same address behind another host is another server; twice the same is refused.
        QCOMPARE(list({ uris[0], uri(m_server->port(), "jumped") }).status, 0);
        QCOMPARE(list({ uris[0], uris[0] }).status, 2);
        return;
    }
    QFAIL(result.out.constData());
}

void CliSshTest::aClusterIsReachedNodeByNode()
{
    ClusterFixture fixture(3, false);
    QVERIFY(fixture.waitUntilOk());
    QStringList keys;
    for (int i = 0; i < 12; ++i) {
        const QByteArray key = "lock:" + QByteArray::number(i);
        QCOMPARE(fixture.set(fixture.ownerOf(key), key, "t").text, QByteArray("OK"));
        keys << QString::fromLatin1(key);
    }
    keys.sort();
    const quint16 first = fixture.servers().server(0).port();
    const CliResult result = list({ QStringLiteral("redis-cluster://127.0.0.1:%1?ssh=bastion").arg(first) });
    QVERIFY2(result.status == 0, result.err.constData());
    QCOMPARE(keysOf(result), keys);
    for (int i = 0; i < 3; ++i)
        QVERIFY(m_ssh->hasLedTo(fixture.servers().server(i).port()));
    // Nothing goes past ssh: where it does not get in, nobody is reached.
    const CliResult refused = list({ QStringLiteral("redis-cluster://127.0.0.1:%1?ssh=wrong-key").arg(first) });
    QCOMPARE(refused.status, 3);
    QCOMPARE(refused.error().value(QLatin1StringView("code")).toString(), QStringLiteral("ssh"));
}

void CliSshTest::aSentinelLeadsToItsMaster()
{
    SentinelFixture fixture;
    QVERIFY(fixture.waitUntilSettled());
    fixture.servers().run(0, { "SET", "lock:sentinel", "t", "PX", "600000" });
    const QString where = QStringLiteral("redis-sentinel://127.0.0.1:%1/?master=mymaster&ssh=%2");
    const CliResult result = list({ where.arg(QString::number(fixture.sentinelPort(0)), QStringLiteral("bastion")) });
    QVERIFY2(result.status == 0, result.err.constData());
    QCOMPARE(keysOf(result), QStringList { QStringLiteral("lock:sentinel") });
    QVERIFY(m_ssh->hasLedTo(fixture.sentinelPort(0)));
    QVERIFY(m_ssh->hasLedTo(fixture.servers().server(0).port()));
    const CliResult refused
        = list({ where.arg(QString::number(fixture.sentinelPort(0)), QStringLiteral("wrong-key")) });
    QCOMPARE(refused.status, 3);
    QCOMPARE(refused.error().value(QLatin1StringView("code")).toString(), QStringLiteral("ssh"));
}

QTEST_GUILESS_MAIN(CliSshTest)
#include "tst_clissh.moc"
