// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/scantext.h"
#include "support/clusterfixture.h"
#include "support/sentinelfixture.h"
#include "support/tcpproxy.h"
#include "support/testsupport.h"
#include "watch/discoveryround.h"
#include "watch/scanreplica.h"

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 40000;

/// How often the server has been sent a command.
qint64 callsOf(GroupFixture& servers, int index, const QByteArray& command)
{
    const QByteArray stats = servers.run(index, { "INFO", "commandstats" }).text;
    const QByteArray begin = "cmdstat_" + command + ":calls=";
    const qsizetype at = stats.indexOf(begin);
    if (at < 0)
        return 0;
    const qsizetype from = at + begin.size();
    return stats.mid(from, stats.indexOf(',', from) - from).toLongLong();
}

/// Server 0 is the master, 1 its replica, by way of `proxy` where there is one.
class ReplicatedFixture {
public:
    explicit ReplicatedFixture(const QByteArray& notifyFlags = "Kg$hszlxe", bool withProxy = false)
    {
        SandboxServer::Options options;
        options.tcp = true;
        options.notifyFlags = notifyFlags;
        options.arguments = { QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
        servers.addServer(options);
        quint16 port = servers.server(0).port();
        if (withProxy) {
            proxy = std::make_unique<TcpProxy>(servers.server(0).socketPath());
            port = proxy->spec().endpoint().port;
        }
        options.arguments += { QStringLiteral("--replicaof"), QStringLiteral("127.0.0.1"), QString::number(port),
            QStringLiteral("--replica-read-only"), QStringLiteral("no"), QStringLiteral("--replica-announce-ip"),
            QStringLiteral("127.0.0.1") };
        servers.addServer(options);
    }
    [[nodiscard]] bool waitUntilReplicated()
    {
        return QTest::qWaitFor(
            [this] {
                return servers.run(1, { "INFO", "replication" }).text.contains("master_link_status:up")
                    && servers.run(0, { "INFO", "replication" }).text.contains("state=online");
            },
            patience);
    }
    [[nodiscard]] ConnectionSpec spec()
    {
        ConnectionSpec spec = servers.server(0).tcpSpec();
        spec.scanOnReplica = true;
        return spec;
    }
    [[nodiscard]] QString replicaName() { return QStringLiteral("127.0.0.1:%1").arg(servers.server(1).port()); }
    [[nodiscard]] const ScanSource& scan() { return servers.status().scan; }

    GroupFixture servers;
    std::unique_ptr<TcpProxy> proxy;
};

WatchOptions byPolling()
{
    WatchOptions options;
    options.matches = { "*" };
    options.listen = ListenChoice::Poll;
    options.commandTimeout = 2s;
    return options;
}

} // namespace

/// `scan=replica`: passes run where the operator wants them, what they find is true, and a replica that is not fit for
/// it is left alone, visibly.
class ScanReplicaTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsReplicationFacts();
    void sparesTheMaster();
    void believesTheMasterAlone();
    void aListingDoes();
    void discoveryDoes();
    void withoutAReplica();
    void aReplicaThatLags();
    void aReplicaThatHangs();
    void aReplicaThatDies();
    void aReplicaOfSomebodyElse();
    void behindSentinel();
    void ofACluster();
};

void ScanReplicaTest::readsReplicationFacts()
{
    const ReplicationFacts master = replicationFacts("# Replication\r\nrole:master\r\nconnected_slaves:2\r\n"
                                                     "slave0:ip=10.0.0.2,port=6380,state=online,offset=70,lag=1\r\n"
                                                     "slave1:ip=::1,port=6381,state=wait_bgsave,offset=0,lag=4\r\n"
                                                     "master_replid:abc\r\nmaster_repl_offset:84\r\n");
    QCOMPARE(master.role, QByteArray("master"));
    QCOMPARE(master.id, QByteArray("abc"));
    QCOMPARE(master.offset, 84);
    QVERIFY(!master.isLinked);
    QCOMPARE(master.replicas.size(), 2);
    QCOMPARE(master.replicas[0].endpoint.text(), QStringLiteral("10.0.0.2:6380"));
    QVERIFY(master.replicas[0].online);
    QCOMPARE(master.replicas[0].offset, 70);
    QCOMPARE(master.replicas[0].lagSeconds, 1);
    QCOMPARE(master.replicas[1].endpoint.text(), QStringLiteral("[::1]:6381"));
    QVERIFY(!master.replicas[1].online);

    const QByteArray linked = "role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:3\r\n"
                              "master_sync_in_progress:0\r\nslave_repl_offset:80\r\nmaster_replid:abc\r\n"
                              "master_repl_offset:80\r\n";
    const ReplicationFacts replica = replicationFacts(linked);
    QVERIFY(replica.isLinked);
    QCOMPARE(replica.offset, 80);
    QCOMPARE(replica.silentSeconds, 3);
    QVERIFY(!replicationFacts(QByteArray(linked).replace("status:up", "status:down")).isLinked);
    QVERIFY(!replicationFacts(QByteArray(linked).replace("progress:0", "progress:1")).isLinked);
    QCOMPARE(replicationFacts("").offset, -1);
    QVERIFY(replicationFacts("").replicas.isEmpty());
}

