// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/lockjson.h"
#include "locks/families/familyregistry.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

class StandingClock final : public Clock {
public:
    [[nodiscard]] SteadyTime now() const override { return SteadyTime(1000s); }
    [[nodiscard]] QDateTime wallNow() const override
    {
        return QDateTime(QDate(2026, 11, 22), QTime(20, 0, 0, 500), QTimeZone::utc());
    }
};

const StandingClock standingClock;

LockRecord exampleLock()
{
    LockRecord record;
    record.key = "lock:orders:4711";
    record.token = "4f1c2b0e";
    record.deadline = standingClock.now() + 12345ms;
    record.firstSeen = standingClock.now() - 2s;
    record.renewals = 3;
    record.confidence = 0.9F;
    record.family = FamilyRegistry::instance().byName("plain");
    return record;
}

WatchStatus exampleStatus()
{
    WatchStatus status;
    status.nodes.resize(1);
    status.nodes[0].name = QStringLiteral("127.0.0.1:6379");
    status.serverVersion = "7.0.15";
    status.completeness.complete = true;
    return status;
}

QJsonObject parsed(const QByteArray& text) { return QJsonDocument::fromJson(text).object(); }

} // namespace

class LockJsonTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLockHasEveryFieldOfTheContract();
    void fieldsFollowTheRecord_data();
    void fieldsFollowTheRecord();
    void bytesThatAreNoTextComeInBase64();
    void aSnapshotCarriesItsLocksServerAndTime();
    void theServerSaysHowItIsHeard();
    void eventsNameWhatHappened_data();
    void eventsNameWhatHappened();
    void anInspectionLooksLikeALock();
    void everyHolderIsListed();
    void anInspectionTellsWhatIsBesideTheLock();
    void releaseResultsNameTheirOutcome();
    void errorsHaveCodeMessageAndHint();
};

void LockJsonTest::aLockHasEveryFieldOfTheContract()
{
    const QJsonObject json = lockToJson(exampleLock(), exampleStatus(), standingClock);
    const QJsonObject expected {
        { QStringLiteral("key"), QStringLiteral("lock:orders:4711") },
        { QStringLiteral("db"), 0 },
        { QStringLiteral("node"), QStringLiteral("127.0.0.1:6379") },
        { QStringLiteral("family"), QStringLiteral("plain") },
        { QStringLiteral("confidence"), 0.9 },
        { QStringLiteral("type"), QStringLiteral("string") },
        { QStringLiteral("mode"), QStringLiteral("exclusive") },
        { QStringLiteral("token"), QStringLiteral("4f1c2b0e") },
        { QStringLiteral("holders"), QJsonArray() },
        { QStringLiteral("owner"), QJsonObject() },
        { QStringLiteral("ttl_ms"), 12345 },
        { QStringLiteral("expires_at"), QStringLiteral("2026-11-22T20:00:12.845Z") },
        { QStringLiteral("first_seen"), QStringLiteral("2026-11-22T19:59:58.500Z") },
        { QStringLiteral("acquired_at"), QJsonValue::Null },
        { QStringLiteral("held_ms"), 2000 },
        { QStringLiteral("renewals"), 3 },
        { QStringLiteral("renewal_period_ms"), QJsonValue() },
        { QStringLiteral("last_renewal"), QJsonValue() },
        { QStringLiteral("missed_beats"), 0 },
        { QStringLiteral("suspicions"), QJsonArray() },
        { QStringLiteral("waiters"), QJsonValue::Null },
        { QStringLiteral("fence"), QJsonValue::Null },
        { QStringLiteral("state"), QStringLiteral("held") },
        { QStringLiteral("votes"), QJsonObject() },
    };
    QCOMPARE(json, expected);
}

