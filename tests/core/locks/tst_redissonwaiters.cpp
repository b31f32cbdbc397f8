// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QTcpServer>

using namespace lockscope;

namespace {

const QByteArray holderA = "b983c153-7421-469a-addb-44fb92259a1b:31";
const QByteArray holderB = "0d1f7a30-58b4-4f0e-9f39-7d6a4d0a11c2:7";
const QByteArray waiterA = "5f1c2f0e-0a4e-4a2f-8f0e-2b8f3d1c9a77:1";
const QByteArray waiterB = "5f1c2f0e-0a4e-4a2f-8f0e-2b8f3d1c9a77:2";

// How the library takes each kind of lock, in words of our own: 1 taken, 0 wait.
const QByteArray takeReentrant = R"(
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('PEXPIRE', KEYS[1], 30000)
return 1)";

const QByteArray takeFair = R"(
local queue, deadlines = 'redisson_lock_queue:{' .. KEYS[1] .. '}', 'redisson_lock_timeout:{' .. KEYS[1] .. '}'
local head = redis.call('LINDEX', queue, 0)
if redis.call('EXISTS', KEYS[1]) == 0 and (not head or head == ARGV[1]) then
    if head then redis.call('LPOP', queue) redis.call('ZREM', deadlines, head) end
    redis.call('HSET', KEYS[1], ARGV[1], 1)
    redis.call('PEXPIRE', KEYS[1], 30000)
    return 1
end
if redis.call('ZADD', deadlines, 'NX', ARGV[2], ARGV[1]) == 1 then redis.call('RPUSH', queue, ARGV[1]) end
return 0)";

const QByteArray takeRead = R"(
if redis.call('HGET', KEYS[1], 'mode') == 'write' then return 0 end
redis.call('HSET', KEYS[1], 'mode', 'read')
local hold = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('SET', '{' .. KEYS[1] .. '}:' .. ARGV[1] .. ':rwlock_timeout:' .. hold, 1, 'PX', 30000)
redis.call('PEXPIRE', KEYS[1], 30000)
return 1)";

const QByteArray takeWrite = R"(
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'mode', 'write', ARGV[1] .. ':write', 1)
redis.call('PEXPIRE', KEYS[1], 30000)
return 1)";

/// A client program that waits as the library does: one link for the subscription, one for its tries.
class Waiter {
public:
    Waiter(const QString& socket, QByteArray script, QByteArray who)
        : m_subscription(socket)
        , m_commands(socket)
        , m_script(std::move(script))
        , m_who(std::move(who))
    {
    }
    bool tryLock(const QByteArray& deadline = "99999999999999")
    {
        return m_commands.run({ "EVAL", m_script, "1", "orders", m_who, deadline }).number == 1;
    }
    void subscribe(const QByteArray& channel, const QByteArray& command = "SUBSCRIBE")
    {
        m_subscription.run({ command, channel });
    }
    /// The payloads that have arrived: all that was published before the server answers this PING.
    QByteArrayList heard()
    {
        m_subscription.queue({ "PING" });
        m_subscription.flush();
        QByteArrayList payloads;
        while (m_subscription.isConnected()) {
            const BlockingClient::Answer push = m_subscription.read();
            if (push.items.size() < 3)
                return payloads;
            payloads.append(push.items[2].text);
        }
        return { "the link broke" };
    }

private:
    BlockingClient m_subscription;
    BlockingClient m_commands;
    QByteArray m_script;
    QByteArray m_who;
};

/// The cluster bus takes the port plus 10000 unless told otherwise, which may be more than there are.
QString freePort()
{
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    return QString::number(probe.serverPort());
}

const QByteArrayList nothing;
const QByteArrayList wakeOne { "0" };

} // namespace

class TestRedissonWaiters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void reentrant();
    void shardedSubscription();
    void fairWakesTheFirstLiveWaiterOnly();
    void writerWaitsForTheLastReader();
    void readersWaitForTheWriter();
    void deadReadersDoNotKeepTheLock();
    void permitsTellTheNewNumber();
    void nothingChangesWithoutTheRightToPublish();
    void worksOnAClusterNode_data();
    void worksOnAClusterNode();

