// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"
#include "operations/lockoperations.h"
#include "support/scriptedserver.h"
#include "support/testsupport.h"

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

using Script = ScriptedServer::Script;

Script dyingAfter(const QByteArray& command)
{
    Script script = ScriptedServer::handshake();
    script.expect(command).close();
    return script;
}

/// Knows no script, reads the EVAL that follows, and dies.
Script dyingAfterEval()
{
    Script script = ScriptedServer::handshake();
    script.expect("EVALSHA").send("-NOSCRIPT No matching script.\r\n").expect("EVAL").close();
    return script;
}

Script answering(const QByteArray& command, const QByteArray& answer)
{
    Script script = ScriptedServer::handshake();
    script.expect(command).send(answer);
    return script;
}

/// A look at a lock that is held with this token; without one: at a key that is gone.
Script answeringLook(const QByteArray& token)
{
    Script script = ScriptedServer::handshake();
    script.expect("TIME").send("*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n");
    script.expect("OBJECT IDLETIME").send(token.isEmpty() ? "$-1\r\n" : ":3\r\n");
    script.expect("MEMORY USAGE").send(token.isEmpty() ? "$-1\r\n" : ":90\r\n");
    script.expect("TYPE").send(token.isEmpty() ? "+none\r\n" : "+string\r\n");
    script.expect("STRLEN").send(':' + QByteArray::number(token.size()) + "\r\n");
    script.expect("GETRANGE").send('$' + QByteArray::number(token.size()) + "\r\n" + token + "\r\n");
    script.expect("PTTL").send(token.isEmpty() ? ":-2\r\n" : ":5000\r\n");
    // What its family keeps beside it is empty.
    script.answerAllWith("$0\r\n\r\n");
    return script;
}

} // namespace

/// What becomes of an operation when the server reads its command and then dies, falls silent, or answers half: it is
/// never sent again, and nobody is told that it worked or that it did not.
class LostAnswersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void acquireIsUnknownAndUndoneWhenTheLinkIsBack_data();
    void acquireIsUnknownAndUndoneWhenTheLinkIsBack();
    void acquireWithTheCallersTokenIsLeftAlone();
    void acquireBehindARefusalIsNotRetried();
    void anOddAnswerIsNotSuccess();
    void extendAndReleaseAreUnknownAndSentOnce_data();
    void extendAndReleaseAreUnknownAndSentOnce();
    void forceReleaseIsUnknownAndLookedAt_data();
    void forceReleaseIsUnknownAndLookedAt();
    void anActThatDiesAtAnyByteIsUnknownAndSentOnce_data();
    void anActThatDiesAtAnyByteIsUnknownAndSentOnce();
    void forceReleaseIsReportedEvenIfTheServerStaysAway();
    void destructionAnswersEverythingOnce();

private:
    void connectTo(const QList<Script>& scripts, Milliseconds timeout = 5000ms);
    [[nodiscard]] qsizetype sent(const QByteArray& command) const { return m_server->commandsSeen().count(command); }
    [[nodiscard]] AcquireRequest request() const
    {
        AcquireRequest request;
        request.key = "lock:a";
        return request;
    }

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<LockOperations> m_operations;
};

void LostAnswersTest::init() { m_server = std::make_unique<ScriptedServer>(); }

void LostAnswersTest::cleanup()
{
    m_operations.reset();
    m_connection.reset();
    QCOMPARE(m_server->surprises(), QList<QByteArray>());
    m_server.reset();
}

void LostAnswersTest::connectTo(const QList<Script>& scripts, Milliseconds timeout)
{
    for (const Script& script : scripts)
        m_server->addConnection(script);
    ConnectionOptions options;
    options.commandTimeout = timeout;
    m_connection = std::make_unique<Connection>(m_server->spec(), std::make_shared<CommandGate>(), options);
    m_operations = std::make_unique<LockOperations>(*m_connection);
    m_connection->open();
    QTRY_VERIFY(m_connection->isReady());
}

void LostAnswersTest::acquireIsUnknownAndUndoneWhenTheLinkIsBack_data()
{
    QTest::addColumn<QList<Script>>("scripts");
    QTest::addColumn<int>("releases");
    Script half = ScriptedServer::handshake();
    half.expect("SET").send("+O").close();
    const Script released = answering("EVALSHA", ":1\r\n");
    QTest::newRow("dies after SET") << QList<Script> { dyingAfter("SET"), released } << 1;
    QTest::newRow("dies after half an answer") << QList<Script> { half, released } << 1;
    QTest::newRow("was not taken") << QList<Script> { dyingAfter("SET"), answering("EVALSHA", ":0\r\n") } << 1;
    QTest::newRow("dies again after the release")
        << QList<Script> { dyingAfter("SET"), dyingAfter("EVALSHA"), dyingAfterEval(), released } << 3;
}

