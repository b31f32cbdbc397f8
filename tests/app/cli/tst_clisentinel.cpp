// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/sentinelfixture.h"
#include "support/testsupport.h"

#include <QJsonArray>

using namespace lockscope;

/// The operations on the master that real Sentinels name, through a failover.
class CliSentinelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void everyOperationGoesToTheMaster();
    void aFailoverIsFollowed();
    void aCommandHoldsItsLockThroughAFailover();
    void scansOnTheReplica();

private:
    CliResult run(const QString& arguments);
    void failOver();
    /// Of the first master (0) or its replica.
    QByteArray ask(int server, const QList<QByteArray>& command);
    [[nodiscard]] bool isOnReplica(const QByteArray& key);

    static constexpr int patience = 30000;
    std::unique_ptr<CliFixture> m_cli;
    std::unique_ptr<SentinelFixture> m_sentinels;
};

void CliSentinelTest::init()
{
    m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI));
    m_sentinels = std::make_unique<SentinelFixture>();
    QVERIFY(m_sentinels->waitUntilSettled());
    // The one that was asked first is not there; the others know the rest.
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_URI"),
        QStringLiteral("redis-sentinel://127.0.0.1:%1,127.0.0.1:%2,127.0.0.1:%3/0?master=mymaster")
            .arg(freeLoopbackPort())
            .arg(m_sentinels->sentinelPort(1))
            .arg(m_sentinels->sentinelPort(2)));
}

CliResult CliSentinelTest::run(const QString& arguments) { return m_cli->run(arguments.split(QLatin1Char(' '))); }

QByteArray CliSentinelTest::ask(int server, const QList<QByteArray>& command)
{
    const BlockingClient::Answer answer = m_sentinels->servers().run(server, command);
    if (answer.type == ':')
        return QByteArray::number(answer.number);
    return answer.type == 0 ? QByteArray("nil") : answer.text;
}

bool CliSentinelTest::isOnReplica(const QByteArray& key) { return ask(1, { "EXISTS", key }) == "1"; }

