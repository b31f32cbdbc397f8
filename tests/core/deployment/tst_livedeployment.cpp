// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/livedeployment.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QSignalSpy>
#include <QTemporaryDir>

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

template <typename T> Result<T> await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20000))
        return fail(ErrorKind::Internal, QStringLiteral("the future never finished"));
    return future.takeResult();
}

} // namespace

/// The facade as GUI and CLI use it: deltas to pull, futures that always finish, and a clean end at any moment.
class LiveDeploymentTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void whatIsNotSupportedIsSaidAtOnce_data();
    void whatIsNotSupportedIsSaidAtOnce();
    void deltasComeOneAtATime();
    void operationsSentBeforeTheLinkIsReadyWork();
    void anUnreachableServerFailsEverything();
    void aWrongPasswordFails();
    void aServerThatComesBackIsFollowed();
    void forceReleaseWritesItsAuditLogFirst();
    void withoutAuditLogNothingIsReleased();
    void readOnlyRefusesEveryWrite();
    void aLockTakenWhileArmedIsKeptAndGivenBack_data();
    void aLockTakenWhileArmedIsKeptAndGivenBack();
    void futuresFinishWhenTheDeploymentGoes();
    void anAcquireThatWaitsIsUndoneByTheEnd();
    void theDemoIsAliveAndNotices();

private:
    std::unique_ptr<LiveDeployment> open(bool watch = true, bool readOnly = false);
    QByteArray ask(const QList<QByteArray>& arguments) { return m_client->run(arguments).text; }

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_auditFile;
};

void LiveDeploymentTest::init()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_folder = std::make_unique<QTemporaryDir>();
    m_auditFile = m_folder->filePath(QStringLiteral("audit.sqlite"));
}

std::unique_ptr<LiveDeployment> LiveDeploymentTest::open(bool watch, bool readOnly)
{
    DeploymentOptions options;
    options.specs = { m_server->spec() };
    options.watchLocks = watch;
    options.readOnly = readOnly;
    options.auditFile = m_auditFile;
    auto deployment = LiveDeployment::create(options);
    if (!deployment)
        return nullptr;
    (*deployment)->start();
    return std::move(*deployment);
}

void LiveDeploymentTest::whatIsNotSupportedIsSaidAtOnce_data()
{
    QTest::addColumn<QStringList>("uris");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("a cluster in a quorum")
        << QStringList { QStringLiteral("redis-cluster://h"), QStringLiteral("redis://b") } << ErrorKind::NotSupported;
    QTest::newRow("a cluster in a group")
        << QStringList { QStringLiteral("redis://a"), QStringLiteral("redis-cluster://h") } << ErrorKind::NotSupported;
    QTest::newRow("Sentinel in a group") << QStringList { QStringLiteral("redis-sentinel://h/0?master=m"),
        QStringLiteral("redis://a") } << ErrorKind::NotSupported;
    QTest::newRow("the same master twice")
        << QStringList { QStringLiteral("redis://a"), QStringLiteral("redis://a:6379/0") } << ErrorKind::Usage;
    QTest::newRow("nothing") << QStringList() << ErrorKind::Usage;
}

void LiveDeploymentTest::whatIsNotSupportedIsSaidAtOnce()
{
    QFETCH(QStringList, uris);
    QFETCH(ErrorKind, kind);
    DeploymentOptions options;
    for (const QString& uri : uris) {
        const auto spec = parseConnectionUri(uri);
        VERIFY_RESULT(spec);
        options.specs.append(*spec);
    }
    const auto deployment = LiveDeployment::create(options);
    QVERIFY(!deployment);
    QCOMPARE(deployment.error().kind, kind);
    QVERIFY(!deployment.error().detail.isEmpty());
}