void LockJsonTest::fieldsFollowTheRecord_data()
{
    QTest::addColumn<LockRecord>("record");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QJsonValue>("value");
    const auto row = [](const char* name, const char* field, const QJsonValue& value, auto change) {
        LockRecord record = exampleLock();
        change(record);
        QTest::newRow(name) << record << QString::fromLatin1(field) << value;
    };
    const auto immortal = [](LockRecord& r) {
        r.deadline = noDeadline;
        r.state = LockState::NoTtl;
    };
    row("no TTL", "ttl_ms", QJsonValue::Null, immortal);
    row("never expires", "expires_at", QJsonValue::Null, immortal);
    row("immortal state", "state", QStringLiteral("no_ttl"), immortal);
    row("past its deadline", "ttl_ms", 0, [](LockRecord& r) { r.deadline = standingClock.now() - 1s; });
    row("being asked", "state", QStringLiteral("held"), [](LockRecord& r) { r.state = LockState::Due; });
    row("connection lost", "state", QStringLiteral("stale"), [](LockRecord& r) { r.state = LockState::Stale; });
    row("no token read", "token", QJsonValue::Null, [](LockRecord& r) { r.hasToken = false; });
    row("database", "db", 7, [](LockRecord& r) { r.database = 7; });
    row("unknown node", "node", QString(), [](LockRecord& r) { r.node = 9; });
    row("no family", "family", QJsonValue::Null, [](LockRecord& r) { r.family = FamilyId::None; });
    row("mode", "mode", QStringLiteral("semaphore"), [](LockRecord& r) { r.mode = LockMode::Semaphore; });
    row("seen acquired", "acquired_at", QStringLiteral("2026-11-22T19:59:55.500Z"),
        [](LockRecord& r) { r.acquiredAt = standingClock.now() - 5s; });
    row("held since acquired", "held_ms", 5000, [](LockRecord& r) { r.acquiredAt = standingClock.now() - 5s; });
}

void LockJsonTest::fieldsFollowTheRecord()
{
    QFETCH(LockRecord, record);
    QFETCH(QString, field);
    QFETCH(QJsonValue, value);
    QCOMPARE(lockToJson(record, exampleStatus(), standingClock).value(field), value);
}

void LockJsonTest::bytesThatAreNoTextComeInBase64()
{
    LockRecord record = exampleLock();
    record.key = QByteArray("lock:\xFF\x01", 7);
    record.token = QByteArray("\x00\x80", 2);
    const QJsonObject json = lockToJson(record, exampleStatus(), standingClock);
    QVERIFY(!json.contains(QLatin1StringView("key")));
    QVERIFY(!json.contains(QLatin1StringView("token")));
    QCOMPARE(json.value(QLatin1StringView("key_base64")).toString(), QString::fromLatin1(record.key.toBase64()));
    QCOMPARE(json.value(QLatin1StringView("token_base64")).toString(), QString::fromLatin1(record.token.toBase64()));
}

void LockJsonTest::aSnapshotCarriesItsLocksServerAndTime()
{
    LockSnapshot snapshot;
    snapshot.locks = { exampleLock(), exampleLock() };
    snapshot.status = exampleStatus();
    snapshot.takenAt = standingClock.now();
    snapshot.takenAtMs = standingClock.wallNow().toMSecsSinceEpoch();
    QByteArray text;
    writeSnapshotJson(snapshot, [&text](const QByteArray& piece) { text += piece; });
    const QJsonObject json = parsed(text);
    const QJsonArray locks = json.value(QLatin1StringView("locks")).toArray();
    QCOMPARE(locks.size(), 2);
    QCOMPARE(locks.first().toObject(), lockToJson(exampleLock(), exampleStatus(), standingClock));
    QCOMPARE(json.value(QLatin1StringView("taken_at")).toString(), QStringLiteral("2026-11-22T20:00:00.500Z"));
    const QJsonObject server = json.value(QLatin1StringView("server")).toObject();
    QVERIFY(server.value(QLatin1StringView("fingerprints")).isArray());
    QCOMPARE(server.value(QLatin1StringView("version")).toString(), QStringLiteral("7.0.15"));
    QCOMPARE(server.value(QLatin1StringView("complete")).toBool(), true);
}

