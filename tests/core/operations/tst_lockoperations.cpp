// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"
#include "operations/acquireflow.h"
#include "operations/lockoperations.h"
#include "redis/sandboxserver.h"
#include "redis/subscriber.h"
#include "support/structurefamilies.h"
#include "support/testsupport.h"

#include <QElapsedTimer>
#include <QSet>

using namespace lockscope;
using namespace std::chrono_literals;

/// The operations against a real server.
class LockOperationsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void validityIsTheTtlLessTimeAndDrift_data();
    void validityIsTheTtlLessTimeAndDrift();
    void acquireTakesAFreeLockWithAFreshToken();
    void acquireLeavesATakenLockAlone();
    void acquireWaitsUntilTheHolderLeaves();
    void acquireGivesUpAfterItsWait();
    void acquireThatCannotHoldIsUndone();
    void acquireRefusesNonsense();
    void aCancelledWaitEndsAtOnce();
    void extendNeedsTheToken();
    void releaseNeedsTheToken();
    void forceReleaseComparesTheTokenThatWasSeen();
    void forceReleaseOfAnyTokenTakesWhatIsThere();
    void forceReleaseRefusesOtherTypes();
    void forceReleaseTakesAllThatBelongsToTheLock();
    void aReadOnlyGateLetsNothingThrough();
    void permissionIsRefusedNotUnknown();
    void inspectTellsTheTruth();
    void inspectOfOtherKindsOfKeys();

private:
    /// The raw answer of one command, as an admin would see it: bytes, or an integer as text, or `nil`.
    QByteArray ask(const Command& command);
    Result<AcquireGrant> acquire(const AcquireRequest& request);
    Status release(const QByteArray& key, const QByteArray& token);
    ForceReleaseResult forceRelease(const QByteArray& key, const QByteArray& expected, bool any = false,
        FamilyId family = FamilyRegistry::instance().byName("plain"));
    Result<LockInspection> inspect(const QByteArray& key);

    std::unique_ptr<SandboxServer> m_server;
    std::shared_ptr<CommandGate> m_gate;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<LockOperations> m_operations;
};

void LockOperationsTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void LockOperationsTest::init()
{
    m_gate = std::make_shared<CommandGate>();
    m_connection = std::make_unique<Connection>(m_server->spec(), m_gate);
    m_operations = std::make_unique<LockOperations>(*m_connection);
    m_connection->open();
    QTRY_VERIFY(m_connection->isReady());
    QCOMPARE(ask({ "FLUSHALL" }), QByteArray("OK"));
}

void LockOperationsTest::cleanup()
{
    m_operations.reset();
    m_connection.reset();
}

QByteArray LockOperationsTest::ask(const Command& command)
{
    std::optional<QByteArray> answer;
    m_connection->send(command, [&](const Result<ReplyView>& reply) {
        if (!reply)
            answer = reply.error().detail.toUtf8();
        else if (reply->isNil())
            answer = "nil";
        else
            answer = reply->hasBytes() ? reply->toByteArray() : QByteArray::number(reply->toInteger());
    });
    return QTest::qWaitFor([&] { return answer.has_value(); }) ? *answer : QByteArray("no answer");
}

Result<AcquireGrant> LockOperationsTest::acquire(const AcquireRequest& request)
{
    std::optional<Result<AcquireGrant>> answer;
    m_operations->acquire(request, [&](Result<AcquireGrant> grant) { answer = std::move(grant); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }))
        return fail(ErrorKind::Internal, QStringLiteral("never answered"));
    return *answer;
}

Status LockOperationsTest::release(const QByteArray& key, const QByteArray& token)
{
    std::optional<Status> answer;
    m_operations->release({ key, token }, [&](Status status) { answer = std::move(status); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }))
        return fail(ErrorKind::Internal, QStringLiteral("never answered"));
    return *answer;
}

ForceReleaseResult LockOperationsTest::forceRelease(
    const QByteArray& key, const QByteArray& expected, bool any, FamilyId family)
{
    ForceReleaseTarget target;
    target.key = key;
    target.family = family;
    target.expectedToken = expected;
    target.anyToken = any;
    std::optional<ForceReleaseResult> answer;
    m_operations->forceRelease(target, [&](ForceReleaseResult result) { answer = std::move(result); });
    return QTest::qWaitFor([&] { return answer.has_value(); }) ? *answer : ForceReleaseResult();
}