void LiveDeploymentTest::deltasComeOneAtATime()
{
    ask({ "SET", "lock:a", "t", "PX", "60000" });
    const auto deployment = open();
    QSignalSpy ready(deployment.get(), &Deployment::deltaReady);
    VERIFY_RESULT(await(deployment->completeSnapshot()));
    QTRY_COMPARE(ready.size(), 1);
    // As long as nobody takes it nothing more is said, whatever happens.
    for (int i = 0; i < 50; ++i)
        ask({ "SET", "lock:b", QByteArray::number(i), "PX", "60000" });
    QTest::qWait(200);
    QCOMPARE(ready.size(), 1);
    QSet<QByteArray> keys;
    const auto pull = [&] {
        while (const std::optional<LockDelta> delta = deployment->takeDelta()) {
            for (const LockRecord& record : delta->changed)
                keys.insert(record.key);
        }
        return keys.size() == 2;
    };
    QTRY_VERIFY(pull());
    QTRY_VERIFY(ready.size() >= 2); // it may have been taken before the word of it arrived
}

void LiveDeploymentTest::operationsSentBeforeTheLinkIsReadyWork()
{
    const auto deployment = open(false);
    AcquireRequest request;
    request.key = "lock:a";
    auto acquired = deployment->acquire(request);
    auto seen = deployment->inspect({ "lock:a" });
    const auto grant = await(acquired);
    VERIFY_RESULT(grant);
    const auto inspection = await(seen);
    VERIFY_RESULT(inspection);
    QCOMPARE(inspection->token, grant->token);
    VERIFY_RESULT(await(deployment->extend({ "lock:a", grant->token, 60s })));
    VERIFY_RESULT(await(deployment->release({ "lock:a", grant->token })));
    QCOMPARE(m_client->run({ "EXISTS", "lock:a" }).number, qint64(0));
}

void LiveDeploymentTest::anUnreachableServerFailsEverything()
{
    m_server->kill();
    const auto deployment = open();
    auto snapshot = deployment->completeSnapshot();
    auto seen = deployment->inspect({ "lock:a" });
    QCOMPARE(await(snapshot).error().kind, ErrorKind::Connect);
    QCOMPARE(await(seen).error().kind, ErrorKind::Connect);
}

void LiveDeploymentTest::aWrongPasswordFails()
{
    ask({ "CONFIG", "SET", "requirepass", "right" });
    const auto deployment = open();
    QSignalSpy failed(deployment.get(), &Deployment::failed);
    QCOMPARE(await(deployment->completeSnapshot()).error().kind, ErrorKind::Authentication);
    QCOMPARE(await(deployment->inspect({ "lock:a" })).error().kind, ErrorKind::Authentication);
    QTRY_VERIFY(!failed.isEmpty());
}

void LiveDeploymentTest::aServerThatComesBackIsFollowed()
{
    const auto deployment = open();
    VERIFY_RESULT(await(deployment->completeSnapshot()));
    m_server->kill();
    VERIFY_RESULT(m_server->restart());
    m_client->reconnect();
    ask({ "SET", "lock:new", "t", "PX", "60000" });
    const auto isKnown = [&] {
        const auto snapshot = await(deployment->completeSnapshot());
        return snapshot && snapshot->locks.size() == 1 && snapshot->locks.front()->key == "lock:new";
    };
    QTRY_VERIFY_WITH_TIMEOUT(isKnown(), 20000);
    VERIFY_RESULT(await(deployment->inspect({ "lock:new" })));
}

void LiveDeploymentTest::forceReleaseWritesItsAuditLogFirst()
{
    ask({ "SET", "lock:a", "t", "PX", "60000" });
    const auto deployment = open();
    VERIFY_RESULT(await(deployment->completeSnapshot()));
    ForceReleaseRequest request;
    request.targets = { { "lock:a", FamilyId::None, "t", false }, { "lock:none", FamilyId::None, "t", false } };
    QCOMPARE(await(deployment->forceRelease(request)).error().kind, ErrorKind::Usage);
    request.reason = QStringLiteral("test");
    const auto results = await(deployment->forceRelease(request));
    VERIFY_RESULT(results);
    QCOMPARE(results->size(), 2);
    QCOMPARE(results->at(0).outcome, ReleaseOutcome::Released);
    QCOMPARE(results->at(1).outcome, ReleaseOutcome::AlreadyGone);
    QVERIFY(QFile::exists(m_auditFile));
}