void CliSentinelTest::failOver()
{
    m_sentinels->servers().server(0).kill();
    const QByteArray port = QByteArray::number(m_sentinels->servers().server(1).port());
    for (const int sentinel : { 1, 2 })
        QTRY_VERIFY_WITH_TIMEOUT(
            m_sentinels->ask(sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster").contains(port), patience);
    // Sentinel has killed the connections of the replica: the client reads that once.
    QTRY_VERIFY_WITH_TIMEOUT(ask(1, { "INFO", "replication" }).contains("role:master"), patience);
}

void CliSentinelTest::everyOperationGoesToTheMaster()
{
    const CliResult taken = run(QStringLiteral("acquire lock:s --ttl 60000 --json"));
    QVERIFY2(taken.status == 0, taken.err.constData());
    const QString token = taken.json().value(QLatin1StringView("token")).toString();
    QCOMPARE(ask(0, { "GET", "lock:s" }), token.toLatin1());
    QCOMPARE(run(QStringLiteral("acquire lock:s")).status, 1);
    QCOMPARE(run(QStringLiteral("extend lock:s --ttl 120000 --token ") + token).status, 0);
    QVERIFY(ask(0, { "PTTL", "lock:s" }).toInt() > 60000);
    const CliResult shown = run(QStringLiteral("show lock:s --json"));
    QCOMPARE(shown.json().value(QLatin1StringView("state")).toString(), QStringLiteral("held"));
    QCOMPARE(shown.json().value(QLatin1StringView("node")).toString(),
        QStringLiteral("127.0.0.1:%1").arg(m_sentinels->servers().server(0).port()));
    QCOMPARE(run(QStringLiteral("release lock:s --token ") + token).status, 0);
    QCOMPARE(ask(0, { "EXISTS", "lock:s" }), QByteArray("0"));

    ask(0, { "SET", "lock:theirs", "their-token", "PX", "60000" });
    QCOMPARE(run(QStringLiteral("force-release lock:theirs --expect-token other --reason r --yes")).status, 1);
    const CliResult ended
        = run(QStringLiteral("force-release lock:theirs --expect-token their-token --reason r --yes --json"));
    QVERIFY2(ended.status == 0, ended.err.constData());
    QCOMPARE(ask(0, { "EXISTS", "lock:theirs" }), QByteArray("0"));
    const int id = ended.json()[QStringLiteral("results")][0][QStringLiteral("audit_id")].toInt();
    QVERIFY(id > 0);
    const CliResult back = run(QStringLiteral("restore %1 --yes").arg(id));
    QVERIFY2(back.status == 0, back.err.constData());
    QCOMPARE(ask(0, { "GET", "lock:theirs" }), QByteArray("their-token"));
}

void CliSentinelTest::aFailoverIsFollowed()
{
    const CliResult taken = run(QStringLiteral("acquire lock:stays --ttl 120000 --token mine"));
    QVERIFY2(taken.status == 0, taken.err.constData());
    QTRY_VERIFY_WITH_TIMEOUT(isOnReplica("lock:stays"), patience);
    failOver();
    if (QTest::currentTestFailed())
        return;
    // The new master has what was replicated: it is still taken, and its holder's to extend and give back.
    QCOMPARE(run(QStringLiteral("acquire lock:stays --timeout 20000")).status, 1);
    QCOMPARE(run(QStringLiteral("extend lock:stays --ttl 60000 --token mine")).status, 0);
    const CliResult fresh = run(QStringLiteral("acquire lock:new --ttl 60000 --json"));
    QVERIFY2(fresh.status == 0, fresh.err.constData());
    QTRY_COMPARE_WITH_TIMEOUT(
        ask(1, { "GET", "lock:new" }), fresh.json().value(QLatin1StringView("token")).toString().toLatin1(), patience);
    QCOMPARE(run(QStringLiteral("force-release lock:new --any-token --reason r --yes")).status, 0);
    QCOMPARE(ask(1, { "EXISTS", "lock:new" }), QByteArray("0"));
    QCOMPARE(run(QStringLiteral("release lock:stays --token mine")).status, 0);
    QCOMPARE(ask(1, { "EXISTS", "lock:stays" }), QByteArray("0"));
}

void CliSentinelTest::scansOnTheReplica()
{
    ask(0, { "SET", "lock:s", "t1", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(isOnReplica("lock:s"), patience);
    const QString uri = m_cli->environment().value(QStringLiteral("LOCKSCOPE_URI")) + QStringLiteral("&scan=replica");
    m_cli->setEnvironment(QStringLiteral("LOCKSCOPE_URI"), uri);
    const QString replica = QStringLiteral("127.0.0.1:%1").arg(m_sentinels->servers().server(1).port());
    const CliResult listed = run(QStringLiteral("list --json"));
    QVERIFY2(listed.status == 0, listed.err.constData());
    const QJsonObject document = listed.json();
    QCOMPARE(document[QStringLiteral("locks")].toArray().size(), 1);
    const QJsonObject server = document[QStringLiteral("server")].toObject();
    QCOMPARE(server[QStringLiteral("role")].toString(), QStringLiteral("master"));
    for (const QJsonObject& scan : { server[QStringLiteral("scan")].toObject(),
             server[QStringLiteral("node_states")][0][QStringLiteral("scan")].toObject() }) {
        QCOMPARE(scan[QStringLiteral("wanted")].toString(), QStringLiteral("replica"));
        QCOMPARE(scan[QStringLiteral("replica")].toString(), replica);
        QVERIFY(scan[QStringLiteral("lag_bytes")].isDouble());
        QVERIFY(scan[QStringLiteral("lag_s")].isDouble());
        QVERIFY(scan[QStringLiteral("why_master")].isNull());
    }
    const QByteArray onReplica = "scanned on the replica " + replica.toLatin1();
    const CliResult shown = run(QStringLiteral("list"));
    QVERIFY2(shown.err.contains(onReplica), shown.err.constData());
    const CliResult watched = run(QStringLiteral("watch --duration 1"));
    QVERIFY2(watched.err.contains(onReplica), watched.err.constData());
    QVERIFY(!ask(0, { "INFO", "commandstats" }).contains("cmdstat_scan"));
    // Without it the master bears the list, and says why.
    m_sentinels->servers().server(1).kill();
    QTRY_VERIFY_WITH_TIMEOUT(!ask(0, { "INFO", "replication" }).contains("state=online"), patience);
    const CliResult alone = run(QStringLiteral("list"));
    QVERIFY2(alone.status == 0 && alone.err.contains("scanned on the MASTER: "), alone.err.constData());
    QVERIFY(alone.out.contains("lock:s"));
}

void CliSentinelTest::aCommandHoldsItsLockThroughAFailover()
{
    const auto process = m_cli->start({ QStringLiteral("acquire"), QStringLiteral("lock:held"), QStringLiteral("--ttl"),
        QStringLiteral("60000"), QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"),
        QStringLiteral("echo ready; read line; exit 7") });
    QTRY_VERIFY_WITH_TIMEOUT(process->bytesAvailable() >= 6, patience);
    QTRY_VERIFY_WITH_TIMEOUT(isOnReplica("lock:held"), patience);
    failOver();
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(process->state(), QProcess::Running);
    process->write("\n");
    const CliResult result = CliFixture::finish(*process);
    QVERIFY2(result.status == 7, result.err.constData());
    // Released on the master of now.
    QCOMPARE(ask(1, { "EXISTS", "lock:held" }), QByteArray("0"));
}

QTEST_GUILESS_MAIN(CliSentinelTest)
#include "tst_clisentinel.moc"
