// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/redlockflow.h"
#include "support/redlockfixture.h"
#include "support/steppedclock.h"
#include "support/tcpproxy.h"
#include "support/testsupport.h"

#include <QCryptographicHash>

using namespace lockscope;
using namespace std::chrono_literals;

/// Redlock over three to five real servers, whole and broken.
class RedlockTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void quorumAndTimesAreThoseOfRedsync();
    void takesEveryMaster_data();
    void takesEveryMaster();
    void aQuorumOfFreeMastersIsEnough_data();
    void aQuorumOfFreeMastersIsEnough();
    void cleanupReleasesWithTheToken();
    void aVoteCountsOnlyForTheExactToken();
    void aChosenTokenIsNotReleasedWhereItWasInUse();
    void waitsForTheHolder();
    void aCancelledWaitEndsAtOnce();

    void oneMasterKilled_data();
    void oneMasterKilled();
    void oneMasterStopped_data();
    void oneMasterStopped();
    void oneMasterBehindASlowLink_data();
    void oneMasterBehindASlowLink();
    void twoMastersLost_data();
    void twoMastersLost();
    void whatALostMasterTookIsReleasedWhenItIsBack();
    void aMasterRestartedEmpty();
    void aClockJumpEndsTheLease();
    void aClockJumpEndsAnExtension();

    void redsyncsScriptsAreReproducedExactly();
    void locksOfOursAndOfRedsyncExcludeEachOther();
    void redsyncExtendsAndReleasesOurs();
    void weExtendAndReleaseRedsyncs();

private:
    static AcquireRequest request(Milliseconds ttl = 10s)
    {
        AcquireRequest request;
        request.key = "lock:a";
        request.ttl = ttl;
        return request;
    }
};

void RedlockTest::quorumAndTimesAreThoseOfRedsync()
{
    QCOMPARE(quorumOf(1), 1);
    QCOMPARE(quorumOf(2), 2);
    QCOMPARE(quorumOf(3), 2);
    QCOMPARE(quorumOf(4), 3);
    QCOMPARE(quorumOf(5), 3);
    const SteadyTime sent {};
    QCOMPARE(redlockValidity(8s, sent, sent).count(), 8000 - 80);
    QCOMPARE(redlockValidity(8s, sent, sent + 1s).count(), 7000 - 80);
    QCOMPARE(redlockValidity(8s, sent, sent + 9s).count(), -1080);
    QCOMPARE(redlockRoundTime(8s).count(), 400);
    QCOMPARE(redlockRoundTime(1ms).count(), 1);
}

void RedlockTest::takesEveryMaster_data()
{
    QTest::addColumn<int>("masters");
    QTest::newRow("3") << 3;
    QTest::newRow("5") << 5;
}

void RedlockTest::takesEveryMaster()
{
    QFETCH(int, masters);
    RedlockFixture quorum(masters);
    QVERIFY(quorum.waitUntilReady());
    const Result<AcquireGrant> grant = quorum.acquire(request());
    VERIFY_RESULT(grant);
    QCOMPARE(quorum.votes("lock:a", grant->token), masters);
    QCOMPARE(grant->nodes.size(), masters);
    QVERIFY(grant->validity > 0ms && grant->validity <= 9900ms);
    QVERIFY(!grant->fence);
    const Result<AcquireGrant> second = quorum.acquire(request());
    QVERIFY(!second);
    QCOMPARE(second.error().kind, ErrorKind::Taken);
    QCOMPARE(quorum.votes("lock:a", grant->token), masters);
    const Result<AcquireGrant> longer = quorum.extend({ "lock:a", grant->token, 60s });
    VERIFY_RESULT(longer);
    for (int i = 0; i < masters; ++i)
        QVERIFY(quorum.ask(i, { "PTTL", "lock:a" }).toInt() > 30000);
    VERIFY_RESULT(quorum.release({ "lock:a", grant->token }));
    QCOMPARE(quorum.votes("lock:a", "nil"), masters);
    const Status again = quorum.release({ "lock:a", grant->token });
    QVERIFY(!again);
    QCOMPARE(again.error().kind, ErrorKind::Expired);
}

void RedlockTest::aQuorumOfFreeMastersIsEnough_data()
{
    QTest::addColumn<int>("foreign");
    for (int bits = 0; bits < 16; ++bits)
        QTest::addRow("%d%d%d%d", bits >> 3 & 1, bits >> 2 & 1, bits >> 1 & 1, bits & 1) << bits;
}

