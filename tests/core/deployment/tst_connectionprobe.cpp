// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/connectionprobe.h"
#include "support/clusterfixture.h"
#include "support/scriptedserver.h"
#include "support/sentinelfixture.h"
#include "support/sshfixture.h"
#include "support/testauthority.h"
#include "support/testsupport.h"

#include <QElapsedTimer>

namespace lockscope {

/// The test of a connection: what it says of each step, and what it advises, on every kind of deployment.
class ConnectionProbeTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void aGoodServer();
    void nobodyListens();
    void aNameThatIsNone();
    void wrongPasswords_data();
    void wrongPasswords();
    void missingRights_data();
    void missingRights();
    void aDisabledCommand();
    void databases();
    void aServerThatIsSilent();
    void aMasterOfAQuorumIsDown();
    void aSentinelIsDown();
    void aSentinelKnowsNoSuchMaster();
    void theMasterWantsAnotherPassword();
    void aServerIsNoSentinel();
    void aClusterIsWhole();
    void aClusterWithoutHostNamesTellsAddresses();
    void aNodeOfAClusterIsDown();
    void aServerIsNoCluster();
    void aNodeIsNotAlone();
    void throughSsh();
    void sshIsRefused_data();
    void sshIsRefused();
    void certificates_data();
    void certificates();
    void aClientCertificateIsWanted();
    void noTlsThere();

private:
    struct Told {
        ProbeVerdict verdict = ProbeVerdict::Fails;
        QList<ProbeStep> steps;

        [[nodiscard]] const ProbeStep* step(ProbeStep::Kind kind, ProbeStep::State state) const
        {
            for (const ProbeStep& one : steps) {
                if (one.kind == kind && one.state == state)
                    return &one;
            }
            return nullptr;
        }
        [[nodiscard]] const ProbeStep& failed(ProbeStep::Kind kind) const
        {
            static const ProbeStep none;
            const ProbeStep* found = step(kind, ProbeStep::State::Failed);
            return found ? *found : none;
        }
        [[nodiscard]] QByteArray text() const
        {
            QByteArray lines = "verdict " + QByteArray::number(int(verdict));
            for (const ProbeStep& one : steps)
                lines += '\n' + one.server.toUtf8() + " | " + probeStepTitle(one.kind).toUtf8() + " | "
                    + QByteArray::number(int(one.state)) + " | " + one.text.toUtf8() + " | " + one.hint.toUtf8();
            return lines;
        }
    };
    static Told probe(const QList<ConnectionSpec>& specs, Milliseconds timeout = Milliseconds(10000));
    static Told probe(const QString& uri) { return probe(QList<ConnectionSpec> { *parseConnectionUri(uri) }); }
    [[nodiscard]] QString uri(const QString& user = {}, const QString& rest = QStringLiteral("/0")) const
    {
        return QStringLiteral("redis://") + user + QStringLiteral("127.0.0.1:")
            + QString::number(m_group->server(0).port()) + rest;
    }
    /// Every failure says what it is and what to do.
    static void checkAdvice(const Told& told);

    std::unique_ptr<GroupFixture> m_group;
};

static SandboxServer::Options withPort()
{
    SandboxServer::Options options;
    options.tcp = true;
    return options;
}

ConnectionProbeTest::Told ConnectionProbeTest::probe(const QList<ConnectionSpec>& specs, Milliseconds timeout)
{
    ConnectionProbe probe(specs, timeout);
    QSignalSpy finished(&probe, &ConnectionProbe::finished);
    probe.start();
    Told told;
    if (!QTest::qWaitFor([&finished] { return finished.size() > 0; }, 120000))
        return told;
    told.verdict = probe.verdict();
    told.steps = probe.steps();
    if (finished.first().first().toBool() != (told.verdict != ProbeVerdict::Fails))
        qFatal("the signal and the verdict differ");
    return told;
}

