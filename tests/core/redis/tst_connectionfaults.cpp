// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "support/connectionsupport.h"
#include "support/scriptedserver.h"
#include "support/testsupport.h"

#include <QSignalSpy>
#include <QThread>

using namespace lockscope;
using Script = ScriptedServer::Script;

class ConnectionFaultsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void halfRepliesArePutTogether();
    void garbageEndsTheLink_data();
    void garbageEndsTheLink();
    void aLostAnswerIsUnknownForAWriteOnly();
    void aTimedOutAnswerIsSwallowed();
    void aShortDeadlineBehindALongOne();
    void aSilentServerIsDropped();
    void whatIsSentToADeadLinkHasNotLeft();
    void oneTurnIsOneWrite();
    void closingEndsWhatIsPending();
    void nothingSecretIsLogged();
};

void ConnectionFaultsTest::halfRepliesArePutTogether()
{
    const QByteArray reply = "*2\r\n$4\r\nab\r\n\r\n:7\r\n";
    Script script = ScriptedServer::handshake();
    for (qsizetype at = 1; at < reply.size(); ++at)
        script.expect("LRANGE").sendSplit(reply, at);
    ScriptedServer server;
    server.addConnection(script);
    ConnectionOptions patient;
    Connection connection(server.spec(), openGate(), patient);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    int good = 0;
    for (qsizetype at = 1; at < reply.size(); ++at) {
        connection.send({ "LRANGE", "k", "0", "1" }, [&good](Result<ReplyView> array) {
            if (array && array->size() == 2 && array->at(0).bytes() == "ab\r\n" && array->at(1).toInteger() == 7)
                ++good;
        });
    }
    QTRY_COMPARE(good, int(reply.size()) - 1);
}

void ConnectionFaultsTest::garbageEndsTheLink_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("no type") << QByteArray("garbage\r\n");
    QTest::newRow("an answer to no question") << QByteArray("+OK\r\n+OK\r\n");
    QTest::newRow("huge string") << QByteArray("$536870912\r\nabc");
    QTest::newRow("huge array") << QByteArray("*2147483647\r\n");
    QTest::newRow("wrong length") << QByteArray("$2\r\nabc\r\n");
}

void ConnectionFaultsTest::garbageEndsTheLink()
{
    QFETCH(QByteArray, bytes);
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("SET").send(bytes));
    Connection connection(server.spec(), openGate(), once());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome outcome;
    connection.send({ "SET", "k", "v" }, outcome.handler());
    QTRY_COMPARE(connection.state(), Connection::State::Closed);
    QCOMPARE(connection.lastError().kind, ErrorKind::Protocol);
    QCOMPARE(outcome.calls, 1);
    if (outcome.error)
        QCOMPARE(*outcome.error, ErrorKind::OutcomeUnknown);
}

void ConnectionFaultsTest::aLostAnswerIsUnknownForAWriteOnly()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().expect("GET").expect("SET").expect("NEWCOMMAND").close());
    Connection connection(server.spec(), openGate(), once());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome read;
    Outcome write;
    Outcome unknownName;
    connection.send({ "GET", "k" }, read.handler());
    connection.send({ "SET", "k", "v" }, write.handler());
    connection.send({ "NEWCOMMAND" }, unknownName.handler());
    QTRY_COMPARE(write.calls, 1);
    QCOMPARE(read.error, ErrorKind::ConnectionLost);
    QCOMPARE(write.error, ErrorKind::OutcomeUnknown);
    QCOMPARE(unknownName.error, ErrorKind::OutcomeUnknown);
    QCOMPARE(server.commandsSeen().mid(2), (QList<QByteArray> { "GET", "SET", "NEWCOMMAND" }));
}

void ConnectionFaultsTest::aTimedOutAnswerIsSwallowed()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake()
                             .expect("GET")
                             .expect("SET")
                             .pause()
                             .send("$4\r\nlate\r\n+OK\r\n")
                             .expect("GET")
                             .send("$5\r\nfresh\r\n"));
    Connection connection(server.spec(), openGate(), ConnectionOptions());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome late;
    Outcome lateWrite;
    Outcome fresh;
    connection.send({ "GET", "k" }, late.handler(), Milliseconds(30));
    connection.send({ "SET", "k", "v" }, lateWrite.handler(), Milliseconds(30));
    connection.send({ "GET", "k" }, fresh.handler());
    QTRY_COMPARE(lateWrite.calls, 1);
    QCOMPARE(late.error, ErrorKind::Timeout);
    QCOMPARE(lateWrite.error, ErrorKind::OutcomeUnknown);
    QCOMPARE(fresh.calls, 0);
    server.proceed();
    QTRY_COMPARE(fresh.bytes, QByteArray("fresh"));
    QCOMPARE(late.calls, 1);
    QCOMPARE(connection.pendingCommands(), 0);
    QVERIFY(connection.isReady());
}

