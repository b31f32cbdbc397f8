// SPDX-License-Identifier: GPL-3.0-or-later

// What the users of the README can do beyond watching: list, discover, be examined, and end other libraries' locks.
#include "locks/families/familyregistry.h"
#include "operations/lockoperations.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/doctorfixture.h"
#include "support/readmeacl.h"

#include <QSet>

using namespace lockscope;

using Words = AclWords;

class AclDoctorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void observerListsDiscoversAndExamines();
    void theDoctorsRightsLeaveNothingOpen();
    void operatorEndsLocksOfOtherLibraries();

private:
    void createUser(const Words& words);
    [[nodiscard]] ConnectionSpec specOf(const QByteArray& user) const;

    QMap<QByteArray, Words> m_lines;
    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_admin;
};

namespace {

WatchOptions matching(const QList<QByteArray>& globs)
{
    WatchOptions options;
    options.matches = globs;
    return options;
}

} // namespace

void AclDoctorTest::initTestCase()
{
    m_lines = aclLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md"));
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_admin = std::make_unique<BlockingClient>(m_server->socketPath());
}

void AclDoctorTest::init()
{
    m_admin->run({ "FLUSHALL" });
    createUser(m_lines[observer]);
    createUser(m_lines[manager]);
    QCOMPARE(m_admin->run({ "ACL", "LOG", "RESET" }).text, QByteArray("OK"));
}

void AclDoctorTest::createUser(const Words& words)
{
    const BlockingClient::Answer answer = m_admin->run(words);
    QVERIFY2(answer.text == "OK", answer.text.constData());
}

ConnectionSpec AclDoctorTest::specOf(const QByteArray& user) const
{
    ConnectionSpec spec = m_server->spec();
    spec.user = QString::fromLatin1(user);
    spec.password = Secret(QByteArray("CHANGE-ME"));
    return spec;
}

void AclDoctorTest::observerListsDiscoversAndExamines()
{
    for (const char* key : { "lock:a", "lock:b" })
        m_admin->run({ "SET", key, "3f2a9c0b-5d43-4e0c-9a1b-0c2d3e4f5a6b", "PX", "600000" });
    DeploymentOptions options;
    options.specs = { specOf(observer) };
    options.readOnly = true;
    options.watch = matching({ "lock:*" });
    options.watch.pace = Pace::Full;
    auto made = LiveDeployment::create(options);
    VERIFY_RESULT(made);
    (*made)->start();
    QFuture<Result<LockSnapshot>> list = (*made)->completeSnapshot();
    QFuture<Result<DiscoveryReport>> discovery = (*made)->discover({});
    QFuture<Result<DoctorReport>> doctor = (*made)->examine({});
    QTRY_VERIFY_WITH_TIMEOUT(list.isFinished() && discovery.isFinished() && doctor.isFinished(), 60000);
    const Result<LockSnapshot> locks = list.takeResult();
    VERIFY_RESULT(locks);
    QCOMPARE(locks->locks.size(), size_t(2));
    const Result<DiscoveryReport> found = discovery.takeResult();
    VERIFY_RESULT(found);
    QVERIFY(!found->proposals.isEmpty());
    const Result<DoctorReport> report = doctor.takeResult();
    VERIFY_RESULT(report);
    for (const char* check : { "eviction", "notifications", "pubsub_buffers", "script_limit", "clock", "ttl" })
        QVERIFY2(worstOf(*report, check).severity == Severity::Ok, check);
    QVERIFY(worstOf(*report, "persistence").severity != Severity::Unknown);
    // What these rights do not tell is said, and nothing else.
    QSet<QByteArray> open;
    for (const Finding& finding : report->findings) {
        if (finding.severity == Severity::Unknown)
            open.insert(finding.check);
    }
    QCOMPARE(open, (QSet<QByteArray> { "exposure", "rights", "latency" }));
    QVERIFY(report->lost().isEmpty()); // watching needs no more
}