void RedlockTest::aQuorumOfFreeMastersIsEnough()
{
    QFETCH(int, foreign);
    static RedlockFixture* quorum = new RedlockFixture(4);
    QVERIFY(quorum->waitUntilReady());
    int free = 0;
    for (int i = 0; i < 4; ++i) {
        quorum->ask(i, { "FLUSHALL" });
        if (foreign >> i & 1)
            quorum->ask(i, { "SET", "lock:a", "foreign", "PX", "60000" });
        else
            ++free;
    }
    const Result<AcquireGrant> grant = quorum->acquire(request());
    QCOMPARE(grant.has_value(), free >= 3);
    if (!grant)
        QCOMPARE(grant.error().kind, ErrorKind::Taken);
    QCOMPARE(quorum->votes("lock:a", "foreign"), 4 - free);
    QCOMPARE(quorum->votes("lock:a", "nil"), grant ? 0 : free);
    if (foreign == 15) {
        delete quorum;
        quorum = nullptr;
    }
}

// redis-plus-plus 1.3.15 "releases" what a failed try has taken by the name of the resource: it stays until its TTL.
void RedlockTest::cleanupReleasesWithTheToken()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    // A holder whose token is the name of the lock: what would be deleted by comparing with the name.
    quorum.ask(1, { "SET", "lock:a", "lock:a", "PX", "60000" });
    quorum.ask(2, { "SET", "lock:a", "lock:a", "PX", "60000" });
    const Result<AcquireGrant> grant = quorum.acquire(request(60s));
    QVERIFY(!grant);
    QCOMPARE(grant.error().kind, ErrorKind::Taken);
    QCOMPARE(quorum.tokenOn(0, "lock:a"), QByteArray("nil"));
    QCOMPARE(quorum.tokenOn(1, "lock:a"), QByteArray("lock:a"));
    QCOMPARE(quorum.tokenOn(2, "lock:a"), QByteArray("lock:a"));
}

// In redis-plus-plus 1.3.15 a master whose key belongs to somebody else says yes to an extension.
void RedlockTest::aVoteCountsOnlyForTheExactToken()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    AcquireRequest mine = request();
    mine.token = "mine";
    VERIFY_RESULT(quorum.acquire(mine));
    for (const QByteArray& other : { QByteArray("theirs"), QByteArray("mine2"), QByteArray("min"), QByteArray("") }) {
        quorum.ask(1, { "SET", "lock:a", other, "PX", "5000" });
        quorum.ask(2, { "SET", "lock:a", other, "PX", "5000" });
        const Result<AcquireGrant> extended = quorum.extend({ "lock:a", "mine", 60s });
        QVERIFY(!extended);
        QCOMPARE(extended.error().kind, ErrorKind::NotHeld);
        QVERIFY(quorum.ask(1, { "PTTL", "lock:a" }).toInt() <= 5000);
        QVERIFY(quorum.ask(2, { "PTTL", "lock:a" }).toInt() <= 5000);
    }
    // Two of three are enough again, and only these two count.
    quorum.ask(1, { "SET", "lock:a", "mine", "PX", "5000" });
    const Result<AcquireGrant> extended = quorum.extend({ "lock:a", "mine", 60s });
    VERIFY_RESULT(extended);
    QCOMPARE(extended->nodes.at(2).vote, NodeVote::Taken);
    quorum.ask(1, { "SET", "lock:a", "theirs", "PX", "5000" });
    quorum.ask(2, { "SET", "lock:a", "theirs", "PX", "5000" });
    const Status released = quorum.release({ "lock:a", "mine" });
    QVERIFY(!released);
    QCOMPARE(released.error().kind, ErrorKind::NotHeld);
    QCOMPARE(quorum.votes("lock:a", "theirs"), 2);
}

void RedlockTest::aChosenTokenIsNotReleasedWhereItWasInUse()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    AcquireRequest mine = request();
    mine.token = "mine";
    VERIFY_RESULT(quorum.acquire(mine));
    const Result<AcquireGrant> twice = quorum.acquire(mine);
    QVERIFY(!twice);
    QCOMPARE(twice.error().kind, ErrorKind::Taken);
    QCOMPARE(quorum.votes("lock:a", "mine"), 3);
}