void LostAnswersTest::acquireIsUnknownAndUndoneWhenTheLinkIsBack()
{
    QFETCH(QList<Script>, scripts);
    QFETCH(int, releases);
    connectTo(scripts);
    int calls = 0;
    std::optional<Result<AcquireGrant>> answer;
    m_operations->acquire(request(), [&](Result<AcquireGrant> grant) {
        ++calls;
        answer = std::move(grant);
    });
    QTRY_VERIFY(m_operations->isIdle());
    QCOMPARE(calls, 1);
    QVERIFY(!*answer);
    QCOMPARE(answer->error().kind, ErrorKind::OutcomeUnknown);
    QCOMPARE(sent("SET"), 1);
    QCOMPARE(sent("EVALSHA"), releases);
}

void LostAnswersTest::acquireWithTheCallersTokenIsLeftAlone()
{
    connectTo({ dyingAfter("SET"), ScriptedServer::handshake() });
    AcquireRequest chosen = request();
    chosen.token = "chosen";
    std::optional<Error> error;
    m_operations->acquire(chosen, [&](const Result<AcquireGrant>& grant) { error = grant ? Error() : grant.error(); });
    QTRY_VERIFY(error);
    QCOMPARE(error->kind, ErrorKind::OutcomeUnknown);
    QTRY_VERIFY(m_connection->isReady());
    QVERIFY(m_operations->isIdle());
    QCOMPARE(sent("SET"), 1);
    QCOMPARE(sent("EVALSHA"), 0);
}

void LostAnswersTest::acquireBehindARefusalIsNotRetried()
{
    // Taken, taken, and the third SET is lost: the wait does not go on.
    Script script = ScriptedServer::handshake();
    script.expect("SET").send("$-1\r\n").expect("SET").send("$-1\r\n").expect("SET").close();
    connectTo({ script, answering("EVALSHA", ":1\r\n") });
    AcquireRequest waiting = request();
    waiting.wait = 60s;
    std::optional<Error> error;
    m_operations->acquire(waiting, [&](const Result<AcquireGrant>& grant) { error = grant ? Error() : grant.error(); });
    QTRY_VERIFY(error);
    QCOMPARE(error->kind, ErrorKind::OutcomeUnknown);
    QCOMPARE(sent("SET"), 3);
}

void LostAnswersTest::anOddAnswerIsNotSuccess()
{
    Script script = ScriptedServer::handshake();
    script.expect("SET").send(":1\r\n").expect("EVALSHA").send(":0\r\n");
    connectTo({ script });
    std::optional<Error> error;
    m_operations->acquire(
        request(), [&](const Result<AcquireGrant>& grant) { error = grant ? Error() : grant.error(); });
    QTRY_VERIFY(error);
    QCOMPARE(error->kind, ErrorKind::OutcomeUnknown);
}

void LostAnswersTest::extendAndReleaseAreUnknownAndSentOnce_data()
{
    QTest::addColumn<QString>("operation");
    QTest::addColumn<QList<Script>>("scripts");
    QTest::addColumn<int>("evals");
    const Script silent = ScriptedServer::handshake();
    Script half = ScriptedServer::handshake();
    half.expect("EVALSHA").send(":").close();
    for (const auto& operation : { QStringLiteral("extend"), QStringLiteral("release") }) {
        const auto row
            = [&](const char* name) -> QTestData& { return QTest::addRow("%s: %s", qPrintable(operation), name); };
        row("dies after EVALSHA") << operation << QList<Script> { dyingAfter("EVALSHA"), silent } << 0;
        row("dies after EVAL") << operation << QList<Script> { dyingAfterEval(), silent } << 1;
        row("half an answer") << operation << QList<Script> { half, silent } << 0;
        row("never answers") << operation << QList<Script> { silent } << 0;
    }
}

void LostAnswersTest::extendAndReleaseAreUnknownAndSentOnce()
{
    QFETCH(QString, operation);
    QFETCH(QList<Script>, scripts);
    QFETCH(int, evals);
    connectTo(scripts, 300ms);
    int calls = 0;
    ErrorKind kind = ErrorKind::Internal;
    if (operation == QLatin1StringView("extend")) {
        m_operations->extend({ "lock:a", "t", 1000ms }, [&](const Result<AcquireGrant>& grant) {
            ++calls;
            kind = grant ? ErrorKind::Internal : grant.error().kind;
        });
    } else {
        m_operations->release({ "lock:a", "t" }, [&](const Status& status) {
            ++calls;
            kind = status ? ErrorKind::Internal : status.error().kind;
        });
    }
    QTRY_COMPARE(calls, 1);
    QCOMPARE(kind, ErrorKind::OutcomeUnknown);
    QTRY_VERIFY(m_connection->isReady());
    QCOMPARE(sent("EVALSHA"), 1);
    QCOMPARE(sent("EVAL"), evals);
}

void LostAnswersTest::forceReleaseIsUnknownAndLookedAt_data()
{
    QTest::addColumn<QList<Script>>("scripts");
    QTest::addColumn<QByteArray>("tokenNow");
    QTest::newRow("gone") << QList<Script> { dyingAfter("EVALSHA"), answeringLook({}) } << QByteArray();
    QTest::newRow("still there") << QList<Script> { dyingAfter("EVALSHA"), answeringLook("theirs") }
                                 << QByteArray("theirs");
    QTest::newRow("next holder") << QList<Script> { dyingAfterEval(), answeringLook("next") } << QByteArray("next");
}