void ConnectionProbeTest::checkAdvice(const Told& told)
{
    for (const ProbeStep& step : told.steps) {
        QVERIFY2(step.state != ProbeStep::State::Running, told.text().constData());
        QVERIFY2(!step.text.isEmpty(), told.text().constData());
        if (step.state != ProbeStep::State::Passed)
            QVERIFY2(!step.hint.isEmpty(), told.text().constData());
        for (const char* option : { "--help", "--timeout", "--password-file", "REDISCLI_AUTH" })
            QVERIFY2(!step.hint.contains(QLatin1StringView(option)), told.text().constData());
    }
}

#define VERIFY_TOLD(told, condition) QVERIFY2(condition, (told).text().constData())

void ConnectionProbeTest::initTestCase()
{
    m_group = std::make_unique<GroupFixture>(3, withPort());
    m_group->run(0, { "ACL", "SETUSER", "ops", "on", ">right", "~*", "&*", "+@all" });
}

void ConnectionProbeTest::aGoodServer()
{
    const Told told = probe(uri(QStringLiteral("ops:right@")));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
    checkAdvice(told);
    for (const ProbeStep::Kind kind : { ProbeStep::Kind::Connect, ProbeStep::Kind::Login, ProbeStep::Kind::Ping,
             ProbeStep::Kind::Role, ProbeStep::Kind::Reading, ProbeStep::Kind::Capabilities })
        VERIFY_TOLD(told, told.step(kind, ProbeStep::State::Passed));
}

void ConnectionProbeTest::nobodyListens()
{
    Told told = probe(QStringLiteral("redis://127.0.0.1:%1/0").arg(freeLoopbackPort()));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(QStringLiteral("the server runs")));
    told = probe(QStringLiteral("unix:///nowhere/redis.sock"));
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(QStringLiteral("socket")));
}

void ConnectionProbeTest::aNameThatIsNone()
{
    const Told told = probe(QStringLiteral("redis://nowhere.invalid:6379/0"));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails && told.steps.size() == 1);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Resolve).hint.contains(QStringLiteral("host's name")));
}

void ConnectionProbeTest::wrongPasswords_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("advice");
    QTest::newRow("known user") << QStringLiteral("ops:wrong@") << QStringLiteral("There is no user ops, or");
    QTest::newRow("unknown user") << QStringLiteral("nobody:right@") << QStringLiteral("There is no user nobody, or");
    QTest::newRow("known user without one") << QStringLiteral("ops@") << QStringLiteral("without a password");
    QTest::newRow("nobody at all") << QString() << QStringLiteral("without a password");
    QTest::newRow("default user") << QStringLiteral(":wrong@") << QStringLiteral("name that user too");
}

void ConnectionProbeTest::wrongPasswords()
{
    QFETCH(QString, user);
    QFETCH(QString, advice);
    m_group->run(0, { "CONFIG", "SET", "requirepass", "secret" });
    const Told told = probe(uri(user));
    m_group->run(0, { "AUTH", "secret" });
    m_group->run(0, { "CONFIG", "SET", "requirepass", "" });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    const ProbeStep::Kind kind = user.isEmpty() ? ProbeStep::Kind::Ping : ProbeStep::Kind::Login;
    VERIFY_TOLD(told, told.failed(kind).hint.contains(advice));
    VERIFY_TOLD(told, !told.text().contains("right") && !told.text().contains(":wrong"));
}