void RedlockTest::waitsForTheHolder()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    for (int i = 0; i < 3; ++i)
        quorum.ask(i, { "SET", "lock:a", "theirs", "PX", "700" });
    AcquireRequest waiting = request();
    waiting.wait = 60s;
    const Result<AcquireGrant> grant = quorum.acquire(waiting);
    VERIFY_RESULT(grant);
    QCOMPARE(quorum.votes("lock:a", grant->token), 3);
}

void RedlockTest::aCancelledWaitEndsAtOnce()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    for (int i = 0; i < 3; ++i)
        quorum.ask(i, { "SET", "lock:a", "theirs", "PX", "60000" });
    AcquireRequest waiting = request();
    waiting.wait = 60s;
    std::optional<ErrorKind> kind;
    int calls = 0;
    quorum.operations().acquire(waiting, [&](const Result<AcquireGrant>& grant) {
        ++calls;
        kind = grant ? ErrorKind::Internal : grant.error().kind;
    });
    QTest::qWait(200);
    quorum.operations().cancelAcquires();
    QTRY_VERIFY(kind);
    QCOMPARE(*kind, ErrorKind::Cancelled);
    QTRY_VERIFY(quorum.operations().isIdle());
    QCOMPARE(calls, 1);
    QCOMPARE(quorum.votes("lock:a", "theirs"), 3);
}

void RedlockTest::oneMasterKilled_data() { takesEveryMaster_data(); }

void RedlockTest::oneMasterKilled()
{
    QFETCH(int, masters);
    RedlockFixture quorum(masters);
    QVERIFY(quorum.waitUntilReady());
    quorum.server(0).kill();
    const Result<AcquireGrant> grant = quorum.acquire(request());
    VERIFY_RESULT(grant);
    QCOMPARE(grant->nodes.at(0).vote, NodeVote::Failed);
    QVERIFY(grant->nodes.at(0).error);
    QCOMPARE(quorum.votes("lock:a", grant->token), masters - 1);
    VERIFY_RESULT(quorum.extend({ "lock:a", grant->token, 20s }));
    VERIFY_RESULT(quorum.release({ "lock:a", grant->token }));
    QCOMPARE(quorum.votes("lock:a", "nil"), masters - 1);
}

void RedlockTest::oneMasterStopped_data() { takesEveryMaster_data(); }

void RedlockTest::oneMasterStopped()
{
    QFETCH(int, masters);
    RedlockFixture quorum(masters);
    QVERIFY(quorum.waitUntilReady());
    quorum.server(1).suspend();
    const Result<AcquireGrant> grant = quorum.acquire(request(20s));
    VERIFY_RESULT(grant);
    QCOMPARE(grant->nodes.at(1).vote, NodeVote::Failed);
    // It took as long as one round at most: what is left says so.
    QVERIFY(grant->validity <= 20s - 200ms);
    const Result<AcquireGrant> extended = quorum.extend({ "lock:a", grant->token, 20s });
    VERIFY_RESULT(extended);
    QVERIFY(extended->validity > 10s);
    VERIFY_RESULT(quorum.release({ "lock:a", grant->token }));
    quorum.server(1).resume();
    // What was sent to it while it stood still comes in its order: taken, prolonged, released.
    QTRY_COMPARE_WITH_TIMEOUT(quorum.tokenOn(1, "lock:a"), QByteArray("nil"), 15000);
}

void RedlockTest::oneMasterBehindASlowLink_data() { takesEveryMaster_data(); }

void RedlockTest::oneMasterBehindASlowLink()
{
    QFETCH(int, masters);
    RedlockFixture quorum(masters);
    TcpProxy slow(quorum.server(2).socketPath());
    quorum.reroute(2, slow.spec());
    QVERIFY(quorum.waitUntilReady());
    slow.setDelay(700ms);
    // The round of a TTL of ten seconds is over after half a second.
    const Result<AcquireGrant> grant = quorum.acquire(request());
    VERIFY_RESULT(grant);
    QCOMPARE(grant->nodes.at(2).vote, NodeVote::Failed);
    QCOMPARE(grant->nodes.at(2).error->kind, ErrorKind::Timeout);
    // It has it all the same, a little later.
    QTRY_COMPARE_WITH_TIMEOUT(quorum.tokenOn(2, "lock:a"), grant->token, 15000);
    VERIFY_RESULT(quorum.release({ "lock:a", grant->token }));
    QTRY_COMPARE_WITH_TIMEOUT(quorum.tokenOn(2, "lock:a"), QByteArray("nil"), 15000);
}

