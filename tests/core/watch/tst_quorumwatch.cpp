// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/groupfixture.h"
#include "support/testsupport.h"

using namespace lockscope;
using Kind = LockEventKind;

/// Three independent masters as one group, on real servers.
class QuorumWatchTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneRowForTheGroup();
    void minoritiesAndSplits();
    void eventsAreThoseOfTheQuorum();
    void theQuorumEndsWithItsTtl();
    void oneMasterGoesAndComesBack();
    void twoMastersAway();
    void aListingWithOneMasterDown();
    void everyMasterHasItsOwnPassword();

private:
    static constexpr int patience = 20000;
    static void take(GroupFixture& fixture, const QList<int>& masters, const QByteArray& key, const QByteArray& token,
        const QByteArray& ttlMs = "60000");
    static int votesFor(const LockRecord* record);
};

void QuorumWatchTest::take(GroupFixture& fixture, const QList<int>& masters, const QByteArray& key,
    const QByteArray& token, const QByteArray& ttlMs)
{
    for (const int master : masters)
        fixture.run(master, { "SET", key, token, "NX", "PX", ttlMs });
}

int QuorumWatchTest::votesFor(const LockRecord* record)
{
    return record && record->extras->votes ? record->extras->votes->winning : -1;
}

void QuorumWatchTest::oneRowForTheGroup()
{
    GroupFixture fixture(3);
    fixture.run(0, { "SET", "lock:a", "tok", "PX", "50000" });
    fixture.run(1, { "SET", "lock:a", "tok", "PX", "40000" });
    fixture.run(2, { "SET", "lock:a", "tok", "PX", "60000" });
    fixture.watch(fixture.specs());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("lock:a"), patience);
    QCOMPARE(fixture.mirror().size(), 1);
    const LockRecord lock = *fixture.lock("lock:a");
    QCOMPARE(lock.state, LockState::Quorum);
    QCOMPARE(lock.token, QByteArray("tok"));
    QCOMPARE(votesFor(&lock), 3);
    QCOMPARE(lock.extras->votes->byNode.size(), size_t(3));
    // Valid no longer than the first of its masters keeps it.
    const auto left = lock.remaining(SystemClock::instance().now());
    QVERIFY2(left <= Milliseconds(40000) && left > Milliseconds(15000), qPrintable(QString::number(left.count())));
    const WatchStatus& status = fixture.status();
    QCOMPARE(status.quorum, 2);
    QCOMPARE(status.membersUp(), 3);
    for (const NodeStatus& node : status.nodes) {
        QVERIFY(node.completeness.complete);
        QVERIFY(!node.version.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(fixture.status().nodes.first().clockOffset.has_value(), patience);
        QVERIFY(std::abs(node.clockOffset.value_or(Milliseconds(0)).count()) < 1000);
    }
    QVERIFY(fixture.isConsistent());
}

void QuorumWatchTest::minoritiesAndSplits()
{
    GroupFixture fixture(3);
    take(fixture, { 0 }, "lock:leftover", "x");
    take(fixture, { 0 }, "lock:split", "a");
    take(fixture, { 1 }, "lock:split", "b");
    take(fixture, { 0, 2 }, "lock:two", "t");
    take(fixture, { 1 }, "lock:two", "other");
    fixture.watch(fixture.specs());
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.isWhole() && fixture.lock("lock:leftover") && fixture.lock("lock:split"), patience);
    QCOMPARE(fixture.lock("lock:leftover")->state, LockState::Minority);
    QCOMPARE(votesFor(fixture.lock("lock:leftover")), 1);
    QVERIFY(!fixture.lock("lock:leftover")->extras->votes->isSplit);
    QCOMPARE(fixture.lock("lock:split")->state, LockState::Minority);
    QVERIFY(fixture.lock("lock:split")->extras->votes->isSplit);
    QCOMPARE(fixture.lock("lock:two")->state, LockState::Quorum);
    QCOMPARE(fixture.lock("lock:two")->token, QByteArray("t"));
    QCOMPARE(fixture.lock("lock:two")->extras->votes->byNode[1].token, QByteArray("other"));
    // A second vote makes a quorum of the leftover.
    take(fixture, { 2 }, "lock:leftover", "x");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:leftover")->state, LockState::Quorum, patience);
    QVERIFY(fixture.mirror().kindsOf("lock:leftover").contains(Kind::Acquired));
    QVERIFY(!fixture.mirror().kindsOf("lock:split").contains(Kind::Found));
}