void LockJsonTest::theServerSaysHowItIsHeard()
{
    LockSnapshot snapshot;
    snapshot.status = exampleStatus();
    snapshot.status.listening = ListenMode::Tracking;
    snapshot.status.eventsMerged = 41;
    snapshot.status.budgetKeysPerSecond = 1999.6;
    QByteArray text;
    writeSnapshotJson(snapshot, [&text](const QByteArray& piece) { text += piece; });
    const QJsonObject server = parsed(text).value(QLatin1StringView("server")).toObject();
    QCOMPARE(server.value(QLatin1StringView("listening")).toString(), QStringLiteral("tracking"));
    QCOMPARE(server.value(QLatin1StringView("listen")).toString(), QStringLiteral("auto"));
    QVERIFY(server.value(QLatin1StringView("blind_spots")).toArray().contains(QStringLiteral("how_it_ended")));
    QCOMPARE(server.value(QLatin1StringView("events_merged")).toInt(), 41);
    QCOMPARE(server.value(QLatin1StringView("budget_keys_per_s")).toInt(), 2000);
}

void LockJsonTest::eventsNameWhatHappened_data()
{
    QTest::addColumn<LockEventKind>("kind");
    QTest::addColumn<QString>("name");
    QTest::newRow("found") << LockEventKind::Found << QStringLiteral("found");
    QTest::newRow("acquired") << LockEventKind::Acquired << QStringLiteral("acquired");
    QTest::newRow("renewed") << LockEventKind::Renewed << QStringLiteral("renewed");
    QTest::newRow("holder changed") << LockEventKind::HolderChanged << QStringLiteral("holder_changed");
    QTest::newRow("released") << LockEventKind::Released << QStringLiteral("released");
    QTest::newRow("expired") << LockEventKind::Expired << QStringLiteral("expired");
    QTest::newRow("evicted") << LockEventKind::Evicted << QStringLiteral("evicted");
    QTest::newRow("lost ttl") << LockEventKind::LostTtl << QStringLiteral("lost_ttl");
    QTest::newRow("gap") << LockEventKind::Gap << QStringLiteral("gap");
}

void LockJsonTest::eventsNameWhatHappened()
{
    QFETCH(LockEventKind, kind);
    QFETCH(QString, name);
    LockEvent event;
    event.kind = kind;
    event.atMs = 1500;
    event.sinceMs = 1000;
    event.key = "k";
    event.token = "t";
    event.hasToken = true;
    event.ttlMs = kind == LockEventKind::Renewed ? 30000 : -1;
    const QJsonObject json = parsed(eventToJson(event, exampleStatus()));
    const bool gap = kind == LockEventKind::Gap;
    QCOMPARE(json.value(QLatin1StringView("event")).toString(), name);
    QCOMPARE(json.value(QLatin1StringView("at")).toString(), QStringLiteral("1970-01-01T00:00:01.500Z"));
    QCOMPARE(json.contains(QLatin1StringView("since")), gap);
    QCOMPARE(json.value(QLatin1StringView("key")), gap ? QJsonValue() : QJsonValue(QStringLiteral("k")));
    QCOMPARE(json.value(QLatin1StringView("token")).toString(), QStringLiteral("t"));
    QVERIFY(json.value(QLatin1StringView("previous_token")).isNull());
    QCOMPARE(json.value(QLatin1StringView("ttl_ms")).isNull(), kind != LockEventKind::Renewed);
    for (const auto field : { "db", "node", "family" })
        QVERIFY2(json.contains(QLatin1StringView(field)), field);
    QCOMPARE(json.value(QLatin1StringView("source")).toString(), QStringLiteral("notification"));
    QCOMPARE(json.value(QLatin1StringView("certain")), QJsonValue(true));
    event.source = LockEventSource::Tracking;
    event.certain = false;
    const QJsonObject doubtful = parsed(eventToJson(event, exampleStatus()));
    QCOMPARE(doubtful.value(QLatin1StringView("source")).toString(), QStringLiteral("tracking"));
    QCOMPARE(doubtful.value(QLatin1StringView("certain")), QJsonValue(false));
}