private:
    QByteArrayList release(
        const char* family, const QByteArray& token, const QByteArray& key = "orders", bool any = false);
    BlockingClient& client() { return *m_client; }
    bool exists(const QByteArray& key) { return client().run({ "EXISTS", key }).number == 1; }
    QString socket() const { return m_server->socketPath(); }

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
};

void TestRedissonWaiters::init()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(socket());
}

void TestRedissonWaiters::cleanup()
{
    m_client.reset();
    m_server.reset();
}

QByteArrayList TestRedissonWaiters::release(
    const char* family, const QByteArray& token, const QByteArray& key, bool any)
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const LockFamily& found = registry.family(registry.byName(family));
    const QList<QByteArray> keys = found.releaseKeys(key);
    const QList<QByteArray> command
        = QList<QByteArray> { "EVAL", found.releaseRecipe().luaSource, QByteArray::number(keys.size()) } + keys
        + QList<QByteArray> { token, any ? "1" : "0" } + found.releaseArguments(key);
    const BlockingClient::Answer answer = client().run(command);
    QByteArrayList words;
    for (const BlockingClient::Answer& item : answer.items)
        words.append(item.text);
    return answer.type == '*' ? words : QByteArrayList { answer.text };
}

void TestRedissonWaiters::reentrant()
{
    client().run({ "EVAL", takeReentrant, "1", "orders", holderA });
    client().run({ "EVAL", takeReentrant, "1", "orders", holderA });
    Waiter waiter(socket(), takeReentrant, waiterA);
    QVERIFY(!waiter.tryLock());
    waiter.subscribe("redisson_lock__channel:{orders}");
    QVERIFY(!waiter.tryLock());

    QCOMPARE(release("redisson", holderB), QByteArrayList({ "changed", holderA }));
    QCOMPARE(waiter.heard(), nothing);
    QVERIFY(!waiter.tryLock());

    QCOMPARE(release("redisson", holderA), QByteArrayList({ "released", holderA }));
    QCOMPARE(waiter.heard(), wakeOne);
    QVERIFY(waiter.tryLock());

    QCOMPARE(release("redisson", holderA), QByteArrayList({ "changed", waiterA }));
    QCOMPARE(release("redisson", holderA, "orders", true), QByteArrayList({ "released", waiterA }));
    QCOMPARE(release("redisson", holderA), QByteArrayList({ "gone" }));
}

void TestRedissonWaiters::shardedSubscription()
{
    client().run({ "EVAL", takeReentrant, "1", "orders", holderA });
    Waiter waiter(socket(), takeReentrant, waiterA);
    waiter.subscribe("redisson_lock__channel:{orders}", "SSUBSCRIBE");
    QCOMPARE(release("redisson", holderB), QByteArrayList({ "changed", holderA }));
    QCOMPARE(waiter.heard(), nothing);
    QCOMPARE(release("redisson", holderA), QByteArrayList({ "released", holderA }));
    QCOMPARE(waiter.heard(), wakeOne);
}

void TestRedissonWaiters::fairWakesTheFirstLiveWaiterOnly()
{
    QVERIFY(Waiter(socket(), takeFair, holderA).tryLock());
    QVERIFY(!Waiter(socket(), takeFair, holderB).tryLock("1000")); // a waiter whose client died long ago
    Waiter first(socket(), takeFair, waiterA);
    Waiter second(socket(), takeFair, waiterB);
    QVERIFY(!first.tryLock());
    QVERIFY(!second.tryLock());
    first.subscribe("redisson_lock__channel:{orders}:" + waiterA);
    second.subscribe("redisson_lock__channel:{orders}:" + waiterB);

    QCOMPARE(release("redisson", waiterA), QByteArrayList({ "changed", holderA }));
    QCOMPARE(client().run({ "LLEN", "redisson_lock_queue:{orders}" }).number, 3);
    QCOMPARE(first.heard(), nothing);

    QCOMPARE(release("redisson", holderA), QByteArrayList({ "released", holderA }));
    QCOMPARE(first.heard(), wakeOne);
    QCOMPARE(second.heard(), nothing);
    QCOMPARE(client().run({ "LINDEX", "redisson_lock_queue:{orders}", "0" }).text, waiterA);
    QCOMPARE(client().run({ "ZCARD", "redisson_lock_timeout:{orders}" }).number, 2);
    QVERIFY(!second.tryLock());
    QVERIFY(first.tryLock());

    QCOMPARE(release("redisson", waiterA), QByteArrayList({ "released", waiterA }));
    QCOMPARE(second.heard(), wakeOne);
    QVERIFY(second.tryLock());
    QVERIFY(!exists("redisson_lock_queue:{orders}"));
}

