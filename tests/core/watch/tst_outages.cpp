// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testsupport.h"
#include "support/watchfixture.h"
#include "watch/watchengine.h"

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 5000;
/// The table is right again this long (ms) after the server's return.
constexpr int promised = 2000;

} // namespace

/// The server goes away in every way there is and comes back: what was missed is told, and the table is right again.
class TestOutages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killAndRestart_data() { listenModes(); }
    void killAndRestart();
    void killedSubscription_data() { listenModes(); }
    void killedSubscription();
    void killedConnection();
    void serverAsleep();
    void stoppedServerIsGivenUp();
    void stoppedForTenSeconds();

private:
    static void listenModes();
};

void TestOutages::listenModes()
{
    QTest::addColumn<ListenChoice>("listen");
    QTest::addColumn<ListenMode>("mode");
    QTest::newRow("notifications") << ListenChoice::Notifications << ListenMode::Notifications;
    QTest::newRow("tracking") << ListenChoice::Tracking << ListenMode::Tracking;
}

namespace {

WatchOptions listeningBy(ListenChoice listen)
{
    WatchOptions options = WatchFixture::allKeys();
    options.listen = listen;
    return options;
}

bool hasGap(WatchFixture& fixture)
{
    const auto& events = fixture.mirror().events();
    return std::any_of(events.begin(), events.end(), [](const LockEvent& e) { return e.kind == LockEventKind::Gap; });
}

} // namespace

void TestOutages::killAndRestart()
{
    QFETCH(ListenChoice, listen);
    QFETCH(ListenMode, mode);
    WatchFixture fixture;
    fixture.run({ "SET", "old", "t", "PX", "60000" });
    fixture.watch(listeningBy(listen));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.server().kill();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("old") && fixture.lock("old")->state == LockState::Stale, patience);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.engine().status().gapOpen, patience);
    QCOMPARE(fixture.engine().status().link, LinkState::Lost);
    QVERIFY(!fixture.engine().status().completeness.complete);
    VERIFY_RESULT(fixture.server().restart());
    fixture.client().reconnect();
    fixture.run({ "SET", "new", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("old") && fixture.lock("new") && fixture.isWhole(), promised);
    QVERIFY(!fixture.engine().status().gapOpen);
    QCOMPARE(fixture.lock("new")->state, LockState::Held);
    const auto& events = fixture.mirror().events();
    const auto gap
        = std::find_if(events.begin(), events.end(), [](const LockEvent& e) { return e.kind == LockEventKind::Gap; });
    QVERIFY(gap != events.end());
    QVERIFY(gap->sinceMs > 0 && gap->sinceMs < gap->atMs);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, mode, promised);
    fixture.run({ "DEL", "new" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("new"), patience);
}

void TestOutages::killedSubscription()
{
    QFETCH(ListenChoice, listen);
    QFETCH(ListenMode, mode);
    WatchFixture fixture;
    fixture.run({ "SET", "old", "t", "PX", "60000" });
    fixture.watch(listeningBy(listen));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.run({ "CLIENT", "KILL", "TYPE", "pubsub" }).number, 1);
    fixture.run({ "DEL", "old" });
    fixture.run({ "SET", "new", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("old") && fixture.lock("new") && fixture.isWhole(), promised);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, mode, promised);
    QVERIFY(hasGap(fixture));
    QVERIFY(!fixture.engine().status().gapOpen);
    fixture.run({ "SET", "heard", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("heard"), patience);
}

void TestOutages::killedConnection()
{
    WatchFixture fixture;
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes" });
    fixture.run({ "SET", "k", "other", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k") && fixture.lock("k")->token == "other" && fixture.isWhole(), promised);
    QCOMPARE(fixture.lock("k")->state, LockState::Held);
}

void TestOutages::serverAsleep()
{
    WatchFixture fixture;
    fixture.run({ "SET", "short", "t", "PX", "700" });
    fixture.run({ "SET", "long", "t", "PX", "60000" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.client().queue({ "DEBUG", "SLEEP", "1.5" });
    fixture.client().flush();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("short") && fixture.lock("short")->state == LockState::Due, 1400);
    fixture.client().read();
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("short"), promised);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("long") && fixture.lock("long")->state == LockState::Held, promised);
    const auto truth = Milliseconds(fixture.run({ "PTTL", "long" }).number);
    const auto seen = fixture.lock("long")->remaining(std::chrono::steady_clock::now());
    QVERIFY(std::chrono::abs(truth - seen) < 50ms);
    QCOMPARE(fixture.lock("long")->renewals, 0U);
}

void TestOutages::stoppedServerIsGivenUp()
{
    WatchFixture fixture;
    fixture.run({ "SET", "short", "t", "PX", "800" });
    fixture.run({ "SET", "long", "t", "PX", "60000" });
    WatchOptions options = WatchFixture::allKeys();
    options.commandTimeout = 500ms; // so that the link is given up while the server stands still
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.server().suspend();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("long")->state == LockState::Stale, 10'000);
    QVERIFY(fixture.lock("short"));
    QVERIFY(fixture.lock("short")->state != LockState::Held);
    fixture.server().resume();
    QTRY_VERIFY_WITH_TIMEOUT(
        !fixture.lock("short") && fixture.lock("long")->state == LockState::Held && fixture.isWhole(), promised);
}

void TestOutages::stoppedForTenSeconds()
{
    WatchFixture fixture;
    fixture.run({ "SET", "short", "t", "PX", "3000" });
    fixture.run({ "SET", "long", "t", "PX", "60000" });
    fixture.watch(); // with the timeouts a user has
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    const SteadyTime end = std::chrono::steady_clock::now() + 10s;
    fixture.server().suspend();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("short")->state != LockState::Held, 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(std::chrono::steady_clock::now() >= end, 11'000);
    fixture.server().resume();
    fixture.run({ "SET", "new", "t", "PX", "60000" });
    fixture.run({ "PEXPIRE", "long", "90000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("new") && !fixture.lock("short") && fixture.isWhole(), promised);
    QCOMPARE(fixture.lock("long")->state, LockState::Held);
    QVERIFY(fixture.lock("long")->remaining(std::chrono::steady_clock::now()) > 80s);
    QVERIFY(!fixture.engine().status().gapOpen);
    QVERIFY(fixture.isConsistent());
}

QTEST_GUILESS_MAIN(TestOutages)
#include "tst_outages.moc"
