// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "deployment/livedeployment.h"
#include "history/auditlog.h"
#include "operations/oldvaluereader.h"
#include "operations/restoreoperation.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/connectionsupport.h"
#include "support/scriptedserver.h"
#include "support/testsupport.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

template <typename T> Result<T> await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20000))
        return fail(ErrorKind::Internal, QStringLiteral("the future never finished"));
    return future.takeResult();
}

} // namespace

/// Undoing a force-release on a real server, and the gate of a production connection in front of every operation.
class RestoreTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aForceReleaseIsUndone_data();
    void aForceReleaseIsUndone();
    void aPlanChangesNothing();
    void aKeyThatIsThereIsLeftAlone();
    void busyKeyIsDecidedByTheServer();
    void aLeaseThatWouldHaveEndedStaysEnded();
    void anotherDatabaseIsRefused();
    void anotherServerIsRefused();
    void whatEndedNothingIsNotPutBack();
    void anUnknownEntryIsRefused();
    void largeValuesAreNotKept();
    void theRemainingTimeNeverGrows();
    void aLostAnswerIsUnknownAndSentOnce();
    void withoutAuditLogNothingComesBack();
    void productionRefusesEveryOperationUntilArmed();
    void armingIsRecordedFirst();

private:
    [[nodiscard]] std::unique_ptr<LiveDeployment> open(
        const ConnectionSpec& spec, Environment environment = Environment::Unspecified, bool readOnly = false);
    [[nodiscard]] std::unique_ptr<LiveDeployment> open(Environment environment = Environment::Unspecified)
    {
        return open(m_server->spec(), environment);
    }
    /// Force-releases the key; answers the result.
    [[nodiscard]] Result<ForceReleaseResult> release(LiveDeployment& deployment, const QByteArray& key = "lock:a");
    QByteArray ask(const QList<QByteArray>& arguments) { return m_client->run(arguments).text; }
    qint64 number(const QList<QByteArray>& arguments) { return m_client->run(arguments).number; }
    [[nodiscard]] QList<AuditEntry> entries() const
    {
        return AuditLog(m_auditFile).entries({}).value_or(QList<AuditEntry>());
    }

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_auditFile;
};

void RestoreTest::init()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_folder = std::make_unique<QTemporaryDir>();
    m_auditFile = m_folder->filePath(QStringLiteral("audit.sqlite"));
    ask({ "SET", "lock:a", "theirs", "PX", "60000" });
}

std::unique_ptr<LiveDeployment> RestoreTest::open(const ConnectionSpec& spec, Environment environment, bool readOnly)
{
    DeploymentOptions options;
    options.specs = { spec };
    options.watchLocks = false;
    options.auditFile = m_auditFile;
    options.environment = environment;
    options.readOnly = readOnly;
    auto deployment = LiveDeployment::create(options);
    if (!deployment)
        return nullptr;
    (*deployment)->start();
    return std::move(*deployment);
}

Result<ForceReleaseResult> RestoreTest::release(LiveDeployment& deployment, const QByteArray& key)
{
    ForceReleaseRequest request;
    request.targets = { { key, FamilyId::None, {}, true } };
    request.reason = QStringLiteral("worker is dead");
    const auto results = await(deployment.forceRelease(request));
    if (!results)
        return fail(results.error());
    return results->first();
}

void RestoreTest::aForceReleaseIsUndone_data()
{
    QTest::addColumn<bool>("hasTtl");
    QTest::newRow("with a TTL") << true;
    QTest::newRow("without") << false;
}

