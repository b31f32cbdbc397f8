// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/keyevent.h"

#include "support/structurefamilies.h"
#include "support/testsupport.h"
#include "watch/notifyflags.h"

using namespace lockscope;

class TestKeyEvent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void channels_data();
    void channels();
    void keyeventChannels();
    void channelsThatCostLess_data();
    void channelsThatCostLess();
    void verbs_data();
    void verbs();
    void flags_data();
    void flags();
    void smallestSetByFamily();
};

void TestKeyEvent::channels_data()
{
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<int>("database");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("plain") << QByteArray("__keyspace@0__:lock:a") << true << 0 << QByteArray("lock:a");
    QTest::newRow("database") << QByteArray("__keyspace@15__:k") << true << 15 << QByteArray("k");
    QTest::newRow("mark in the key") << QByteArray("__keyspace@0__:a__:b") << true << 0 << QByteArray("a__:b");
    QTest::newRow("empty key") << QByteArray("__keyspace@0__:") << true << 0 << QByteArray("");
    QTest::newRow("binary") << QByteArray("__keyspace@0__:\0\xff", 17) << true << 0 << QByteArray("\0\xff", 2);
    QTest::newRow("other channel") << QByteArray("__keyspam@0__:set") << false << 0 << QByteArray();
    QTest::newRow("no number") << QByteArray("__keyspace@__:k") << false << 0 << QByteArray();
    QTest::newRow("long number") << QByteArray("__keyspace@99999999999999__:k") << false << 0 << QByteArray();
    QTest::newRow("cut") << QByteArray("__keyspace@0__") << false << 0 << QByteArray();
}

void TestKeyEvent::channels()
{
    QFETCH(QByteArray, channel);
    QFETCH(bool, valid);
    QFETCH(int, database);
    QFETCH(QByteArray, key);
    const auto event = parseKeyspaceMessage(channel, "set");
    QCOMPARE(event.has_value(), valid);
    if (!event)
        return;
    QCOMPARE(event->database, database);
    QCOMPARE(event->key.toByteArray(), key);
    QCOMPARE(int(event->verb), int(KeyVerb::Set));
}

void TestKeyEvent::keyeventChannels()
{
    const QByteArray key("lock:\0__:\xff", 10);
    const auto event = parseKeyspaceMessage("__keyevent@7__:expired", key);
    QVERIFY(event);
    QCOMPARE(event->database, 7);
    QCOMPARE(event->key.toByteArray(), key);
    QCOMPARE(int(event->verb), int(KeyVerb::Expired));
    for (const QByteArray& verb : lockVerbs())
        QVERIFY2(keyVerb(verb) != KeyVerb::Ignored && keyVerb(verb) != KeyVerb::OtherType, verb.constData());
}

void TestKeyEvent::channelsThatCostLess_data()
{
    QTest::addColumn<QList<QByteArray>>("globs");
    QTest::addColumn<QByteArray>("configured");
    QTest::addColumn<EventChannels>("channels");
    const QList<QByteArray> one { "lock:*" };
    const QList<QByteArray> three { "a:*", "b:*", "c:*" };
    QTest::newRow("one pattern") << one << QByteArray("AKE") << EventChannels::Keyspace;
    QTest::newRow("three patterns") << three << QByteArray("AKE") << EventChannels::Keyevent;
    QTest::newRow("three, keyspace only") << three << QByteArray("AK") << EventChannels::Keyspace;
    QTest::newRow("one, keyevent only") << one << QByteArray("AE") << EventChannels::Keyevent;
    QTest::newRow("every key") << QList<QByteArray>() << QByteArray("AKE") << EventChannels::Keyevent;
    QTest::newRow("every key by a star") << QList<QByteArray> { "lock:*", "*" } << QByteArray("KEg$")
                                         << EventChannels::Keyevent;
    QTest::newRow("every key, to be switched on") << QList<QByteArray>() << QByteArray() << EventChannels::Keyspace;
    QTest::newRow("one, to be switched on") << one << QByteArray() << EventChannels::Keyspace;
    QTest::newRow("three, to be switched on") << three << QByteArray("x") << EventChannels::Keyevent;
}

void TestKeyEvent::channelsThatCostLess()
{
    QFETCH(QList<QByteArray>, globs);
    QFETCH(QByteArray, configured);
    QTEST(chooseChannels(globs, configured), "channels");
}