void TestRedissonWaiters::writerWaitsForTheLastReader()
{
    Waiter readerA(socket(), takeRead, holderA);
    Waiter readerB(socket(), takeRead, holderB);
    QVERIFY(readerA.tryLock() && readerA.tryLock() && readerB.tryLock());
    client().run({ "PEXPIRE", "{orders}:" + holderB + ":rwlock_timeout:1", "9000" });
    Waiter writer(socket(), takeWrite, waiterA);
    writer.subscribe("redisson_rwlock:{orders}");
    QVERIFY(!writer.tryLock());

    QCOMPARE(release("redisson-rwlock", waiterB), QByteArrayList({ "changed", holderA }));
    QCOMPARE(release("redisson-rwlock", "mode"), QByteArrayList({ "changed", holderA }));
    QCOMPARE(release("redisson-rwlock", holderA), QByteArrayList({ "released", holderA }));
    QCOMPARE(writer.heard(), nothing);
    QVERIFY(!writer.tryLock());
    QVERIFY(!exists("{orders}:" + holderA + ":rwlock_timeout:1"));
    QVERIFY(!exists("{orders}:" + holderA + ":rwlock_timeout:2"));
    const qint64 left = client().run({ "PTTL", "orders" }).number;
    QVERIFY2(left > 0 && left <= 9000, qPrintable(QString::number(left)));

    QCOMPARE(release("redisson-rwlock", holderB), QByteArrayList({ "released", holderB }));
    QCOMPARE(writer.heard(), wakeOne);
    QVERIFY(!exists("{orders}:" + holderB + ":rwlock_timeout:1"));
    QVERIFY(writer.tryLock());
}

void TestRedissonWaiters::readersWaitForTheWriter()
{
    QVERIFY(Waiter(socket(), takeWrite, holderA).tryLock());
    // The writer's own thread reads too.
    client().run({ "HSET", "orders", holderA, "1" });
    client().run({ "SET", "{orders}:" + holderA + ":rwlock_timeout:1", "1", "PX", "30000" });
    Waiter reader(socket(), takeRead, waiterA);
    reader.subscribe("redisson_rwlock:{orders}");
    QVERIFY(!reader.tryLock());

    QCOMPARE(release("redisson-rwlock", holderB + ":write"), QByteArrayList({ "changed", holderA + ":write" }));
    QCOMPARE(reader.heard(), nothing);
    QCOMPARE(release("redisson-rwlock", holderA), QByteArrayList({ "released", holderA }));
    QCOMPARE(reader.heard(), nothing);
    QVERIFY(!reader.tryLock());
    QVERIFY(client().run({ "PTTL", "orders" }).number > 0);

    QCOMPARE(release("redisson-rwlock", holderA + ":write"), QByteArrayList({ "released", holderA + ":write" }));
    QCOMPARE(reader.heard(), QByteArrayList({ "1" }));
    QVERIFY(reader.tryLock());
}

void TestRedissonWaiters::deadReadersDoNotKeepTheLock()
{
    Waiter crashed(socket(), takeRead, holderA);
    Waiter alive(socket(), takeRead, holderB);
    QVERIFY(crashed.tryLock() && alive.tryLock());
    client().run({ "DEL", "{orders}:" + holderA + ":rwlock_timeout:1" });
    Waiter writer(socket(), takeWrite, waiterA);
    writer.subscribe("redisson_rwlock:{orders}");
    QCOMPARE(release("redisson-rwlock", holderB), QByteArrayList({ "released", holderB }));
    QCOMPARE(writer.heard(), wakeOne);
    QVERIFY(writer.tryLock());
}