void ConnectionProbeTest::missingRights_data()
{
    QTest::addColumn<QByteArrayList>("rights");
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("fails");
    QTest::addColumn<QString>("advice");
    QTest::newRow("ping") << QByteArrayList { "+@all", "-ping" } << int(ProbeStep::Kind::Ping) << true
                          << QStringLiteral("ACL SETUSER few +ping");
    QTest::newRow("select") << QByteArrayList { "+@all", "-select" } << int(ProbeStep::Kind::Login) << true
                            << QStringLiteral("ACL SETUSER few +select");
    QTest::newRow("scan") << QByteArrayList { "+@all", "-scan", "-getrange" } << int(ProbeStep::Kind::Reading) << true
                          << QStringLiteral("ACL SETUSER few +scan +getrange");
    QTest::newRow("info") << QByteArrayList { "+@all", "-info" } << int(ProbeStep::Kind::Role) << false
                          << QStringLiteral("ACL SETUSER few +info");
    QTest::newRow("config") << QByteArrayList { "+@all", "-config" } << int(ProbeStep::Kind::Capabilities) << false
                            << QStringLiteral("client tracking");
}

void ConnectionProbeTest::missingRights()
{
    QFETCH(QByteArrayList, rights);
    QFETCH(int, kind);
    QFETCH(bool, fails);
    QFETCH(QString, advice);
    m_group->run(0, QByteArrayList { "ACL", "SETUSER", "few", "reset", "on", ">pw", "~lock:*", "&*" } + rights);
    const Told told = probe(uri(QStringLiteral("few:pw@"), QStringLiteral("/1")));
    VERIFY_TOLD(told, (told.verdict == ProbeVerdict::Fails) == fails);
    checkAdvice(told);
    const ProbeStep* step
        = told.step(ProbeStep::Kind(kind), fails ? ProbeStep::State::Failed : ProbeStep::State::Warned);
    VERIFY_TOLD(told, step && step->hint.contains(advice));
}

void ConnectionProbeTest::aDisabledCommand()
{
    SandboxServer::Options options = withPort();
    options.arguments = { QStringLiteral("--rename-command"), QStringLiteral("SCAN"), QString() };
    const auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    const Told told = probe({ (*server)->tcpSpec() });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Reading).text.contains(QStringLiteral("does not have scan")));
}

void ConnectionProbeTest::databases()
{
    const Told told = probe(uri({}, QStringLiteral("/4711")));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Login).hint.contains(QStringLiteral("fewer databases")));
}

void ConnectionProbeTest::aServerThatIsSilent()
{
    ScriptedServer server;
    server.addConnection(ScriptedServer::Script());
    Told told = probe({ server.spec() }, Milliseconds(300));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.steps.constLast().hint.contains(QStringLiteral("says nothing")));
    ScriptedServer other(ScriptedServer::Link::Tcp);
    other.addConnection(ScriptedServer::Script().send("HTTP/1.1 400 Bad Request\r\n\r\n"));
    told = probe({ other.spec() });
    checkAdvice(told);
    VERIFY_TOLD(told, told.steps.constLast().hint.contains(QStringLiteral("a Redis port?")));
}

void ConnectionProbeTest::aMasterOfAQuorumIsDown()
{
    QList<ConnectionSpec> specs;
    for (int i = 0; i < 3; ++i)
        specs += m_group->server(i).tcpSpec();
    Told told = probe(specs);
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
    specs[1].endpoints.first().port = freeLoopbackPort();
    told = probe(specs);
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::WorksPartly);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).server == specs[1].endpoint().text());
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(QStringLiteral("More than half")));
    specs[2].endpoints.first().port = freeLoopbackPort();
    told = probe(specs);
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
}

void ConnectionProbeTest::aSentinelIsDown()
{
    SentinelFixture fixture;
    QVERIFY(fixture.waitUntilSettled());
    const Told told = probe({ fixture.spec() });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::WorksPartly);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(QStringLiteral("Another Sentinel")));
    VERIFY_TOLD(told, told.step(ProbeStep::Kind::Master, ProbeStep::State::Passed));
    VERIFY_TOLD(told, told.steps.constLast().server == fixture.servers().server(0).tcpSpec().endpoint().text());
    ConnectionSpec spec = fixture.spec();
    spec.endpoints = { spec.endpoints.last() };
    VERIFY_TOLD(told, probe({ spec }).verdict == ProbeVerdict::Works);
}

