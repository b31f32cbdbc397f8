// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "support/groupfixture.h"
#include "support/sshfixture.h"
#include "support/testauthority.h"
#include "support/testsupport.h"

using namespace lockscope;

/// Against a real server with certificates made on the spot: for `localhost` and 127.0.0.1, signed by an authority of
/// ours.
class TlsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void handshakes_data();
    void handshakes();
    void aClientCertificateIsPresented();
    void aMissingClientCertificateIsSaid();
    void tlsToAPlainPort();
    void plainToATlsPort();
    void throughSshTheNameIsStillChecked();

private:
    void start(std::unique_ptr<SandboxServer>& server, quint16& port, bool askClients);
    [[nodiscard]] QString file(const char* name) const { return m_authority.file(QString::fromLatin1(name)); }
    [[nodiscard]] ConnectionSpec spec(quint16 port, const QString& host = QStringLiteral("localhost")) const;
    [[nodiscard]] Error errorOf(const ConnectionSpec& spec, Milliseconds patience = Milliseconds(5000));

    TestAuthority m_authority;
    std::unique_ptr<SandboxServer> m_server;
    quint16 m_port = 0;
    std::unique_ptr<SandboxServer> m_strictServer; ///< wants client certificates
    quint16 m_strictPort = 0;
};

void TlsTest::start(std::unique_ptr<SandboxServer>& server, quint16& port, bool askClients)
{
    port = freeLoopbackPort();
    SandboxServer::Options options;
    options.arguments = m_authority.serverArguments(port, QStringLiteral("server"), askClients)
        << QStringLiteral("--bind") << QStringLiteral("127.0.0.1") << QStringLiteral("-::1");
    Result<std::unique_ptr<SandboxServer>> started = SandboxServer::start(options);
    VERIFY_RESULT(started);
    server = std::move(*started);
}

void TlsTest::initTestCase()
{
    m_authority.found(QStringLiteral("foreign-ca"));
    m_authority.issue(QStringLiteral("server"), QStringLiteral("DNS:localhost,DNS:redis.example,IP:127.0.0.1"));
    m_authority.issue(QStringLiteral("client"), QStringLiteral("DNS:client"));
    start(m_server, m_port, false);
    start(m_strictServer, m_strictPort, true);
}

ConnectionSpec TlsTest::spec(quint16 port, const QString& host) const
{
    ConnectionSpec spec;
    spec.link = LinkKind::Tls;
    spec.endpoints = { Endpoint { host, port, {} } };
    spec.tls.caCertificateFile = file("ca.pem");
    return spec;
}

// How an attempt ends; Cancelled stands for success.
Error TlsTest::errorOf(const ConnectionSpec& spec, Milliseconds patience)
{
    ConnectionOptions options;
    options.reconnect = false;
    options.connectTimeout = patience;
    Connection connection(spec, std::make_shared<const CommandGate>(), options);
    connection.open();
    const bool ended = QTest::qWaitFor(
        [&] { return connection.isReady() || connection.state() == Connection::State::Closed; }, 60'000);
    if (!ended)
        return makeError(ErrorKind::Internal, QStringLiteral("neither ready nor closed"));
    return connection.isReady() ? makeError(ErrorKind::Cancelled) : connection.lastError();
}

void TlsTest::handshakes_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("authority");
    QTest::addColumn<QString>("serverName");
    QTest::addColumn<bool>("insecure");
    QTest::addColumn<ErrorKind>("kind");
    const QString localhost = QStringLiteral("localhost");
    const QString good = QStringLiteral("ca.pem");
    const QString none;
    QTest::newRow("good authority") << localhost << good << none << false << ErrorKind::Cancelled;
    QTest::newRow("by address") << QStringLiteral("127.0.0.1") << good << none << false << ErrorKind::Cancelled;
    QTest::newRow("system's authorities only") << localhost << none << none << false << ErrorKind::Tls;
    QTest::newRow("foreign authority") << localhost << QStringLiteral("foreign-ca.pem") << none << false
                                       << ErrorKind::Tls;
    QTest::newRow("authority file missing")
        << localhost << QStringLiteral("nowhere.pem") << none << false << ErrorKind::Tls;
    QTest::newRow("authority file is none")
        << localhost << QStringLiteral("server.key") << none << false << ErrorKind::Tls;
    QTest::newRow("other name in the certificate")
        << localhost << good << QStringLiteral("redis.example") << false << ErrorKind::Cancelled;
    QTest::newRow("wrong name") << localhost << good << QStringLiteral("other.example") << false << ErrorKind::Tls;
    QTest::newRow("insecure, no authority") << localhost << none << none << true << ErrorKind::Cancelled;
    QTest::newRow("insecure, wrong name")
        << localhost << good << QStringLiteral("other.example") << true << ErrorKind::Cancelled;
}

