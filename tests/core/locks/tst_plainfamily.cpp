// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/plainfamily.h"

#include "locks/families/familyregistry.h"
#include "locks/families/ownerhints.h"
#include "locks/families/tokenshape.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

using namespace lockscope;

class TestPlainFamily : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shapes_data();
    void shapes();
    void recognises_data();
    void recognises();
    void knownAuxiliariesAreNoLocks_data();
    void knownAuxiliariesAreNoLocks();
    void longValuesAreNoTokens();
    void ownerHints_data();
    void ownerHints();
    void releases_data();
    void releases();
    void registryKnowsIt();
};

void TestPlainFamily::shapes_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<TokenShape>("shape");
    const auto row = [](const char* token, TokenShape shape) { QTest::newRow(token) << QByteArray(token) << shape; };
    row("", TokenShape::None);
    row("1", TokenShape::None);
    row("locked", TokenShape::None);
    row("7d444840-9dc0-11d1-b245-5ffdce74fad2", TokenShape::Uuid);
    row("c232ab00-9414-11ec-b3c8-9f6bdeced846", TokenShape::TimeUuid);
    row("c232ab00941411ecb3c89f6bdeced846", TokenShape::TimeUuid);
    row("f47ac10b-58cc-4372-a567-0e02b2c3d479", TokenShape::Uuid);
    row("f47ac10b-58cc-4372-a567-0e02b2c3d479:17", TokenShape::Uuid);
    row("f47ac10b-58cc-4372-a567-0e02b2c3d479x", TokenShape::None);
    row("00112233445566778899aabbccddeeff", TokenShape::Hex);
    row("00112233445566778899aabbccddeef", TokenShape::None);
    row("00112233445566778899aabbccddeeff00112233", TokenShape::Hex);
    row("ABCDEFGHIJKLMNOPQRSTUQ==", TokenShape::Base64);
    row("ABCDEFGHIJKLMNOPQRSTUQ", TokenShape::Base64);
    row("ABCDEFGHIJKLMNOPQRSTUB", TokenShape::None);
    row("build-7:4711", TokenShape::HostAndPid);
    row("build-7:4711:main", TokenShape::HostAndPid);
    row("4711@build-7.example", TokenShape::HostAndPid);
    row("10.0.0.7:4711", TokenShape::HostAndPid);
    row("12:34", TokenShape::None);
    row("WIN-HOST_4711_00112233445566778899aabbccddeeff", TokenShape::HostAndPid);
    row("{\"host\":\"a\"}", TokenShape::Json);
}

void TestPlainFamily::shapes()
{
    QFETCH(QByteArray, token);
    QFETCH(TokenShape, shape);
    QCOMPARE(int(tokenShape(token)), int(shape));
}

void TestPlainFamily::recognises_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("ttl");
    QTest::addColumn<bool>("explicitMatch");
    QTest::addColumn<double>("confidence");
    const QByteArray uuid = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
    const auto row = [](const QByteArray& key, const QByteArray& value, qint64 ttl, bool named, double confidence) {
        const QByteArray name = key + '=' + value.left(12) + '@' + QByteArray::number(ttl) + (named ? " named" : "");
        QTest::newRow(name.constData()) << key << value << ttl << named << confidence;
    };
    row("anything", "x", 1000, true, 0.7);
    row("anything", uuid, 1000, true, 0.9);
    row("anything", uuid, -1, true, 0.5);
    row("lock-signal:a", "1", 1000, true, 0.7);
    row("session:1", "x", 1000, false, 0);
    row("session:1", uuid, 1000, false, 0.3);
    row("session:1", uuid, -1, false, 0);
    row("orders:Lock:1", "x", -1, false, 0.4);
    row("orders:MUTEX", "x", 1000, false, 0.6);
    row("db_semaphore", uuid, 1000, false, 0.8);
    row("worker-lease", uuid, 1000, false, 0.8);
    row("block:1", "x", 1000, false, 0);
    row("clock", "x", 1000, false, 0);
    row("release:7", "x", 1000, false, 0);
    row("joblock", "x", 1000, false, 0.6);
}

void TestPlainFamily::recognises()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, value);
    QFETCH(qint64, ttl);
    QFETCH(bool, explicitMatch);
    QFETCH(double, confidence);
    const Recognition recognition = PlainFamily().recognise({ key, value, ttl, explicitMatch });
    QCOMPARE(recognition.confidence, float(confidence));
    QCOMPARE(*recognition.rule != '\0', confidence > 0);
}

void TestPlainFamily::knownAuxiliariesAreNoLocks_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("ttl");
    QTest::newRow("redisson_lock_token:{a}") << QByteArray("17") << qint64(-1);
    QTest::newRow("redisson_unlock_latch:{a}") << QByteArray("1") << qint64(1000);
    QTest::newRow("gitlab:exclusive_lease:el:throttle:x")
        << QByteArray("f47ac10b-58cc-4372-a567-0e02b2c3d479") << qint64(1000);
    QTest::newRow("laravel_lock:released:f") << QByteArray("1") << qint64(1000);
    QTest::newRow("bq:queue:stallBlock") << QByteArray("1") << qint64(1000);
}

void TestPlainFamily::knownAuxiliariesAreNoLocks()
{
    QFETCH(QByteArray, value);
    QFETCH(qint64, ttl);
    const QByteArray key = QTest::currentDataTag();
    QVERIFY(PlainFamily().isAuxiliary(key, KeyType::String));
    QVERIFY(FamilyRegistry::instance().recognise({ key, value, ttl, false }).id == FamilyId::None);
}