void ConnectionProbeTest::aSentinelKnowsNoSuchMaster()
{
    SentinelFixture fixture;
    QVERIFY(fixture.waitUntilSettled());
    ConnectionSpec spec = fixture.spec();
    spec.sentinelMaster = QStringLiteral("yourmaster");
    const Told told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    const ProbeStep& step = told.failed(ProbeStep::Kind::Master);
    VERIFY_TOLD(told, step.text.contains(QStringLiteral("yourmaster")));
    VERIFY_TOLD(told, step.hint.contains(QStringLiteral("knows: mymaster")));
}

void ConnectionProbeTest::theMasterWantsAnotherPassword()
{
    SentinelFixture fixture;
    QVERIFY(fixture.waitUntilSettled());
    fixture.servers().run(0, { "ACL", "SETUSER", "ops", "on", ">right", "~*", "&*", "+@all" });
    ConnectionSpec spec = fixture.spec();
    spec.user = QStringLiteral("ops");
    spec.password = Secret("wrong");
    Told told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    // The Sentinel does not know that user either, and lets everybody in.
    VERIFY_TOLD(told, told.step(ProbeStep::Kind::Login, ProbeStep::State::Warned));
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Login).hint.contains(QStringLiteral("those of the master")));
    spec.password = Secret("right");
    told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::WorksPartly); // a Sentinel of the list is down
}

void ConnectionProbeTest::aServerIsNoSentinel()
{
    ConnectionSpec spec = m_group->server(0).tcpSpec();
    spec.topology = Topology::Sentinel;
    spec.sentinelMaster = QStringLiteral("mymaster");
    const Told told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Master).text.contains(QStringLiteral("no Sentinel")));
}

void ConnectionProbeTest::aClusterIsWhole()
{
    ClusterFixture fixture(3, false);
    QVERIFY(fixture.waitUntilOk());
    const Told told = probe({ fixture.spec() });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
    checkAdvice(told);
    // Two are in the URI; the cluster has told of the third.
    VERIFY_TOLD(told, told.steps.constLast().server == fixture.nameOf(2));
    VERIFY_TOLD(told, told.step(ProbeStep::Kind::Nodes, ProbeStep::State::Passed)->text.contains(u'3'));
}

void ConnectionProbeTest::aClusterWithoutHostNamesTellsAddresses()
{
    ClusterFixture fixture(3, false);
    QVERIFY(fixture.waitUntilOk());
    // Names are preferred and there are none: the host is told as `?`, with the address beside it.
    fixture.servers().runAll({ "CONFIG", "SET", "cluster-preferred-endpoint-type", "hostname" });
    ConnectionSpec spec = fixture.spec();
    spec.endpoints = { Endpoint { QStringLiteral("localhost"), fixture.servers().server(0).port(), {} } };
    const Told told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
    VERIFY_TOLD(told, told.steps.constLast().server == fixture.nameOf(2));
}

void ConnectionProbeTest::aNodeOfAClusterIsDown()
{
    ClusterFixture fixture(3, false);
    QVERIFY(fixture.waitUntilOk());
    fixture.servers().server(1).kill();
    Told told = probe({ fixture.spec() });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::WorksPartly);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).server == fixture.nameOf(1));
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(QStringLiteral("Other nodes")));
    fixture.servers().server(2).kill();
    told = probe({ fixture.spec() });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::WorksPartly);
    checkAdvice(told);
    const auto isThird = [&fixture](const ProbeStep& step) {
        return step.server == fixture.nameOf(2) && step.state == ProbeStep::State::Failed
            && step.hint.contains(QStringLiteral("told by the servers themselves"))
            && step.hint.contains(QStringLiteral("locks in its slots"));
    };
    VERIFY_TOLD(told, std::any_of(told.steps.begin(), told.steps.end(), isThird));
    fixture.servers().server(0).kill();
    told = probe({ fixture.spec() });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
}