void TlsTest::handshakes()
{
    QFETCH(QString, host);
    QFETCH(QString, authority);
    QFETCH(QString, serverName);
    QFETCH(bool, insecure);
    QFETCH(ErrorKind, kind);
    ConnectionSpec target = spec(m_port, host);
    target.tls.caCertificateFile = authority.isEmpty() ? QString() : m_authority.file(authority);
    target.tls.serverName = serverName;
    target.tls.insecure = insecure;
    const Error error = errorOf(target);
    QVERIFY2(error.kind == kind, qPrintable(errorMessage(error)));
    QVERIFY(error.kind == ErrorKind::Cancelled || !error.detail.isEmpty());
}

void TlsTest::aClientCertificateIsPresented()
{
    ConnectionSpec target = spec(m_strictPort);
    target.tls.certificateFile = file("client.pem");
    target.tls.keyFile = file("client.key");
    const Error error = errorOf(target);
    QVERIFY2(error.kind == ErrorKind::Cancelled, qPrintable(errorMessage(error)));
    target.tls.keyFile = file("ca.pem");
    QCOMPARE(errorOf(target).kind, ErrorKind::Tls);
}

void TlsTest::aMissingClientCertificateIsSaid()
{
    const Error error = errorOf(spec(m_strictPort));
    QVERIFY2(error.kind == ErrorKind::Tls, qPrintable(errorMessage(error)));
}

void TlsTest::tlsToAPlainPort()
{
    SandboxServer::Options options;
    options.tcp = true;
    const Result<std::unique_ptr<SandboxServer>> plain = SandboxServer::start(options);
    VERIFY_RESULT(plain);
    const Error error = errorOf(spec((*plain)->port(), QStringLiteral("127.0.0.1")), Milliseconds(300));
    QVERIFY2(error.kind == ErrorKind::Tls, qPrintable(errorMessage(error)));
}

void TlsTest::plainToATlsPort()
{
    ConnectionSpec target = spec(m_port, QStringLiteral("127.0.0.1"));
    target.link = LinkKind::Tcp;
    QCOMPARE(errorOf(target, Milliseconds(1000)).kind, ErrorKind::ConnectionLost);
}

// The certificate is that of the server, not of the host that ssh goes to.
void TlsTest::throughSshTheNameIsStillChecked()
{
    if (!SshFixture::isPossible())
        QSKIP("the package openssh-server is not installed");
    SshFixture ssh;
    ConnectionSpec target = spec(m_port);
    target.endpoints.first().via = QStringLiteral("bastion");
    const Error good = errorOf(target, Milliseconds(30000));
    QVERIFY2(good.kind == ErrorKind::Cancelled, qPrintable(errorMessage(good)));
    QVERIFY(ssh.log().contains(QByteArray("target localhost port " + QByteArray::number(m_port))));
    target.tls.serverName = QStringLiteral("other.example");
    const Error wrongName = errorOf(target, Milliseconds(30000));
    QVERIFY2(wrongName.kind == ErrorKind::Tls, qPrintable(errorMessage(wrongName)));
    target.tls.serverName.clear();
    target.endpoints.first().via = QStringLiteral("wrong-key");
    const Error wrongKey = errorOf(target, Milliseconds(30000));
    QVERIFY2(wrongKey.kind == ErrorKind::Ssh && wrongKey.detail.contains(QStringLiteral("Permission denied")),
        qPrintable(errorMessage(wrongKey)));
}

QTEST_GUILESS_MAIN(TlsTest)
#include "tst_tls.moc"
