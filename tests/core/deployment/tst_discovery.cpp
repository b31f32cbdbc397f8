// SPDX-License-Identifier: GPL-3.0-or-later

// "Find my locks": on a real server, by the facade, over a connection that may only read.
#include "deployment/livedeployment.h"
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/familyfixture.h"
#include "support/testsupport.h"
#include "watch/globpattern.h"

#include <QFile>

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

class DiscoveryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void locksOfManyFamiliesAreFoundAmongOtherKeys();
    void fewLocksAreFoundBehindManyKeys();
    void anEmptyDatabaseIsComplete();
    void matchesAndFamiliesNarrowIt();
    void aBoundedLookSaysThatItIsPartial();
    void whatTheAclHidesIsNoCompleteLook();
    void nothingIsWritten();
    void noServerIsAnError();
    void aSecondLookEndsTheFirst();
    void itCanBeCancelled();
    void theEndOfTheDeploymentEndsIt();

private:
    [[nodiscard]] std::unique_ptr<LiveDeployment> open(Pace pace = Pace::Full);
    [[nodiscard]] Result<DiscoveryReport> discover(const DiscoveryOptions& options = {});
    BlockingClient::Answer ask(const QList<QByteArray>& arguments) { return m_client->run(arguments); }
    void writeMany(const QByteArray& prefix, int count);
    /// The first case of a fixture; answers what it expects.
    [[nodiscard]] std::vector<ExpectedLock> writeFixture(const QString& name);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    ConnectionSpec m_spec;
};

namespace {

const QByteArray redsyncToken = "rQ7uY3Jt8m0fQ2xJxv1bLg==";

template <typename T> Result<T> await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 60000))
        return fail(ErrorKind::Internal, QStringLiteral("the future never finished"));
    return future.takeResult();
}

const PatternProposal* proposalFor(const DiscoveryReport& report, const QByteArray& key, const QByteArray& family)
{
    const FamilyId id = FamilyRegistry::instance().byName(family);
    const auto found = std::find_if(report.proposals.begin(), report.proposals.end(),
        [&](const PatternProposal& proposal) { return proposal.family == id && globMatches(proposal.match, key); });
    return found == report.proposals.end() ? nullptr : &*found;
}

QByteArray described(const DiscoveryReport& report)
{
    QByteArray text;
    for (const PatternProposal& proposal : report.proposals)
        text += proposal.match + ' ' + FamilyRegistry::instance().name(proposal.family).data() + ' '
            + QByteArray::number(proposal.count) + ' ' + QByteArray::number(double(proposal.confidence)) + '\n';
    return text;
}

} // namespace

void DiscoveryTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

void DiscoveryTest::init()
{
    ask({ "FLUSHALL" });
    m_spec = m_server->spec();
}

std::unique_ptr<LiveDeployment> DiscoveryTest::open(Pace pace)
{
    DeploymentOptions options;
    options.specs = { m_spec };
    options.watchLocks = false;
    options.readOnly = true;
    options.watch.pace = pace;
    auto deployment = LiveDeployment::create(options);
    if (!deployment)
        return nullptr;
    (*deployment)->start();
    return std::move(*deployment);
}

Result<DiscoveryReport> DiscoveryTest::discover(const DiscoveryOptions& options)
{
    const auto deployment = open();
    return await(deployment->discover(options));
}

void DiscoveryTest::writeMany(const QByteArray& prefix, int count)
{
    for (int i = 0; i < count; ++i)
        m_client->queue({ "SET", prefix + QByteArray::number(i), "some cached text", "EX", "600" });
    m_client->flush();
    for (int i = 0; i < count; ++i)
        m_client->read();
}