void TestPlainFamily::longValuesAreNoTokens()
{
    const QByteArray value(maximumTokenBytes + 1, 'x');
    QVERIFY(PlainFamily().recognise({ "any", value, 1000, true }).confidence > 0);
    QCOMPARE(PlainFamily().recognise({ "some:lock", value, 1000, false }).confidence, 0.0F);
}

void TestPlainFamily::ownerHints_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArrayList>("names");
    QTest::newRow("random") << QByteArray("f47ac10b-58cc-4372-a567-0e02b2c3d479") << QString() << QByteArrayList();
    QTest::newRow("host") << QByteArray("build-7:4711") << QStringLiteral("build-7 · pid 4711")
                          << QByteArrayList { "host", "pid" };
    QTest::newRow("time after the process")
        << QByteArray("api-8:7768:1795383564359") << QStringLiteral("api-8 · pid 7768")
        << QByteArrayList { "host", "pid", "created_at" };
    QTest::newRow("thread") << QByteArray("build-7:4711:main") << QStringLiteral("build-7 · pid 4711 · thread main")
                            << QByteArrayList { "host", "pid", "thread" };
    QTest::newRow("random behind") << QByteArray("build-7:4711:00112233445566778899aabbccddeeff")
                                   << QStringLiteral("build-7 · pid 4711") << QByteArrayList { "host", "pid" };
    QTest::newRow("uuid1") << QByteArray("c232ab00-9414-11ec-b3c8-9e6bdeced846")
                           << QStringLiteral("node 9e:6b:de:ce:d8:46") << QByteArrayList { "created_at", "node" };
    QTest::newRow("json") << QByteArray("{\"host\":\"h\",\"pid\":12,\"secret\":\"s\"}") << QStringLiteral("h · pid 12")
                          << QByteArrayList { "host", "pid" };
    QTest::newRow("shedlock") << QByteArray("ADDED:2024-05-01T10:00:00.123Z@node-1") << QStringLiteral("node-1")
                              << QByteArrayList { "host", "created_at" };
    QTest::newRow("no json") << QByteArray("{host}") << QString() << QByteArrayList();
}

void TestPlainFamily::ownerHints()
{
    QFETCH(QByteArray, token);
    QFETCH(QString, text);
    QFETCH(QByteArrayList, names);
    const QList<OwnerHint> hints = PlainFamily().ownerHints(token);
    QByteArrayList got;
    for (const OwnerHint& hint : hints)
        got.append(hint.name);
    QCOMPARE(got, names);
    QCOMPARE(ownerText(hints), text);
    if (names.contains("created_at") && names.contains("node"))
        QCOMPARE(hints.first().value, QStringLiteral("2022-02-22T19:22:22.000Z"));
}

void TestPlainFamily::releases_data()
{
    QTest::addColumn<QList<QByteArray>>("setUp");
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<QByteArray>("any");
    QTest::addColumn<QByteArrayList>("answer");
    QTest::addColumn<bool>("staysThere");
    const QList<QByteArray> held { "SET", "k", "mine", "PX", "60000" };
    QTest::newRow("released") << held << QByteArray("mine") << QByteArray("0") << QByteArrayList { "released", "mine" }
                              << false;
    QTest::newRow("changed") << held << QByteArray("other") << QByteArray("0") << QByteArrayList { "changed", "mine" }
                             << true;
    QTest::newRow("any") << held << QByteArray("other") << QByteArray("1") << QByteArrayList { "released", "mine" }
                         << false;
    QTest::newRow("gone") << QList<QByteArray> { "DEL", "k" } << QByteArray("mine") << QByteArray("0")
                          << QByteArrayList { "gone" } << false;
    QTest::newRow("type") << QList<QByteArray> { "HSET", "k", "f", "1" } << QByteArray("mine") << QByteArray("1")
                          << QByteArrayList { "type", "hash" } << true;
    QTest::newRow("empty token") << QList<QByteArray> { "SET", "k", "" } << QByteArray() << QByteArray("0")
                                 << QByteArrayList { "released", "" } << false;
    const QByteArray binary("\0\xff\r\n", 4);
    QTest::newRow("binary") << QList<QByteArray> { "SET", "k", binary } << binary << QByteArray("0")
                            << QByteArrayList { "released", binary } << false;
    const QByteArray huge(100'000, 'x');
    QTest::newRow("huge") << QList<QByteArray> { "SET", "k", huge } << QByteArray() << QByteArray("1")
                          << QByteArrayList { "released", huge.left(maximumTokenBytes + 1) } << false;
}

void TestPlainFamily::releases()
{
    QFETCH(QList<QByteArray>, setUp);
    QFETCH(QByteArray, expected);
    QFETCH(QByteArray, any);
    QFETCH(QByteArrayList, answer);
    QFETCH(bool, staysThere);
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    BlockingClient client((*server)->socketPath());
    client.run(setUp);
    const auto reply = client.run({ "EVAL", PlainFamily().releaseRecipe().luaSource, "1", "k", expected, any });
    QCOMPARE(reply.type, '*');
    QByteArrayList got;
    for (const auto& item : reply.items)
        got.append(item.text);
    QCOMPARE(got, answer);
    QCOMPARE(client.run({ "EXISTS", "k" }).number, qint64(staysThere));
}

void TestPlainFamily::registryKnowsIt()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const FamilyId id = registry.byName("plain");
    QVERIFY(id != FamilyId::None);
    QCOMPARE(registry.name(id), QLatin1StringView("plain"));
    QVERIFY(registry.byName("unknown") == FamilyId::None);
    QVERIFY(registry.names().contains("plain"));
    QVERIFY(registry.recognise({ "any", "x", 1000, true }).id == id);
    QVERIFY(registry.recognise({ "any", "x", 1000, false }).id == FamilyId::None);
}

QTEST_GUILESS_MAIN(TestPlainFamily)
#include "tst_plainfamily.moc"