void ScanReplicaTest::sparesTheMaster()
{
    ReplicatedFixture fixture;
    GroupFixture& servers = fixture.servers;
    for (int i = 0; i < 300; ++i)
        servers.run(0, { "SET", "page:" + QByteArray::number(i), "just some text that is no token" });
    servers.run(0, { "SET", "lock:a", "t1", "PX", "120000" });
    QVERIFY(fixture.waitUntilReplicated());
    WatchOptions options; // what is a lock is for us to find out
    servers.watch({ fixture.spec() }, options);
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:a"), patience);
    QCOMPARE(fixture.scan().replica, fixture.replicaName());
    QVERIFY(fixture.scan().whyMaster.isEmpty());
    QVERIFY(fixture.scan().lagBytes.has_value());
    QVERIFY(fixture.scan().lagSeconds.value_or(99) < 10);
    QCOMPARE(servers.status().nodes.front().scan.replica, fixture.replicaName());
    QCOMPARE(servers.rowCount(), 1);
    // Later passes, too.
    const quint32 pass = servers.status().completeness.pass;
    QTRY_VERIFY_WITH_TIMEOUT(servers.status().completeness.pass > pass + 1, patience);
    QCOMPARE(callsOf(servers, 0, "scan"), 0);
    QVERIFY(callsOf(servers, 1, "scan") >= 2);
    // What can be no lock is not read on the master.
    QVERIFY2(callsOf(servers, 1, "getrange") >= 300, qPrintable(QString::number(callsOf(servers, 1, "getrange"))));
    QVERIFY2(callsOf(servers, 0, "getrange") < 100, qPrintable(QString::number(callsOf(servers, 0, "getrange"))));
    // Events are the master's.
    servers.run(0, { "SET", "lock:b", "t2", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(servers.hasEvent("lock:b", LockEventKind::Acquired), patience);
    servers.run(0, { "DEL", "lock:b" });
    QTRY_VERIFY_WITH_TIMEOUT(servers.hasEvent("lock:b", LockEventKind::Released), patience);
    QVERIFY(servers.isConsistent());
}

void ScanReplicaTest::believesTheMasterAlone()
{
    ReplicatedFixture fixture;
    GroupFixture& servers = fixture.servers;
    servers.run(0, { "SET", "lock:true", "t1", "PX", "120000" });
    QVERIFY(fixture.waitUntilReplicated());
    // This replica can be written to: it has what its master has not, and another token.
    QTRY_COMPARE_WITH_TIMEOUT(servers.run(1, { "EXISTS", "lock:true" }).number, 1, patience);
    servers.run(1, { "SET", "lock:ghost", "t2", "PX", "120000" });
    servers.run(1, { "SET", "lock:true", "other", "PX", "120000" });
    servers.watch({ fixture.spec() }, byPolling());
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:true"), patience);
    const quint32 pass = servers.status().completeness.pass;
    QTRY_VERIFY_WITH_TIMEOUT(servers.status().completeness.pass > pass + 1, patience);
    QCOMPARE(fixture.scan().replica, fixture.replicaName());
    QVERIFY(!servers.lock("lock:ghost"));
    QCOMPARE(servers.lock("lock:true")->token, QByteArray("t1"));
    QVERIFY(servers.mirror().kindsOf("lock:ghost").isEmpty());
}

void ScanReplicaTest::aListingDoes()
{
    ReplicatedFixture fixture;
    GroupFixture& servers = fixture.servers;
    servers.run(0, { "SET", "lock:a", "t1", "PX", "120000" });
    QVERIFY(fixture.waitUntilReplicated());
    WatchOptions options = byPolling();
    options.follow = false;
    servers.watch({ fixture.spec() }, options);
    QSignalSpy done(&servers.engine(), &WatchEngine::passCompleted);
    QVERIFY(done.wait(patience));
    const LockSnapshot snapshot = servers.engine().snapshot();
    QCOMPARE(snapshot.locks.size(), size_t(1));
    QCOMPARE(snapshot.status.scan.replica, fixture.replicaName());
    QCOMPARE(callsOf(servers, 0, "scan"), 0);
}

void ScanReplicaTest::discoveryDoes()
{
    ReplicatedFixture fixture;
    GroupFixture& servers = fixture.servers;
    for (int i = 0; i < 20; ++i)
        servers.run(0, { "SET", "lock:" + QByteArray::number(i), "token-" + QByteArray::number(i), "PX", "120000" });
    QVERIFY(fixture.waitUntilReplicated());
    TopologyMap map;
    map.masters = { MasterNode { fixture.spec(), {} } };
    DiscoveryRound round(map, std::make_shared<const CommandGate>(true), {}, {});
    std::optional<Result<DiscoveryReport>> report;
    round.start([&report](Result<DiscoveryReport> result) { report = std::move(result); });
    QTRY_VERIFY_WITH_TIMEOUT(report, patience);
    QVERIFY(report->has_value());
    QVERIFY((*report)->server.completeness.complete);
    QCOMPARE((*report)->keysRead, 20U);
    QCOMPARE((*report)->server.scan.replica, fixture.replicaName());
    QCOMPARE(callsOf(servers, 0, "scan"), 0);
}

void ScanReplicaTest::withoutAReplica()
{
    GroupFixture servers;
    SandboxServer::Options options;
    options.tcp = true;
    servers.addServer(options);
    servers.run(0, { "SET", "lock:a", "t1", "PX", "120000" });
    ConnectionSpec spec = servers.server(0).tcpSpec();
    spec.scanOnReplica = true;
    servers.watch({ spec });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:a"), patience);
    QVERIFY(servers.status().scan.wanted);
    QVERIFY(servers.status().scan.replica.isEmpty());
    QVERIFY(!servers.status().scan.whyMaster.isEmpty());
    QVERIFY(!servers.status().scan.lagBytes);
}

void ScanReplicaTest::aReplicaThatLags()
{
    ReplicatedFixture fixture("", true);
    GroupFixture& servers = fixture.servers;
    QVERIFY(fixture.waitUntilReplicated());
    servers.watch({ fixture.spec() }, byPolling());
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.scan().replica, fixture.replicaName(), patience);
    // The replica is alive and says that its link is up, but hears nothing more.
    fixture.proxy->setStalled(true);
    servers.run(0, { "SET", "lock:late", "t1", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.scan().replica.isEmpty(), patience);
    QVERIFY(!fixture.scan().whyMaster.isEmpty());
    QCOMPARE(servers.run(1, { "EXISTS", "lock:late" }).number, 0);
    QTRY_VERIFY_WITH_TIMEOUT(servers.lock("lock:late") && servers.isWhole(), patience);
    // It has caught up: after a rest it is tried again.
    fixture.proxy->setStalled(false);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.scan().replica, fixture.replicaName(), patience);
    QVERIFY(fixture.scan().whyMaster.isEmpty());
    QVERIFY(servers.lock("lock:late"));
    QVERIFY(servers.isConsistent());
}

void ScanReplicaTest::aReplicaThatHangs()
{
    ReplicatedFixture fixture("");
    GroupFixture& servers = fixture.servers;
    QVERIFY(fixture.waitUntilReplicated());
    servers.watch({ fixture.spec() }, byPolling());
    QTRY_COMPARE_WITH_TIMEOUT(fixture.scan().replica, fixture.replicaName(), patience);
    servers.server(1).suspend();
    servers.run(0, { "SET", "lock:now", "t1", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(servers.lock("lock:now") && servers.isWhole(), patience);
    QVERIFY(fixture.scan().replica.isEmpty());
    QVERIFY(!fixture.scan().whyMaster.isEmpty());
    QCOMPARE(servers.status().link, LinkState::Ready);
    servers.server(1).resume();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.scan().replica, fixture.replicaName(), patience);
}

void ScanReplicaTest::aReplicaThatDies()
{
    ReplicatedFixture fixture;
    GroupFixture& servers = fixture.servers;
    servers.run(0, { "SET", "lock:a", "t1", "PX", "600000" });
    QVERIFY(fixture.waitUntilReplicated());
    servers.watch({ fixture.spec() });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.scan().replica, fixture.replicaName(), patience);
    servers.server(1).kill();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.scan().replica.isEmpty(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole(), patience);
    QVERIFY(servers.lock("lock:a"));
    QCOMPARE(servers.lock("lock:a")->state, LockState::Held);
    const qint64 scans = callsOf(servers, 0, "scan");
    QTRY_VERIFY_WITH_TIMEOUT(callsOf(servers, 0, "scan") > scans, patience);
    // No gap: the master was there all the time.
    const auto& events = servers.mirror().events();
    QVERIFY(
        std::none_of(events.begin(), events.end(), [](const LockEvent& e) { return e.kind == LockEventKind::Gap; }));
}

void ScanReplicaTest::aReplicaOfSomebodyElse()
{
    ReplicatedFixture fixture;
    GroupFixture& servers = fixture.servers;
    servers.run(0, { "SET", "lock:a", "t1", "PX", "600000" });
    QVERIFY(fixture.waitUntilReplicated());
    servers.watch({ fixture.spec() });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.scan().replica, fixture.replicaName(), patience);
    servers.run(1, { "REPLICAOF", "NO", "ONE" });
    servers.run(1, { "FLUSHALL" });
    servers.run(1, { "SET", "lock:foreign", "t2", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.scan().replica.isEmpty() && !fixture.scan().whyMaster.isEmpty(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:a"), patience);
    QVERIFY(!servers.lock("lock:foreign"));
}

void ScanReplicaTest::behindSentinel()
{
    SentinelFixture fixture;
    GroupFixture& servers = fixture.servers();
    QVERIFY(fixture.waitUntilSettled());
    servers.run(0, { "SET", "lock:a", "t1", "PX", "600000" });
    QTRY_COMPARE_WITH_TIMEOUT(servers.run(1, { "EXISTS", "lock:a" }).number, 1, patience);
    ConnectionSpec spec = fixture.spec();
    spec.scanOnReplica = true;
    const QString second = QStringLiteral("127.0.0.1:%1").arg(servers.server(1).port());
    servers.watch({ spec });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:a"), patience);
    QCOMPARE(servers.status().scan.replica, second);
    QCOMPARE(callsOf(servers, 0, "scan"), 0);
    // The replica becomes the master, and has none itself.
    servers.server(0).kill();
    QTRY_COMPARE_WITH_TIMEOUT(servers.status().nodes[0].name, second, patience);
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole(), patience);
    QCOMPARE(servers.lock("lock:a")->state, LockState::Held);
    QVERIFY(servers.status().scan.replica.isEmpty());
    QVERIFY(!servers.status().scan.whyMaster.isEmpty());
}

void ScanReplicaTest::ofACluster()
{
    ClusterFixture fixture(3, true);
    QVERIFY(fixture.waitUntilOk());
    GroupFixture& servers = fixture.servers();
    QList<QByteArray> keys;
    for (int owner = 0; owner < 3; ++owner) {
        keys += fixture.keyOn(owner, "lock:");
        fixture.set(owner, keys.last(), "t" + QByteArray::number(owner), "600000");
        fixture.set(owner, fixture.keyOn(owner, "page:"), "just some text that is no token", "600000");
    }
    ConnectionSpec spec = fixture.spec();
    spec.scanOnReplica = true;
    WatchOptions options;
    servers.watch({ spec }, options);
    const auto allThere = [&] {
        return servers.isWhole() && std::all_of(keys.begin(), keys.end(), [&](const QByteArray& key) {
            return servers.lock(key) != nullptr;
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(allThere(), patience);
    QCOMPARE(servers.status().nodes.size(), 3);
    const QString summary = scanSummary(servers.status());
    QVERIFY2(summary.startsWith(QStringLiteral("scanned on 3 replicas (at worst ")), qPrintable(summary));
    QCOMPARE(scanTexts(servers.status()).size(), 4);
    for (int i = 0; i < 3; ++i) {
        const NodeStatus& node = servers.status().nodes.at(i);
        QVERIFY2(!node.scan.replica.isEmpty(), qPrintable(node.scan.whyMaster));
        QCOMPARE(callsOf(servers, i, "scan"), 0);
        QVERIFY(callsOf(servers, i + 3, "scan") > 0);
        // Nobody was sent away by MOVED: what is no lock stays with the replica.
        QVERIFY(callsOf(servers, i + 3, "getrange") > 0);
        QVERIFY(!servers.run(i + 3, { "INFO", "errorstats" }).text.contains("errorstat_MOVED"));
    }
    servers.server(3).kill();
    QTRY_VERIFY_WITH_TIMEOUT(
        scanSummary(servers.status()).startsWith(QStringLiteral("1 of 3 scanned on the MASTER: ")), patience);
    QTRY_VERIFY_WITH_TIMEOUT(allThere(), patience);
}

QTEST_GUILESS_MAIN(ScanReplicaTest)
#include "tst_scanreplica.moc"