std::vector<ExpectedLock> DiscoveryTest::writeFixture(const QString& name)
{
    QFile file(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/tests/core/locks/fixtures/") + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const FixtureFile fixture = parseFixture(name, file.readAll());
    if (fixture.cases.isEmpty())
        return {};
    const FamilyCase& first = fixture.cases.first();
    for (const QByteArrayList& words : first.commands)
        ask(words);
    return { first.locks.begin(), first.locks.end() };
}

void DiscoveryTest::locksOfManyFamiliesAreFoundAmongOtherKeys()
{
    std::vector<ExpectedLock> expected;
    for (const char* name : { "redisson.txt", "bullmq.txt", "shedlock.txt", "rq.txt", "redsync.txt" }) {
        const std::vector<ExpectedLock> written = writeFixture(QString::fromLatin1(name));
        QVERIFY2(!written.empty(), name);
        expected.insert(expected.end(), written.begin(), written.end());
    }
    for (int i = 0; i < 30; ++i)
        ask({ "SET", "billing:" + QByteArray::number(i) + ":lock", redsyncToken, "PX", "600000" });
    ask({ "SET", "billing:forgotten:lock", redsyncToken });
    writeMany("cache:page:", 8000);
    writeMany("session:user:", 8000);
    writeMany("billing:total:", 4000);

    const Result<DiscoveryReport> report = discover();
    VERIFY_RESULT(report);
    for (const ExpectedLock& lock : expected) {
        const PatternProposal* proposal = proposalFor(*report, lock.key, lock.family);
        const QByteArray message = lock.key + " is missing in\n" + described(*report);
        QVERIFY2(proposal, message.constData());
        QVERIFY2(proposal->confidence >= 0.5F, described(*report).constData());
    }
    const PatternProposal* billing = proposalFor(*report, "billing:7:lock", "redsync");
    QVERIFY2(billing, described(*report).constData());
    QCOMPARE(billing->match, QByteArray("billing:*:lock"));
    QCOMPARE(billing->purity, 1.0F);
    for (const char* key : { "cache:page:1", "session:user:1", "billing:total:1" }) {
        for (const PatternProposal& proposal : report->proposals)
            QVERIFY2(!globMatches(proposal.match, key), proposal.match.constData());
    }
    QVERIFY(!report->server.completeness.complete); // 20 000 keys, of which a quarter was read
    QVERIFY(report->keysRead <= 5000);
    QVERIFY(report->server.completeness.keysScanned > 20'000);
    QCOMPARE(report->server.completeness.keysScanned, report->server.completeness.keysExpected);
    QVERIFY(!report->server.serverVersion.isEmpty());
}

void DiscoveryTest::fewLocksAreFoundBehindManyKeys()
{
    writeMany("cache:page:", 20'000);
    ask({ "SET", "invoices:42", redsyncToken, "PX", "600000" });
    DiscoveryOptions options;
    options.mostRead = 50;
    const Result<DiscoveryReport> report = discover(options);
    VERIFY_RESULT(report);
    QCOMPARE(report->keysRead, quint64(50));
    QCOMPARE(report->proposals.size(), 1);
    QCOMPARE(report->proposals.first().match, QByteArray("invoices:*"));
    QCOMPARE(report->proposals.first().examples, QList<QByteArray> { "invoices:42" });
}

void DiscoveryTest::anEmptyDatabaseIsComplete()
{
    const Result<DiscoveryReport> report = discover();
    VERIFY_RESULT(report);
    QVERIFY(report->proposals.isEmpty());
    QVERIFY(report->server.completeness.complete);
    QCOMPARE(report->server.completeness.keysScanned, quint64(0));
}

void DiscoveryTest::matchesAndFamiliesNarrowIt()
{
    ask({ "SET", "a:lock:1", redsyncToken, "PX", "600000" });
    ask({ "SET", "b:lock:1", redsyncToken, "PX", "600000" });
    ask({ "HSET", "b:lock:2", "b983c153-7421-469a-addb-44fb92259a1b:31", "1" });
    ask({ "PEXPIRE", "b:lock:2", "600000" });
    DiscoveryOptions options;
    options.matches = { "b:*" };
    const Result<DiscoveryReport> byName = discover(options);
    VERIFY_RESULT(byName);
    QVERIFY(!proposalFor(*byName, "a:lock:1", "redsync"));
    QVERIFY(proposalFor(*byName, "b:lock:1", "redsync"));
    QVERIFY(proposalFor(*byName, "b:lock:2", "redisson"));
    options.families = { FamilyRegistry::instance().byName("redisson") };
    const Result<DiscoveryReport> byFamily = discover(options);
    VERIFY_RESULT(byFamily);
    QCOMPARE(byFamily->proposals.size(), 1);
    QCOMPARE(byFamily->proposals.first().purity, 1.0F); // another library's locks are no other keys
}

void DiscoveryTest::aBoundedLookSaysThatItIsPartial()
{
    writeMany("cache:", 3000);
    DiscoveryOptions options;
    options.mostScanned = 1000;
    const Result<DiscoveryReport> report = discover(options);
    VERIFY_RESULT(report);
    QVERIFY(!report->server.completeness.complete);
    QCOMPARE(report->server.completeness.keysScanned, quint64(1000));
    QCOMPARE(report->server.completeness.keysExpected, quint64(3000));
}

void DiscoveryTest::whatTheAclHidesIsNoCompleteLook()
{
    ask({ "SET", "mine:lock:1", redsyncToken, "PX", "600000" });
    ask({ "SET", "theirs:lock:1", redsyncToken, "PX", "600000" });
    ask({ "ACL", "SETUSER", "observer", "reset", "on", ">pw", "+@read", "+@connection", "+@keyspace", "~mine:*" });
    m_spec.user = QStringLiteral("observer");
    m_spec.password = Secret(QByteArray("pw"));
    const Result<DiscoveryReport> some = discover();
    VERIFY_RESULT(some);
    QVERIFY(proposalFor(*some, "mine:lock:1", "redsync"));
    QVERIFY(!proposalFor(*some, "theirs:lock:1", "redsync"));
    QVERIFY(!some->server.completeness.complete);
    ask({ "ACL", "SETUSER", "observer", "resetkeys" });
    const Result<DiscoveryReport> none = discover();
    QVERIFY(!none);
    QCOMPARE(none.error().kind, ErrorKind::Permission);
}

void DiscoveryTest::nothingIsWritten()
{
    writeMany("lock:", 100);
    const auto changes = [this] {
        const QByteArray info = ask({ "INFO", "persistence" }).text;
        const qsizetype at = info.indexOf("rdb_changes_since_last_save:");
        return info.mid(at, info.indexOf('\r', at) - at);
    };
    const QByteArray before = changes();
    VERIFY_RESULT(discover());
    QCOMPARE(changes(), before);
}

void DiscoveryTest::noServerIsAnError()
{
    const auto spec = parseConnectionUri(QStringLiteral("unix:///nonexistent/redis.sock"));
    VERIFY_RESULT(spec);
    m_spec = *spec;
    const Result<DiscoveryReport> report = discover();
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::Connect);
}

void DiscoveryTest::aSecondLookEndsTheFirst()
{
    writeMany("cache:", 20'000);
    const auto deployment = open(Pace::Gentle);
    const auto first = deployment->discover({});
    DiscoveryOptions quick;
    quick.mostScanned = 10;
    const Result<DiscoveryReport> second = await(deployment->discover(quick));
    VERIFY_RESULT(second);
    const Result<DiscoveryReport> ended = await(first);
    QVERIFY(!ended);
    QCOMPARE(ended.error().kind, ErrorKind::Cancelled);
}

void DiscoveryTest::itCanBeCancelled()
{
    writeMany("cache:", 20'000);
    const auto deployment = open(Pace::Gentle);
    const auto future = deployment->discover({});
    deployment->cancelDiscovery();
    const Result<DiscoveryReport> report = await(future);
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::Cancelled);
    DiscoveryOptions quick;
    quick.mostScanned = 10;
    VERIFY_RESULT(await(deployment->discover(quick)));
}

void DiscoveryTest::theEndOfTheDeploymentEndsIt()
{
    writeMany("cache:", 20'000);
    auto deployment = open(Pace::Gentle);
    const auto future = deployment->discover({});
    deployment.reset();
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().error().kind, ErrorKind::Cancelled);
}

QTEST_GUILESS_MAIN(DiscoveryTest)
#include "tst_discovery.moc"