void TestRedissonWaiters::permitsTellTheNewNumber()
{
    const QByteArray permit("\x00\xff\r\n0123456789ab", 16);
    client().run({ "SET", "pool", "0" });
    client().run({ "ZADD", "{pool}:timeout", "4102444800000", permit });
    Waiter waiter(socket(), takeReentrant, waiterA);
    waiter.subscribe("redisson_sc:{pool}");
    QCOMPARE(release("redisson-permits", "another", "{pool}:timeout"), QByteArrayList({ "changed", permit }));
    QCOMPARE(waiter.heard(), nothing);
    QCOMPARE(release("redisson-permits", permit, "{pool}:timeout"), QByteArrayList({ "released", permit }));
    QCOMPARE(waiter.heard(), QByteArrayList({ "1" }));
    QCOMPARE(client().run({ "GET", "pool" }).text, QByteArray("1"));

    QCOMPARE(release("redisson-semaphore", "3", "pool"), QByteArrayList({ "changed", "1" }));
    QCOMPARE(waiter.heard(), nothing);
    QCOMPARE(release("redisson-semaphore", "1", "pool"), QByteArrayList({ "released", "1" }));
    QCOMPARE(waiter.heard(), QByteArrayList({ "2" }));

    // The same zset belongs to a semaphore named with braces.
    client().run({ "DEL", "pool" });
    client().run({ "SET", "{pool}", "5" });
    client().run({ "ZADD", "{pool}:timeout", "4102444800000", permit });
    QCOMPARE(release("redisson-permits", "", "{pool}:timeout", true), QByteArrayList({ "released", permit }));
    QCOMPARE(client().run({ "GET", "{pool}" }).text, QByteArray("6"));
    QVERIFY(!exists("pool"));
}

void TestRedissonWaiters::nothingChangesWithoutTheRightToPublish()
{
    client().run({ "EVAL", takeReentrant, "1", "orders", holderA });
    client().run({ "HSET", "rw", "mode", "read", holderA, "1" });
    client().run({ "ZADD", "{pool}:timeout", "4102444800000", "0123456789abcdef" });
    client().run({ "ACL", "SETUSER", "operator", "on", "nopass", "+@all", "~*", "resetchannels" });
    client().run({ "AUTH", "operator", "any" });
    QVERIFY(release("redisson", holderA).constFirst() != "released");
    QVERIFY(release("redisson-rwlock", holderA, "rw").constFirst() != "released");
    QVERIFY(release("redisson-permits", "0123456789abcdef", "{pool}:timeout").constFirst() != "released");
    QVERIFY(exists("orders") && exists("rw") && exists("{pool}:timeout") && !exists("pool"));
}

void TestRedissonWaiters::worksOnAClusterNode_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("plain name") << QByteArray("orders");
    QTest::newRow("hash tag") << QByteArray("shop:{orders}:lock");
}

void TestRedissonWaiters::worksOnAClusterNode()
{
    QFETCH(QByteArray, key);
    cleanup();
    SandboxServer::Options options;
    options.tcp = true;
    options.arguments
        = { QStringLiteral("--cluster-enabled"), QStringLiteral("yes"), QStringLiteral("--cluster-port"), freePort() };
    auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(socket());
    client().run({ "CLUSTER", "ADDSLOTSRANGE", "0", "16383" });
    QTRY_VERIFY(client().run({ "CLUSTER", "INFO" }).text.contains("cluster_state:ok"));

    client().run({ "HSET", key, holderA, "1" });
    QCOMPARE(release("redisson", holderA, key), QByteArrayList({ "released", holderA }));
    client().run({ "HSET", key, "mode", "read", holderA, "2", holderB, "1" });
    QCOMPARE(release("redisson-rwlock", holderA, key), QByteArrayList({ "released", holderA }));
    client().run({ "SET", key, "4" });
    QCOMPARE(release("redisson-semaphore", "4", key), QByteArrayList({ "released", "4" }));
    const QByteArray timeout = (key.contains('{') ? key : '{' + key + '}') + ":timeout";
    client().run({ "ZADD", timeout, "4102444800000", "0123456789abcdef" });
    QCOMPARE(
        release("redisson-permits", "0123456789abcdef", timeout), QByteArrayList({ "released", "0123456789abcdef" }));
    QCOMPARE(client().run({ "GET", key }).text, QByteArray("6"));
}

QTEST_GUILESS_MAIN(TestRedissonWaiters)
#include "tst_redissonwaiters.moc"