void LiveDeploymentTest::withoutAuditLogNothingIsReleased()
{
    ask({ "SET", "lock:a", "t", "PX", "60000" });
    m_auditFile = QStringLiteral("/dev/null/audit.sqlite");
    const auto deployment = open(false);
    const auto results
        = await(deployment->forceRelease({ { { "lock:a", FamilyId::None, "t", false } }, QStringLiteral("test") }));
    QCOMPARE(results.error().kind, ErrorKind::Storage);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("t"));
}

void LiveDeploymentTest::readOnlyRefusesEveryWrite()
{
    ask({ "SET", "lock:a", "t", "PX", "60000" });
    const auto deployment = open(false, true);
    QVERIFY(deployment->isReadOnly());
    AcquireRequest request;
    request.key = "lock:b";
    QCOMPARE(await(deployment->acquire(request)).error().kind, ErrorKind::ReadOnly);
    QCOMPARE(await(deployment->extend({ "lock:a", "t", 60s })).error().kind, ErrorKind::ReadOnly);
    QCOMPARE(await(deployment->release({ "lock:a", "t" })).error().kind, ErrorKind::ReadOnly);
    QCOMPARE(await(deployment->forceRelease({ { { "lock:a", FamilyId::None, "t", false } }, QStringLiteral("test") }))
                 .error()
                 .kind,
        ErrorKind::ReadOnly);
    VERIFY_RESULT(await(deployment->inspect({ "lock:a" })));
    QVERIFY(!QFile::exists(m_auditFile));
}

void LiveDeploymentTest::aLockTakenWhileArmedIsKeptAndGivenBack_data()
{
    QTest::addColumn<int>("masters");
    QTest::newRow("one master") << 1;
    QTest::newRow("quorum") << 3;
}

void LiveDeploymentTest::aLockTakenWhileArmedIsKeptAndGivenBack()
{
    QFETCH(int, masters);
    std::vector<std::unique_ptr<SandboxServer>> more;
    DeploymentOptions options;
    options.specs = { m_server->spec() };
    for (int i = 1; i < masters; ++i) {
        auto server = SandboxServer::start();
        VERIFY_RESULT(server);
        more.push_back(std::move(*server));
        options.specs.append(more.back()->spec());
    }
    options.watchLocks = false;
    options.environment = Environment::Production;
    options.auditFile = m_auditFile;
    auto deployment = LiveDeployment::create(options);
    VERIFY_RESULT(deployment);
    (*deployment)->start();
    AcquireRequest request;
    request.key = "lock:own";
    QCOMPARE(await((*deployment)->acquire(request)).error().kind, ErrorKind::NotArmed);
    VERIFY_RESULT(await((*deployment)->arm({ QStringLiteral("maintenance"), 5min })));
    const Result<AcquireGrant> grant = await((*deployment)->acquire(request));
    VERIFY_RESULT(grant);
    (*deployment)->disarm();
    ask({ "SET", "lock:b", "theirs", "PX", "60000" });
    QCOMPARE(await((*deployment)->extend({ "lock:b", "theirs", 60s })).error().kind, ErrorKind::NotArmed);
    QCOMPARE(await((*deployment)->release({ "lock:own", "theirs" })).error().kind, ErrorKind::NotArmed);
    QCOMPARE(await((*deployment)->acquire(request)).error().kind, ErrorKind::NotArmed);
    // The server has not seen these scripts: EVALSHA and EVAL both pass.
    const Result<AcquireGrant> longer = await((*deployment)->extend({ "lock:own", grant->token, 60s }));
    VERIFY_RESULT(longer);
    QVERIFY(longer->validity > 30s);
    QCOMPARE(ask({ "GET", "lock:own" }), grant->token);
    VERIFY_RESULT(await((*deployment)->release({ "lock:own", grant->token })));
    QCOMPARE(ask({ "GET", "lock:own" }), QByteArray());
    // Given back is over.
    QCOMPARE(await((*deployment)->extend({ "lock:own", grant->token, 60s })).error().kind, ErrorKind::NotArmed);
    QCOMPARE(ask({ "GET", "lock:b" }), QByteArray("theirs"));
}