void RedlockTest::twoMastersLost_data()
{
    QTest::addColumn<int>("masters");
    QTest::addColumn<bool>("isQuorum");
    QTest::newRow("of 3") << 3 << false;
    QTest::newRow("of 5") << 5 << true;
}

void RedlockTest::twoMastersLost()
{
    QFETCH(int, masters);
    QFETCH(bool, isQuorum);
    RedlockFixture quorum(masters);
    QVERIFY(quorum.waitUntilReady());
    AcquireRequest first = request(60s);
    first.token = "first";
    VERIFY_RESULT(quorum.acquire(first));
    quorum.server(0).kill();
    quorum.server(1).suspend();
    const Result<AcquireGrant> extended = quorum.extend({ "lock:a", "first", 3s });
    AcquireRequest other = request(2s);
    other.key = "lock:b";
    const Result<AcquireGrant> grant = quorum.acquire(other);
    QCOMPARE(extended.has_value(), isQuorum);
    QCOMPARE(grant.has_value(), isQuorum);
    if (isQuorum)
        return;
    QCOMPARE(extended.error().kind, ErrorKind::NoQuorum);
    QCOMPARE(grant.error().kind, ErrorKind::NoQuorum);
    QVERIFY2(
        grant.error().detail.contains(quorum.connection(0).spec().endpoint().text()), qPrintable(grant.error().detail));
    // Nothing is left on the one that gave it.
    QCOMPARE(quorum.tokenOn(2, "lock:b"), QByteArray("nil"));
    const Status released = quorum.release({ "lock:a", "first" });
    QVERIFY(!released);
    QCOMPARE(released.error().kind, ErrorKind::NoQuorum);
}

void RedlockTest::whatALostMasterTookIsReleasedWhenItIsBack()
{
    RedlockFixture quorum(3);
    TcpProxy first(quorum.server(0).socketPath());
    TcpProxy second(quorum.server(1).socketPath());
    quorum.reroute(0, first.spec());
    quorum.reroute(1, second.spec());
    QVERIFY(quorum.waitUntilReady());
    // The commands come through, the answers do not: the masters have it, and nobody knows.
    for (TcpProxy* link : { &first, &second })
        link->setDelay(400ms);
    const Result<AcquireGrant> grant = quorum.acquire(request(6s));
    QVERIFY(!grant);
    QCOMPARE(grant.error().kind, ErrorKind::NoQuorum);
    for (TcpProxy* link : { &first, &second }) {
        link->setDelay(0ms);
        link->cut();
    }
    QTRY_VERIFY_WITH_TIMEOUT(quorum.operations().isIdle(), 20000);
    QVERIFY(quorum.waitUntilReady());
    QCOMPARE(quorum.votes("lock:a", "nil"), 3);
}

void RedlockTest::aMasterRestartedEmpty()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    const Result<AcquireGrant> grant = quorum.acquire(request(60s));
    VERIFY_RESULT(grant);
    quorum.server(0).kill();
    VERIFY_RESULT(quorum.server(0).restart());
    QTRY_VERIFY_WITH_TIMEOUT(quorum.connection(0).traffic().reconnects > 0, 20000);
    QVERIFY(quorum.waitUntilReady());
    // One empty master is no quorum: nobody else gets in, and nothing of theirs stays there.
    const Result<AcquireGrant> other = quorum.acquire(request());
    QVERIFY(!other);
    QCOMPARE(other.error().kind, ErrorKind::Taken);
    QCOMPARE(quorum.tokenOn(0, "lock:a"), QByteArray("nil"));
    // The holder goes on with the two that remember, and the empty one does not get it back by an extension.
    const Result<AcquireGrant> extended = quorum.extend({ "lock:a", grant->token, 60s });
    VERIFY_RESULT(extended);
    QCOMPARE(extended->nodes.at(0).vote, NodeVote::Missing);
    QCOMPARE(extended->nodes.at(0).validUntil, SteadyTime());
    QCOMPARE(quorum.tokenOn(0, "lock:a"), QByteArray("nil"));
}

