// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/clientlist.h"
#include "locks/suspicion.h"
#include "table/lockfilter.h"
#include "table/lockorder.h"
#include "watch/holdhistory.h"

#include <QTest>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr SteadyTime now { 5000s };

LockRecord lock(const QByteArray& key)
{
    LockRecord record;
    record.key = key;
    record.token = "token";
    record.confidence = 1;
    record.lease = 30s;
    record.deadline = now + 20s;
    record.firstSeen = now - 60s;
    record.verifiedAt = now;
    return record;
}

std::shared_ptr<const LockRhythm> rhythm(quint16 overdue, SteadyTime lastBeat = now - 3s)
{
    LockRhythm result;
    result.periodMs = 10'000;
    result.lastBeat = lastBeat;
    result.overdue = result.missed = overdue;
    return std::make_shared<const LockRhythm>(result);
}

std::shared_ptr<const LockDoubts> gone(SteadyTime since)
{
    LockDoubts doubts;
    doubts.link = HolderLink::Gone;
    doubts.identity = "worker-7";
    doubts.address = "10.0.0.5:40312";
    doubts.lastConnected = since - 2s;
    doubts.goneSince = since;
    return std::make_shared<const LockDoubts>(doubts);
}

LockRecord withoutTtl(const QByteArray& key)
{
    LockRecord record = lock(key);
    record.deadline = noDeadline;
    record.state = LockState::NoTtl;
    return record;
}

} // namespace

class TestSuspicion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anEverydayLockIsNotSuspected();
    void eachKindHasItsEvidence();
    void severalWeighMoreThanOne();
    void theOrderIsByStrength();
    void countingSemaphoresNeedNoTtl();
    void filterWords();
    void patternsOfNames();
    void usualHoldsNeedEnoughOfThem();
    void usualHoldsAreRobust();
    void memoryOfHoldsIsBounded();
    void clientsAreFoundInTokens_data();
    void clientsAreFoundInTokens();
};

void TestSuspicion::anEverydayLockIsNotSuspected()
{
    LockRecord record = lock("k");
    record.extras.set(&LockExtras::rhythm, rhythm(0));
    QCOMPARE(suspicionScore(record), 0);
    QVERIFY(suspicionsOf(record).empty());
}

void TestSuspicion::eachKindHasItsEvidence()
{
    LockRecord record = withoutTtl("k");
    QCOMPARE(suspicionsOf(record).front().kind, SuspicionKind::NoTtl);
    QVERIFY(suspicionEvidence(record, SuspicionKind::NoTtl, now).contains(QStringLiteral("at least 1 m 00 s")));

    record = lock("k");
    record.extras.set(&LockExtras::rhythm, rhythm(2, now - 26s));
    QCOMPARE(suspicionsOf(record).front().kind, SuspicionKind::MissedBeats);
    const QString beats = suspicionEvidence(record, SuspicionKind::MissedBeats, now);
    QVERIFY2(beats.contains(QStringLiteral("every 10.0 s")) && beats.contains(QStringLiteral("26.0 s ago")),
        qPrintable(beats));

    record = lock("k");
    record.extras.set(&LockExtras::doubts, gone(now - 10s));
    record.extras.set(&LockExtras::rhythm, rhythm(0, now - 15s));
    QCOMPARE(suspicionsOf(record).front().kind, SuspicionKind::HolderGone);
    record.extras.set(&LockExtras::rhythm, rhythm(0, now - 3s));
    QCOMPARE(suspicionsOf(record).front().kind, SuspicionKind::RenewedWithoutHolder);
    const QString link = suspicionEvidence(record, SuspicionKind::RenewedWithoutHolder, now);
    QVERIFY2(link.contains(QStringLiteral("worker-7")) && link.contains(QStringLiteral("renewed 3.0 s ago")),
        qPrintable(link));

    record = lock("k");
    LockDoubts doubts;
    doubts.usualHoldMs = 4200;
    doubts.usualHolds = 214;
    doubts.holdFactorLog2 = 3;
    doubts.pattern = "lock:orders:*";
    record.extras.set(&LockExtras::doubts, std::make_shared<const LockDoubts>(doubts));
    QCOMPARE(suspicionsOf(record).front().kind, SuspicionKind::HeldLong);
    const QString held = suspicionEvidence(record, SuspicionKind::HeldLong, now);
    QVERIFY2(held.contains(QStringLiteral("214")) && held.contains(QStringLiteral("lock:orders:*"))
            && held.contains(QStringLiteral("4.2 s")),
        qPrintable(held));
}

void TestSuspicion::severalWeighMoreThanOne()
{
    LockRecord one = withoutTtl("k");
    LockRecord two = one;
    two.extras.set(&LockExtras::doubts, gone(now - 10s));
    QVERIFY(suspicionScore(two) > suspicionScore(one));
    QVERIFY(suspicionScore(two) < 100);
    QCOMPARE(suspicionsOf(two).size(), size_t(2));
    QVERIFY(suspicionsOf(two)[0].score >= suspicionsOf(two)[1].score);
}

void TestSuspicion::theOrderIsByStrength()
{
    LockRecord late = lock("late");
    late.extras.set(&LockExtras::rhythm, rhythm(1));
    LockRecord later = lock("later");
    later.extras.set(&LockExtras::rhythm, rhythm(3));
    later.id = { 1, 1 };
    const LockOrder order(LockSort { LockColumn::Suspicion, Qt::DescendingOrder });
    QVERIFY(order.less(later, late));
    QVERIFY(order.less(late, lock("calm")));
    const LockOrder byRhythm(LockSort { LockColumn::Rhythm, Qt::DescendingOrder });
    QVERIFY(byRhythm.less(later, late));
}

