// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockinspector.h"

#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/connectionsupport.h"
#include "support/structurefamilies.h"
#include "support/testsupport.h"

using namespace lockscope;

/// A look at one key of any type and at what stands beside it, through a read-only gate.
class LockInspectorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void aHashWithAllAroundIt();
    void severalHolders();
    void subscribersAreCounted();
    void aStringHasNoStoredWaiters();
    void permitsThatAreOver();
    void theLeaseOfPermits();
    void aForeignHashIsNotSwallowed();
    void aKeyOfNoFamily();
    void refusalsBesideTheKeyAreLeftOut();

private:
    LockInspection inspect(const QByteArray& key);
    BlockingClient::Answer run(const QList<QByteArray>& arguments) { return m_client->run(arguments); }

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<Connection> m_connection;
};

void LockInspectorTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

void LockInspectorTest::init()
{
    run({ "FLUSHALL" });
    run({ "ACL", "SETUSER", "default", "+@all" });
    m_connection = std::make_unique<Connection>(m_server->spec(), openGate(true));
    m_connection->open();
    QTRY_VERIFY(m_connection->isReady());
}

LockInspection LockInspectorTest::inspect(const QByteArray& key)
{
    std::optional<Result<LockInspection>> answer;
    inspectLock(
        *m_connection, SystemClock::instance(), key, [&](Result<LockInspection> seen) { answer = std::move(seen); },
        structureRegistry());
    if (!QTest::qWaitFor([&] { return answer.has_value(); }) || !*answer) {
        QTest::qFail(answer ? qPrintable(errorMessage(answer->error())) : "never answered", __FILE__, __LINE__);
        return {};
    }
    return **answer;
}

void LockInspectorTest::aHashWithAllAroundIt()
{
    run({ "HSET", "lock:a", "holder", "3" });
    run({ "PEXPIRE", "lock:a", "60000" });
    for (int i = 0; i < 25; ++i)
        run({ "RPUSH", "lock:a:queue", "waiter-" + QByteArray::number(i) });
    run({ "PEXPIRE", "lock:a:queue", "90000" });
    run({ "SET", "lock:a:fence", "41" });
    const LockInspection seen = inspect("lock:a");
    QVERIFY(seen.exists);
    QCOMPARE(seen.type, QByteArray("hash"));
    QCOMPARE(seen.family, structureRegistry().byName("hash"));
    QCOMPARE(seen.token, QByteArray("holder"));
    QCOMPARE(seen.holders.size(), size_t(1));
    QCOMPARE(seen.holders.front().count, 3);
    QCOMPARE(seen.elements, 1U);
    QVERIFY(seen.ttlMs > 55000 && seen.ttlMs <= 60000);
    QCOMPARE(seen.waiters, 25);
    QCOMPARE(seen.firstWaiters.size(), 20);
    QCOMPARE(seen.firstWaiters.first(), QByteArray("waiter-0"));
    QCOMPARE(seen.fence.value_or(-1), 41);
    QCOMPARE(seen.auxiliary.size(), 2);
    QCOMPARE(seen.auxiliary.at(0).key, QByteArray("lock:a:queue"));
    QCOMPARE(seen.auxiliary.at(0).type, QByteArray("list"));
    QCOMPARE(seen.auxiliary.at(0).role, QStringLiteral("waiter queue"));
    QVERIFY(seen.auxiliary.at(0).ttlMs > 80000);
    QCOMPARE(seen.auxiliary.at(1).ttlMs, -1);

    run({ "DEL", "lock:a:queue", "lock:a:fence" });
    const LockInspection alone = inspect("lock:a");
    QVERIFY(alone.auxiliary.isEmpty());
    QCOMPARE(alone.waiters, 0); // nobody waits: that is known
    QVERIFY(!alone.fence);
}

void LockInspectorTest::severalHolders()
{
    run({ "HSET", "lock:a", "mode", "read", "b", "1", "a", "2" });
    const LockInspection seen = inspect("lock:a");
    QCOMPARE(seen.mode, LockMode::Read);
    QCOMPARE(seen.holders.size(), size_t(2));
    QCOMPARE(seen.holders.front().token, QByteArray("a"));
    QCOMPARE(seen.ttlMs, -1);
}