void RestoreTest::aForceReleaseIsUndone()
{
    QFETCH(bool, hasTtl);
    if (!hasTtl)
        number({ "PERSIST", "lock:a" });
    const qint64 before = number({ "PTTL", "lock:a" });
    const auto deployment = open();
    const auto released = release(*deployment);
    VERIFY_RESULT(released);
    QCOMPARE(released->outcome, ReleaseOutcome::Released);
    QVERIFY(released->canRestore);
    QCOMPARE(number({ "EXISTS", "lock:a" }), 0);
    const auto restored
        = await(deployment->restore({ released->auditId, QStringLiteral("it was alive"), false, false }));
    VERIFY_RESULT(restored);
    QCOMPARE(restored->outcome, RestoreOutcome::Restored);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("theirs"));
    const qint64 after = number({ "PTTL", "lock:a" });
    if (hasTtl)
        QVERIFY2(after > 0 && after <= before, qPrintable(QString::number(after)));
    else
        QCOMPARE(after, -1);
    const QList<AuditEntry> log = entries();
    QCOMPARE(log.size(), 2);
    QCOMPARE(log.first().restoredBy, log.last().id);
    QCOMPARE(log.last().action, QStringLiteral("restore"));
    QCOMPARE(log.last().relatedId, log.first().id);
    QCOMPARE(log.last().outcome, QStringLiteral("restored"));
    QCOMPARE(log.last().reason, QStringLiteral("it was alive"));
    QCOMPARE(log.last().tokenFingerprint, tokenFingerprint("theirs"));
    VERIFY_RESULT(AuditLog(m_auditFile).verify());
}

void RestoreTest::aPlanChangesNothing()
{
    const auto deployment = open();
    const auto released = release(*deployment);
    VERIFY_RESULT(released);
    const auto plan = await(deployment->restore({ released->auditId, {}, false, true }));
    VERIFY_RESULT(plan);
    QCOMPARE(plan->outcome, RestoreOutcome::Possible);
    QVERIFY(plan->ttlMs > 0 && plan->ttlMs <= 60000);
    QCOMPARE(number({ "EXISTS", "lock:a" }), 0);
    QCOMPARE(entries().size(), 1);
}

void RestoreTest::aKeyThatIsThereIsLeftAlone()
{
    const auto deployment = open();
    const auto released = release(*deployment);
    VERIFY_RESULT(released);
    ask({ "SET", "lock:a", "next", "PX", "60000" });
    const auto restored = await(deployment->restore({ released->auditId, {}, false, false }));
    VERIFY_RESULT(restored);
    QCOMPARE(restored->outcome, RestoreOutcome::KeyExists);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("next"));
}

void RestoreTest::busyKeyIsDecidedByTheServer()
{
    // Somebody takes the key between our look and the command.
    Connection connection(m_server->spec(), openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    std::optional<OldValue> old;
    readOldValue(connection, SystemClock::instance(), "lock:a", [&old](const OldValue& value) { old = value; });
    QTRY_VERIFY(old);
    QCOMPARE(old->state, OldValueState::Kept);
    std::optional<RestoreOutcome> outcome;
    sendRestore(connection, "lock:a", 1000, old->payload,
        [&outcome](RestoreOutcome answered, const std::optional<Error>&) { outcome = answered; });
    QTRY_VERIFY(outcome);
    QCOMPARE(*outcome, RestoreOutcome::KeyExists);
    QVERIFY(number({ "PTTL", "lock:a" }) > 10000);
}

void RestoreTest::aLeaseThatWouldHaveEndedStaysEnded()
{
    number({ "PEXPIRE", "lock:a", "400" });
    const auto deployment = open();
    const auto released = release(*deployment);
    VERIFY_RESULT(released);
    QCOMPARE(released->outcome, ReleaseOutcome::Released);
    const qint64 end = entries().first().valueReadAt + 400;
    QTRY_VERIFY(QDateTime::currentMSecsSinceEpoch() > end);
    const auto restored = await(deployment->restore({ released->auditId, {}, false, false }));
    VERIFY_RESULT(restored);
    QCOMPARE(restored->outcome, RestoreOutcome::Expired);
    QCOMPARE(number({ "EXISTS", "lock:a" }), 0);
}

void RestoreTest::anotherDatabaseIsRefused()
{
    const auto released = release(*open());
    VERIFY_RESULT(released);
    ConnectionSpec other = m_server->spec();
    other.database = 3;
    const auto deployment = open(other);
    const auto refused = await(deployment->restore({ released->auditId, {}, false, false }));
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Usage);
    QVERIFY2(refused.error().detail.contains(QStringLiteral("database 3")), qPrintable(refused.error().detail));
    QCOMPARE(number({ "EXISTS", "lock:a" }), 0);
    // Explicitly it may go there.
    const auto moved = await(deployment->restore({ released->auditId, {}, true, false }));
    VERIFY_RESULT(moved);
    QCOMPARE(moved->outcome, RestoreOutcome::Restored);
    ask({ "SELECT", "3" });
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void RestoreTest::anotherServerIsRefused()
{
    const auto released = release(*open());
    VERIFY_RESULT(released);
    auto other = SandboxServer::start();
    VERIFY_RESULT(other);
    const auto deployment = open((*other)->spec());
    const auto refused = await(deployment->restore({ released->auditId, {}, false, false }));
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Usage);
}

