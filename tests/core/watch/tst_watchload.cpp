// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchengine.h"

#include "support/structurefamilies.h"
#include "support/testsupport.h"
#include "support/watchfixture.h"

#include <QElapsedTimer>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 5000;

int callsOf(WatchFixture& fixture, const QByteArray& command)
{
    const QByteArray stats = fixture.run({ "INFO", "commandstats" }).text;
    const QByteArray mark = "cmdstat_" + command + ":calls=";
    const qsizetype at = stats.indexOf(mark);
    return at < 0 ? 0 : stats.mid(at + mark.size(), 12).split(',').first().toInt();
}

WatchOptions structures()
{
    WatchOptions options = WatchFixture::allKeys();
    options.registry = &structureRegistry();
    return options;
}

void fill(WatchFixture& fixture, int keys)
{
    fixture.run({ "EVAL", "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'k' .. i, 't' .. i, 'PX', 600000) end",
        "0", QByteArray::number(keys) });
}

} // namespace

/// What the watch asks of a real server beside the locks themselves, and how hard.
class TestWatchLoad : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPassKeepsWithinTheBudget();
    void theBudgetChangesLive();
    void fullPaceHasNone();
    void smallKeySpacesAreThereAtOnce();
    void visibleLocksComeFirst();
    void waitersOfVisibleLocks();
    void nobodyIsAskedForWaitersInAListing();
    void fingerprintsTellWhoWasHere();
    void fingerprintsForbidden();
};

void TestWatchLoad::aPassKeepsWithinTheBudget()
{
    constexpr int rate = 5000;
    WatchFixture fixture;
    fill(fixture, 20'000);
    fixture.run({ "CONFIG", "RESETSTAT" });
    WatchOptions options = WatchFixture::allKeys();
    options.verifyRate = rate;
    QElapsedTimer clock;
    clock.start();
    fixture.watch(options);
    struct Sample {
        qint64 before; ///< ms
        qint64 after;
        int reads; ///< so far
    };
    QList<Sample> samples;
    const auto sample = [&] {
        const qint64 before = clock.elapsed();
        const int reads = callsOf(fixture, "getrange");
        samples.append({ before, clock.elapsed(), reads });
    };
    while (!fixture.isWhole() && clock.elapsed() < 20'000) {
        sample();
        QTest::qWait(40);
    }
    QVERIFY(fixture.isWhole());
    sample();
    QCOMPARE(fixture.mirror().size(), 20'000);
    QVERIFY2(clock.elapsed() >= 3500, QByteArray::number(clock.elapsed()).constData());
    // A server that a loaded machine did not let run for a moment counts at once what was sent meanwhile. How much may
    // be sent at once is tst_loadbudget's.
    constexpr int stall = rate / 5;
    for (qsizetype from = 0; from < samples.size(); ++from) {
        for (qsizetype to = from + 1; to < samples.size(); ++to) {
            const int reads = samples[to].reads - samples[from].reads;
            const qint64 time = samples[to].after - samples[from].before;
            QVERIFY2(
                reads <= time * rate / 1000 + stall, qPrintable(QStringLiteral("%1 in %2 ms").arg(reads).arg(time)));
        }
    }
    QVERIFY(fixture.engine().status().budgetKeysPerSecond > 0);
    QVERIFY(fixture.engine().status().budgetKeysPerSecond <= rate);
    QVERIFY(fixture.engine().status().budgetBytesPerSecond > 0);
}

void TestWatchLoad::theBudgetChangesLive()
{
    WatchFixture fixture;
    fill(fixture, 20'000);
    WatchOptions options = WatchFixture::allKeys();
    options.verifyRate = 100; // 200 s for a pass
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.engine().status().completeness.passRunning, patience);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.engine().status().budgetKeysPerSecond > 0, patience);
    QVERIFY(fixture.engine().status().budgetKeysPerSecond <= 100);
    fixture.engine().setVerifyRate(20'000);
    QVERIFY(fixture.engine().status().budgetKeysPerSecond > 100);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.mirror().size() == 20'000, 30'000);
    fixture.engine().setVerifyRate(50);
    QVERIFY(fixture.engine().status().budgetKeysPerSecond <= 50);
}

void TestWatchLoad::fullPaceHasNone()
{
    WatchFixture fixture;
    fill(fixture, 20'000);
    WatchOptions options = WatchFixture::allKeys();
    options.pace = Pace::Full;
    options.verifyRate = 100;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.engine().status().budgetKeysPerSecond, 0.0);
    QCOMPARE(fixture.mirror().size(), 20'000);
}

void TestWatchLoad::smallKeySpacesAreThereAtOnce()
{
    WatchFixture fixture;
    fill(fixture, 5000);
    WatchOptions options = WatchFixture::allKeys();
    options.verifyRate = 100;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    const double budget = fixture.engine().status().budgetKeysPerSecond;
    QVERIFY(budget > 0 && budget <= 100); // from now on
}

void TestWatchLoad::visibleLocksComeFirst()
{
    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags.clear();
    WatchFixture fixture(serverOptions);
    fill(fixture, 5000);
    WatchOptions options = WatchFixture::allKeys();
    options.verifyRate = 200; // a round takes 25 s
    options.listen = ListenChoice::Poll;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k77"), patience);
    fixture.engine().setVisibleLocks({ fixture.lock("k77")->id });
    QTest::qWait(200); // the next pass is under way and has the budget in its hands
    fixture.run({ "SET", "k77", "other", "PX", "600000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k77")->token, QByteArray("other"), 3000);
}

void TestWatchLoad::waitersOfVisibleLocks()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "seen", "a", "1" });
    fixture.run({ "HSET", "unseen", "a", "1" });
    fixture.run({ "SADD", "set", "permit" });
    fixture.run({ "SET", "string", "t" });
    fixture.run({ "RPUSH", "seen:queue", "w1", "w2" });
    fixture.run({ "RPUSH", "unseen:queue", "w1" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.mirror().size() == 4, patience);
    QCOMPARE(fixture.lock("seen")->waiters, -1);
    fixture.engine().setVisibleLocks({ fixture.lock("seen")->id, fixture.lock("set")->id, fixture.lock("string")->id });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("seen")->waiters, 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("set")->waiters, 0, patience);
    fixture.run({ "LPOP", "seen:queue" });
    BlockingClient waiter(fixture.server().socketPath());
    waiter.run({ "SUBSCRIBE", "set:wake" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("seen")->waiters, 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("set")->waiters, 1, patience);
    QCOMPARE(fixture.lock("unseen")->waiters, -1);
    QCOMPARE(fixture.lock("string")->waiters, -1);
    QCOMPARE(fixture.mirror().kindsOf("seen"), QList { LockEventKind::Found });
}