void LockInspectorTest::subscribersAreCounted()
{
    run({ "SADD", "lock:set", "permit" });
    BlockingClient first(m_server->socketPath());
    BlockingClient second(m_server->socketPath());
    QCOMPARE(inspect("lock:set").waiters, 0);
    first.run({ "SUBSCRIBE", "lock:set:wake" });
    second.run({ "SSUBSCRIBE", "lock:set:wake" });
    QCOMPARE(inspect("lock:set").waiters, 2);
}

void LockInspectorTest::aStringHasNoStoredWaiters()
{
    run({ "SET", "lock:s", "token", "PX", "5000" });
    const LockInspection seen = inspect("lock:s");
    QCOMPARE(seen.waiters, -1);
    QVERIFY(!seen.waitersReason.isEmpty());
    QVERIFY(seen.holders.empty());
    QCOMPARE(seen.token, QByteArray("token"));
    QCOMPARE(seen.valueBytes, 5);
}

void LockInspectorTest::permitsThatAreOver()
{
    run({ "ZADD", "lock:z", "1000", "long ago" });
    const LockInspection seen = inspect("lock:z");
    QVERIFY(seen.exists);
    QVERIFY(!seen.held);
    QVERIFY(!seen.hasToken);
    QVERIFY(seen.holders.empty());
}

void LockInspectorTest::theLeaseOfPermits()
{
    const qint64 now = run({ "TIME" }).items.value(0).text.toLongLong() * 1000;
    run({ "ZADD", "lock:z", QByteArray::number(now + 20000), "a", QByteArray::number(now + 50000), "b" });
    const LockInspection seen = inspect("lock:z");
    QCOMPARE(seen.mode, LockMode::Semaphore);
    QCOMPARE(seen.holders.size(), size_t(2));
    QVERIFY(seen.ttlMs > 45000 && seen.ttlMs <= 51000); // until nobody holds it any more
    QVERIFY(seen.holders.front().ttlMs > 15000 && seen.holders.front().ttlMs <= 21000);
}

void LockInspectorTest::aForeignHashIsNotSwallowed()
{
    for (int i = 0; i < 30; ++i)
        run({ "HSET", "lock:fat", QByteArray::number(i), QByteArray(100'000, 'x') });
    const quint64 before = m_connection->traffic().bytesReceived;
    const LockInspection seen = inspect("lock:fat");
    QVERIFY(seen.exists);
    QCOMPARE(seen.type, QByteArray("hash"));
    QCOMPARE(seen.family, FamilyId::None);
    QVERIFY(m_connection->traffic().bytesReceived - before < 10'000);
}

void LockInspectorTest::aKeyOfNoFamily()
{
    run({ "XADD", "stream", "*", "f", "v" });
    const LockInspection stream = inspect("stream");
    QVERIFY(stream.exists);
    QCOMPARE(stream.type, QByteArray("stream"));
    QCOMPARE(stream.family, FamilyId::None);
    const LockInspection nothing = inspect("nothing");
    QVERIFY(!nothing.exists);
    QCOMPARE(nothing.type, QByteArray("none"));
}

void LockInspectorTest::refusalsBesideTheKeyAreLeftOut()
{
    run({ "HSET", "lock:a", "holder", "1" });
    run({ "RPUSH", "lock:a:queue", "w" });
    run({ "ACL", "SETUSER", "default", "-llen", "-lrange", "-memory", "-time" });
    const LockInspection seen = inspect("lock:a");
    QCOMPARE(seen.token, QByteArray("holder"));
    QCOMPARE(seen.waiters, -1);
    QVERIFY(!seen.waitersReason.isEmpty());
    QCOMPARE(seen.auxiliary.size(), 1);
}

QTEST_GUILESS_MAIN(LockInspectorTest)
#include "tst_lockinspector.moc"
