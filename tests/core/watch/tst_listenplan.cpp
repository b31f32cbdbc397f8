// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/listenplan.h"

#include "base/durationtext.h"
#include "locks/listentext.h"
#include "locks/lockevent.h"
#include "support/testsupport.h"
#include "watch/globpattern.h"
#include "watch/trackinglistener.h"

using namespace lockscope;
using namespace std::chrono_literals;

/// How it is decided what to listen on.
class TestListenPlan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void choices_data();
    void choices();
    void namesAreKnown();
    void everyModeSaysWhatItCannotSee();
    void prefixes_data();
    void prefixes();
    void manyPrefixesBecomeFewer();
};

void TestListenPlan::choices_data()
{
    using enum NotificationSetting;
    QTest::addColumn<ListenFacts>("facts");
    QTest::addColumn<ListenPlan>("plan");
    const ListenPlan none;
    const ListenPlan verbs { true, false };
    const ListenPlan keys { false, true };
    const ListenPlan both { true, true };
    const auto row = [](const char* name, ListenChoice choice, NotificationSetting setting, const ListenPlan& plan,
                         void (*change)(ListenFacts&) = nullptr) {
        ListenFacts facts;
        facts.choice = choice;
        facts.setting = setting;
        facts.configReadable = setting != Forbidden;
        if (change)
            change(facts);
        QTest::newRow(name) << facts << plan;
    };
    row("nothing known yet", ListenChoice::Auto, Unknown, none);
    row("published", ListenChoice::Auto, Sufficient, verbs);
    row("off, to be asked", ListenChoice::Auto, CanBeEnabled, keys);
    row("declined", ListenChoice::Auto, Declined, keys);
    row("being switched on", ListenChoice::Auto, CanBeEnabled, none, [](ListenFacts& f) { f.enabling = true; });
    row("being switched on while tracking", ListenChoice::Auto, CanBeEnabled, keys,
        [](ListenFacts& f) { f.enabling = f.trackingOpen = true; });
    row("switched on, not subscribed yet", ListenChoice::Auto, Sufficient, both,
        [](ListenFacts& f) { f.trackingOpen = true; });
    row("switched on and subscribed", ListenChoice::Auto, Sufficient, verbs,
        [](ListenFacts& f) { f.trackingOpen = f.verbsHeard = true; });
    row("nobody knows", ListenChoice::Auto, Forbidden, both);
    row("nobody knew, but they come", ListenChoice::Auto, Forbidden, verbs,
        [](ListenFacts& f) { f.verbsHeard = true; });
    row("CONFIG SET refused", ListenChoice::Auto, Forbidden, keys, [](ListenFacts& f) { f.configReadable = true; });
    row("channels denied", ListenChoice::Auto, Sufficient, keys, [](ListenFacts& f) { f.notificationsDenied = true; });
    row("all denied", ListenChoice::Auto, Sufficient, none,
        [](ListenFacts& f) { f.notificationsDenied = f.trackingDenied = true; });
    row("tracking denied", ListenChoice::Auto, CanBeEnabled, none, [](ListenFacts& f) { f.trackingDenied = true; });
    row("tracking denied, nobody knows", ListenChoice::Auto, Forbidden, verbs,
        [](ListenFacts& f) { f.trackingDenied = true; });
    row("only notifications", ListenChoice::Notifications, Sufficient, verbs);
    row("only notifications, off", ListenChoice::Notifications, CanBeEnabled, none);
    row("only notifications, nobody knows", ListenChoice::Notifications, Forbidden, verbs);
    row("only tracking", ListenChoice::Tracking, Sufficient, keys);
    row("only tracking, nothing known", ListenChoice::Tracking, Unknown, keys);
    row("only tracking, denied", ListenChoice::Tracking, Sufficient, none,
        [](ListenFacts& f) { f.trackingDenied = true; });
    row("polling", ListenChoice::Poll, Sufficient, none);
}

void TestListenPlan::choices()
{
    QFETCH(ListenFacts, facts);
    QFETCH(ListenPlan, plan);
    const ListenPlan made = planListening(facts);
    QCOMPARE(made.notifications, plan.notifications);
    QCOMPARE(made.tracking, plan.tracking);
}

