// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchengine.h"

#include "support/structurefamilies.h"
#include "support/testsupport.h"
#include "support/watchfixture.h"

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 5000;

WatchOptions structures()
{
    WatchOptions options = WatchFixture::allKeys();
    options.registry = &structureRegistry();
    return options;
}

/// How often the server has run a command since CONFIG RESETSTAT.
int callsOf(WatchFixture& fixture, const QByteArray& command)
{
    const QByteArray stats = fixture.run({ "INFO", "commandstats" }).text;
    const QByteArray mark = "cmdstat_" + command + ":calls=";
    const qsizetype at = stats.indexOf(mark);
    return at < 0 ? 0 : stats.mid(at + mark.size(), 12).split(',').first().toInt();
}

qint64 serverMs(WatchFixture& fixture)
{
    const BlockingClient::Answer time = fixture.run({ "TIME" });
    return time.items.value(0).text.toLongLong() * 1000 + time.items.value(1).text.toLongLong() / 1000;
}

} // namespace

/// Locks that are kept in hashes, sets and sorted sets, on a real server.
class TestStructureLocks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsEveryType();
    void followsAHash();
    void readersAndWriters();
    void permitsEndByTheServersClock();
    void pollsWithoutNotifications();
    void stringsCostWhatTheyDid();
    void knownStructuresNeedOneRound();
    void largeStructuresAreLeftAlone();
    void unnamedStructuresAreReadOnceTheyExpire();
    void memoryUsageForbidden();
    void typeForbidden();
};