void ConnectionFaultsTest::aShortDeadlineBehindALongOne()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake());
    Connection connection(server.spec(), openGate(), ConnectionOptions());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome patient;
    Outcome hasty;
    connection.send({ "GET", "k" }, patient.handler(), Milliseconds(60'000));
    connection.send({ "GET", "k" }, hasty.handler(), Milliseconds(30));
    QTRY_COMPARE(hasty.error, ErrorKind::Timeout);
    QCOMPARE(patient.calls, 0);
}

void ConnectionFaultsTest::aSilentServerIsDropped()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake());
    Connection connection(server.spec(), openGate(), impatient());
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome outcome;
    connection.send({ "GET", "k" }, outcome.handler());
    QTRY_COMPARE(outcome.error, ErrorKind::Timeout);
    QTRY_VERIFY(!lost.isEmpty());
    QCOMPARE(lost.first().first().value<Error>().kind, ErrorKind::Timeout);
    QTRY_VERIFY(connection.isReady());
    QCOMPARE(outcome.calls, 1);
}

// Answers that are still read when the link has ended already may lead to further commands: these were never sent.
void ConnectionFaultsTest::whatIsSentToADeadLinkHasNotLeft()
{
    constexpr int count = 200'000;
    QByteArray answers;
    for (int i = 0; i < count; ++i)
        answers += "+OK\r\n";
    ScriptedServer server(ScriptedServer::Link::Tcp);
    server.addConnection(ScriptedServer::handshake().expect("GET").pause().send(answers).close());
    const LogCapture log;
    Connection connection(server.spec(), openGate(), once());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome write;
    int answered = 0;
    for (int i = 0; i < count; ++i) {
        const auto handler = [&](Result<ReplyView> reply) {
            ++answered;
            if (answered == 1)
                QThread::msleep(100); // meanwhile everything comes, and the end behind it
            if (reply && answered == count)
                connection.send({ "SET", "k", "v" }, write.handler());
        };
        connection.send({ "GET", "k" }, handler, Milliseconds(60'000));
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.commandsSeen().size(), count + 2, 60'000);
    server.proceed();
    QTRY_COMPARE_WITH_TIMEOUT(answered, count, 60'000);
    QTRY_COMPARE(write.calls, 1);
    QCOMPARE(write.error, ErrorKind::ConnectionLost);
    for (const QString& line : LogCapture::lines)
        QVERIFY2(!line.contains(QStringLiteral("QSocketNotifier")), qPrintable(line));
}

void ConnectionFaultsTest::oneTurnIsOneWrite()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake().answerAllWith("+OK\r\n"));
    Connection connection(server.spec(), openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    int answered = 0;
    int sentFromHandlers = 0;
    for (int i = 0; i < 100; ++i) {
        connection.send({ "GET", "k" }, [&](Result<ReplyView>) {
            ++answered;
            ++sentFromHandlers;
            connection.send({ "GET", "again" }, [&](Result<ReplyView>) { ++answered; });
        });
    }
    QTRY_COMPARE(answered, 200);
    QCOMPARE(server.commandsPerRead(), (QList<int> { 1, 1, 100, 100 }));
}

void ConnectionFaultsTest::closingEndsWhatIsPending()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::handshake());
    Connection connection(server.spec(), openGate());
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome read;
    Outcome write;
    Outcome unsentWrite;
    connection.send({ "GET", "k" }, read.handler());
    connection.send({ "SET", "k", "v" }, write.handler());
    QTRY_COMPARE(server.commandsSeen().size(), 4);
    connection.send({ "SET", "k", "v" }, unsentWrite.handler());
    connection.close();
    QCOMPARE(read.error, ErrorKind::Cancelled);
    QCOMPARE(write.error, ErrorKind::OutcomeUnknown);
    QCOMPARE(unsentWrite.error, ErrorKind::Cancelled);
    QCOMPARE(connection.state(), Connection::State::Closed);
    QCOMPARE(lost.size(), 0);
    connection.open();
    QTRY_VERIFY(connection.isReady());
}

void ConnectionFaultsTest::nothingSecretIsLogged()
{
    ScriptedServer server;
    server.addConnection(Script().expect("AUTH").send("-WRONGPASS invalid\r\n").close());
    server.addConnection(Script()
                             .expect("AUTH")
                             .send("+OK\r\n")
                             .expect("CLIENT SETNAME")
                             .send("+OK\r\n")
                             .expect("PING")
                             .send("+PONG\r\n")
                             .expect("SET")
                             .close());
    ConnectionSpec spec = server.spec();
    spec.password = Secret("hunter2secret");
    LogCapture log;
    Connection connection(spec, openGate(), impatient());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome outcome;
    connection.send({ "SET", "lock:a", "tokentokentoken", "NX", "PX", "1000" }, outcome.handler());
    QTRY_COMPARE(outcome.error, ErrorKind::OutcomeUnknown);
    connection.close();
    const QString all = LogCapture::lines.join(QLatin1Char('\n'));
    QVERIFY2(all.contains(QStringLiteral("Authenticating")), qPrintable(all));
    QVERIFY2(!all.contains(QStringLiteral("hunter2")), qPrintable(all));
    QVERIFY2(!all.contains(QStringLiteral("tokentoken")), qPrintable(all));
}

QTEST_GUILESS_MAIN(ConnectionFaultsTest)
#include "tst_connectionfaults.moc"