void AclDoctorTest::theDoctorsRightsLeaveNothingOpen()
{
    const QList<Words> further = furtherLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md"), observer);
    QCOMPARE(further.size(), 1);
    createUser(further.first());
    DeploymentOptions options;
    options.specs = { specOf(observer) };
    options.readOnly = true;
    options.watchLocks = false;
    options.watch = matching({ "lock:*" });
    auto made = LiveDeployment::create(options);
    VERIFY_RESULT(made);
    (*made)->start();
    QFuture<Result<DoctorReport>> doctor = (*made)->examine({});
    QTRY_VERIFY_WITH_TIMEOUT(doctor.isFinished(), 60000);
    const Result<DoctorReport> report = doctor.takeResult();
    VERIFY_RESULT(report);
    for (const Finding& finding : report->findings)
        QVERIFY2(finding.severity != Severity::Unknown, qPrintable(finding.title + finding.evidence));
    const QList<Finding> rights = findingsOf(*report, "rights");
    QCOMPARE(rights.size(), 2);
    QCOMPARE(rights[1].severity, Severity::Ok); // it may watch all of a lock
    QCOMPARE(rights[0].severity, Severity::Info); // and take none
    for (const NodeCapabilities& node : report->nodes) {
        for (const Capability& capability : node.capabilities)
            QVERIFY2(capability.state != CapabilityState::Unknown, capability.name.constData());
    }
}

void AclDoctorTest::operatorEndsLocksOfOtherLibraries()
{
    createUser(furtherLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md")).first());
    const Words grants = libraryGrants(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md"));
    QVERIFY(grants.contains("&redisson_lock__channel:*") && grants.contains("~lock-signal:*"));
    createUser(Words { "ACL", "SETUSER", manager } + grants);
    const QByteArray holder = "b983c153-7421-469a-addb-44fb92259a1b:31";
    m_admin->run({ "HSET", "lock:redisson", holder, "1" });
    m_admin->run({ "PEXPIRE", "lock:redisson", "60000" });
    m_admin->run({ "SET", "lock:python", "dGhpcyBpcyAxOCBieXRlcyE", "EX", "60" });
    BlockingClient waiter(m_server->socketPath());
    waiter.run({ "SUBSCRIBE", "redisson_lock__channel:{lock:redisson}" });
    Connection connection(specOf(manager), std::make_shared<CommandGate>(false));
    LockOperations operations(connection);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    const auto end = [&operations](const QByteArray& key, const char* family, const QByteArray& token) {
        ForceReleaseTarget target;
        target.key = key;
        target.expectedToken = token;
        target.family = FamilyRegistry::instance().byName(family);
        const auto answer = std::make_shared<std::optional<ForceReleaseResult>>();
        operations.forceRelease(target, [answer](ForceReleaseResult result) { *answer = std::move(result); });
        const bool came = QTest::qWaitFor([&] { return answer->has_value(); }, 20000);
        return came ? **answer : ForceReleaseResult();
    };
    ForceReleaseResult ended = end("lock:redisson", "redisson", holder);
    QVERIFY2(ended.outcome == ReleaseOutcome::Released, qPrintable(ended.error ? ended.error->detail : QString()));
    const BlockingClient::Answer woken = waiter.read();
    QCOMPARE(woken.items.value(2).text, QByteArray("0"));
    ended = end("lock:python", "python-redis-lock", "dGhpcyBpcyAxOCBieXRlcyE");
    QVERIFY2(ended.outcome == ReleaseOutcome::Released, qPrintable(ended.error ? ended.error->detail : QString()));
    QCOMPARE(m_admin->run({ "EXISTS", "lock:redisson", "lock:python" }).number, 0);
    QByteArray denied;
    for (const BlockingClient::Answer& entry : m_admin->run({ "ACL", "LOG" }).items) {
        QByteArray words;
        for (const BlockingClient::Answer& word : entry.items)
            words += word.text + ' ';
        // Scripts try sharded channels, too, where there are some, and do without.
        if (!words.contains("object spublish"))
            denied += words;
    }
    QVERIFY2(denied.isEmpty(), denied.constData());
}

QTEST_GUILESS_MAIN(AclDoctorTest)
#include "tst_acldoctor.moc"
