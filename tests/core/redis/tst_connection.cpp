// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "support/connectionsupport.h"
#include "support/testsupport.h"

#include <QSignalSpy>

using namespace lockscope;

class ConnectionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void talksToARealServer_data();
    void talksToARealServer();
    void ipv6Loopback();
    void aclUserWithOddPassword();
    void comesBackAfterAServerWasKilled();
    void aSuspendedServerComesBack();
    void manyCommandsAreAnsweredInOrder();
    void commandsWithoutALinkFailAtOnce();
    void handlersMayCloseAndOpen();
    void destructionEndsWhatIsPending();

private:
    QByteArray call(const Command& command);

    std::unique_ptr<SandboxServer> m_server;
};

void ConnectionTest::initTestCase()
{
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void ConnectionTest::talksToARealServer_data()
{
    QTest::addColumn<bool>("tcp");
    QTest::newRow("unix") << false;
    QTest::newRow("tcp") << true;
}

void ConnectionTest::talksToARealServer()
{
    QFETCH(bool, tcp);
    ConnectionSpec spec = tcp ? m_server->tcpSpec() : m_server->spec();
    spec.database = 3;
    Connection connection(spec, openGate());
    connection.open();
    QTRY_COMPARE(connection.state(), Connection::State::Ready);

    QByteArray value;
    connection.send(Command { "SET", "k", QByteArrayView("a\0b\r\n", 5) }, [](Result<ReplyView>) {});
    connection.send(Command { "GET", "k" }, [&value](Result<ReplyView> reply) { value = reply->toByteArray(); });
    QTRY_COMPARE(value, QByteArray("a\0b\r\n", 5));

    std::optional<Error> error;
    connection.send(Command { "LLEN", "k" }, [&error](Result<ReplyView> reply) { error = reply.error(); });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->kind, ErrorKind::Server);
    QCOMPARE(error->serverCode, QByteArray("WRONGTYPE"));
    QCOMPARE(error->endpoint, spec.endpoint().text());
}

void ConnectionTest::ipv6Loopback()
{
    SandboxServer::Options options;
    options.tcp = true;
    options.arguments = { QStringLiteral("--bind"), QStringLiteral("::1") };
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    const Result<ConnectionSpec> spec = parseConnectionUri(QStringLiteral("redis://[::1]:%1/1").arg((*server)->port()));
    VERIFY_RESULT(spec);
    Connection connection(*spec, openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome outcome;
    connection.send({ "ECHO", "v6" }, outcome.handler());
    QTRY_COMPARE(outcome.bytes, QByteArray("v6"));
}

void ConnectionTest::aclUserWithOddPassword()
{
    QCOMPARE(call({ "ACL", "SETUSER", "al@ice", "on", ">p@ss%w/o rd", "~*", "&*", "+@all" }), QByteArray("OK"));
    const Result<ConnectionSpec> spec = parseConnectionUri(
        QStringLiteral("unix://al%40ice:p@ss%25w%2Fo rd@") + m_server->socketPath() + QStringLiteral("?db=2"));
    VERIFY_RESULT(spec);
    Connection connection(*spec, openGate(), once());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    Outcome whoami;
    Outcome info;
    connection.send({ "ACL", "WHOAMI" }, whoami.handler());
    connection.send({ "CLIENT", "INFO" }, info.handler());
    QTRY_COMPARE(whoami.bytes, QByteArray("al@ice"));
    QVERIFY(info.bytes.contains(" db=2 "));
    QVERIFY(info.bytes.contains(" name=lockscope "));
}

void ConnectionTest::comesBackAfterAServerWasKilled()
{
    Connection connection(m_server->spec(), openGate());
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    m_server->kill();
    QTRY_VERIFY(!lost.isEmpty());
    VERIFY_RESULT(m_server->restart());
    QTRY_VERIFY(connection.isReady());
    QCOMPARE(connection.traffic().reconnects, quint64(1));
}

void ConnectionTest::aSuspendedServerComesBack()
{
    Connection connection(m_server->spec(), openGate(), impatient());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    m_server->suspend();
    Outcome outcome;
    connection.send({ "SET", "k", "v" }, outcome.handler());
    QTRY_COMPARE(outcome.error, ErrorKind::OutcomeUnknown);
    QTRY_VERIFY(!connection.isReady());
    m_server->resume();
    QTRY_VERIFY(connection.isReady());
}

void ConnectionTest::manyCommandsAreAnsweredInOrder()
{
    Connection connection(m_server->spec(), openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    constexpr int count = 20'000;
    int answered = 0;
    bool inOrder = true;
    for (int i = 0; i < count; ++i) {
        connection.send(Command { "ECHO", QByteArray::number(i) }, [i, &answered, &inOrder](Result<ReplyView> reply) {
            inOrder = inOrder && reply && reply->toInteger(-1) == i && answered == i;
            ++answered;
        });
    }
    QTRY_COMPARE(answered, count);
    QVERIFY(inOrder);
}

void ConnectionTest::commandsWithoutALinkFailAtOnce()
{
    Connection connection(m_server->spec(), openGate());
    Outcome outcome;
    connection.send({ "SET", "k", "v" }, outcome.handler());
    QCOMPARE(outcome.calls, 1);
    QCOMPARE(outcome.error, ErrorKind::ConnectionLost);
    connection.open();
    connection.send({ "SET", "k", "v" }, outcome.handler());
    QCOMPARE(outcome.calls, 2);
    QCOMPARE(connection.pendingCommands(), 0);
}

void ConnectionTest::handlersMayCloseAndOpen()
{
    Connection connection(m_server->spec(), openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    QByteArray seenAfterwards;
    Outcome behind;
    connection.send({ "ECHO", "stays readable" }, [&](Result<ReplyView> reply) {
        connection.close();
        connection.open();
        connection.close();
        connection.open();
        seenAfterwards = reply->toByteArray();
    });
    connection.send({ "GET", "k" }, behind.handler());
    QTRY_COMPARE(seenAfterwards, QByteArray("stays readable"));
    QCOMPARE(behind.error, ErrorKind::Cancelled);
    QTRY_VERIFY(connection.isReady());
}

void ConnectionTest::destructionEndsWhatIsPending()
{
    Outcome read;
    Outcome write;
    {
        Connection connection(m_server->spec(), openGate());
        connection.open();
        QTRY_VERIFY(connection.isReady());
        connection.send({ "GET", "k" }, read.handler());
        connection.send({ "SET", "k", "v" }, write.handler());
    }
    QCOMPARE(read.error, ErrorKind::Cancelled);
    QCOMPARE(write.error, ErrorKind::Cancelled); // its bytes never left
}

QByteArray ConnectionTest::call(const Command& command)
{
    Connection connection(m_server->spec(), openGate());
    connection.open();
    Outcome outcome;
    const bool ready = QTest::qWaitFor([&] { return connection.isReady(); });
    if (ready)
        connection.send(command, outcome.handler());
    const bool answered = ready && QTest::qWaitFor([&] { return outcome.calls == 1; });
    return answered && !outcome.error ? outcome.bytes : QByteArray("failed");
}

QTEST_GUILESS_MAIN(ConnectionTest)
#include "tst_connection.moc"
