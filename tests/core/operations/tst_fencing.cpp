// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"
#include "locks/fencing.h"
#include "operations/lockoperations.h"
#include "support/redlockfixture.h"
#include "support/testsupport.h"

using namespace lockscope;
using namespace std::chrono_literals;

/// Fencing tokens: names, numbers, and that they only rise.
class FencingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theCounterHasAName_data();
    void theCounterHasAName();
    void theTokenCarriesTheNumber_data();
    void theTokenCarriesTheNumber();
    void isRecognisedAsALock();
    void risesByOneWithEachAcquire();
    void aRefusedAcquireLeavesTheCounterAlone();
    void aChosenTokenIsKept();
    void aCounterThatIsNoNumberIsAnError();
    void worksInOneSlotOfACluster();
    void onAQuorumItRisesWhateverMasterIsLost();
    void onAQuorumNoTwoHoldersShareANumber();

private:
    struct Link {
        explicit Link(const SandboxServer& server)
            : connection(server.spec(), std::make_shared<CommandGate>())
            , operations(connection)
            , client(server.socketPath())
        {
            connection.open();
        }
        Result<AcquireGrant> acquire(const QByteArray& key, const QByteArray& token = {});
        Connection connection;
        LockOperations operations;
        BlockingClient client;
    };
};

Result<AcquireGrant> FencingTest::Link::acquire(const QByteArray& key, const QByteArray& token)
{
    if (!QTest::qWaitFor([this] { return connection.isReady(); }, 20000))
        return fail(ErrorKind::Connect);
    AcquireRequest request;
    request.key = key;
    request.token = token;
    request.fence = true;
    std::optional<Result<AcquireGrant>> answer;
    operations.acquire(request, [&](Result<AcquireGrant> grant) { answer = std::move(grant); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20000))
        return fail(ErrorKind::Internal, QStringLiteral("never answered"));
    return std::move(*answer);
}

void FencingTest::theCounterHasAName_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("counter");
    QTest::newRow("plain") << QByteArray("lock:a") << QByteArray("{lock:a}:fence");
    QTest::newRow("with a tag") << QByteArray("lock:{user7}:x") << QByteArray("lock:{user7}:x:fence");
    QTest::newRow("an empty tag is none") << QByteArray("{}x") << QByteArray("{{}x}:fence");
}

void FencingTest::theCounterHasAName()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, counter);
    QCOMPARE(fencingCounterKey(key), counter);
    QVERIFY(isFencingCounterKey(counter));
    QVERIFY(!isFencingCounterKey(key));
}

void FencingTest::theTokenCarriesTheNumber_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<qint64>("fence");
    const QByteArray random(40, 'a');
    QTest::newRow("ours") << QByteArray("fence-7-" + random) << qint64(7);
    QTest::newRow("large") << QByteArray("fence-9007199254740991-" + random) << qint64(9007199254740991);
    QTest::newRow("no number") << QByteArray("fence-x-" + random) << qint64(-1);
    QTest::newRow("zero") << QByteArray("fence-0-" + random) << qint64(-1);
    QTest::newRow("negative") << QByteArray("fence--3-" + random) << qint64(-1);
    QTest::newRow("short") << QByteArray("fence-7-" + random.left(39)) << qint64(-1);
    QTest::newRow("other digits") << QByteArray("fence-7-" + QByteArray(40, 'z')) << qint64(-1);
    QTest::newRow("something else") << random << qint64(-1);
    QTest::newRow("empty") << QByteArray() << qint64(-1);
}

void FencingTest::theTokenCarriesTheNumber()
{
    QFETCH(QByteArray, token);
    QFETCH(qint64, fence);
    QCOMPARE(fenceOfToken(token).value_or(-1), fence);
    QCOMPARE(fenceOfToken(fencedToken(12)).value_or(-1), 12);
    QVERIFY(fencedToken(12) != fencedToken(12));
}

void FencingTest::isRecognisedAsALock()
{
    KeySample sample;
    sample.key = "lock:a";
    sample.value = fencedToken(3);
    sample.ttlMs = 20000;
    const FamilyMatch match = FamilyRegistry::instance().recognise(sample);
    QCOMPARE(FamilyRegistry::instance().name(match.id), QLatin1StringView("plain"));
    QVERIFY(match.recognition.confidence >= 0.8F);
    QVERIFY(FamilyRegistry::instance().family(match.id).ownerHints(sample.value).isEmpty());
    QVERIFY(FamilyRegistry::instance().isAuxiliary("{lock:a}:fence", KeyType::String));
}

void FencingTest::risesByOneWithEachAcquire()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    Link link(**server);
    for (qint64 number = 1; number <= 20; ++number) {
        const Result<AcquireGrant> grant = link.acquire("lock:a");
        VERIFY_RESULT(grant);
        QCOMPARE(grant->fence.value_or(-1), number);
        QCOMPARE(fenceOfToken(grant->token).value_or(-1), number);
        QCOMPARE(link.client.run({ "GET", "lock:a" }).text, grant->token);
        QVERIFY(link.client.run({ "PTTL", "lock:a" }).number > 10000);
        QCOMPARE(link.client.run({ "GET", "{lock:a}:fence" }).text, QByteArray::number(number));
        link.client.run({ "DEL", "lock:a" });
    }
    QCOMPARE(link.client.run({ "PTTL", "{lock:a}:fence" }).number, -1);
}

