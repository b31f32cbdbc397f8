// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clusterfixture.h"
#include "support/testsupport.h"

#include <QElapsedTimer>

using namespace lockscope;

/// Real clusters on loopback: every master is watched, through resharding and failover.
class ClusterWatchTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyMasterIsWatched();
    void slotsMoveWhileWatched();
    void aFailoverIsFollowed();
    void aServerWithoutClusterIsSaid();

private:
    static constexpr int patience = 30000;
    static int rowsOf(GroupFixture& servers, const QByteArray& key);
};

int ClusterWatchTest::rowsOf(GroupFixture& servers, const QByteArray& key)
{
    (void)servers.lock(key);
    const QList<LockRecord> locks = servers.mirror().locks();
    return int(std::count_if(locks.begin(), locks.end(), [&key](const LockRecord& lock) { return lock.key == key; }));
}

void ClusterWatchTest::everyMasterIsWatched()
{
    ClusterFixture fixture(3, false);
    GroupFixture& servers = fixture.servers();
    QVERIFY(fixture.waitUntilOk());
    for (int i = 0; i < 60; ++i) {
        const QByteArray key = "lock:" + QByteArray::number(i);
        QCOMPARE(fixture.set(fixture.ownerOf(key), key, "t").text, QByteArray("OK"));
    }
    servers.watch({ fixture.spec() });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.mirror().size() == 60, patience);
    QCOMPARE(servers.status().nodes.size(), 3);
    QCOMPARE(servers.status().quorum, 0);
    for (const LockRecord& lock : servers.mirror().locks()) {
        QCOMPARE(servers.status().nodeName(lock.node), fixture.nameOf(fixture.ownerOf(lock.key)));
        QCOMPARE(lock.state, LockState::Held);
    }
    for (int master = 0; master < 3; ++master) {
        const QByteArray key = fixture.keyOn(master, "lock:heard:");
        fixture.set(master, key, "t");
        QTRY_VERIFY_WITH_TIMEOUT(servers.lock(key), patience);
        servers.run(master, { "DEL", key });
        QTRY_VERIFY_WITH_TIMEOUT(!servers.lock(key), patience);
        QCOMPARE(servers.mirror().kindsOf(key), (QList { LockEventKind::Acquired, LockEventKind::Released }));
    }
    QVERIFY(servers.isConsistent());
}

void ClusterWatchTest::slotsMoveWhileWatched()
{
    ClusterFixture fixture(3, false);
    GroupFixture& servers = fixture.servers();
    QVERIFY(fixture.waitUntilOk());
    const QByteArray tag = fixture.keyOn(0, "");
    const int slot = clusterSlotOf(tag);
    QList<QByteArray> keys;
    for (int i = 0; i < 20; ++i) {
        keys += "lock:" + tag + ':' + QByteArray::number(i);
        fixture.set(0, keys.last(), "t" + QByteArray::number(i));
    }
    servers.run(0, { "HSET", "lock:" + tag + ":hash", "8743c9c0-0795-4907-87fd-6c719a6b4586:1", "1" });
    servers.run(0, { "PEXPIRE", "lock:" + tag + ":hash", "120000" });
    keys += "lock:" + tag + ":hash";
    servers.watch({ fixture.spec() });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.mirror().size() == keys.size(), patience);
    QHash<QByteArray, LockId> ids;
    for (const QByteArray& key : keys)
        ids.insert(key, servers.lock(key)->id);

    fixture.beginMove(slot, 0, 1);
    const QByteArray created = "lock:" + tag + ":created";
    servers.run(1, { "ASKING" });
    QCOMPARE(fixture.set(1, created, "c").text, QByteArray("OK")); // as a client does that was told ASK
    QTRY_VERIFY_WITH_TIMEOUT(servers.lock(created), patience);
    fixture.moveKeys(slot, 0, 1);
    // They are where they were sent to, known by their old rows, once each.
    for (const QByteArray& key : keys) {
        QTRY_VERIFY_WITH_TIMEOUT(servers.lock(key) && servers.lock(key)->node == 1, patience);
        QCOMPARE(servers.lock(key)->id, ids.value(key));
        QCOMPARE(rowsOf(servers, key), 1);
        QCOMPARE(servers.mirror().kindsOf(key), QList<LockEventKind> { LockEventKind::Found });
    }
    fixture.finishMove(slot, 1);
    // Released by the new owner's word, and only once.
    servers.run(1, { "DEL", keys.first() });
    QTRY_VERIFY_WITH_TIMEOUT(!servers.lock(keys.first()), patience);
    QCOMPARE(servers.mirror().kindsOf(keys.first()), (QList { LockEventKind::Found, LockEventKind::Released }));
    servers.engine().refresh();
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && !servers.status().completeness.passRunning, patience);
    QCOMPARE(servers.mirror().size(), keys.size()); // one less, one created
    for (const LockRecord& lock : servers.mirror().locks())
        QCOMPARE(int(lock.node), 1);
    QVERIFY(servers.isConsistent());
}

