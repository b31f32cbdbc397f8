// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testsupport.h"
#include "support/watchfixture.h"
#include "watch/watchengine.h"

#include <QElapsedTimer>

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 8000;

SandboxServer::Options publishing(const QByteArray& flags)
{
    SandboxServer::Options options;
    options.notifyFlags = flags;
    return options;
}

WatchOptions listeningBy(ListenChoice listen, const QList<QByteArray>& matches = { "*" })
{
    WatchOptions options;
    options.matches = matches;
    options.listen = listen;
    return options;
}

std::vector<LockEvent> eventsOf(WatchFixture& fixture, const QByteArray& key)
{
    std::vector<LockEvent> events;
    for (const LockEvent& event : fixture.mirror().events()) {
        if (event.key == key)
            events.push_back(event);
    }
    return events;
}

bool hasGap(WatchFixture& fixture)
{
    const auto& events = fixture.mirror().events();
    return std::any_of(events.begin(), events.end(), [](const LockEvent& e) { return e.kind == LockEventKind::Gap; });
}

QByteArray subscriptions(WatchFixture& fixture) { return fixture.run({ "CLIENT", "LIST", "TYPE", "pubsub" }).text; }

} // namespace

/// What is heard of a real server in each way, how one way gives over to another, and what is said of it.
class TestHearing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTransition_data();
    void everyTransition();
    void followsByTracking();
    void nothingIsHeardWithoutALink();
    void tracksOnlyWhatIsAskedFor();
    void flushIsHeardByTracking();
    void expiryIsConfirmed();
    void lateExpiryStaysDue();
    void consentTakesOverWithoutAGap();
    void switchedOffTakesOverWithAGap();
    void trackingUntilNotificationsProveThemselves();
    void trackingRefused();
    void keyeventChannels();
    void movedChannelsAreFollowed();
    void anotherDatabaseIsNotMistaken();

private:
    void lookAtMode(WatchFixture& fixture, ListenMode mode);
};

void TestHearing::lookAtMode(WatchFixture& fixture, ListenMode mode)
{
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, mode, patience);
}

void TestHearing::everyTransition_data()
{
    QTest::addColumn<ListenChoice>("listen");
    QTest::addColumn<ListenMode>("mode");
    QTest::addColumn<bool>("verbs");
    QTest::newRow("notifications") << ListenChoice::Notifications << ListenMode::Notifications << true;
    QTest::newRow("tracking") << ListenChoice::Tracking << ListenMode::Tracking << false;
    QTest::newRow("polling") << ListenChoice::Poll << ListenMode::Polling << false;
}

