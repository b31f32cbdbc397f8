// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sshtunnel.h"

#include "redis/connectionuri.h"
#include "redis/sandboxserver.h"
#include "redis/sshdestination.h"
#include "support/connectionsupport.h"
#include "support/sshfixture.h"
#include "support/testsupport.h"

#include <csignal>

using namespace lockscope;

/// The system's ssh against a real sshd, with a real server behind.
class SshTunnelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void destinationsAreRead_data();
    void destinationsAreRead();
    void itsWordsAreUnderstood_data();
    void itsWordsAreUnderstood();
    void theLinkCarries_data();
    void theLinkCarries();
    void refusalsAreSaid_data();
    void refusalsAreSaid();
    void aMissingSshIsSaid();
    void aKilledSshIsReplaced();
    void noSshOutlivesItsLink();

private:
    static constexpr int patience = 60000;
    [[nodiscard]] ConnectionSpec spec(const char* via) const;
    [[nodiscard]] static ConnectionOptions calm(bool reconnect);
    static int ask(Connection& connection, const Command& command, QByteArray& answer);

    std::unique_ptr<SshFixture> m_ssh;
    std::unique_ptr<SandboxServer> m_server;
};

void SshTunnelTest::initTestCase()
{
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    if (SshFixture::isPossible())
        m_ssh = std::make_unique<SshFixture>();
}

ConnectionSpec SshTunnelTest::spec(const char* via) const
{
    ConnectionSpec spec = m_server->tcpSpec();
    spec.endpoints.first().via = QString::fromLatin1(via);
    return spec;
}

// Under load an ssh handshake takes its time.
ConnectionOptions SshTunnelTest::calm(bool reconnect)
{
    ConnectionOptions options;
    options.connectTimeout = Milliseconds(30000);
    options.commandTimeout = Milliseconds(30000);
    options.backoffFirst = Milliseconds(10);
    options.backoffLimit = Milliseconds(50);
    options.reconnect = reconnect;
    return options;
}

void SshTunnelTest::destinationsAreRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("arguments"); // none: refused
    const auto row = [](const char* text, const QString& arguments) {
        QTest::newRow(text) << QString::fromLatin1(text) << arguments.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    row("bastion", QStringLiteral("-- bastion"));
    row("ops@bastion", QStringLiteral("-l ops -- bastion"));
    row("ops@bastion.example.org:2222", QStringLiteral("-l ops -p 2222 -- bastion.example.org"));
    row("o@corp@bastion", QStringLiteral("-l o@corp -- bastion"));
    row("[2001:db8::1]", QStringLiteral("-- 2001:db8::1"));
    row("ops@[::1]:22", QStringLiteral("-l ops -p 22 -- ::1"));
    row("10.0.0.1:22", QStringLiteral("-p 22 -- 10.0.0.1"));
    for (const char* wrong :
        { "", "@", "@h", "u@", "-oProxyCommand=x", "u@-h", "-l@h", "h:0", "h:65536", "h:", "h:x", "a b", "h;x", "h$(x)",
            "h`x`", "h|x", "h\nx", "%h", "::1", "[::1", "[h]", "[::1]x", "[::1]x:22", "u ser@h", "u;x@h" })
        row(wrong, {});
}

void SshTunnelTest::destinationsAreRead()
{
    QFETCH(QString, text);
    QFETCH(QStringList, arguments);
    const Result<SshDestination> destination = parseSshDestination(text);
    QCOMPARE(destination.has_value(), !arguments.isEmpty());
    if (!destination) {
        QCOMPARE(destination.error().kind, ErrorKind::Usage);
        return;
    }
    QCOMPARE(destination->arguments(), arguments);
    QCOMPARE(destination->text(), text);
}