void LiveDeploymentTest::futuresFinishWhenTheDeploymentGoes()
{
    m_server->suspend();
    auto deployment = open();
    auto snapshot = deployment->completeSnapshot();
    auto seen = deployment->inspect({ "lock:a" });
    AcquireRequest request;
    request.key = "lock:a";
    auto acquired = deployment->acquire(request);
    deployment.reset();
    QVERIFY(snapshot.isFinished() && seen.isFinished() && acquired.isFinished());
    QCOMPARE(snapshot.takeResult().error().kind, ErrorKind::Cancelled);
    QCOMPARE(seen.takeResult().error().kind, ErrorKind::Cancelled);
    QCOMPARE(acquired.takeResult().error().kind, ErrorKind::Cancelled);
    m_server->resume();
    // A deployment that was never started ends the same way.
    DeploymentOptions options;
    options.specs = { m_server->spec() };
    auto idle = std::move(*LiveDeployment::create(options));
    auto never = idle->inspect({ "lock:a" });
    idle.reset();
    QCOMPARE(never.takeResult().error().kind, ErrorKind::Cancelled);
}

void LiveDeploymentTest::anAcquireThatWaitsIsUndoneByTheEnd()
{
    ask({ "SET", "lock:a", "theirs", "PX", "60000" });
    auto deployment = open(false);
    AcquireRequest request;
    request.key = "lock:a";
    request.wait = 60s;
    auto acquired = deployment->acquire(request);
    QTRY_VERIFY(ask({ "CLIENT", "LIST" }).contains("cmd=set"));
    deployment.reset();
    QCOMPARE(acquired.takeResult().error().kind, ErrorKind::Cancelled);
    QCOMPARE(ask({ "GET", "lock:a" }), QByteArray("theirs"));
}

void LiveDeploymentTest::theDemoIsAliveAndNotices()
{
    DeploymentOptions options;
    options.specs = { *parseConnectionUri(QStringLiteral("sandbox:?workload=demo")) };
    options.auditFile = m_auditFile;
    auto created = LiveDeployment::create(options);
    VERIFY_RESULT(created);
    LiveDeployment& deployment = **created;
    QVERIFY(deployment.isSandbox());
    deployment.start();
    LockSnapshot snapshot;
    const auto find = [&](const QByteArray& key) -> const LockRecord* {
        const auto found = std::find_if(
            snapshot.locks.begin(), snapshot.locks.end(), [&](const LockRecord& record) { return record.key == key; });
        return found == snapshot.locks.end() ? nullptr : &**found;
    };
    const auto look = [&] {
        auto seen = await(deployment.completeSnapshot());
        snapshot = seen ? std::move(*seen) : LockSnapshot();
        return snapshot.locks.size() >= 35 && find("lock:deploy:production") && find("lock:leader:scheduler");
    };
    QTRY_VERIFY_WITH_TIMEOUT(look(), 20000);
    QVERIFY(find("lock:deploy:production") && find("lock:deploy:production")->state == LockState::NoTtl);
    QVERIFY(!find("cache:product:1"));
    // A renewing holder loses its lock to the operator and stops renewing: the next one is another tenure.
    const LockRecord* leader = find("lock:leader:scheduler");
    QVERIFY(leader);
    const QByteArray token = leader->token;
    const auto results = await(
        deployment.forceRelease({ { { leader->key, leader->family, leader->token, false } }, QStringLiteral("test") }));
    VERIFY_RESULT(results);
    QCOMPARE(results->first().outcome, ReleaseOutcome::Released);
    const auto isTakenAnew = [&] {
        look();
        return find("lock:leader:scheduler") && find("lock:leader:scheduler")->token != token;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isTakenAnew(), 30000);
}

QTEST_GUILESS_MAIN(LiveDeploymentTest)
#include "tst_livedeployment.moc"