void TestListenPlan::namesAreKnown()
{
    for (const ListenChoice choice :
        { ListenChoice::Auto, ListenChoice::Notifications, ListenChoice::Tracking, ListenChoice::Poll })
        QCOMPARE(listenChoiceByName(listenChoiceName(choice)), std::optional(choice));
    QCOMPARE(listenChoiceByName(QString()), std::optional(ListenChoice::Auto));
    QVERIFY(!listenChoiceByName(QStringLiteral("polling")));
    QCOMPARE(listenModeName(ListenMode::Tracking), QLatin1StringView("tracking"));
    QCOMPARE(lockEventSourceName(LockEventSource::Tracking), QLatin1StringView("tracking"));
}

void TestListenPlan::everyModeSaysWhatItCannotSee()
{
    WatchStatus status;
    status.pollInterval = 2s;
    for (const ListenMode mode : { ListenMode::Notifications, ListenMode::Tracking, ListenMode::Polling }) {
        status.listening = mode;
        QVERIFY(!listenText(status).isEmpty());
        const QStringList texts = blindSpotTexts(status);
        QCOMPARE(texts.size(), blindSpots(mode).size());
        QVERIFY(!texts.isEmpty());
        QCOMPARE(QSet<QString>(texts.begin(), texts.end()).size(), texts.size());
    }
    QVERIFY(blindSpots(ListenMode::Tracking).contains(BlindSpot::HowItEnded));
    QVERIFY(!blindSpots(ListenMode::Notifications).contains(BlindSpot::HowItEnded));
    status.listening = ListenMode::Polling;
    QVERIFY(listenText(status).contains(durationText(status.pollInterval)));
    status.trackingRefused = true;
    QVERIFY(listenReason(status).contains(QStringLiteral("tracking is refused")));
    status.listenChoice = ListenChoice::Poll;
    QCOMPARE(listenReason(status), QStringLiteral("Chosen so."));
}

void TestListenPlan::prefixes_data()
{
    using Bytes = QList<QByteArray>;
    QTest::addColumn<Bytes>("globs");
    QTest::addColumn<Bytes>("prefixes");
    QTest::newRow("none") << Bytes {} << Bytes {};
    QTest::newRow("one") << Bytes { "lock:*" } << Bytes { "lock:" };
    QTest::newRow("a key") << Bytes { "lock:a" } << Bytes { "lock:a" };
    QTest::newRow("inner star") << Bytes { "a:*:lock", "b?c", "d[ab]" } << Bytes { "a:", "b", "d" };
    QTest::newRow("escapes") << Bytes { "lock:\\[a\\]*", "x\\" } << Bytes { "lock:[a]", "x\\" };
    QTest::newRow("overlap") << Bytes { "lock:b:*", "lock:*", "lock:a*", "lo*" } << Bytes { "lo" };
    QTest::newRow("same") << Bytes { "a:*", "a:?" } << Bytes { "a:" };
    QTest::newRow("everything") << Bytes { "lock:*", "*:lock" } << Bytes {};
    QTest::newRow("binary") << Bytes { QByteArray("\xff\0*", 3) } << Bytes { QByteArray("\xff\0", 2) };
}

void TestListenPlan::prefixes()
{
    QFETCH(QList<QByteArray>, globs);
    QTEST(trackingPrefixes(globs), "prefixes");
}

void TestListenPlan::manyPrefixesBecomeFewer()
{
    QList<QByteArray> globs;
    for (int i = 0; i < 500; ++i)
        globs.append("app" + QByteArray::number(i % 7) + ":" + QByteArray::number(i) + ":*");
    const QList<QByteArray> prefixes = trackingPrefixes(globs);
    QVERIFY(prefixes.size() <= 32 && prefixes.size() > 1);
    for (const QByteArray& glob : globs) {
        const QByteArray head = globLiteralHead(glob);
        const auto covering = std::count_if(
            prefixes.begin(), prefixes.end(), [&](const QByteArray& prefix) { return head.startsWith(prefix); });
        QCOMPARE(covering, 1);
    }
}

QTEST_GUILESS_MAIN(TestListenPlan)
#include "tst_listenplan.moc"