void RedlockTest::aClockJumpEndsTheLease()
{
    SteppedClock clock;
    RedlockFixture quorum(3, clock);
    QVERIFY(quorum.waitUntilReady());
    std::optional<Result<AcquireGrant>> answer;
    quorum.operations().acquire(request(), [&](Result<AcquireGrant> grant) { answer = std::move(grant); });
    // As if this process, or its machine, had stood still while the masters answered.
    clock.advance(9900ms);
    QTRY_VERIFY_WITH_TIMEOUT(answer, 20000);
    QVERIFY(!*answer);
    QCOMPARE(answer->error().kind, ErrorKind::Expired);
    QTRY_VERIFY(quorum.operations().isIdle());
    QCOMPARE(quorum.votes("lock:a", "nil"), 3);

    answer.reset();
    quorum.operations().acquire(request(), [&](Result<AcquireGrant> grant) { answer = std::move(grant); });
    clock.advance(9000ms);
    QTRY_VERIFY_WITH_TIMEOUT(answer, 20000);
    VERIFY_RESULT(*answer);
    QCOMPARE((*answer)->validity, 900ms);
    QCOMPARE((*answer)->validUntil, clock.now() + 900ms);
}

void RedlockTest::aClockJumpEndsAnExtension()
{
    SteppedClock clock;
    RedlockFixture quorum(3, clock);
    QVERIFY(quorum.waitUntilReady());
    const Result<AcquireGrant> grant = quorum.acquire(request());
    VERIFY_RESULT(grant);
    std::optional<Result<AcquireGrant>> answer;
    quorum.operations().extend(
        { "lock:a", grant->token, 10s }, [&](Result<AcquireGrant> extended) { answer = std::move(extended); });
    clock.advance(10s);
    QTRY_VERIFY_WITH_TIMEOUT(answer, 20000);
    QVERIFY(!*answer);
    QCOMPARE(answer->error().kind, ErrorKind::Expired);
}

void RedlockTest::redsyncsScriptsAreReproducedExactly()
{
    const auto sha1
        = [](const QByteArray& source) { return QCryptographicHash::hash(source, QCryptographicHash::Sha1).toHex(); };
    QCOMPARE(sha1(RedsyncClient::deleteScript), QByteArray("e950836ed1e694540c503ef9972b8de518044d3b"));
    QCOMPARE(sha1(RedsyncClient::touchScript), QByteArray("d75bb8b5bd13532ddedd17762e772346e39b321e"));
}

void RedlockTest::locksOfOursAndOfRedsyncExcludeEachOther()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    const QByteArray value = "q83vASNFZ4mrze8BI0VniQ==";
    for (int i = 0; i < 3; ++i)
        QVERIFY(RedsyncClient(quorum.server(i).socketPath()).lock("lock:a", value, 8000));
    const Result<AcquireGrant> refused = quorum.acquire(request());
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Taken);
    QCOMPARE(quorum.votes("lock:a", value), 3);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(RedsyncClient(quorum.server(i).socketPath()).unlock("lock:a", value), 1);
    VERIFY_RESULT(quorum.acquire(request()));
    for (int i = 0; i < 3; ++i)
        QVERIFY(!RedsyncClient(quorum.server(i).socketPath()).lock("lock:a", value, 8000));
}

void RedlockTest::redsyncExtendsAndReleasesOurs()
{
    for (const bool fence : { false, true }) {
        RedlockFixture quorum(3);
        QVERIFY(quorum.waitUntilReady());
        AcquireRequest ours = request();
        ours.fence = fence;
        const Result<AcquireGrant> grant = quorum.acquire(ours);
        VERIFY_RESULT(grant);
        for (int i = 0; i < 3; ++i) {
            RedsyncClient redsync(quorum.server(i).socketPath());
            QCOMPARE(redsync.extend("lock:a", grant->token, 60000), 1);
            QVERIFY(quorum.ask(i, { "PTTL", "lock:a" }).toInt() > 30000);
            QCOMPARE(redsync.unlock("lock:a", grant->token), 1);
        }
        QCOMPARE(quorum.votes("lock:a", "nil"), 3);
    }
}

void RedlockTest::weExtendAndReleaseRedsyncs()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    const QByteArray value = "q83vASNFZ4mrze8BI0VniQ==";
    for (int i = 0; i < 3; ++i)
        QVERIFY(RedsyncClient(quorum.server(i).socketPath()).lock("lock:a", value, 8000));
    VERIFY_RESULT(quorum.extend({ "lock:a", value, 60s }));
    QVERIFY(quorum.ask(0, { "PTTL", "lock:a" }).toInt() > 30000);
    VERIFY_RESULT(quorum.release({ "lock:a", value }));
    for (int i = 0; i < 3; ++i)
        QCOMPARE(RedsyncClient(quorum.server(i).socketPath()).unlock("lock:a", value), -1);
}

QTEST_GUILESS_MAIN(RedlockTest)
#include "tst_redlock.moc"