void TestHearing::everyTransition()
{
    QFETCH(ListenChoice, listen);
    QFETCH(ListenMode, mode);
    QFETCH(bool, verbs);
    WatchFixture fixture;
    fixture.watch(listeningBy(listen));
    lookAtMode(fixture, mode);
    fixture.run({ "SET", "k", "one", "NX", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    fixture.run({ "SET", "k", "one", "XX", "PX", "90000" }); // an extension, by its value
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->renewals, 1U, patience);
    fixture.run({ "PEXPIRE", "k", "120000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->renewals, 2U, patience);
    fixture.run({ "SET", "k", "two", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->token, QByteArray("two"), patience);
    fixture.run({ "PERSIST", "k" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->state, LockState::NoTtl, patience);
    fixture.run({ "DEL", "k" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    fixture.run({ "SET", "k", "three", "PX", "1500" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), 1400);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    const QList expected { LockEventKind::Acquired, LockEventKind::Renewed, LockEventKind::Renewed,
        LockEventKind::HolderChanged, LockEventKind::LostTtl, LockEventKind::Released, LockEventKind::Acquired,
        LockEventKind::Expired };
    QCOMPARE(fixture.mirror().kindsOf("k"), expected);
    for (const LockEvent& event : eventsOf(fixture, "k")) {
        const bool isConclusion = event.kind == LockEventKind::HolderChanged || event.kind == LockEventKind::Released
            || event.kind == LockEventKind::Expired;
        if (!verbs)
            QCOMPARE(event.certain, !isConclusion);
        QCOMPARE(event.source == LockEventSource::Notification, verbs && event.source != LockEventSource::Verify);
        QVERIFY(event.source != LockEventSource::Tracking || mode == ListenMode::Tracking);
    }
    if (verbs) {
        const LockEvent last = eventsOf(fixture, "k").back();
        QVERIFY(last.certain);
        QCOMPARE(last.source, LockEventSource::Notification);
    }
}

void TestHearing::followsByTracking()
{
    WatchFixture fixture(publishing(""));
    fixture.run({ "SET", "lock:old", "t", "PX", "60000" });
    fixture.watch(listeningBy(ListenChoice::Auto));
    lookAtMode(fixture, ListenMode::Tracking);
    QCOMPARE(fixture.engine().status().notifications, NotificationSetting::CanBeEnabled);
    QVERIFY(fixture.engine().status().canAskForNotifications());
    QVERIFY(!fixture.engine().status().error);
    fixture.run({ "SET", "lock:a", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:a"), patience);
    QVERIFY(fixture.lock("lock:a")->acquiredAt != unknownTime);
    QCOMPARE(eventsOf(fixture, "lock:a").front().source, LockEventSource::Tracking);
    fixture.run({ "RENAME", "lock:a", "lock:b" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:b") && !fixture.lock("lock:a"), patience);
    fixture.run({ "MOVE", "lock:b", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:b"), patience);
    fixture.run({ "HSET", "lock:old", "f", "v" }); // refused: it is a string
    fixture.run({ "DEL", "lock:old" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:old"), patience);
    QVERIFY(fixture.engine().status().eventsTotal >= 5);
    QVERIFY(!hasGap(fixture));
    // Of the writes of others nothing was asked of CONFIG.
    QCOMPARE(fixture.run({ "CONFIG", "GET", "notify-keyspace-events" }).items.value(1).text, QByteArray());
}

void TestHearing::tracksOnlyWhatIsAskedFor()
{
    WatchFixture fixture;
    fixture.watch(listeningBy(ListenChoice::Tracking, { "lock:a*:x", "lock:*", "job?" }));
    lookAtMode(fixture, ListenMode::Tracking);
    fixture.run({ "SET", "other:1", "t", "PX", "60000" });
    fixture.run({ "SET", "job:long", "t", "PX", "60000" }); // the prefix, but not the glob
    fixture.run({ "SET", "job1", "t", "PX", "60000" });
    fixture.run({ "SET", "lock:1", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:1") && fixture.lock("job1"), patience);
    QCOMPARE(fixture.engine().status().eventsTotal, 2U);
    QCOMPARE(fixture.mirror().size(), 2);
}

void TestHearing::flushIsHeardByTracking()
{
    WatchFixture fixture;
    for (int i = 0; i < 200; ++i)
        fixture.run({ "SET", "k" + QByteArray::number(i), "t", "PX", "60000" });
    fixture.watch(listeningBy(ListenChoice::Tracking));
    lookAtMode(fixture, ListenMode::Tracking);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.mirror().size(), 200, patience);
    const quint32 pass = fixture.engine().status().completeness.pass;
    fixture.run({ "FLUSHDB" });
    fixture.run({ "SET", "k7", "new", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.isWhole() && fixture.lock("k7") && fixture.lock("k7")->token == "new" && fixture.mirror().size() == 1,
        patience);
    QVERIFY(fixture.engine().status().completeness.pass > pass);
}

void TestHearing::expiryIsConfirmed()
{
    WatchFixture fixture;
    fixture.run({ "DEBUG", "SET-ACTIVE-EXPIRE", "0" });
    fixture.watch(listeningBy(ListenChoice::Notifications));
    lookAtMode(fixture, ListenMode::Notifications);
    for (int i = 0; i < 50; ++i)
        fixture.run({ "SET", "k" + QByteArray::number(i), "t", "PX", "400" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("any") && fixture.mirror().events().size() >= 100, patience);
    int expired = 0;
    for (const LockEvent& event : fixture.mirror().events()) {
        if (event.kind != LockEventKind::Expired)
            continue;
        ++expired;
        QVERIFY(event.certain);
        QCOMPARE(event.source, LockEventSource::Notification);
    }
    QCOMPARE(expired, 50);
}

void TestHearing::lateExpiryStaysDue()
{
    WatchFixture fixture;
    fixture.watch(listeningBy(ListenChoice::Tracking));
    lookAtMode(fixture, ListenMode::Tracking);
    fixture.run({ "SET", "k", "t", "PX", "500" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), 450);
    fixture.client().queue({ "DEBUG", "SLEEP", "1.2" });
    fixture.client().flush();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k") && fixture.lock("k")->state == LockState::Due, 1100);
    fixture.client().read();
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    const LockEvent last = eventsOf(fixture, "k").back();
    QCOMPARE(last.kind, LockEventKind::Expired);
    QVERIFY(!last.certain); // gone, and its time was over: nobody said more
}

void TestHearing::consentTakesOverWithoutAGap()
{
    WatchFixture fixture(publishing("g"));
    fixture.watch(listeningBy(ListenChoice::Auto));
    lookAtMode(fixture, ListenMode::Tracking);
    fixture.engine().answerNotificationQuestion(false);
    QCOMPARE(fixture.engine().status().notifications, NotificationSetting::Declined);
    QCOMPARE(fixture.engine().status().listening, ListenMode::Tracking);
    fixture.engine().answerNotificationQuestion(true);
    int written = 0;
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < 300 || fixture.engine().status().listening != ListenMode::Notifications) {
        fixture.run({ "SET", "k" + QByteArray::number(written++ % 50), QByteArray::number(written), "PX", "60000" });
        QTest::qWait(2);
        QVERIFY(clock.elapsed() < patience);
    }
    QTRY_VERIFY_WITH_TIMEOUT(
        !subscriptions(fixture).contains("flags=tP") && !subscriptions(fixture).contains("tB"), patience);
    for (int i = 0; i < std::min(written, 50); ++i) {
        const QByteArray key = "k" + QByteArray::number(i);
        const QByteArray token = fixture.run({ "GET", key }).text;
        QTRY_VERIFY2_WITH_TIMEOUT(fixture.lock(key) && fixture.lock(key)->token == token, key.constData(), patience);
    }
    QVERIFY(!hasGap(fixture));
}

void TestHearing::switchedOffTakesOverWithAGap()
{
    WatchFixture fixture;
    fixture.run({ "SET", "old", "t", "PX", "60000" });
    fixture.watch(listeningBy(ListenChoice::Auto));
    lookAtMode(fixture, ListenMode::Notifications);
    fixture.run({ "CONFIG", "SET", "notify-keyspace-events", "" });
    fixture.run({ "DEL", "old" });
    fixture.run({ "SET", "new", "t", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Tracking, 12'000);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("new") && !fixture.lock("old"), patience);
    QVERIFY(hasGap(fixture));
}

void TestHearing::trackingUntilNotificationsProveThemselves()
{
    WatchFixture fixture;
    fixture.run({ "ACL", "SETUSER", "default", "-config" });
    fixture.watch(listeningBy(ListenChoice::Auto));
    lookAtMode(fixture, ListenMode::Tracking);
    QCOMPARE(fixture.engine().status().notifications, NotificationSetting::Forbidden);
    QVERIFY(!fixture.engine().status().canAskForNotifications());
    // Events of each class that locks need prove that they are on.
    fixture.run({ "SET", "k", "t", "PX", "100" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, patience);
    QVERIFY(!hasGap(fixture));
}

void TestHearing::nothingIsHeardWithoutALink()
{
    for (const ListenChoice listen : { ListenChoice::Auto, ListenChoice::Tracking, ListenChoice::Poll }) {
        WatchFixture fixture;
        fixture.watch(listeningBy(listen));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
        const WatchStatus& status = fixture.engine().status();
        const ListenMode before = status.listening;
        QVERIFY(before != ListenMode::None);
        fixture.server().kill();
        QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().link, LinkState::Lost, patience);
        QCOMPARE(status.listening, ListenMode::None);
        QCOMPARE(status.nodes.front().listening, ListenMode::None);
        QCOMPARE(status.pollInterval.count(), 0);
        QVERIFY(status.gapOpen);
        VERIFY_RESULT(fixture.server().restart());
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, before, patience);
    }
}

void TestHearing::trackingRefused()
{
    WatchFixture fixture(publishing(""));
    fixture.run({ "ACL", "SETUSER", "default", "-client|tracking" });
    for (const ListenChoice listen : { ListenChoice::Auto, ListenChoice::Tracking }) {
        fixture.watch(listeningBy(listen));
        lookAtMode(fixture, ListenMode::Polling);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.engine().status().trackingRefused, patience);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
        QVERIFY(fixture.engine().status().error);
        QCOMPARE(fixture.engine().status().error->kind, ErrorKind::Permission);
    }
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
}

void TestHearing::keyeventChannels()
{
    WatchFixture fixture(publishing("Eg$hszlxe"));
    fixture.watch(listeningBy(ListenChoice::Auto, { "lock:*" }));
    lookAtMode(fixture, ListenMode::Notifications);
    QVERIFY(subscriptions(fixture).contains("psub=0"));
    fixture.run({ "SET", "other", "t", "PX", "60000" });
    fixture.run({ "SET", "lock:a", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:a"), patience);
    QCOMPARE(fixture.engine().status().eventsTotal, 2U); // set and expire of the one that counts
    fixture.run({ "DEL", "lock:a" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("lock:a"), patience);
    QCOMPARE(fixture.mirror().kindsOf("lock:a"), (QList { LockEventKind::Acquired, LockEventKind::Released }));
    // Without the right to them it is the patterns, where the server publishes there as well.
    fixture.run({ "CONFIG", "SET", "notify-keyspace-events", "KEA" });
    fixture.run({ "ACL", "SETUSER", "default", "resetchannels", "&__keyspace@0__:*" });
    fixture.watch(listeningBy(ListenChoice::Auto, { "*" }));
    lookAtMode(fixture, ListenMode::Notifications);
    QVERIFY(subscriptions(fixture).contains("psub=1"));
}

void TestHearing::movedChannelsAreFollowed()
{
    WatchFixture fixture;
    fixture.watch(listeningBy(ListenChoice::Notifications));
    lookAtMode(fixture, ListenMode::Notifications);
    fixture.run({ "CONFIG", "SET", "notify-keyspace-events", "EA" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && subscriptions(fixture).contains("psub=0"), 12'000);
    lookAtMode(fixture, ListenMode::Notifications);
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    QCOMPARE(eventsOf(fixture, "k").front().source, LockEventSource::Notification);
    QVERIFY(hasGap(fixture)); // what happened before it was noticed was not heard
}

void TestHearing::anotherDatabaseIsNotMistaken()
{
    WatchFixture fixture;
    fixture.run({ "SET", "k", "here", "PX", "60000" });
    fixture.watch(listeningBy(ListenChoice::Tracking));
    lookAtMode(fixture, ListenMode::Tracking);
    BlockingClient other(fixture.server().socketPath());
    other.run({ "SELECT", "5" });
    other.run({ "SET", "k", "there", "PX", "90000" });
    other.run({ "SET", "only-there", "t", "PX", "90000" });
    fixture.run({ "SET", "last", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("last"), patience);
    QCOMPARE(fixture.lock("k")->token, QByteArray("here"));
    QCOMPARE(fixture.lock("k")->renewals, 0U);
    QVERIFY(!fixture.lock("only-there"));
}

QTEST_GUILESS_MAIN(TestHearing)
#include "tst_hearing.moc"
