// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "redis/serverfacts.h"
#include "support/connectionsupport.h"
#include "support/testsupport.h"

using namespace lockscope;

class ServerFactsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void factsOfTheServer();
    void factsThatAreForbiddenStayUnknown();

private:
    QByteArray call(const Command& command);

    std::unique_ptr<SandboxServer> m_server;
};

void ServerFactsTest::initTestCase()
{
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void ServerFactsTest::factsOfTheServer()
{
    ConnectionSpec spec = m_server->spec();
    spec.database = 9;
    Connection connection(spec, openGate(true));
    connection.open();
    QTRY_VERIFY(connection.isReady());
    std::optional<ServerFacts> facts;
    probeServer(connection, [&facts](Result<ServerFacts> result) {
        VERIFY_RESULT(result);
        facts = *result;
    });
    QTRY_VERIFY(facts);
    QVERIFY(facts->flavour == "redis" || facts->flavour == "valkey");
    QVERIFY(facts->version.contains('.'));
    QCOMPARE(facts->role, QByteArray("master"));
    QCOMPARE(facts->runId.size(), 40);
    QVERIFY(facts->uptimeSeconds >= 0);
    QVERIFY(facts->configReadable);
    QVERIFY(facts->notifyFlags.contains('K'));
    QCOMPARE(facts->keysInDatabase, 0);

    m_server->suspend();
    std::optional<ErrorKind> kind;
    probeServer(
        connection, [&kind](Result<ServerFacts> result) { kind = result ? ErrorKind::Internal : result.error().kind; });
    connection.close();
    m_server->resume();
    QCOMPARE(kind, ErrorKind::Cancelled);
}

void ServerFactsTest::factsThatAreForbiddenStayUnknown()
{
    QCOMPARE(call({ "ACL", "SETUSER", "little", "on", ">pw", "resetchannels", "-@all", "+ping", "+dbsize" }),
        QByteArray("OK"));
    ConnectionSpec spec = m_server->spec();
    spec.user = QStringLiteral("little");
    spec.password = Secret("pw");
    Connection connection(spec, openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    std::optional<ServerFacts> facts;
    probeServer(connection, [&facts](Result<ServerFacts> result) {
        VERIFY_RESULT(result);
        facts = *result;
    });
    QTRY_VERIFY(facts);
    QVERIFY(!facts->configReadable);
    QVERIFY(facts->version.isEmpty());
    QVERIFY(facts->keysInDatabase >= 0);
}

QByteArray ServerFactsTest::call(const Command& command)
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

QTEST_GUILESS_MAIN(ServerFactsTest)
#include "tst_serverfacts.moc"