void TestWatchLoad::nobodyIsAskedForWaitersInAListing()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "k", "a", "1" });
    fixture.run({ "RPUSH", "k:queue", "w1" });
    fixture.run({ "CONFIG", "RESETSTAT" });
    WatchOptions options = structures();
    options.follow = false;
    fixture.watch(options, true);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    QCOMPARE(fixture.lock("k")->waiters, -1);
    QCOMPARE(fixture.mirror().size(), 1);
    QCOMPARE(callsOf(fixture, "pubsub|numsub"), 0);
}

void TestWatchLoad::fingerprintsTellWhoWasHere()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "k", "a", "1" });
    fixture.watch(structures(), true);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    QVERIFY(fixture.engine().status().fingerprints.isEmpty());
    const float before = fixture.lock("k")->confidence;
    fixture.run({ "SCRIPT", "LOAD", hashAcquireScript });
    fixture.watch(structures(), true);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    const QList<FoundFingerprint> found = fixture.engine().status().fingerprints;
    QCOMPARE(found.size(), 1);
    QCOMPARE(found.first().family, structureRegistry().byName("hash"));
    QCOMPARE(found.first().script, QByteArray("acquire"));
    QCOMPARE(found.first().version, QByteArray("hash 1.0"));
    QVERIFY(fixture.lock("k")->confidence > before);
    // A restarted server has forgotten all scripts, and so do we.
    fixture.server().kill();
    VERIFY_RESULT(fixture.server().restart());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.engine().status().fingerprints.isEmpty(), patience);
}

void TestWatchLoad::fingerprintsForbidden()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "k", "a", "1" });
    fixture.run({ "ACL", "SETUSER", "default", "-script" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    QVERIFY(fixture.engine().status().fingerprintsRefused);
    QVERIFY(!fixture.engine().status().error);
}

QTEST_GUILESS_MAIN(TestWatchLoad)
#include "tst_watchload.moc"
