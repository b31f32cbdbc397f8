// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchengine.h"

#include "support/testsupport.h"
#include "support/watchfixture.h"

#include <QSignalSpy>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 5000;

} // namespace

class TestWatchEngine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsWhatIsThere();
    void followsEachVerb();
    void tellsTransitionsApart();
    void pokesAtTheDeadline();
    void tellsEviction();
    void findsFlushAndSwap();
    void pollsUntilConsent();
    void readOnlyDeclinesConfigSet();
    void consentGivenBeforehand();
    void configForbidden();
    void channelForbiddenOrSpeltOtherwise();
    void scanForbidden();
    void tokenForbidden();
    void wrongPassword();
    void nastyKeys();
    void hugeValuesAndOtherTypes();
    void unnamedKeysNeedEvidence();
    void manyGlobs();
    void oneShot();
    void oneShotWithoutServer();
    void verifyKeysWithoutNotifications();
    void eventsNotKept();
    void signalsOnceUntilTaken();
};

void TestWatchEngine::findsWhatIsThere()
{
    WatchFixture fixture;
    fixture.run({ "SET", "lock:a", "token-a", "PX", "60000" });
    fixture.run({ "SET", "lock:b", "token-b" });
    fixture.run({ "HSET", "lock:hash", "field", "1" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.mirror().size(), 2);
    const LockRecord* a = fixture.lock("lock:a");
    QVERIFY(a);
    QCOMPARE(a->token, QByteArray("token-a"));
    QCOMPARE(a->state, LockState::Held);
    QVERIFY(a->remaining(std::chrono::steady_clock::now()) > 55s);
    QVERIFY(a->acquiredAt == unknownTime);
    const LockRecord* b = fixture.lock("lock:b");
    QVERIFY(b);
    QCOMPARE(b->state, LockState::NoTtl);
    QCOMPARE(fixture.mirror().kindsOf("lock:a"), QList { LockEventKind::Found });
    QCOMPARE(fixture.engine().status().listening, ListenMode::Notifications);
    QCOMPARE(fixture.engine().status().locks, 2U);
}

void TestWatchEngine::followsEachVerb()
{
    WatchFixture fixture;
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "SET", "k", "t1", "NX", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    fixture.run({ "PERSIST", "k" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->state, LockState::NoTtl, patience);
    fixture.run({ "PEXPIRE", "k", "50000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->state, LockState::Held, patience);
    fixture.run({ "RENAME", "k", "renamed" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("renamed") && !fixture.lock("k"), patience);
    QCOMPARE(fixture.lock("renamed")->token, QByteArray("t1"));
    fixture.run({ "COPY", "renamed", "copied" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("copied"), patience);
    fixture.run({ "MOVE", "copied", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("copied"), patience);
    const QByteArray dump = fixture.run({ "DUMP", "renamed" }).text;
    fixture.run({ "RESTORE", "restored", "40000", dump });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("restored"), patience);
    fixture.run({ "UNLINK", "restored" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("restored"), patience);
    fixture.run({ "DEL", "renamed" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("renamed"), patience);
    fixture.run({ "SET", "k", "t2", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    fixture.run({ "DEL", "k" });
    fixture.run({ "HSET", "k", "f", "v" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    QVERIFY(fixture.isConsistent());
}

void TestWatchEngine::tellsTransitionsApart()
{
    WatchFixture fixture;
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "SET", "k", "one", "NX", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    QVERIFY(fixture.lock("k")->acquiredAt != unknownTime);
    const LockId first = fixture.lock("k")->id;
    fixture.run({ "SET", "k", "one", "XX", "PX", "90000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->renewals, 1U, patience);
    fixture.run({ "PEXPIRE", "k", "120000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->renewals, 2U, patience);
    fixture.run({ "SET", "k", "two", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->token, QByteArray("two"), patience);
    QCOMPARE(fixture.lock("k")->renewals, 0U);
    QCOMPARE(fixture.lock("k")->id, first);
    fixture.run({ "SET", "k", "two" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->state, LockState::NoTtl, patience);
    fixture.run({ "DEL", "k" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    fixture.run({ "SET", "k", "three", "PX", "200" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    const QList expected { LockEventKind::Acquired, LockEventKind::Renewed, LockEventKind::Renewed,
        LockEventKind::HolderChanged, LockEventKind::LostTtl, LockEventKind::Released, LockEventKind::Acquired,
        LockEventKind::Expired };
    QCOMPARE(fixture.mirror().kindsOf("k"), expected);
}

void TestWatchEngine::pokesAtTheDeadline()
{
    WatchFixture fixture;
    fixture.run({ "DEBUG", "SET-ACTIVE-EXPIRE", "0" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "SET", "k", "t", "PX", "300" });
    const qint64 setAt = QDateTime::currentMSecsSinceEpoch();
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.mirror().kindsOf("k").contains(LockEventKind::Expired) || fixture.lock("gone"), patience);
    const qint64 late = fixture.mirror().events().back().atMs - setAt - 300;
    QVERIFY2(late >= -5 && late <= 50, QByteArray::number(late).constData());
}

void TestWatchEngine::tellsEviction()
{
    WatchFixture fixture;
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    fixture.run({ "CONFIG", "SET", "maxmemory-policy", "allkeys-random" });
    fixture.run({ "CONFIG", "SET", "maxmemory", "1" });
    fixture.run({ "SET", "other", "t" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    QVERIFY(fixture.mirror().kindsOf("k").contains(LockEventKind::Evicted));
}

void TestWatchEngine::findsFlushAndSwap()
{
    WatchFixture fixture;
    for (int i = 0; i < 50; ++i)
        fixture.run({ "SET", "k" + QByteArray::number(i), "t", "PX", "60000" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.mirror().size() == 50, patience);
    fixture.run({ "SWAPDB", "0", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k0") && fixture.mirror().size() == 0, 2500);
    fixture.run({ "SWAPDB", "0", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k0") && fixture.mirror().size() == 50, 2500);
    fixture.run({ "FLUSHDB" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k0") && fixture.mirror().size() == 0, 2500);
    QVERIFY(fixture.isConsistent());
}

void TestWatchEngine::pollsUntilConsent()
{
    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags = "Ehx";
    WatchFixture fixture(serverOptions);
    WatchOptions options = WatchFixture::allKeys();
    options.listen = ListenChoice::Notifications;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.engine().status().listening, ListenMode::Polling);
    QCOMPARE(fixture.engine().status().notifications, NotificationSetting::CanBeEnabled);
    QCOMPARE(fixture.engine().status().missingNotifyFlags, QByteArray("g$szle"));
    QVERIFY(fixture.engine().status().pollInterval > 0ms);
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), 2000);
    fixture.run({ "DEL", "k" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), 2000);
    fixture.engine().answerNotificationQuestion(false);
    QCOMPARE(fixture.engine().status().notifications, NotificationSetting::Declined);
    fixture.engine().answerNotificationQuestion(true);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, 2000);
    const QByteArray flags = fixture.run({ "CONFIG", "GET", "notify-keyspace-events" }).items.value(1).text;
    for (char needed : QByteArray("Eg$hszlxe"))
        QVERIFY2(flags.contains(needed), flags.constData());
}

void TestWatchEngine::readOnlyDeclinesConfigSet()
{
    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags.clear();
    WatchFixture fixture(serverOptions);
    WatchOptions options = WatchFixture::allKeys();
    options.enableNotifications = true;
    options.listen = ListenChoice::Notifications;
    fixture.watch(options, true);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().notifications, NotificationSetting::Declined, patience);
    QCOMPARE(fixture.engine().status().listening, ListenMode::Polling);
    QVERIFY(fixture.run({ "CONFIG", "GET", "notify-keyspace-events" }).items.value(1).text.isEmpty());
}

void TestWatchEngine::consentGivenBeforehand()
{
    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags.clear();
    WatchFixture fixture(serverOptions);
    WatchOptions options = WatchFixture::allKeys();
    options.enableNotifications = true;
    fixture.watch(options);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, patience);
    VERIFY_RESULT([&] {
        fixture.server().kill();
        return fixture.server().restart();
    }());
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().gapOpen, true, patience);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, patience);
}

void TestWatchEngine::configForbidden()
{
    WatchFixture fixture;
    fixture.run({ "ACL", "SETUSER", "default", "-config" });
    WatchOptions options = WatchFixture::allKeys();
    options.listen = ListenChoice::Notifications;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.engine().status().notifications, NotificationSetting::Forbidden);
    QCOMPARE(fixture.engine().status().listening, ListenMode::Polling);
    // Events of each class that locks need prove that they are on.
    fixture.run({ "SET", "k", "t", "PX", "100" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, patience);
}

void TestWatchEngine::channelForbiddenOrSpeltOtherwise()
{
    WatchFixture fixture;
    fixture.run({ "ACL", "SETUSER", "default", "resetchannels" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().notifications, NotificationSetting::Forbidden, patience);
    QCOMPARE(fixture.engine().status().listening, ListenMode::Polling);
    QVERIFY(fixture.engine().status().error);
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), 2000);

    fixture.run({ "ACL", "SETUSER", "default", "resetchannels", "&__keyspace@*__:*" });
    fixture.watch();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, patience);
}

void TestWatchEngine::scanForbidden()
{
    WatchFixture fixture;
    fixture.run({ "ACL", "SETUSER", "default", "-scan" });
    fixture.watch();
    QSignalSpy failed(&fixture.engine(), &WatchEngine::failed);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
    QCOMPARE(failed.front().front().value<Error>().kind, ErrorKind::Permission);
    QCOMPARE(fixture.engine().status().link, LinkState::Closed);
}

void TestWatchEngine::tokenForbidden()
{
    WatchFixture fixture;
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    fixture.run({ "ACL", "SETUSER", "default", "-getrange" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    QVERIFY(!fixture.lock("k")->hasToken);
    QCOMPARE(fixture.lock("k")->state, LockState::Held);
    QVERIFY(fixture.engine().status().error);
    QCOMPARE(fixture.engine().status().error->kind, ErrorKind::Permission);
}

void TestWatchEngine::wrongPassword()
{
    WatchFixture fixture;
    fixture.run({ "CONFIG", "SET", "requirepass", "secret" });
    fixture.watch();
    QSignalSpy failed(&fixture.engine(), &WatchEngine::failed);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
    QCOMPARE(failed.front().front().value<Error>().kind, ErrorKind::Authentication);
}

void TestWatchEngine::nastyKeys()
{
    WatchFixture fixture;
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    const QList<QByteArray> keys { QByteArray("\0\xff\r\n ", 5), "a__:b__:c", QByteArray(2000, 'k'), "[*]?\\", "" };
    for (const QByteArray& key : keys)
        fixture.run({ "SET", key, "t", "PX", "60000" });
    for (const QByteArray& key : keys)
        QTRY_VERIFY_WITH_TIMEOUT(fixture.lock(key), patience);
    for (const QByteArray& key : keys)
        fixture.run({ "DEL", key });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("") && fixture.mirror().size() == 0, 2000);
}

void TestWatchEngine::hugeValuesAndOtherTypes()
{
    WatchFixture fixture;
    fixture.run({ "SET", "huge", QByteArray(5'000'000, 'x'), "PX", "60000" });
    fixture.run({ "LPUSH", "list", "1" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("huge"), patience);
    QVERIFY(!fixture.lock("huge")->hasToken);
    QVERIFY(fixture.lock("huge")->token.isEmpty());
    QVERIFY(fixture.engine().status().bytesPerSecond < 1e6);
    QVERIFY(!fixture.lock("list"));
    fixture.run({ "SET", "k", "t" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    fixture.run({ "SUNIONSTORE", "k", "none" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), 2500);
}

void TestWatchEngine::unnamedKeysNeedEvidence()
{
    WatchFixture fixture;
    fixture.run({ "SET", "session:1", "text", "PX", "60000" });
    fixture.run({ "SET", "orders:lock", "text", "PX", "60000" });
    fixture.run({ "SET", "page", QByteArray(3000, 'x'), "PX", "60000" });
    fixture.watch(WatchOptions());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QVERIFY(fixture.lock("orders:lock"));
    QCOMPARE(fixture.mirror().size(), 1);
    fixture.run({ "SET", "session:1", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("session:1"), patience);
    // What lost its TTL is the worst of locks: it does not drop out for want of evidence.
    fixture.run({ "PERSIST", "session:1" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("session:1")->state, LockState::NoTtl, patience);
}

void TestWatchEngine::manyGlobs()
{
    WatchFixture fixture;
    WatchOptions options;
    for (char c = 'a'; c < 'a' + 10; ++c)
        options.matches.append(QByteArray(1, c) + ":*");
    fixture.run({ "SET", "b:1", "t", "PX", "60000" });
    fixture.run({ "SET", "z:1", "t", "PX", "60000" });
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("b:1"), patience);
    fixture.run({ "SET", "z:2", "t", "PX", "60000" });
    fixture.run({ "SET", "j:2", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("j:2"), patience);
    QCOMPARE(fixture.mirror().size(), 2);
    QCOMPARE(fixture.engine().status().eventsTotal, 2U);
}

void TestWatchEngine::oneShot()
{
    WatchFixture fixture;
    for (int i = 0; i < 3000; ++i)
        fixture.run({ "SET", "k" + QByteArray::number(i), "t" + QByteArray::number(i), "PX", "60000" });
    WatchOptions options = WatchFixture::allKeys();
    options.follow = false;
    fixture.watch(options, true);
    QSignalSpy completed(&fixture.engine(), &WatchEngine::passCompleted);
    QTRY_COMPARE_WITH_TIMEOUT(completed.size(), 1, patience);
    const LockSnapshot snapshot = fixture.engine().snapshot();
    QCOMPARE(snapshot.locks.size(), size_t(3000));
    QCOMPARE(snapshot.status.listening, ListenMode::None);
    QVERIFY(snapshot.status.completeness.complete);
    QCOMPARE(snapshot.status.completeness.keysScanned, 3000U);
}

void TestWatchEngine::oneShotWithoutServer()
{
    WatchFixture fixture;
    fixture.server().kill();
    WatchOptions options = WatchFixture::allKeys();
    options.follow = false;
    fixture.watch(options);
    QSignalSpy failed(&fixture.engine(), &WatchEngine::failed);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
}

void TestWatchEngine::verifyKeysWithoutNotifications()
{
    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags.clear();
    WatchFixture fixture(serverOptions);
    WatchOptions options = WatchFixture::allKeys();
    options.pace = Pace::Gentle; // passes only every two seconds
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    fixture.engine().verifyKeys({ "k" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), 1500);
}

void TestWatchEngine::eventsNotKept()
{
    WatchFixture fixture;
    WatchOptions options = WatchFixture::allKeys();
    options.keepEvents = false;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "SET", "k", "t", "PX", "60000" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    QVERIFY(fixture.mirror().events().empty());
}

void TestWatchEngine::signalsOnceUntilTaken()
{
    WatchFixture fixture;
    fixture.watch();
    QSignalSpy available(&fixture.engine(), &WatchEngine::deltaAvailable);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.engine().status().completeness.complete, patience);
    for (int i = 0; i < 100; ++i)
        fixture.run({ "SET", "k" + QByteArray::number(i), "t", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().locks, 100U, patience);
    QCOMPARE(available.size(), 1);
    QCOMPARE(fixture.engine().takeDelta().changed.size(), size_t(100));
    fixture.run({ "SET", "another", "t", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(available.size(), 2, patience);
}

QTEST_GUILESS_MAIN(TestWatchEngine)
#include "tst_watchengine.moc"