void TestStructureLocks::findsEveryType()
{
    WatchFixture fixture;
    fixture.run({ "SET", "string", "t", "PX", "60000" });
    fixture.run({ "HSET", "hash", "a", "2" });
    fixture.run({ "PEXPIRE", "hash", "60000" });
    fixture.run({ "ZADD", "zset", QByteArray::number(serverMs(fixture) + 60000), "permit" });
    fixture.run({ "SADD", "set", "x", "y" });
    fixture.run({ "RPUSH", "list", "x" });
    fixture.run({ "XADD", "stream", "*", "f", "v" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.mirror().size() == 4, patience);
    const LockRecord* hash = fixture.lock("hash");
    QVERIFY(hash);
    QCOMPARE(hash->type, KeyType::Hash);
    QCOMPARE(hash->token, QByteArray("a"));
    QVERIFY(hash->extras->holders);
    QCOMPARE(hash->extras->holders->front().count, 2);
    QVERIFY(hash->remaining(std::chrono::steady_clock::now()) > 55s);
    const LockRecord* zset = fixture.lock("zset");
    QVERIFY(zset);
    QCOMPARE(zset->mode, LockMode::Semaphore);
    QCOMPARE(zset->token, QByteArray("permit"));
    QVERIFY(std::chrono::abs(zset->remaining(std::chrono::steady_clock::now()) - 60s) < 5s);
    const LockRecord* set = fixture.lock("set");
    QVERIFY(set && set->extras->holders);
    QCOMPARE(set->extras->holders->size(), size_t(2));
    QCOMPARE(set->state, LockState::NoTtl);
    QVERIFY(!fixture.lock("list"));
}

void TestStructureLocks::followsAHash()
{
    WatchFixture fixture;
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "HINCRBY", "k", "a", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    QVERIFY(fixture.lock("k")->acquiredAt != unknownTime);
    fixture.run({ "PEXPIRE", "k", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->state, LockState::Held, patience);
    fixture.run({ "HINCRBY", "k", "a", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.lock("k")->extras->holders && fixture.lock("k")->extras->holders->front().count == 2, patience);
    fixture.run({ "PEXPIRE", "k", "90000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->renewals, 1U, patience);
    fixture.run({ "HINCRBY", "k", "a", "-1" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k")->extras->holders, patience);
    fixture.run({ "HDEL", "k", "a" });
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    const QList expected { LockEventKind::Acquired, LockEventKind::Renewed, LockEventKind::Renewed,
        LockEventKind::Released };
    QCOMPARE(fixture.mirror().kindsOf("k"), expected);
    QVERIFY(fixture.isConsistent());
}

void TestStructureLocks::readersAndWriters()
{
    WatchFixture fixture;
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "HSET", "k", "mode", "read", "a", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), patience);
    fixture.run({ "HSET", "k", "b", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k")->extras->holders, patience);
    fixture.run({ "HDEL", "k", "a" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->token, QByteArray("b"), patience);
    QCOMPARE(fixture.lock("k")->mode, LockMode::Read);
    QCOMPARE(fixture.mirror().kindsOf("k"), QList { LockEventKind::Acquired });
    fixture.client().run(
        { "EVAL", "redis.call('HDEL', KEYS[1], 'b'); redis.call('HSET', KEYS[1], 'mode', 'write', 'w', 1)", "1", "k" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("k")->mode, LockMode::Write, patience);
    QCOMPARE(fixture.mirror().kindsOf("k"), (QList { LockEventKind::Acquired, LockEventKind::HolderChanged }));
}

void TestStructureLocks::permitsEndByTheServersClock()
{
    WatchFixture fixture;
    const qint64 now = serverMs(fixture);
    fixture.run({ "ZADD", "k", QByteArray::number(now + 1500), "short", QByteArray::number(now + 3000), "long" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k") && fixture.lock("k")->extras->holders, 1400);
    // Nothing is written any more, so nothing is announced: each permit ends at its own time.
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k")->token == "long", patience);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.lock("k"), patience);
    QCOMPARE(fixture.mirror().kindsOf("k"), (QList { LockEventKind::Found, LockEventKind::Expired }));
    const qint64 late = serverMs(fixture) - now - 3000;
    QVERIFY2(late >= -5 && late < 500, QByteArray::number(late).constData());
}

void TestStructureLocks::pollsWithoutNotifications()
{
    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags = "Kg$xe"; // enough for strings only
    WatchFixture fixture(serverOptions);
    WatchOptions all = structures();
    all.listen = ListenChoice::Notifications;
    fixture.watch(all);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.engine().status().listening, ListenMode::Polling);
    QCOMPARE(fixture.engine().status().missingNotifyFlags, QByteArray("hszl"));
    fixture.run({ "HSET", "k", "a", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k"), 2500);
    fixture.run({ "HSET", "k", "a", "5" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k")->extras->holders, 2500);

    WatchOptions stringsOnly = structures();
    stringsOnly.families = { structureRegistry().byName("plain") };
    fixture.watch(stringsOnly);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, ListenMode::Notifications, patience);
    QVERIFY(!fixture.lock("k"));
}

void TestStructureLocks::stringsCostWhatTheyDid()
{
    WatchFixture fixture;
    for (int i = 0; i < 200; ++i)
        fixture.run({ "SET", "k" + QByteArray::number(i), "t", "PX", "60000" });
    fixture.run({ "CONFIG", "RESETSTAT" });
    WatchOptions options = structures();
    options.follow = false;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.engine().status().locks, 200U);
    QCOMPARE(callsOf(fixture, "getrange"), 200);
    QCOMPARE(callsOf(fixture, "pttl"), 200);
    QCOMPARE(callsOf(fixture, "type"), 0);
    QCOMPARE(callsOf(fixture, "memory|usage"), 0);
}

void TestStructureLocks::knownStructuresNeedOneRound()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "k", "a", "1" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    fixture.run({ "CONFIG", "RESETSTAT" });
    fixture.run({ "HSET", "k", "a", "2" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k")->extras->holders, patience);
    QVERIFY(callsOf(fixture, "hscan") >= 1);
    QCOMPARE(callsOf(fixture, "getrange"), 0);
    QCOMPARE(callsOf(fixture, "type"), 0);
    // And where it has become something else in the meantime, that is found out.
    fixture.client().run({ "EVAL", "redis.call('DEL', KEYS[1]); redis.call('SADD', KEYS[1], 'p')", "1", "k" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k") && fixture.lock("k")->type == KeyType::Set, patience);
    fixture.client().run({ "EVAL", "redis.call('DEL', KEYS[1]); redis.call('SET', KEYS[1], 's')", "1", "k" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("k") && fixture.lock("k")->token == "s", patience);
    QCOMPARE(fixture.lock("k")->type, KeyType::String);
}

void TestStructureLocks::largeStructuresAreLeftAlone()
{
    WatchFixture fixture;
    const QByteArray field(100'000, 'x');
    for (int i = 0; i < 50; ++i)
        fixture.run({ "HSET", "fat", QByteArray::number(i), field });
    fixture.client().run({ "EVAL", "for i = 1, 6000 do redis.call('ZADD', KEYS[1], i, i) end", "1", "long" });
    fixture.run({ "CONFIG", "RESETSTAT" });
    WatchOptions options = structures();
    options.follow = false;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    QCOMPARE(fixture.mirror().size(), 0);
    QCOMPARE(callsOf(fixture, "hscan"), 0);
    QCOMPARE(callsOf(fixture, "zrange"), 1); // no more than 128 of them
    QVERIFY(callsOf(fixture, "type") >= 2);
}

void TestStructureLocks::unnamedStructuresAreReadOnceTheyExpire()
{
    WatchFixture fixture;
    WatchOptions options = structures();
    options.matches.clear();
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), patience);
    fixture.run({ "CONFIG", "RESETSTAT" });
    const auto often = [&](const QList<QByteArray>& command) {
        for (int i = 0; i < 200; ++i) {
            fixture.run(command);
            QTest::qWait(1);
        }
    };
    // A pass reads it, too, but passes are rare.
    often({ "HINCRBY", "cart:1", "item", "1" });
    const int byChanges = callsOf(fixture, "type");
    QVERIFY2(byChanges < 50, QByteArray::number(byChanges).constData());
    often({ "PEXPIRE", "cart:1", "60000" });
    QVERIFY(callsOf(fixture, "type") > byChanges + 50);
    QVERIFY(!fixture.lock("cart:1"));
    fixture.run({ "HSET", "orders:lock", "a", "1" });
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("orders:lock"), 1000);
}

void TestStructureLocks::memoryUsageForbidden()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "k", "a", "1" });
    fixture.run({ "ACL", "SETUSER", "default", "-memory" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("k"), patience);
    QVERIFY(!fixture.engine().status().error); // nothing is lost by it
}

void TestStructureLocks::typeForbidden()
{
    WatchFixture fixture;
    fixture.run({ "HSET", "hash", "a", "1" });
    fixture.run({ "SET", "string", "t" });
    fixture.run({ "ACL", "SETUSER", "default", "-type" });
    fixture.watch(structures());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole() && fixture.lock("string"), patience);
    QVERIFY(!fixture.lock("hash"));
    QVERIFY(fixture.engine().status().error);
    QCOMPARE(fixture.engine().status().error->kind, ErrorKind::Permission);
}

QTEST_GUILESS_MAIN(TestStructureLocks)
#include "tst_structurelocks.moc"
