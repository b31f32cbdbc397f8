// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sentinelfixture.h"
#include "support/testsupport.h"

#include <QElapsedTimer>

using namespace lockscope;

/// A master behind three real Sentinels, through its failovers.
class SentinelWatchTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFailoverIsFollowed();
    void anUnknownMasterIsSaid();
    void noSentinelIsSaid();
    void credentialsForTheServerAlone();

private:
    static constexpr int patience = 30000;
};

void SentinelWatchTest::aFailoverIsFollowed()
{
    SentinelFixture fixture;
    GroupFixture& servers = fixture.servers();
    QVERIFY(fixture.waitUntilSettled());
    servers.run(0, { "SET", "lock:stays", "t1", "PX", "120000" });
    servers.run(0, { "SET", "lock:goes", "t2", "PX", "120000" });
    servers.watch({ fixture.spec() });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:stays"), patience);
    const QString first = QStringLiteral("127.0.0.1:%1").arg(servers.server(0).port());
    const QString second = QStringLiteral("127.0.0.1:%1").arg(servers.server(1).port());
    QCOMPARE(servers.status().nodes.size(), 1);
    QCOMPARE(servers.status().nodes[0].name, first);
    const LockId id = servers.lock("lock:stays")->id;
    QTRY_VERIFY_WITH_TIMEOUT(servers.run(1, { "EXISTS", "lock:goes" }).number == 1, patience);

    // The Sentinel that was asked first dies with the master: the others were found.
    fixture.killSentinel(0);
    servers.server(0).kill();
    QTRY_COMPARE_WITH_TIMEOUT(servers.lock("lock:stays")->state, LockState::Stale, patience);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ask(1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")
                                 .contains(QByteArray::number(servers.server(1).port())),
        patience);
    QElapsedTimer sinceAgreed;
    sinceAgreed.start();
    QTRY_COMPARE_WITH_TIMEOUT(servers.status().nodes[0].name, second, patience);
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole(), patience);
    qInfo("followed %lld ms after Sentinel agreed", sinceAgreed.elapsed());
    QCOMPARE(servers.lock("lock:stays")->state, LockState::Held);
    QCOMPARE(servers.lock("lock:stays")->id, id);
    const auto& events = servers.mirror().events();
    QVERIFY(std::any_of(
        events.begin(), events.end(), [](const LockEvent& event) { return event.kind == LockEventKind::Gap; }));
    QVERIFY(!servers.mirror().kindsOf("lock:stays").contains(LockEventKind::Released));
    // Events come from the new master. (Sentinel has killed its connections.)
    QTRY_COMPARE_WITH_TIMEOUT(servers.run(1, { "PING" }).text, QByteArray("PONG"), patience);
    servers.run(1, { "DEL", "lock:goes" });
    QTRY_VERIFY_WITH_TIMEOUT(!servers.lock("lock:goes"), patience);
    servers.run(1, { "SET", "lock:new", "t3", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(servers.lock("lock:new"), patience);
    QVERIFY(servers.isConsistent());
}

void SentinelWatchTest::anUnknownMasterIsSaid()
{
    SentinelFixture fixture;
    ConnectionSpec spec = fixture.spec();
    spec.endpoints.removeFirst();
    spec.sentinelMaster = QStringLiteral("nobody");
    std::optional<Error> error;
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.ask(0, "PING").isEmpty(), patience);
    fixture.servers().watch({ spec });
    connect(&fixture.servers().engine(), &WatchEngine::failed, this, [&error](const Error& why) { error = why; });
    QTRY_VERIFY_WITH_TIMEOUT(error, patience);
    QVERIFY2(error->detail.contains(QLatin1StringView("nobody")), qPrintable(error->detail));
}

void SentinelWatchTest::noSentinelIsSaid()
{
    GroupFixture fixture;
    ConnectionSpec spec
        = *parseConnectionUri(QStringLiteral("redis-sentinel://127.0.0.1:%1/0?master=m").arg(freeLoopbackPort()));
    fixture.watch({ spec });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.status().link, LinkState::Lost, patience);
    QCOMPARE(fixture.status().error.value_or(Error()).kind, ErrorKind::Connect);
}

void SentinelWatchTest::credentialsForTheServerAlone()
{
    SentinelFixture fixture;
    GroupFixture& servers = fixture.servers();
    servers.run(0, { "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "&*", "+@all" });
    servers.run(0, { "SET", "lock:a", "t", "PX", "60000" });
    ConnectionSpec spec = fixture.spec();
    // The Sentinels know no such user.
    spec.user = QStringLiteral("watcher");
    spec.password = Secret("secret");
    servers.watch({ spec });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:a"), patience);
}

QTEST_GUILESS_MAIN(SentinelWatchTest)
#include "tst_sentinelwatch.moc"