void SshTunnelTest::itsWordsAreUnderstood_data()
{
    QTest::addColumn<QByteArray>("words");
    QTest::addColumn<bool>("carried");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("detail");
    QTest::newRow("key") << QByteArray("ops@bastion: Permission denied (publickey).\r\n") << false << ErrorKind::Ssh
                         << QStringLiteral("ssh: ops@bastion: Permission denied (publickey)");
    QTest::newRow("changed key") << QByteArray(
        "@@@@@@@\n@ WARNING @\nHost key for h has changed and you have requested "
        "strict checking.\r\nHost key verification failed.\r\n")
                                 << false << ErrorKind::Ssh
                                 << QStringLiteral("ssh: Host key for h has changed and you have requested strict "
                                                   "checking. Host key verification failed");
    QTest::newRow("no such host") << QByteArray("ssh: Could not resolve hostname h: Name or service not known\r\n")
                                  << false << ErrorKind::Resolve
                                  << QStringLiteral("ssh: Could not resolve hostname h: Name or service not known");
    QTest::newRow("behind it nobody")
        << QByteArray("stdio forwarding failed\r\n") << false << ErrorKind::Connect
        << QStringLiteral(
               "ssh: the far end cannot reach the server, or does not allow it (AllowTcpForwarding, PermitOpen)");
    QTest::newRow("broken") << QByteArray("client_loop: send disconnect: Broken pipe\r\n") << true
                            << ErrorKind::ConnectionLost
                            << QStringLiteral("ssh: client_loop: send disconnect: Broken pipe");
    QTest::newRow("hostile") << QByteArray("kex: \x1b[2Jgone\xe2\x80\xae\n") << false << ErrorKind::Connect
                             << QStringLiteral("ssh: kex: \\x1b[2Jgone\\u{202e}");
}

void SshTunnelTest::itsWordsAreUnderstood()
{
    QFETCH(QByteArray, words);
    QFETCH(bool, carried);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, detail);
    const std::optional<Error> error = errorOfSsh(words, carried, { QStringLiteral("h"), 1, {}, QStringLiteral("b") });
    QVERIFY(error);
    QCOMPARE(error->kind, kind);
    QCOMPARE(error->detail, detail);
    QCOMPARE(error->endpoint, QStringLiteral("h:1 via b"));
    QVERIFY(!errorOfSsh(" \r\n", carried, {}));
}

int SshTunnelTest::ask(Connection& connection, const Command& command, QByteArray& answer)
{
    int calls = 0;
    connection.send(command, [&](Result<ReplyView> reply) {
        ++calls;
        answer = reply ? reply->toByteArray() : QByteArray("error: ") + errorMessage(reply.error()).toUtf8();
    });
    [[maybe_unused]] const bool done = QTest::qWaitFor([&] { return calls > 0; }, patience);
    return calls;
}

void SshTunnelTest::theLinkCarries_data()
{
    QTest::addColumn<QByteArray>("via");
    QTest::newRow("straight") << QByteArray("bastion");
    QTest::newRow("by a jump host") << QByteArray("jumped");
}

void SshTunnelTest::theLinkCarries()
{
    if (!m_ssh)
        QSKIP("the package openssh-server is not installed");
    QFETCH(QByteArray, via);
    Connection connection(spec(via.constData()), openGate(), calm(false));
    connection.open();
    QTRY_VERIFY_WITH_TIMEOUT(connection.isReady() || connection.state() == Connection::State::Closed, patience);
    QVERIFY2(connection.isReady(), qPrintable(errorMessage(connection.lastError())));
    QVERIFY(m_ssh->hasLedTo(m_server->port()));
    const QByteArray big(4 * 1024 * 1024, 'x');
    QByteArray answer;
    QCOMPARE(ask(connection, { "SET", "big", big }, answer), 1);
    QCOMPARE(answer, QByteArray("OK"));
    QCOMPARE(ask(connection, { "GETRANGE", "big", "0", "1048575" }, answer), 1);
    QCOMPARE(answer, big.left(1048576));
    connection.close();
    QCOMPARE(SshFixture::clients(), QList<qint64>());
}