Result<LockInspection> LockOperationsTest::inspect(const QByteArray& key)
{
    std::optional<Result<LockInspection>> answer;
    m_operations->inspect(key, [&](Result<LockInspection> seen) { answer = std::move(seen); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }))
        return fail(ErrorKind::Internal, QStringLiteral("never answered"));
    return *answer;
}

void LockOperationsTest::validityIsTheTtlLessTimeAndDrift_data()
{
    QTest::addColumn<int>("ttl");
    QTest::addColumn<int>("elapsed");
    QTest::addColumn<int>("validity");
    QTest::newRow("at once") << 30000 << 0 << 29698;
    QTest::newRow("slow answer") << 10000 << 400 << 9498;
    QTest::newRow("too late") << 100 << 200 << -103;
    QTest::newRow("shorter than the drift") << 1 << 0 << -1;
}

void LockOperationsTest::validityIsTheTtlLessTimeAndDrift()
{
    QFETCH(int, ttl);
    QFETCH(int, elapsed);
    QFETCH(int, validity);
    const SteadyTime sent(100s);
    QCOMPARE(remainingValidity(Milliseconds(ttl), sent, sent + Milliseconds(elapsed)).count(), qint64(validity));
}

void LockOperationsTest::acquireTakesAFreeLockWithAFreshToken()
{
    QSet<QByteArray> tokens;
    for (const QByteArray key : { "lock:a", "lock:b", "lock:c" }) {
        AcquireRequest request;
        request.key = key;
        request.ttl = 20s;
        const auto grant = acquire(request);
        VERIFY_RESULT(grant);
        QCOMPARE(ask({ "GET", key }), grant->token);
        QVERIFY(ask({ "PTTL", key }).toLongLong() > 15000);
        QVERIFY(grant->validity > 15s && grant->validity < 20s);
        QVERIFY(grant->token.size() >= 32);
        tokens.insert(grant->token);
    }
    QCOMPARE(tokens.size(), 3);
}