void ClusterWatchTest::aFailoverIsFollowed()
{
    ClusterFixture fixture(3, true);
    GroupFixture& servers = fixture.servers();
    QVERIFY(fixture.waitUntilOk());
    const QByteArray stays = fixture.keyOn(0, "lock:stays:");
    const QByteArray other = fixture.keyOn(1, "lock:other:");
    fixture.set(0, stays, "t");
    fixture.set(1, other, "t");
    QTRY_VERIFY_WITH_TIMEOUT(servers.run(3, { "DBSIZE" }).number == 1, patience);
    servers.watch({ fixture.spec() });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.mirror().size() == 2, patience);
    const LockId id = servers.lock(stays)->id;
    servers.server(0).kill();
    QTRY_COMPARE_WITH_TIMEOUT(servers.lock(stays)->state, LockState::Stale, patience);
    QCOMPARE(servers.lock(other)->state, LockState::Held); // nothing is wrong with its node
    QTRY_VERIFY_WITH_TIMEOUT(servers.run(3, { "ROLE" }).items.value(0).text == "master", patience);
    QElapsedTimer sincePromoted;
    sincePromoted.start();
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole(), patience);
    qInfo("whole again %lld ms after the promotion", sincePromoted.elapsed());
    QCOMPARE(servers.lock(stays)->state, LockState::Held);
    QCOMPARE(servers.lock(stays)->id, id);
    QCOMPARE(servers.status().nodeName(servers.lock(stays)->node), fixture.nameOf(3));
    QVERIFY(!servers.mirror().kindsOf(stays).contains(LockEventKind::Released));
    const QByteArray fresh = fixture.keyOn(0, "lock:fresh:");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.set(3, fresh, "t").text, QByteArray("OK"), patience);
    QTRY_VERIFY_WITH_TIMEOUT(servers.lock(fresh), patience);
    // The dead one returns as a replica, and changes nothing.
    VERIFY_RESULT(servers.server(0).restart());
    QTRY_VERIFY_WITH_TIMEOUT(servers.run(0, { "ROLE" }).items.value(0).text == "slave", patience);
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole(), patience);
    QCOMPARE(servers.status().memberCount(), 3);
    QCOMPARE(servers.mirror().size(), 3);
    QVERIFY(servers.isConsistent());
}

void ClusterWatchTest::aServerWithoutClusterIsSaid()
{
    SandboxServer::Options options;
    options.tcp = true;
    GroupFixture fixture(1, options);
    ConnectionSpec spec = fixture.server(0).tcpSpec();
    spec.topology = Topology::Cluster;
    std::optional<Error> error;
    fixture.watch({ spec });
    connect(&fixture.engine(), &WatchEngine::failed, this, [&error](const Error& why) { error = why; });
    QTRY_VERIFY_WITH_TIMEOUT(error, patience);
    QVERIFY2(error->detail.contains(QLatin1StringView("cluster support disabled")), qPrintable(error->detail));
}

QTEST_GUILESS_MAIN(ClusterWatchTest)
#include "tst_clusterwatch.moc"
