// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "support/connectionsupport.h"
#include "support/scriptedserver.h"
#include "support/testsupport.h"

#include <QSignalSpy>
#include <algorithm>

using namespace lockscope;
using Script = ScriptedServer::Script;

class HandshakeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void stepsFollowTheTable();
    void aNeedlessPasswordIsNoObstacle();
    void handshakeFailuresHaveTheirKind_data();
    void handshakeFailuresHaveTheirKind();
    void closingAtEachStepIsSurvived_data();
    void closingAtEachStepIsSurvived();
    void unreachableServers_data();
    void unreachableServers();
    void loadingServerIsAwaited();

private:
    std::unique_ptr<SandboxServer> m_server;
};

void HandshakeTest::initTestCase()
{
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void HandshakeTest::stepsFollowTheTable()
{
    QList<Connection::State> states;
    ConnectionSpec spec = m_server->spec();
    spec.password = Secret("needless");
    spec.database = 1;
    Connection connection(spec, openGate());
    connect(&connection, &Connection::stateChanged, this, [&states](Connection::State state) { states += state; });
    connection.open();
    QTRY_VERIFY(connection.isReady());
    connection.close();
    using State = Connection::State;
    QCOMPARE(states,
        (QList<State> { State::Connecting, State::Authenticating, State::Selecting, State::Naming, State::Probing,
            State::Ready, State::Closed }));
}

void HandshakeTest::aNeedlessPasswordIsNoObstacle()
{
    ConnectionSpec spec = m_server->spec();
    spec.password = Secret("needless");
    Connection connection(spec, openGate(), once());
    LogCapture log;
    connection.open();
    QTRY_VERIFY(connection.isReady());
    QVERIFY(LogCapture::lines.join(QLatin1Char('\n')).contains(QStringLiteral("no password set")));
}

void HandshakeTest::handshakeFailuresHaveTheirKind_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<bool>("withPassword");
    const auto pingAnswer = [](const char* answer) {
        return Script().expect("CLIENT SETNAME").send("+OK\r\n").expect("PING").send(answer);
    };
    QTest::newRow("wrong password") << Script().expect("AUTH").send("-WRONGPASS invalid username-password pair\r\n")
                                    << ErrorKind::Authentication << true;
    QTest::newRow("password missing") << pingAnswer("-NOAUTH Authentication required.\r\n") << ErrorKind::Authentication
                                      << false;
    QTest::newRow("naming refused is no failure, ping is")
        << Script().expect("CLIENT SETNAME").send("-NOPERM no\r\n").expect("PING").send("-NOPERM no\r\n")
        << ErrorKind::Permission << false;
    QTest::newRow("protected mode") << Script().send("-DENIED Redis is running in protected mode\r\n").close()
                                    << ErrorKind::Authentication << true;
    QTest::newRow("too many clients") << Script().send("-ERR max number of clients reached\r\n").close()
                                      << ErrorKind::Connect << true;
    QTest::newRow("loading") << pingAnswer("-LOADING Redis is loading the dataset in memory\r\n") << ErrorKind::Loading
                             << false;
    QTest::newRow("master down") << pingAnswer("-MASTERDOWN Link with MASTER is down\r\n") << ErrorKind::Loading
                                 << false;
    QTest::newRow("busy") << pingAnswer("-BUSY Redis is busy running a script\r\n") << ErrorKind::Busy << false;
    QTest::newRow("garbage") << Script().send("HTTP/1.1 400 Bad Request\r\n\r\n") << ErrorKind::Protocol << false;
    QTest::newRow("huge string") << Script().expect("CLIENT SETNAME").send("$536870912\r\n") << ErrorKind::Protocol
                                 << false;
    QTest::newRow("huge array") << Script().expect("CLIENT SETNAME").send("*2147483647\r\n") << ErrorKind::Protocol
                                << false;
    QTest::newRow("never answering") << Script() << ErrorKind::Timeout << false;
    QTest::newRow("half an answer") << Script().expect("CLIENT SETNAME").send("+O") << ErrorKind::Timeout << false;
}