void LockOperationsTest::acquireLeavesATakenLockAlone()
{
    ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    AcquireRequest request;
    request.key = "lock:a";
    const auto grant = acquire(request);
    QVERIFY(!grant);
    QCOMPARE(grant.error().kind, ErrorKind::Taken);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void LockOperationsTest::acquireWaitsUntilTheHolderLeaves()
{
    ask({ "SET", "lock:a", "theirs", "PX", "300" });
    AcquireRequest request;
    request.key = "lock:a";
    request.token = QByteArray("my\0own", 6);
    request.wait = 30s;
    const auto grant = acquire(request);
    VERIFY_RESULT(grant);
    QCOMPARE(grant->token, request.token);
    QCOMPARE(ask({ "GET", "lock:a" }), request.token);
}

void LockOperationsTest::acquireGivesUpAfterItsWait()
{
    ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    AcquireRequest request;
    request.key = "lock:a";
    request.wait = 400ms;
    QElapsedTimer time;
    time.start();
    const auto grant = acquire(request);
    QVERIFY(!grant);
    QCOMPARE(grant.error().kind, ErrorKind::Taken);
    QVERIFY2(time.elapsed() >= 400, qPrintable(QString::number(time.elapsed())));
}

void LockOperationsTest::acquireThatCannotHoldIsUndone()
{
    AcquireRequest request;
    request.key = "lock:a";
    request.ttl = 2ms;
    const auto grant = acquire(request);
    QVERIFY(!grant);
    QCOMPARE(grant.error().kind, ErrorKind::NotHeld);
    QTRY_VERIFY(m_operations->isIdle());
    QCOMPARE(ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void LockOperationsTest::acquireRefusesNonsense()
{
    AcquireRequest request;
    request.key = "lock:a";
    request.ttl = 0ms;
    QCOMPARE(acquire(request).error().kind, ErrorKind::Usage);
    request.key.clear();
    request.ttl = 1s;
    QCOMPARE(acquire(request).error().kind, ErrorKind::Usage);
}

void LockOperationsTest::aCancelledWaitEndsAtOnce()
{
    ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    AcquireRequest request;
    request.key = "lock:a";
    request.wait = 60s;
    int calls = 0;
    std::optional<Error> error;
    m_operations->acquire(request, [&](const Result<AcquireGrant>& grant) {
        ++calls;
        error = grant ? Error() : grant.error();
    });
    QVERIFY(!m_operations->isIdle());
    m_operations->cancelAcquires();
    QTRY_VERIFY(m_operations->isIdle());
    QCOMPARE(calls, 1);
    QCOMPARE(error->kind, ErrorKind::Cancelled);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void LockOperationsTest::extendNeedsTheToken()
{
    const auto extend = [this](const QByteArray& token, Milliseconds ttl) {
        std::optional<Result<AcquireGrant>> answer;
        m_operations->extend({ "lock:a", token, ttl }, [&](Result<AcquireGrant> grant) { answer = std::move(grant); });
        return QTest::qWaitFor([&] { return answer.has_value(); }) ? *answer : fail(ErrorKind::Internal);
    };
    QCOMPARE(extend("mine", 1s).error().kind, ErrorKind::NotHeld);
    ask({ "SET", "lock:a", "mine", "PX", "1000" });
    QCOMPARE(extend("other", 60s).error().kind, ErrorKind::NotHeld);
    QVERIFY(ask({ "PTTL", "lock:a" }).toLongLong() <= 1000);
    const auto grant = extend("mine", 60s);
    VERIFY_RESULT(grant);
    QVERIFY(grant->validity > 55s);
    QVERIFY(ask({ "PTTL", "lock:a" }).toLongLong() > 55000);
    QCOMPARE(extend("mine", 0s).error().kind, ErrorKind::Usage);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("mine"));
}

void LockOperationsTest::releaseNeedsTheToken()
{
    ask({ "SET", "lock:a", "mine", "PX", "60000" });
    QCOMPARE(release("lock:a", "other").error().kind, ErrorKind::NotHeld);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("mine"));
    VERIFY_RESULT(release("lock:a", "mine"));
    QCOMPARE(ask({ "EXISTS", "lock:a" }), QByteArray("0"));
    QCOMPARE(release("lock:a", "mine").error().kind, ErrorKind::NotHeld);
}

void LockOperationsTest::forceReleaseComparesTheTokenThatWasSeen()
{
    ask({ "SET", "lock:a", "theirs" });
    ForceReleaseResult result = forceRelease("lock:a", "seen before");
    QCOMPARE(result.outcome, ReleaseOutcome::HolderChanged);
    QCOMPARE(result.token, QByteArray("theirs"));
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("theirs"));
    result = forceRelease("lock:a", "theirs");
    QCOMPARE(result.outcome, ReleaseOutcome::Released);
    QCOMPARE(result.token, QByteArray("theirs"));
    QCOMPARE(forceRelease("lock:a", "theirs").outcome, ReleaseOutcome::AlreadyGone);
}

void LockOperationsTest::forceReleaseOfAnyTokenTakesWhatIsThere()
{
    ask({ "SET", "lock:a", "whoever" });
    const ForceReleaseResult result = forceRelease("lock:a", {}, true);
    QCOMPARE(result.outcome, ReleaseOutcome::Released);
    QCOMPARE(result.token, QByteArray("whoever"));
    QCOMPARE(ask({ "EXISTS", "lock:a" }), QByteArray("0"));
}

void LockOperationsTest::forceReleaseRefusesOtherTypes()
{
    ask({ "RPUSH", "lock:a", "x" });
    const ForceReleaseResult result = forceRelease("lock:a", {}, true);
    QCOMPARE(result.outcome, ReleaseOutcome::Refused);
    QVERIFY(result.error);
    QCOMPARE(ask({ "EXISTS", "lock:a" }), QByteArray("1"));
}

void LockOperationsTest::forceReleaseTakesAllThatBelongsToTheLock()
{
    m_operations->useFamilies(structureRegistry());
    const FamilyId family = structureRegistry().byName("hash");
    ask({ "HSET", "lock:h", "theirs", "2" });
    ask({ "RPUSH", "lock:h:queue", "waiter" });
    QCOMPARE(ask({ "PUBLISH", "lock:h:wake", "test" }), QByteArray("0"));
    Subscriber subscriber(m_server->spec(), m_gate);
    QList<QByteArray> heard;
    subscriber.setMessageHandler(
        [&heard](const PubSubMessage& message) { heard.append(message.payload.toByteArray()); });
    subscriber.open({}, { "lock:h:wake" });
    QTRY_VERIFY(subscriber.isSubscribed());
    QCOMPARE(forceRelease("lock:h", "somebody", false, family).outcome, ReleaseOutcome::HolderChanged);
    QCOMPARE(ask({ "EXISTS", "lock:h", "lock:h:queue" }), QByteArray("2"));
    const ForceReleaseResult result = forceRelease("lock:h", "theirs", false, family);
    QCOMPARE(result.outcome, ReleaseOutcome::Released);
    QCOMPARE(result.token, QByteArray("theirs"));
    QCOMPARE(ask({ "EXISTS", "lock:h", "lock:h:queue" }), QByteArray("0"));
    QTRY_COMPARE(heard, QList<QByteArray> { "released" });
}

void LockOperationsTest::aReadOnlyGateLetsNothingThrough()
{
    ask({ "SET", "lock:a", "mine", "PX", "60000" });
    m_gate->setReadOnly(true);
    AcquireRequest request;
    request.key = "lock:b";
    QCOMPARE(acquire(request).error().kind, ErrorKind::ReadOnly);
    QCOMPARE(release("lock:a", "mine").error().kind, ErrorKind::ReadOnly);
    const ForceReleaseResult result = forceRelease("lock:a", "mine");
    QCOMPARE(result.outcome, ReleaseOutcome::Refused);
    QCOMPARE(result.error->kind, ErrorKind::ReadOnly);
    const auto seen = inspect("lock:a");
    VERIFY_RESULT(seen);
    QCOMPARE(seen->token, QByteArray("mine"));
    m_gate->setReadOnly(false);
    QCOMPARE(ask({ "EXISTS", "lock:a", "lock:b" }), QByteArray("1"));
}

void LockOperationsTest::permissionIsRefusedNotUnknown()
{
    QCOMPARE(
        ask({ "ACL", "SETUSER", "observer", "reset", "on", ">pw", "~*", "+@read", "+@connection" }), QByteArray("OK"));
    ask({ "SET", "lock:a", "theirs" });
    ConnectionSpec spec = m_server->spec();
    spec.user = QStringLiteral("observer");
    spec.password = Secret("pw");
    cleanup();
    m_connection = std::make_unique<Connection>(spec, m_gate);
    m_operations = std::make_unique<LockOperations>(*m_connection);
    m_connection->open();
    QTRY_VERIFY(m_connection->isReady());
    const ForceReleaseResult result = forceRelease("lock:a", "theirs");
    QCOMPARE(result.outcome, ReleaseOutcome::Refused);
    QCOMPARE(result.error->kind, ErrorKind::Permission);
    AcquireRequest request;
    request.key = "lock:b";
    QCOMPARE(acquire(request).error().kind, ErrorKind::Permission);
}

void LockOperationsTest::inspectTellsTheTruth()
{
    ask({ "SET", "lock:a", "token-1", "PX", "60000" });
    const auto seen = inspect("lock:a");
    VERIFY_RESULT(seen);
    QVERIFY(seen->exists);
    QVERIFY(seen->hasToken);
    QCOMPARE(seen->type, QByteArray("string"));
    QCOMPARE(seen->token, QByteArray("token-1"));
    QCOMPARE(seen->valueBytes, qint64(7));
    QVERIFY(seen->ttlMs > 50000 && seen->ttlMs <= 60000);
    QVERIFY(seen->idleSeconds >= 0 && seen->idleSeconds < 30); // unknown would be -1
    QCOMPARE(seen->node, m_server->spec().endpoint().text());
    QVERIFY(seen->family != FamilyId::None);
    ask({ "PERSIST", "lock:a" });
    QCOMPARE(inspect("lock:a")->ttlMs, qint64(-1));
}

void LockOperationsTest::inspectOfOtherKindsOfKeys()
{
    const auto missing = inspect("lock:none");
    VERIFY_RESULT(missing);
    QVERIFY(!missing->exists);
    QCOMPARE(missing->type, QByteArray("none"));
    ask({ "HSET", "lock:hash", "f", "v" });
    const auto hash = inspect("lock:hash");
    VERIFY_RESULT(hash);
    QVERIFY(hash->exists);
    QVERIFY(!hash->hasToken);
    QCOMPARE(hash->type, QByteArray("hash"));
    ask({ "SET", "lock:big", QByteArray(maximumTokenBytes + 1, 'x') });
    const auto big = inspect("lock:big");
    VERIFY_RESULT(big);
    QVERIFY(!big->hasToken);
    QCOMPARE(big->valueBytes, qint64(maximumTokenBytes + 1));
}

QTEST_GUILESS_MAIN(LockOperationsTest)
#include "tst_lockoperations.moc"