void LockJsonTest::anInspectionLooksLikeALock()
{
    LockInspection seen;
    seen.exists = true;
    seen.key = "lock:a";
    seen.type = "string";
    seen.hasToken = true;
    seen.token = "t";
    seen.ttlMs = 1000;
    seen.idleSeconds = 4;
    const QJsonObject json = parsed(inspectionToJson(seen));
    const QStringList lockFields = lockToJson(exampleLock(), exampleStatus(), standingClock).keys();
    for (const QString& field : lockFields)
        QVERIFY2(json.contains(field), qPrintable(field));
    QCOMPARE(json.value(QLatin1StringView("ttl_ms")).toInt(), 1000);
    QCOMPARE(json.value(QLatin1StringView("idle_s")).toInt(), 4);
}

void LockJsonTest::everyHolderIsListed()
{
    LockRecord record = exampleLock();
    record.type = KeyType::Hash;
    record.mode = LockMode::Read;
    record.verifiedAt = standingClock.now() - 400ms;
    record.extras.set(&LockExtras::holders,
        std::make_shared<const std::vector<LockHolder>>(std::vector<LockHolder> {
            { "a", -1, 2, LockMode::Read }, { QByteArray("\xFF", 1), 1000, 1, LockMode::Read } }));
    const QJsonObject json = lockToJson(record, exampleStatus(), standingClock);
    QCOMPARE(json.value(QLatin1StringView("type")).toString(), QStringLiteral("hash"));
    QCOMPARE(json.value(QLatin1StringView("mode")).toString(), QStringLiteral("read"));
    const QJsonArray holders = json.value(QLatin1StringView("holders")).toArray();
    QCOMPARE(holders.size(), 2);
    const QJsonObject first = holders.at(0).toObject();
    QCOMPARE(
        first.keys(), (QStringList { QStringLiteral("count"), QStringLiteral("token"), QStringLiteral("ttl_ms") }));
    QCOMPARE(first.value(QLatin1StringView("token")).toString(), QStringLiteral("a"));
    QCOMPARE(first.value(QLatin1StringView("count")).toInt(), 2);
    QCOMPARE(first.value(QLatin1StringView("ttl_ms")), json.value(QLatin1StringView("ttl_ms")));
    const QJsonObject second = holders.at(1).toObject();
    QCOMPARE(second.value(QLatin1StringView("token_base64")).toString(), QStringLiteral("/w=="));
    QCOMPARE(second.value(QLatin1StringView("ttl_ms")).toInt(), 600);

    record.extras.set(&LockExtras::holders, {}); // one holder that has entered once
    QCOMPARE(
        lockToJson(record, exampleStatus(), standingClock).value(QLatin1StringView("holders")).toArray().size(), 1);
    record.type = KeyType::String; // there can only be one: the token says it
    QVERIFY(lockToJson(record, exampleStatus(), standingClock).value(QLatin1StringView("holders")).toArray().isEmpty());
}