void TestKeyEvent::verbs_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<KeyVerb>("verb");
    QTest::addColumn<bool>("final");
    const auto row
        = [](const char* name, KeyVerb verb, bool final) { QTest::newRow(name) << QByteArray(name) << verb << final; };
    row("set", KeyVerb::Set, false);
    row("setrange", KeyVerb::Other, false);
    row("append", KeyVerb::Other, false);
    row("expire", KeyVerb::ExpireSet, false);
    row("expired", KeyVerb::Expired, true);
    row("del", KeyVerb::Deleted, true);
    row("evicted", KeyVerb::Evicted, true);
    row("rename_from", KeyVerb::MovedAway, true);
    row("move_from", KeyVerb::MovedAway, true);
    row("rename_to", KeyVerb::Arrived, false);
    row("move_to", KeyVerb::Arrived, false);
    row("restore", KeyVerb::Arrived, false);
    row("copy_to", KeyVerb::Arrived, false);
    row("persist", KeyVerb::Other, false);
    row("new", KeyVerb::Ignored, false);
    row("keymiss", KeyVerb::Ignored, false);
    row("hincrby", KeyVerb::ElementSet, false);
    row("hset", KeyVerb::ElementSet, false);
    row("hdel", KeyVerb::ElementRemoved, false);
    row("hexpire", KeyVerb::ElementSet, false);
    row("hexpired", KeyVerb::ElementRemoved, false);
    row("sadd", KeyVerb::ElementSet, false);
    row("srem", KeyVerb::ElementRemoved, false);
    row("zadd", KeyVerb::ElementSet, false);
    row("zincr", KeyVerb::ElementSet, false);
    row("zremrangebyscore", KeyVerb::ElementRemoved, false);
    row("rpush", KeyVerb::ElementSet, false);
    row("lpop", KeyVerb::ElementRemoved, false);
    row("xadd", KeyVerb::OtherType, false);
    row("of_tomorrow", KeyVerb::Other, false);
}

void TestKeyEvent::verbs()
{
    QFETCH(QByteArray, name);
    QFETCH(KeyVerb, verb);
    QFETCH(bool, final);
    QCOMPARE(int(keyVerb(name)), int(verb));
    QCOMPARE(isFinal(keyVerb(name)), final);
}

void TestKeyEvent::flags_data()
{
    QTest::addColumn<QByteArray>("configured");
    QTest::addColumn<QByteArray>("missing");
    QTest::addColumn<QByteArray>("merged");
    QTest::newRow("none") << QByteArray("") << QByteArray("Kg$xe") << QByteArray("Kg$xe");
    QTest::newRow("as set") << QByteArray("g$xeK") << QByteArray() << QByteArray("g$xeK");
    QTest::newRow("alias") << QByteArray("AKE") << QByteArray() << QByteArray("AKE");
    QTest::newRow("alias without K") << QByteArray("AE") << QByteArray("K") << QByteArray("AEK");
    QTest::newRow("others keep theirs") << QByteArray("xEh") << QByteArray("Kg$e") << QByteArray("xEhKg$e");
}

void TestKeyEvent::flags()
{
    QFETCH(QByteArray, configured);
    QFETCH(QByteArray, missing);
    QFETCH(QByteArray, merged);
    QCOMPARE(missingNotifyClasses("Kg$xe", configured), missing);
    QCOMPARE(mergedNotifyFlags("Kg$xe", configured), merged);
}

void TestKeyEvent::smallestSetByFamily()
{
    const FamilyRegistry& registry = structureRegistry();
    const auto needed = [&](const QList<QByteArray>& names) {
        QList<FamilyId> ids;
        for (const QByteArray& name : names)
            ids.append(registry.byName(name));
        return withChannels(EventChannels::Keyspace, neededNotifyClasses(registry, ids));
    };
    QCOMPARE(needed({}), QByteArray("Kg$hszlxe"));
    QCOMPARE(needed({ "plain" }), QByteArray("Kg$xe"));
    QCOMPARE(needed({ "hash" }), QByteArray("Kghxe"));
    QCOMPARE(needed({ "hash", "plain" }), QByteArray("Kg$hxe"));
}

QTEST_GUILESS_MAIN(TestKeyEvent)
#include "tst_keyevent.moc"