void RestoreTest::whatEndedNothingIsNotPutBack()
{
    const auto deployment = open();
    ForceReleaseRequest request;
    request.targets = { { "lock:a", FamilyId::None, "not theirs", false } };
    request.reason = QStringLiteral("a mistake");
    const auto results = await(deployment->forceRelease(request));
    VERIFY_RESULT(results);
    QCOMPARE(results->first().outcome, ReleaseOutcome::HolderChanged);
    QVERIFY(!results->first().canRestore);
    ask({ "DEL", "lock:a" });
    const auto refused = await(deployment->restore({ results->first().auditId, {}, false, false }));
    QVERIFY(!refused);
    QCOMPARE(number({ "EXISTS", "lock:a" }), 0);
}

void RestoreTest::anUnknownEntryIsRefused()
{
    const auto deployment = open();
    QCOMPARE(await(deployment->restore({ 42, {}, false, false })).error().kind, ErrorKind::Usage);
    VERIFY_RESULT(release(*deployment));
    QCOMPARE(await(deployment->restore({ 42, {}, false, false })).error().kind, ErrorKind::Usage);
    // The id of an outcome is not that of an entry.
    QCOMPARE(await(deployment->restore({ 2, {}, false, false })).error().kind, ErrorKind::Usage);
}

void RestoreTest::largeValuesAreNotKept()
{
    QByteArray large(300'000, 'x');
    for (qsizetype i = 0; i < large.size(); ++i)
        large[i] = char('a' + (i * 7919) % 26);
    ask({ "SET", "lock:a", large, "PX", "60000" });
    const auto deployment = open();
    const auto released = release(*deployment);
    VERIFY_RESULT(released);
    QCOMPARE(released->outcome, ReleaseOutcome::Released);
    QVERIFY(!released->canRestore);
    QCOMPARE(entries().first().oldValueState, OldValueState::TooLarge);
    const auto refused = await(deployment->restore({ released->auditId, {}, false, false }));
    QVERIFY(!refused);
    QVERIFY2(refused.error().detail.contains(QStringLiteral("too large")), qPrintable(refused.error().detail));
}

void RestoreTest::theRemainingTimeNeverGrows()
{
    QCOMPARE(remainingTtl(-1, 0, 1000), -1);
    QCOMPARE(remainingTtl(5000, 1000, 3000), 3000);
    QCOMPARE(remainingTtl(5000, 1000, 6000), 0);
    QCOMPARE(remainingTtl(5000, 1000, 99000), 0);
    QCOMPARE(remainingTtl(5000, 9000, 1000), 5000); // the wall clock went back
}

void RestoreTest::aLostAnswerIsUnknownAndSentOnce()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("RESTORE").close());
    server.addConnection(ScriptedServer::handshake());
    Connection connection(server.spec(), openGate(), impatient());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    int calls = 0;
    std::optional<RestoreOutcome> outcome;
    sendRestore(connection, "lock:a", 1000, "payload", [&](RestoreOutcome answered, const std::optional<Error>& error) {
        ++calls;
        outcome = answered;
        QVERIFY(error);
    });
    QTRY_VERIFY(outcome);
    QCOMPARE(*outcome, RestoreOutcome::OutcomeUnknown);
    QTRY_COMPARE(server.connectionsSeen(), 2);
    QCOMPARE(calls, 1);
    QCOMPARE(server.commandsSeen().count("RESTORE"), 1);
}