void HandshakeTest::handshakeFailuresHaveTheirKind()
{
    QFETCH(Script, script);
    QFETCH(ErrorKind, kind);
    QFETCH(bool, withPassword);
    ScriptedServer server;
    server.addConnection(script);
    ConnectionSpec spec = server.spec();
    if (withPassword)
        spec.password = Secret("pw");
    ConnectionOptions options = once();
    if (kind == ErrorKind::Timeout)
        options.connectTimeout = Milliseconds(100);
    Connection connection(spec, openGate(), options);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_COMPARE(connection.state(), Connection::State::Closed);
    QCOMPARE(lost.size(), 1);
    QCOMPARE(lost.first().first().value<Error>().kind, kind);
    QCOMPARE(connection.lastError().kind, kind);
    QCOMPARE(connection.lastError().endpoint, spec.endpoint().text());
}

void HandshakeTest::closingAtEachStepIsSurvived_data()
{
    QTest::addColumn<Script>("script");
    QTest::newRow("at once") << Script().close();
    QTest::newRow("after AUTH") << Script().expect("AUTH").close();
    QTest::newRow("after SELECT") << Script().expect("AUTH").send("+OK\r\n").expect("SELECT").close();
    QTest::newRow("after SETNAME")
        << Script().expect("AUTH").send("+OK\r\n").expect("SELECT").send("+OK\r\n").expect("CLIENT SETNAME").close();
    QTest::newRow("after PING") << Script()
                                       .expect("AUTH")
                                       .send("+OK\r\n")
                                       .expect("SELECT")
                                       .send("+OK\r\n")
                                       .expect("CLIENT SETNAME")
                                       .send("+OK\r\n")
                                       .expect("PING")
                                       .close();
    QTest::newRow("in the middle of a reply") << Script().expect("AUTH").send("+O").close();
}

void HandshakeTest::closingAtEachStepIsSurvived()
{
    QFETCH(Script, script);
    ScriptedServer server;
    server.addConnection(script);
    server.addConnection(script);
    server.addConnection(Script()
                             .expect("AUTH")
                             .send("+OK\r\n")
                             .expect("SELECT")
                             .send("+OK\r\n")
                             .expect("CLIENT SETNAME")
                             .send("+OK\r\n")
                             .expect("PING")
                             .send("+PONG\r\n"));
    ConnectionSpec spec = server.spec();
    spec.password = Secret("pw");
    spec.database = 1;
    Connection connection(spec, openGate(), impatient());
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    QCOMPARE(lost.size(), 2);
    for (const QList<QVariant>& arguments : lost)
        QCOMPARE(arguments.first().value<Error>().kind, ErrorKind::ConnectionLost);
    QCOMPARE(server.connectionsSeen(), 3);
    QVERIFY(server.surprises().isEmpty());
}

void HandshakeTest::unreachableServers_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("nobody listens") << QStringLiteral("redis://127.0.0.1:1") << ErrorKind::Connect;
    QTest::newRow("no such socket") << QStringLiteral("unix:///nowhere/redis.sock") << ErrorKind::Connect;
    QTest::newRow("no such host") << QStringLiteral("redis://host.invalid") << ErrorKind::Resolve;
}

void HandshakeTest::unreachableServers()
{
    QFETCH(QString, uri);
    QFETCH(ErrorKind, kind);
    ConnectionOptions options = once();
    options.connectTimeout = Milliseconds(20'000); // a resolver may be slow
    Connection connection(*parseConnectionUri(uri), openGate(), options);
    connection.open();
    QTRY_COMPARE_WITH_TIMEOUT(connection.state(), Connection::State::Closed, 20'000);
    QCOMPARE(connection.lastError().kind, kind);
}

void HandshakeTest::loadingServerIsAwaited()
{
    ScriptedServer server;
    const Script loading
        = Script().expect("CLIENT SETNAME").send("+OK\r\n").expect("PING").send("-LOADING Redis is loading\r\n");
    server.addConnection(loading);
    server.addConnection(loading);
    server.addConnection(ScriptedServer::handshake());
    Connection connection(server.spec(), openGate(), impatient());
    QSignalSpy states(&connection, &Connection::stateChanged);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    // The back-offs are over before a test could look at them: what the signals carried is what counts.
    QCOMPARE(lost.size(), 2);
    for (const QList<QVariant>& arguments : lost)
        QCOMPARE(arguments.first().value<Error>().kind, ErrorKind::Loading);
    const auto backingOff = [](const QList<QVariant>& arguments) {
        return arguments.first().value<Connection::State>() == Connection::State::BackingOff;
    };
    QCOMPARE(std::count_if(states.cbegin(), states.cend(), backingOff), 2);
}

QTEST_GUILESS_MAIN(HandshakeTest)
#include "tst_handshake.moc"