void FencingTest::aRefusedAcquireLeavesTheCounterAlone()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    Link link(**server);
    link.client.run({ "SET", "{lock:a}:fence", "41" });
    link.client.run({ "SET", "lock:a", "theirs", "PX", "60000" });
    const Result<AcquireGrant> refused = link.acquire("lock:a");
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Taken);
    QCOMPARE(link.client.run({ "GET", "{lock:a}:fence" }).text, QByteArray("41"));
    link.client.run({ "DEL", "lock:a" });
    QCOMPARE(link.acquire("lock:a")->fence.value_or(-1), 42);
}

void FencingTest::aChosenTokenIsKept()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    Link link(**server);
    const Result<AcquireGrant> grant = link.acquire("lock:a", "mine");
    VERIFY_RESULT(grant);
    QCOMPARE(grant->fence.value_or(-1), 1);
    QCOMPARE(link.client.run({ "GET", "lock:a" }).text, QByteArray("mine"));
}

void FencingTest::aCounterThatIsNoNumberIsAnError()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    Link link(**server);
    link.client.run({ "SET", "{lock:a}:fence", "many" });
    const Result<AcquireGrant> refused = link.acquire("lock:a");
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Server);
    QCOMPARE(link.client.run({ "EXISTS", "lock:a" }).number, 0);
}

void FencingTest::worksInOneSlotOfACluster()
{
    SandboxServer::Options options;
    options.tcp = true;
    options.arguments = { QStringLiteral("--cluster-enabled"), QStringLiteral("yes") };
    auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    Link link(**server);
    QCOMPARE(link.client.run({ "CLUSTER", "ADDSLOTSRANGE", "0", "16383" }).text, QByteArray("OK"));
    for (const QByteArray& key : { QByteArray("lock:a"), QByteArray("lock:{user7}:x"), QByteArray("{t}{u}") }) {
        QCOMPARE(link.client.run({ "CLUSTER", "KEYSLOT", key }).number,
            link.client.run({ "CLUSTER", "KEYSLOT", fencingCounterKey(key) }).number);
        // A cluster says so for a moment before it serves.
        Result<AcquireGrant> grant = link.acquire(key);
        for (int i = 0; i < 100 && !grant && grant.error().kind == ErrorKind::Loading; ++i) {
            QTest::qWait(100);
            grant = link.acquire(key);
        }
        VERIFY_RESULT(grant);
    }
}

void FencingTest::onAQuorumItRisesWhateverMasterIsLost()
{
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    qint64 last = 0;
    for (int round = 0; round < 9; ++round) {
        // Another master each time stands still while the lock is taken.
        SandboxServer& away = quorum.server(round % 3);
        away.suspend();
        AcquireRequest request;
        request.key = "lock:a";
        request.ttl = 8s;
        request.fence = true;
        request.wait = 20s;
        const Result<AcquireGrant> grant = quorum.acquire(request);
        away.resume();
        VERIFY_RESULT(grant);
        QVERIFY2(grant->fence.value_or(-1) > last, QByteArray::number(grant->fence.value_or(-1)).constData());
        last = *grant->fence;
        VERIFY_RESULT(quorum.release({ "lock:a", grant->token }));
        QTRY_COMPARE_WITH_TIMEOUT(quorum.votes("lock:a", "nil"), 3, 20000);
    }
}

void FencingTest::onAQuorumNoTwoHoldersShareANumber()
{
    constexpr int clients = 8;
    constexpr int sections = 60;
    QList<qint64> numbers; // in the order in which the lock was held
    int inside = 0;
    bool overlapped = false;
    std::function<void()> enter;
    // The last: what it still answers when it goes must find all of the above.
    RedlockFixture quorum(3);
    QVERIFY(quorum.waitUntilReady());
    enter = [&] {
        if (numbers.size() >= sections)
            return;
        AcquireRequest request;
        request.key = "lock:a";
        request.ttl = 20s;
        request.wait = 60s;
        request.fence = true;
        quorum.operations().acquire(request, [&](const Result<AcquireGrant>& grant) {
            if (!grant)
                return enter();
            overlapped = overlapped || ++inside > 1;
            numbers.append(grant->fence.value_or(-1));
            --inside;
            quorum.operations().release({ "lock:a", grant->token }, [&](const Status&) { enter(); });
        });
    };
    for (int i = 0; i < clients; ++i)
        enter();
    QTRY_VERIFY_WITH_TIMEOUT(numbers.size() >= sections, 120000);
    quorum.operations().cancelAcquires();
    QTRY_VERIFY_WITH_TIMEOUT(quorum.operations().isIdle(), 30000);
    QVERIFY(!overlapped);
    for (qsizetype i = 1; i < numbers.size(); ++i)
        QVERIFY2(numbers.at(i) > numbers.at(i - 1), QByteArray::number(i).constData());
}

QTEST_GUILESS_MAIN(FencingTest)
#include "tst_fencing.moc"