void SshTunnelTest::refusalsAreSaid_data()
{
    QTest::addColumn<QByteArray>("via");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("wrong key") << QByteArray("wrong-key") << ErrorKind::Ssh << QStringLiteral("Permission denied");
    QTest::newRow("unknown host") << QByteArray("unknown-host") << ErrorKind::Ssh
                                  << QStringLiteral("Host key verification failed");
    QTest::newRow("changed host") << QByteArray("changed-host") << ErrorKind::Ssh << QStringLiteral("has changed");
    QTest::newRow("no such host") << QByteArray("nowhere") << ErrorKind::Resolve
                                  << QStringLiteral("Could not resolve hostname");
    QTest::newRow("nobody behind") << QByteArray("bastion") << ErrorKind::Connect
                                   << QStringLiteral("the far end cannot reach the server");
    QTest::newRow("nobody there") << QByteArray("closed") << ErrorKind::Connect << QStringLiteral("Connection refused");
}

void SshTunnelTest::refusalsAreSaid()
{
    if (!m_ssh)
        QSKIP("the package openssh-server is not installed");
    QFETCH(QByteArray, via);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, words);
    ConnectionSpec target = spec(via.constData());
    if (via == "bastion")
        target.endpoints.first().port = 1;
    Connection connection(target, openGate(), calm(false));
    connection.open();
    QTRY_COMPARE_WITH_TIMEOUT(connection.state(), Connection::State::Closed, patience);
    const QString message = errorMessage(connection.lastError());
    QVERIFY2(connection.lastError().kind == kind && message.contains(words), qPrintable(message));
    QVERIFY2(message.contains(QStringLiteral(" via ") + QString::fromLatin1(via)), qPrintable(message));
}

void SshTunnelTest::aMissingSshIsSaid()
{
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", "/nonexistent");
    Connection connection(spec("bastion"), openGate(), calm(false));
    connection.open();
    qputenv("PATH", path);
    QTRY_COMPARE_WITH_TIMEOUT(connection.state(), Connection::State::Closed, patience);
    QCOMPARE(connection.lastError().kind, ErrorKind::NotSupported);
    QVERIFY(connection.lastError().detail.contains(QStringLiteral("openssh-client")));
}

void SshTunnelTest::aKilledSshIsReplaced()
{
    if (!m_ssh)
        QSKIP("the package openssh-server is not installed");
    Connection connection(spec("bastion"), openGate(), calm(true));
    connection.open();
    QTRY_VERIFY_WITH_TIMEOUT(connection.isReady(), patience);
    const QList<qint64> before = SshFixture::clients();
    QCOMPARE(before.size(), 1);
    ::kill(pid_t(before.first()), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(connection.traffic().reconnects, quint64(1), patience);
    QVERIFY(connection.isReady());
    const QList<qint64> after = SshFixture::clients();
    QCOMPARE(after.size(), 1);
    QVERIFY(after != before);
}

void SshTunnelTest::noSshOutlivesItsLink()
{
    if (!m_ssh)
        QSKIP("the package openssh-server is not installed");
    {
        Connection connection(spec("bastion"), openGate(), calm(true));
        connection.open();
        QCOMPARE(SshFixture::clients().size() <= 1, true); // in the middle of its start
    }
    QCOMPARE(SshFixture::clients(), QList<qint64>());
    {
        Connection connection(spec("bastion"), openGate(), calm(true));
        connection.open();
        QTRY_VERIFY_WITH_TIMEOUT(connection.isReady(), patience);
        // A frozen one does not even hear that it shall end.
        ::kill(pid_t(SshFixture::clients().first()), SIGSTOP);
    }
    QCOMPARE(SshFixture::clients(), QList<qint64>());
    m_ssh->suspend();
    {
        ConnectionOptions options = calm(false);
        options.connectTimeout = Milliseconds(300);
        Connection connection(spec("bastion"), openGate(), options);
        connection.open();
        QTRY_COMPARE_WITH_TIMEOUT(connection.state(), Connection::State::Closed, patience);
        QCOMPARE(SshFixture::clients(), QList<qint64>());
        QCOMPARE(connection.lastError().kind, ErrorKind::Timeout);
    }
    m_ssh->resume();
}

QTEST_GUILESS_MAIN(SshTunnelTest)
#include "tst_sshtunnel.moc"