void LockJsonTest::anInspectionTellsWhatIsBesideTheLock()
{
    LockInspection seen;
    seen.exists = true;
    seen.key = "lock:a";
    seen.type = "hash";
    seen.hasToken = true;
    seen.token = "t";
    seen.holders = { { "t", -1, 3, LockMode::Exclusive } };
    seen.ttlMs = 1000;
    seen.waiters = 2;
    seen.firstWaiters = { "w1", QByteArray("\xFF", 1) };
    seen.fence = 41;
    seen.auxiliary = { { "lock:a:queue", QStringLiteral("waiter queue"), "list", -1 } };
    QJsonObject json = parsed(inspectionToJson(seen));
    QCOMPARE(json.value(QLatin1StringView("waiters")).toInt(), 2);
    QCOMPARE(json.value(QLatin1StringView("fence")).toInt(), 41);
    QVERIFY(json.value(QLatin1StringView("waiters_reason")).isNull());
    const QJsonObject holder = json.value(QLatin1StringView("holders")).toArray().at(0).toObject();
    QCOMPARE(holder.value(QLatin1StringView("count")).toInt(), 3);
    QCOMPARE(holder.value(QLatin1StringView("ttl_ms")).toInt(), 1000);
    const QJsonArray waiters = json.value(QLatin1StringView("first_waiters")).toArray();
    QCOMPARE(waiters.at(0).toObject().value(QLatin1StringView("token")).toString(), QStringLiteral("w1"));
    QCOMPARE(waiters.at(1).toObject().value(QLatin1StringView("token_base64")).toString(), QStringLiteral("/w=="));
    const QJsonObject queue = json.value(QLatin1StringView("auxiliary")).toArray().at(0).toObject();
    QCOMPARE(queue.value(QLatin1StringView("key")).toString(), QStringLiteral("lock:a:queue"));
    QCOMPARE(queue.value(QLatin1StringView("role")).toString(), QStringLiteral("waiter queue"));
    QCOMPARE(queue.value(QLatin1StringView("type")).toString(), QStringLiteral("list"));
    QVERIFY(queue.value(QLatin1StringView("ttl_ms")).isNull());

    seen.waiters = -1;
    seen.waitersReason = QStringLiteral("nothing of them is stored");
    json = parsed(inspectionToJson(seen));
    QVERIFY(json.value(QLatin1StringView("waiters")).isNull());
    QCOMPARE(json.value(QLatin1StringView("waiters_reason")).toString(), seen.waitersReason);
}

void LockJsonTest::releaseResultsNameTheirOutcome()
{
    ForceReleaseResult result;
    result.target.key = "lock:a";
    result.outcome = ReleaseOutcome::Refused;
    result.error = makeError(ErrorKind::Permission, QStringLiteral("NOPERM"));
    const QJsonObject json = parsed(releaseResultToJson(result));
    QCOMPARE(json.value(QLatin1StringView("outcome")).toString(), QStringLiteral("refused"));
    QCOMPARE(json.value(QLatin1StringView("error")).toObject().value(QLatin1StringView("code")).toString(),
        QStringLiteral("permission"));
    QVERIFY(!json.contains(QLatin1StringView("nodes")));
    // Of independent masters each has its own.
    result.nodes = { { QStringLiteral("a:1"), ReleaseOutcome::Released, "t", {} },
        { QStringLiteral("b:2"), ReleaseOutcome::Refused, {}, makeError(ErrorKind::ConnectionLost) } };
    const QJsonArray nodes = parsed(releaseResultToJson(result)).value(QLatin1StringView("nodes")).toArray();
    QCOMPARE(nodes.size(), 2);
    QCOMPARE(nodes[0].toObject().value(QLatin1StringView("token")).toString(), QStringLiteral("t"));
    QCOMPARE(nodes[1].toObject().value(QLatin1StringView("node")).toString(), QStringLiteral("b:2"));
    QCOMPARE(nodes[1].toObject().value(QLatin1StringView("outcome")).toString(), QStringLiteral("refused"));
    QVERIFY(nodes[1].toObject().value(QLatin1StringView("error")).isString());
}

void LockJsonTest::errorsHaveCodeMessageAndHint()
{
    const QJsonObject json = parsed(errorToJson(makeError(ErrorKind::Connect, QStringLiteral("refused"))))
                                 .value(QLatin1StringView("error"))
                                 .toObject();
    QCOMPARE(json.value(QLatin1StringView("code")).toString(), QStringLiteral("connect"));
    QVERIFY(json.value(QLatin1StringView("message")).toString().contains(QLatin1StringView("refused")));
    QVERIFY(!json.value(QLatin1StringView("hint")).toString().isEmpty());
    QCOMPARE(json.size(), 3);
}

QTEST_GUILESS_MAIN(LockJsonTest)
#include "tst_lockjson.moc"