void RestoreTest::withoutAuditLogNothingComesBack()
{
    const auto deployment = open();
    const auto released = release(*deployment);
    VERIFY_RESULT(released);
    // Readable, but a table that takes nothing more.
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("block"));
        database.setDatabaseName(m_auditFile);
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(QStringLiteral("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT "
                                                        "RAISE(ABORT, 'database or disk is full'); END")));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("block"));
    const auto refused = await(deployment->restore({ released->auditId, {}, false, false }));
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Storage);
    QVERIFY2(refused.error().detail.contains(QStringLiteral("full")), qPrintable(refused.error().detail));
    QCOMPARE(number({ "EXISTS", "lock:a" }), 0);
}

void RestoreTest::productionRefusesEveryOperationUntilArmed()
{
    const auto released = release(*open());
    VERIFY_RESULT(released);
    const auto deployment = open(Environment::Production);
    QVERIFY(deployment->isReadOnly());
    AcquireRequest acquire;
    acquire.key = "lock:b";
    ForceReleaseRequest force;
    force.targets = { { "lock:a", FamilyId::None, {}, true } };
    force.reason = QStringLiteral("r");
    ask({ "CONFIG", "RESETSTAT" });
    QCOMPARE(await(deployment->acquire(acquire)).error().kind, ErrorKind::NotArmed);
    QCOMPARE(await(deployment->extend({ "lock:a", "t", 60s })).error().kind, ErrorKind::NotArmed);
    QCOMPARE(await(deployment->release({ "lock:a", "t" })).error().kind, ErrorKind::NotArmed);
    QCOMPARE(await(deployment->forceRelease(force)).error().kind, ErrorKind::NotArmed);
    QCOMPARE(await(deployment->restore({ released->auditId, {}, false, false })).error().kind, ErrorKind::NotArmed);
    VERIFY_RESULT(await(deployment->inspect({ "lock:a" })));
    const QByteArray used = ask({ "INFO", "commandstats" });
    for (const char* name : { "cmdstat_set", "cmdstat_del", "cmdstat_eval", "cmdstat_restore", "cmdstat_pexpire" })
        QVERIFY2(!used.contains(name), name);
    VERIFY_RESULT(await(deployment->arm({ QStringLiteral("INC-118"), 60s })));
    QVERIFY(!deployment->isReadOnly());
    VERIFY_RESULT(await(deployment->acquire(acquire)));
    VERIFY_RESULT(await(deployment->restore({ released->auditId, {}, false, false })));
    deployment->disarm();
    QVERIFY(deployment->isReadOnly());
    QCOMPARE(await(deployment->forceRelease(force)).error().kind, ErrorKind::NotArmed);
}

void RestoreTest::armingIsRecordedFirst()
{
    const auto deployment = open(Environment::Production);
    QCOMPARE(await(deployment->arm({ QStringLiteral("  ") })).error().kind, ErrorKind::Usage);
    QVERIFY(entries().isEmpty());
    VERIFY_RESULT(await(deployment->arm({ QStringLiteral("INC-118") })));
    QTRY_COMPARE(entries().value(0).outcome, QStringLiteral("armed"));
    QCOMPARE(entries().first().action, QStringLiteral("write_armed"));
    QCOMPARE(entries().first().reason, QStringLiteral("INC-118"));
    QCOMPARE(entries().first().environment, QStringLiteral("production"));
    // A log that cannot be written arms nothing.
    m_auditFile = QStringLiteral("/proc/lockscope/audit.sqlite");
    const auto other = open(Environment::Production);
    QCOMPARE(await(other->arm({ QStringLiteral("INC-119") })).error().kind, ErrorKind::Storage);
    QVERIFY(other->isReadOnly());
    // One that is read-only for good stays so.
    m_auditFile = m_folder->filePath(QStringLiteral("other.sqlite"));
    const auto locked = open(m_server->spec(), Environment::Production, true);
    QCOMPARE(await(locked->arm({ QStringLiteral("INC-120") })).error().kind, ErrorKind::ReadOnly);
    QVERIFY(locked->isReadOnly());
}

QTEST_GUILESS_MAIN(RestoreTest)
#include "tst_restore.moc"