void QuorumWatchTest::eventsAreThoseOfTheQuorum()
{
    GroupFixture fixture(3);
    take(fixture, { 0, 1, 2 }, "lock:before", "old");
    fixture.watch(fixture.specs());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.status().listening, ListenMode::Notifications, patience);
    take(fixture, { 0, 1, 2 }, "lock:a", "first");
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:a"), patience);
    for (int master = 0; master < 3; ++master)
        fixture.run(master, { "PEXPIRE", "lock:a", "90000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.hasEvent("lock:a", Kind::Renewed), patience);
    for (int master = 0; master < 3; ++master)
        fixture.run(master, { "SET", "lock:a", "second", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(
        fixture.lock("lock:a") ? fixture.lock("lock:a")->token : QByteArray(), QByteArray("second"), patience);
    for (int master = 0; master < 3; ++master)
        fixture.run(master, { "DEL", "lock:a" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:a"), patience);
    QCOMPARE(fixture.mirror().kindsOf("lock:a"),
        (QList<Kind> { Kind::Acquired, Kind::Renewed, Kind::HolderChanged, Kind::Released }));
    QCOMPARE(fixture.mirror().kindsOf("lock:before"), QList<Kind> { Kind::Found });
    QVERIFY(fixture.isConsistent());
}

void QuorumWatchTest::theQuorumEndsWithItsTtl()
{
    GroupFixture fixture(3);
    fixture.watch(fixture.specs());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    take(fixture, { 0, 1, 2 }, "lock:short", "t", "1500");
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:short"), patience);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:short"), patience);
    QCOMPARE(fixture.mirror().kindsOf("lock:short"), (QList<Kind> { Kind::Acquired, Kind::Expired }));
}

void QuorumWatchTest::oneMasterGoesAndComesBack()
{
    GroupFixture fixture(3);
    take(fixture, { 0, 1, 2 }, "lock:a", "t");
    take(fixture, { 0, 2 }, "lock:needs-2", "t");
    WatchOptions options = WatchFixture::allKeys();
    fixture.watch(fixture.specs(), options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.server(2).kill();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.status().membersUp(), 2, patience);
    QCOMPARE(fixture.status().link, LinkState::Ready);
    QVERIFY(!fixture.isWhole());
    // Still a quorum without it; what needed its vote is not known any more; nothing was told to have ended.
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:a")->extras->votes->byNode[2].isStale, patience);
    QCOMPARE(fixture.lock("lock:a")->state, LockState::Quorum);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:needs-2")->state, LockState::Stale, patience);
    QCOMPARE(fixture.mirror().kindsOf("lock:needs-2"), QList<Kind> { Kind::Found });
    // Life goes on with the others.
    take(fixture, { 0, 1 }, "lock:new", "n");
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:new"), patience);
    QCOMPARE(fixture.lock("lock:new")->state, LockState::Quorum);
    fixture.run(0, { "DEL", "lock:a" });
    fixture.run(1, { "DEL", "lock:a" });
    // What only the dead one remembers is no lock.
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:a"), patience);
    // It comes back empty.
    VERIFY_RESULT(fixture.server(2).restart());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:needs-2")->state, LockState::Minority, patience);
    QVERIFY(fixture.mirror().kindsOf("lock:needs-2").size() >= 2);
    QCOMPARE(fixture.status().membersUp(), 3);
    QVERIFY(!fixture.lock("lock:a"));
    const auto& events = fixture.mirror().events();
    QVERIFY(std::any_of(events.begin(), events.end(),
        [](const LockEvent& event) { return event.kind == Kind::Gap && event.node == 2; }));
    QVERIFY(fixture.isConsistent());
}

void QuorumWatchTest::twoMastersAway()
{
    GroupFixture fixture(3);
    take(fixture, { 0, 1, 2 }, "lock:a", "t");
    fixture.watch(fixture.specs());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.server(1).kill();
    fixture.server(2).kill();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:a")->state, LockState::Stale, patience);
    QCOMPARE(fixture.mirror().kindsOf("lock:a"), QList<Kind> { Kind::Found });
}

void QuorumWatchTest::aListingWithOneMasterDown()
{
    GroupFixture fixture(3);
    take(fixture, { 0, 1 }, "lock:a", "t");
    fixture.server(2).kill();
    WatchOptions once = WatchFixture::allKeys();
    once.follow = false;
    bool isDone = false;
    fixture.watch(fixture.specs(), once);
    connect(&fixture.engine(), &WatchEngine::passCompleted, this, [&isDone] { isDone = true; });
    QTRY_VERIFY_WITH_TIMEOUT(isDone, patience);
    const LockSnapshot snapshot = fixture.engine().snapshot();
    QVERIFY(!snapshot.status.completeness.complete);
    QCOMPARE(snapshot.status.membersUp(), 2);
    QCOMPARE(snapshot.locks.size(), size_t(1));
    QCOMPARE(snapshot.locks.front()->state, LockState::Quorum);
}

void QuorumWatchTest::everyMasterHasItsOwnPassword()
{
    GroupFixture fixture;
    QList<ConnectionSpec> specs;
    for (const char* password : { "one", "two", "three" }) {
        fixture.addServer();
        fixture.run(fixture.serverCount() - 1, { "SET", "lock:a", "t", "PX", "60000" });
        fixture.run(fixture.serverCount() - 1, { "CONFIG", "SET", "requirepass", password });
        specs += fixture.server(fixture.serverCount() - 1).spec();
        specs.last().password = Secret(password);
    }
    fixture.watch(specs);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("lock:a"), patience);
    QCOMPARE(votesFor(fixture.lock("lock:a")), 3);
    // One that refuses us is one master less, not the end.
    specs[1].password = Secret("wrong");
    fixture.watch(specs);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:a") && votesFor(fixture.lock("lock:a")) == 2, patience);
    QCOMPARE(fixture.status().nodes[1].error.value_or(Error()).kind, ErrorKind::Authentication);
    QCOMPARE(fixture.lock("lock:a")->state, LockState::Quorum);
}

QTEST_GUILESS_MAIN(QuorumWatchTest)
#include "tst_quorumwatch.moc"
