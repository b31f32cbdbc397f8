// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/servertopology.h"

#include "support/testsupport.h"

using namespace lockscope;

class TopologyMapTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void slotsOfKeys_data();
    void slotsOfKeys();
    void redirects_data();
    void redirects();
    void otherErrorsRedirectNowhere();
    void aGroupNeedsSingleServers();
    void keysFindTheirMaster();
};

void TopologyMapTest::slotsOfKeys_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<int>("slot");
    // As CLUSTER KEYSLOT answers.
    QTest::newRow("check value of the specification") << QByteArray("123456789") << 0x31c3;
    QTest::newRow("foo") << QByteArray("foo") << 12182;
    QTest::newRow("empty") << QByteArray() << 0;
    QTest::newRow("hash tag") << QByteArray("lock:{foo}:a") << 12182;
    QTest::newRow("first tag only") << QByteArray("{foo}{bar}") << 12182;
    QTest::newRow("an empty tag is none") << QByteArray("{}foo") << 9500;
}

void TopologyMapTest::slotsOfKeys()
{
    QFETCH(QByteArray, key);
    QTEST(int(clusterSlotOf(key)), "slot");
}

void TopologyMapTest::redirects_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<bool>("ask");
    QTest::addColumn<int>("slot");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::newRow("moved") << QByteArray("MOVED 7495 127.0.0.1:21101") << false << 7495 << QStringLiteral("127.0.0.1")
                           << 21101;
    QTest::newRow("ask") << QByteArray("ASK 3430 node1.example:21121") << true << 3430
                         << QStringLiteral("node1.example") << 21121;
    QTest::newRow("no host is the same one")
        << QByteArray("MOVED 8579 :21121") << false << 8579 << QStringLiteral("10.0.0.7") << 21121;
    QTest::newRow("IPv6") << QByteArray("MOVED 1 fd00::1:6379") << false << 1 << QStringLiteral("fd00::1") << 6379;
    QTest::newRow("IPv6 in brackets") << QByteArray("MOVED 1 [fd00::1]:6379") << false << 1 << QStringLiteral("fd00::1")
                                      << 6379;
}

void TopologyMapTest::redirects()
{
    QFETCH(QByteArray, reply);
    const auto redirect = redirectOf(errorFromReply(reply), Endpoint { QStringLiteral("10.0.0.7"), 7000, {} });
    QVERIFY(redirect);
    QTEST(redirect->ask, "ask");
    QTEST(int(redirect->slot), "slot");
    QTEST(redirect->to.host, "host");
    QTEST(int(redirect->to.port), "port");
}

void TopologyMapTest::otherErrorsRedirectNowhere()
{
    for (const char* reply : { "ERR MOVED 1 a:1", "MOVED", "MOVED 16384 a:1", "MOVED x a:1", "ASK 1 nohost" })
        QVERIFY2(!redirectOf(errorFromReply(reply), {}), reply);
}

void TopologyMapTest::aGroupNeedsSingleServers()
{
    const auto make = [](const QStringList& uris) {
        QList<ConnectionSpec> specs;
        for (const QString& uri : uris)
            specs.append(*parseConnectionUri(uri));
        return ServerTopology::make(specs, std::make_shared<CommandGate>());
    };
    const QString a = QStringLiteral("redis://a");
    const QString b = QStringLiteral("redis://b:7000/2");
    const auto group = make({ a, b });
    VERIFY_RESULT(group);
    QVERIFY((*group)->map().isQuorumGroup());
    QCOMPARE((*group)->map().quorum(), 2);
    QCOMPARE(make({ a, a }).error().kind, ErrorKind::Usage);
    QCOMPARE(make({ a, QStringLiteral("redis-cluster://c") }).error().kind, ErrorKind::NotSupported);
    QCOMPARE(make({ QStringLiteral("redis-sentinel://s?master=m"), a }).error().kind, ErrorKind::NotSupported);
    QCOMPARE(make({ QStringLiteral("sandbox:") }).error().kind, ErrorKind::NotSupported);
    QCOMPARE(make({}).error().kind, ErrorKind::Usage);
}

void TopologyMapTest::keysFindTheirMaster()
{
    TopologyMap map;
    QCOMPARE(map.masterOf("k"), -1);
    map.masters = { MasterNode { *parseConnectionUri(QStringLiteral("redis://a")), {} } };
    QCOMPARE(map.masterOf("k"), 0);
    map.masters += MasterNode { *parseConnectionUri(QStringLiteral("redis://b")), {} };
    QCOMPARE(map.masterOf("k"), -1);
    map.kind = Topology::Cluster;
    map.slotOwners.assign(clusterSlotCount, -1);
    map.slotOwners[12182] = 1;
    QCOMPARE(map.masterOf("foo"), 1);
    QCOMPARE(map.masterOf("bar"), -1);
    QCOMPARE(map.indexOf(Endpoint { QStringLiteral("b"), 6379, {} }), 1);
}

QTEST_GUILESS_MAIN(TopologyMapTest)
#include "tst_topologymap.moc"