void LostAnswersTest::forceReleaseIsUnknownAndLookedAt()
{
    QFETCH(QList<Script>, scripts);
    QFETCH(QByteArray, tokenNow);
    connectTo(scripts);
    std::optional<ForceReleaseResult> answer;
    m_operations->forceRelease({ "lock:a", FamilyRegistry::instance().byName("plain"), "theirs", false },
        [&](ForceReleaseResult result) { answer = std::move(result); });
    QTRY_VERIFY_WITH_TIMEOUT(answer, 20000);
    QCOMPARE(answer->outcome, ReleaseOutcome::OutcomeUnknown);
    QCOMPARE(answer->error->kind, ErrorKind::OutcomeUnknown);
    QVERIFY(answer->afterwards);
    QCOMPARE(answer->afterwards->exists, !tokenNow.isEmpty());
    QCOMPARE(answer->afterwards->token, tokenNow);
    QCOMPARE(sent("EVALSHA"), 1);
}

void LostAnswersTest::anActThatDiesAtAnyByteIsUnknownAndSentOnce_data()
{
    QTest::addColumn<int>("act");
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("release") << int(LockAct::Release) << QByteArray("*2\r\n$8\r\nreleased\r\n$6\r\ntheirs\r\n");
    QTest::newRow("take over") << int(LockAct::TakeOver) << QByteArray("*3\r\n$4\r\ndone\r\n$6\r\ntheirs\r\n:5000\r\n");
    QTest::newRow("shorten") << int(LockAct::Shorten) << QByteArray("*3\r\n$8\r\nunneeded\r\n$6\r\ntheirs\r\n:5\r\n");
    QTest::newRow("script unknown") << int(LockAct::Release) << QByteArray("-NOSCRIPT No matching script.\r\n");
}

/// The server has read the whole command; its answer breaks off behind each byte in turn.
void LostAnswersTest::anActThatDiesAtAnyByteIsUnknownAndSentOnce()
{
    QFETCH(int, act);
    QFETCH(QByteArray, answer);
    for (qsizetype length = 0; length < answer.size(); ++length) {
        init();
        Script script = ScriptedServer::handshake();
        script.expect("EVALSHA");
        if (length > 0)
            script.send(answer.first(length));
        script.close();
        connectTo({ script, answeringLook("theirs") });
        ForceReleaseTarget target { "lock:a", FamilyRegistry::instance().byName("plain"), "theirs", false };
        target.act = LockAct(act);
        target.ttlMs = needsTtl(target.act) ? 1000 : -1;
        target.newToken = target.act == LockAct::TakeOver ? "ours" : "";
        int calls = 0;
        std::optional<ForceReleaseResult> result;
        m_operations->forceRelease(target, [&](ForceReleaseResult outcome) {
            ++calls;
            result = std::move(outcome);
        });
        QTRY_VERIFY_WITH_TIMEOUT(result, 20000);
        QCOMPARE(result->outcome, ReleaseOutcome::OutcomeUnknown);
        QVERIFY(result->afterwards);
        QCOMPARE(calls, 1);
        QCOMPARE(sent("EVALSHA"), 1);
        QCOMPARE(sent("EVAL"), 0);
        cleanup();
    }
    init();
}

void LostAnswersTest::forceReleaseIsReportedEvenIfTheServerStaysAway()
{
    Script dead;
    dead.close();
    connectTo({ dyingAfter("EVALSHA"), dead });
    std::optional<ForceReleaseResult> answer;
    m_operations->forceRelease(
        { "lock:a", FamilyId::None, "theirs", false }, [&](ForceReleaseResult result) { answer = std::move(result); });
    QTRY_VERIFY_WITH_TIMEOUT(answer, 20000);
    QCOMPARE(answer->outcome, ReleaseOutcome::OutcomeUnknown);
    QVERIFY(!answer->afterwards);
}

void LostAnswersTest::destructionAnswersEverythingOnce()
{
    connectTo({ ScriptedServer::handshake() });
    int calls = 0;
    m_operations->acquire(request(), [&](const Result<AcquireGrant>& grant) {
        ++calls;
        QCOMPARE(grant.error().kind, ErrorKind::OutcomeUnknown);
    });
    m_operations->release({ "lock:a", "t" }, [&](const Status&) { ++calls; });
    m_operations->inspect("lock:a", [&](const Result<LockInspection>&) { ++calls; });
    m_operations->forceRelease({ "lock:a", FamilyId::None, "t", false }, [&](const ForceReleaseResult& result) {
        ++calls;
        QCOMPARE(result.outcome, ReleaseOutcome::OutcomeUnknown);
    });
    QTRY_COMPARE(sent("EVALSHA"), 2);
    m_operations.reset();
    m_connection.reset();
    QCOMPARE(calls, 4);
}

QTEST_GUILESS_MAIN(LostAnswersTest)
#include "tst_lostanswers.moc"