void TestSuspicion::countingSemaphoresNeedNoTtl()
{
    LockRecord record = withoutTtl("k");
    record.mode = LockMode::Semaphore;
    record.hasToken = false;
    QCOMPARE(suspicionScore(record), 0);
}

void TestSuspicion::filterWords()
{
    LockRecord record = withoutTtl("k");
    const auto accepts
        = [&](const char* words) { return LockFilter::parse(QString::fromLatin1(words)).accepts(record, now); };
    QVERIFY(accepts("stuck:"));
    QVERIFY(accepts("stuck:no_ttl"));
    QVERIFY(accepts("Stuck:NO"));
    QVERIFY(!accepts("stuck:held_long"));
    QVERIFY(!accepts("missed>0"));
    record = lock("k");
    QVERIFY(!accepts("stuck:"));
    record.extras.set(&LockExtras::rhythm, rhythm(2));
    QVERIFY(accepts("stuck:missed"));
    QVERIFY(accepts("missed>1"));
    QVERIFY(!accepts("missed>2"));
    QVERIFY(!LockFilter::parse(QStringLiteral("stuck:")).dependsOnTime());
}

void TestSuspicion::patternsOfNames()
{
    QCOMPARE(HoldHistory::patternOf("lock:orders:4711"), QByteArray("lock:orders:*"));
    QCOMPARE(HoldHistory::patternOf("lock:tenant:31:migration"), QByteArray("lock:tenant:*:migration"));
    QCOMPARE(HoldHistory::patternOf("plain"), QByteArray("plain"));
    QCOMPARE(HoldHistory::patternOf(""), QByteArray(""));
    QCOMPARE(HoldHistory::patternOf(":1:"), QByteArray(":*:"));
    QVERIFY(HoldHistory::patternOf(QByteArray(5000, 'x')).size() <= 256);
}

void TestSuspicion::usualHoldsNeedEnoughOfThem()
{
    HoldHistory history;
    for (quint32 i = 1; i < HoldHistory::fewestHolds; ++i)
        history.note(QByteArray("lock:orders:" + QByteArray::number(i)), 1s);
    QVERIFY(!history.usual("lock:orders:9"));
    history.note("lock:orders:0", 1s);
    QVERIFY(history.usual("lock:orders:9"));
    QVERIFY(!history.usual("lock:other:9"));
}

void TestSuspicion::usualHoldsAreRobust()
{
    HoldHistory history;
    for (int i = 0; i < 1000; ++i)
        history.note("lock:a:1", Milliseconds(100 + i % 900));
    for (int i = 0; i < 5; ++i)
        history.note("lock:a:1", 10h);
    const auto usual = history.usual("lock:a:2");
    QVERIFY(usual);
    QVERIFY2(usual->limit >= 900ms && usual->limit <= 1300ms, qPrintable(QString::number(usual->limit.count())));
    QCOMPARE(usual->holds, 1005U);
    for (int i = 0; i < 20'000; ++i)
        history.note("lock:a:1", 60s);
    QVERIFY2(history.usual("lock:a:1")->limit >= 60s, "old holds must fade");
    QVERIFY(history.usual("lock:a:1")->holds < 5000);
}

void TestSuspicion::memoryOfHoldsIsBounded()
{
    HoldHistory history;
    for (int i = 0; i < 30; ++i)
        history.note("kept:1", 1s);
    const auto letters = [](int i) {
        QByteArray name;
        for (; i > 0; i /= 26)
            name += char('a' + i % 26);
        return name;
    };
    for (int i = 0; i < 5000; ++i) {
        history.note(QByteArray("one:" + letters(i) + ":x"), 1s);
        QVERIFY(history.usual("kept:2")); // asked for, hence kept
    }
    QCOMPARE(history.patternCount(), HoldHistory::maximumPatterns);
}

void TestSuspicion::clientsAreFoundInTokens_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("identity");
    QTest::newRow("name before a colon") << QByteArray("worker-7:123:99") << QByteArray("worker-7");
    QTest::newRow("name before an at") << QByteArray("worker-7@8831-af") << QByteArray("worker-7");
    QTest::newRow("the longest name") << QByteArray("eu.worker-7/1") << QByteArray("eu.worker-7");
    QTest::newRow("an address") << QByteArray("10.0.0.5:40312#4") << QByteArray("10.0.0.5:40312");
    QTest::newRow("only part of a word") << QByteArray("xworker-7") << QByteArray();
    QTest::newRow("a longer number") << QByteArray("worker-71") << QByteArray();
    QTest::newRow("our own name") << QByteArray("lockscope-watch") << QByteArray();
    QTest::newRow("a name of digits") << QByteArray("12345") << QByteArray();
    QTest::newRow("nothing") << QByteArray() << QByteArray();
}

void TestSuspicion::clientsAreFoundInTokens()
{
    QFETCH(const QByteArray, token);
    QFETCH(const QByteArray, identity);
    const ClientIndex clients(parseClientList("id=3 addr=10.0.0.5:40312 laddr=10.0.0.1:6379 fd=8 name=worker-7 age=4\n"
                                              "id=4 addr=10.0.0.6:40313 name=eu.worker-7 age=4\r\n"
                                              "id=5 addr=/run/redis.sock:0 name=12345 age=4\n"
                                              "id=6 addr=10.0.0.7:1 name=lockscope-watch\nnonsense\n"));
    const auto match = clients.find(token);
    QCOMPARE(match ? match->identity : QByteArray(), identity);
    if (match)
        QVERIFY(clients.addressOf(identity));
}

QTEST_GUILESS_MAIN(TestSuspicion)
#include "tst_suspicion.moc"