void ConnectionProbeTest::aServerIsNoCluster()
{
    ConnectionSpec spec = m_group->server(0).tcpSpec();
    spec.topology = Topology::Cluster;
    const Told told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Nodes).text.contains(QStringLiteral("no node of a cluster")));
}

void ConnectionProbeTest::aNodeIsNotAlone()
{
    ClusterFixture fixture(3, false);
    QVERIFY(fixture.waitUntilOk());
    ConnectionSpec spec = fixture.spec();
    spec.topology = Topology::Standalone;
    spec.endpoints = { spec.endpoints.first() };
    Told told = probe({ spec });
    checkAdvice(told);
    const ProbeStep* step = told.step(ProbeStep::Kind::Reading, ProbeStep::State::Warned);
    VERIFY_TOLD(told, step && step->hint.contains(QStringLiteral("choose Cluster")));
    spec.database = 1;
    told = probe({ spec });
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Login).hint.contains(QStringLiteral("choose Cluster")));
}

void ConnectionProbeTest::throughSsh()
{
    if (!SshFixture::isPossible())
        QSKIP("the package openssh-server is not installed");
    const SshFixture ssh;
    Told told = probe(uri({}, QStringLiteral("/0?ssh=bastion")));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
    VERIFY_TOLD(told,
        told.step(ProbeStep::Kind::Connect, ProbeStep::State::Passed)
            ->text.contains(QStringLiteral("through bastion")));
    told = probe(uri(QStringLiteral("ops:wrong@"), QStringLiteral("/0?ssh=bastion")));
    checkAdvice(told);
    VERIFY_TOLD(told, told.step(ProbeStep::Kind::Connect, ProbeStep::State::Passed));
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Login).hint.contains(QStringLiteral("There is no user ops")));
    // The name is looked up over there.
    QString byName = uri({}, QStringLiteral("/0?ssh=bastion"));
    told = probe(byName.replace(QStringLiteral("127.0.0.1"), QStringLiteral("nowhere.invalid")));
    VERIFY_TOLD(told, !told.step(ProbeStep::Kind::Resolve, ProbeStep::State::Failed));
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(QStringLiteral("from there")));
    // What a Sentinel names is behind the same host.
    SentinelFixture fixture;
    QVERIFY(fixture.waitUntilSettled());
    ConnectionSpec spec = fixture.spec();
    spec.endpoints = { spec.endpoints.last() };
    spec.endpoints.first().via = QStringLiteral("bastion");
    told = probe({ spec });
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
    QVERIFY(ssh.hasLedTo(fixture.servers().server(0).port()));
}

void ConnectionProbeTest::sshIsRefused_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("advice");
    const auto add = [](const char* host, const char* text, const char* advice) {
        QTest::newRow(host) << QString::fromLatin1(host) << QString::fromLatin1(text) << QString::fromLatin1(advice);
    };
    add("wrong-key", "Permission denied", "ssh wrong-key must get in without a question");
    add("unknown-host", "Host key verification failed", "Run ssh unknown-host in a terminal, compare the fingerprint");
    add("changed-host", "Host key verification failed", "Run ssh changed-host in a terminal, compare the fingerprint");
    add("nowhere", "resolve hostname", "name of the host that ssh goes to");
    add("closed", "refused", "Run ssh closed in a terminal");
    add("me@bastion:1", "refused", "Run ssh -p 1 me@bastion in a terminal");
}

void ConnectionProbeTest::sshIsRefused()
{
    if (!SshFixture::isPossible())
        QSKIP("the package openssh-server is not installed");
    QFETCH(QString, host);
    QFETCH(QString, text);
    QFETCH(QString, advice);
    const SshFixture ssh;
    const Told told = probe(uri({}, QStringLiteral("/0?ssh=") + host));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).text.contains(text));
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Connect).hint.contains(advice));
}

