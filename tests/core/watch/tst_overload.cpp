// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testsupport.h"
#include "support/watchfixture.h"
#include "watch/watchengine.h"

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 20'000;
constexpr const char* flood
    = "for i = 1, tonumber(ARGV[1]) do redis.call('SET', ARGV[2] .. i, 't' .. i, 'PX', 600000) end";
constexpr const char* drain = "for i = 1, tonumber(ARGV[1]) do redis.call('DEL', ARGV[2] .. i) end";

bool hasGap(WatchFixture& fixture)
{
    const auto& events = fixture.mirror().events();
    return std::any_of(events.begin(), events.end(), [](const LockEvent& e) { return e.kind == LockEventKind::Gap; });
}

} // namespace

/// More changes than can be read: merged by key and counted, what the server throws away becomes a gap that heals, and
/// what we keep is bounded.
class TestOverload : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eventsMergeByKey();
    void outputBufferLimit_data();
    void outputBufferLimit();
    void backlogIsBounded_data();
    void backlogIsBounded();
    void unlikelyKeysAreLeftToThePass();
};

void TestOverload::eventsMergeByKey()
{
    WatchFixture fixture;
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "EVAL", "for i = 1, 5000 do redis.call('SET', 'k', 't' .. i, 'PX', 600000 + i) end", "0" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k") && fixture.lock("k")->token == "t5000", patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().eventsTotal, 10'000U, patience);
    // Two events a change, and the reading thread takes many at a time: hardly any needs a read of its own.
    QVERIFY(fixture.engine().status().eventsMerged > 9000);
    QVERIFY(fixture.engine().status().eventsMerged < 10'000);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().verifyBacklog, 0U, patience);
}

void TestOverload::outputBufferLimit_data()
{
    QTest::addColumn<ListenChoice>("listen");
    QTest::newRow("notifications") << ListenChoice::Notifications;
    QTest::newRow("tracking") << ListenChoice::Tracking;
}

void TestOverload::outputBufferLimit()
{
    QFETCH(ListenChoice, listen);
    WatchFixture fixture;
    fixture.run({ "CONFIG", "SET", "client-output-buffer-limit", "pubsub 32768 32768 1" });
    fixture.run({ "SET", "old", "t", "PX", "600000" });
    WatchOptions options = WatchFixture::allKeys();
    options.listen = listen;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("old"), patience);
    // One script is one turn of the server: all of its events are in the buffer at once.
    fixture.run({ "EVAL", flood, "0", "5000", "flood:" });
    fixture.run({ "DEL", "old" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && hasGap(fixture), patience);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("old") && fixture.mirror().size() == 5000, patience);
    fixture.run({ "SET", "after", "t", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("after"), patience);
    QVERIFY(!fixture.engine().status().gapOpen);
    QVERIFY(fixture.isConsistent());
}

void TestOverload::backlogIsBounded_data() { outputBufferLimit_data(); }

void TestOverload::backlogIsBounded()
{
    QFETCH(ListenChoice, listen);
    constexpr quint64 limit = 2000;
    WatchFixture fixture;
    fixture.run({ "SET", "stays", "t", "PX", "600000" });
    WatchOptions options = WatchFixture::allKeys();
    options.listen = listen;
    options.backlogLimit = int(limit);
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    quint64 highest = 0;
    for (int round = 0; round < 3; ++round) {
        const QByteArray prefix = "r" + QByteArray::number(round) + ":";
        fixture.run({ "EVAL", flood, "0", "50000", prefix });
        for (int turn = 0; turn < 20; ++turn) {
            QTest::qWait(1);
            const WatchStatus& status = fixture.engine().status();
            highest = std::max(highest, status.verifyBacklog - std::min(status.verifyBacklog, status.locks));
        }
        if (round < 2)
            fixture.run({ "EVAL", drain, "0", "50000", prefix });
    }
    // Beside what a pass without pauses has in hand, at most so many keys wait that are no known locks.
    constexpr quint64 ofPass = 5000 + 2 * 10'000;
    QVERIFY2(highest <= limit + ofPass, QByteArray::number(highest).constData());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.mirror().size() == 50'001, 60'000);
    QVERIFY(hasGap(fixture));
    QVERIFY(fixture.lock("stays") && fixture.lock("r2:50000"));
    QVERIFY(!fixture.lock("r0:1"));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().gapOpen, false, patience);
}

void TestOverload::unlikelyKeysAreLeftToThePass()
{
    WatchFixture fixture;
    WatchOptions options; // no glob: only what looks like a lock
    options.listen = ListenChoice::Tracking;
    options.backlogLimit = 1000;
    options.verifyRate = 2000;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "EVAL", "for i = 1, 20000 do redis.call('SET', 'page:' .. i, 'text ' .. i) end", "0" });
    fixture.run({ "SET", "lock:a", "3f2a9c0b-token", "NX", "PX", "600000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:a"), patience); // does not wait behind them
    QVERIFY(fixture.engine().status().eventsDeferred > 0);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QVERIFY(!hasGap(fixture));
    QCOMPARE(fixture.mirror().size(), 1);
}

QTEST_GUILESS_MAIN(TestOverload)
#include "tst_overload.moc"