void ConnectionProbeTest::certificates_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("advice");
    const QString local = QStringLiteral("localhost");
    QTest::newRow("good") << local << QStringLiteral("?cacert=CA") << QString() << QString();
    QTest::newRow("unknown authority") << local << QString() << QStringLiteral("nobody that is trusted here")
                                       << QStringLiteral("Name the CA certificate");
    QTest::newRow("another authority") << local << QStringLiteral("?cacert=FOREIGN")
                                       << QStringLiteral("nobody that is trusted here")
                                       << QStringLiteral("Name the CA certificate");
    QTest::newRow("another name") << QStringLiteral("127.0.0.1") << QStringLiteral("?cacert=CA")
                                  << QStringLiteral("for another host (it is for localhost, redis.example)")
                                  << QStringLiteral("Server name (SNI)");
    QTest::newRow("no such file") << local << QStringLiteral("?cacert=/nowhere.pem") << QStringLiteral("/nowhere.pem")
                                  << QStringLiteral("file");
}

void ConnectionProbeTest::certificates()
{
    QFETCH(QString, host);
    QFETCH(QString, options);
    QFETCH(QString, text);
    QFETCH(QString, advice);
    const TestAuthority authority;
    authority.found(QStringLiteral("foreign"));
    authority.issue(QStringLiteral("server"), QStringLiteral("DNS:localhost,DNS:redis.example"));
    const quint16 port = freeLoopbackPort();
    SandboxServer::Options server;
    server.arguments = authority.serverArguments(port, QStringLiteral("server"));
    const auto started = SandboxServer::start(server);
    VERIFY_RESULT(started);
    options.replace(QStringLiteral("FOREIGN"), authority.file(QStringLiteral("foreign.pem")));
    options.replace(QStringLiteral("CA"), authority.caFile());
    const Told told = probe(QStringLiteral("rediss://%1:%2/0%3").arg(host).arg(port).arg(options));
    checkAdvice(told);
    VERIFY_TOLD(told, (told.verdict == ProbeVerdict::Works) == advice.isEmpty());
    if (advice.isEmpty())
        return;
    const ProbeStep& step = told.steps.constLast();
    VERIFY_TOLD(told, step.state == ProbeStep::State::Failed);
    VERIFY_TOLD(told, step.text.contains(text));
    VERIFY_TOLD(told, step.hint.contains(advice));
}

void ConnectionProbeTest::aClientCertificateIsWanted()
{
    const TestAuthority authority;
    authority.issue(QStringLiteral("server"), QStringLiteral("DNS:localhost,IP:127.0.0.1"));
    authority.issue(QStringLiteral("client"), QStringLiteral("DNS:client"));
    const quint16 port = freeLoopbackPort();
    SandboxServer::Options server;
    server.arguments = authority.serverArguments(port, QStringLiteral("server"), true);
    const auto started = SandboxServer::start(server);
    VERIFY_RESULT(started);
    const QString uri = QStringLiteral("rediss://127.0.0.1:%1/0?cacert=%2").arg(port).arg(authority.caFile());
    Told told = probe(uri);
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.steps.constLast().hint.contains(QStringLiteral("client certificate")));
    told = probe(uri
        + QStringLiteral("&cert=%1&key=%2")
              .arg(authority.file(QStringLiteral("client.pem")), authority.file(QStringLiteral("client.key"))));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Works);
}

void ConnectionProbeTest::noTlsThere()
{
    const Told told = probe(uri().replace(QStringLiteral("redis://"), QStringLiteral("rediss://")));
    VERIFY_TOLD(told, told.verdict == ProbeVerdict::Fails);
    checkAdvice(told);
    VERIFY_TOLD(told, told.failed(ProbeStep::Kind::Tls).hint.contains(QStringLiteral("speak TLS at all?")));
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::ConnectionProbeTest)
#include "tst_connectionprobe.moc"
