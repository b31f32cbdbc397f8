// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyregistry.h"
#include "operations/lockoperations.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QRandomGenerator>

#include <thread>

using namespace lockscope;
using namespace std::chrono_literals;

/// Our release against holders that hand over or wait, all at once on a real server.
class ReleaseRaceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void tenThousandHandOversLoseNothing();
    void aBlockedWaiterGetsIn();
    void aSubscribedWaiterGetsIn();
    void followUpNamesTheNextHolder();
    void followUpSeesTheOldHolderComeBack();
    void nobodyComes();
    void everyActEndsWithItsOwnOutcome();
    void aConnectionIsClosedOnlyForItsHolder();
    void weighingTellsWhoMayBeTheHolder();

private:
    ForceReleaseResult act(const ForceReleaseTarget& target);
    QList<NextHolder> follow(const FollowRequest& request);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<LockOperations> m_operations;
};

namespace {

constexpr int patienceMs = 30000;

FamilyId familyNamed(const char* name) { return FamilyRegistry::instance().byName(name); }

/// Takes the lock as the library would, as soon as `wait` says that it may be free; tells how long that took.
class WaiterThread {
public:
    using Attempt = std::function<bool(BlockingClient&)>;
    WaiterThread(const QString& socket, Attempt tryLock, Attempt wait)
        : m_thread([this, socket, tryLock = std::move(tryLock), wait = std::move(wait)] {
            BlockingClient commands(socket);
            BlockingClient waiting(socket);
            m_waiting = true;
            while (!tryLock(commands) && waiting.isConnected())
                wait(waiting);
            m_heldAt = SystemClock::instance().now();
            m_holds = true;
        })
    {
    }
    ~WaiterThread() { m_thread.join(); }
    [[nodiscard]] bool isWaiting() const { return m_waiting; }
    [[nodiscard]] bool holds() const { return m_holds; }
    [[nodiscard]] SteadyTime heldAt() const { return m_heldAt; }

private:
    std::atomic<bool> m_waiting = false;
    std::atomic<bool> m_holds = false;
    SteadyTime m_heldAt {};
    std::thread m_thread;
};

} // namespace

void ReleaseRaceTest::init()
{
    m_operations.reset();
    m_connection.reset();
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_client.reset();
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    m_connection = std::make_unique<Connection>(m_server->spec(), std::make_shared<CommandGate>());
    m_operations = std::make_unique<LockOperations>(*m_connection);
    m_connection->open();
    QTRY_VERIFY_WITH_TIMEOUT(m_connection->isReady(), patienceMs);
}

ForceReleaseResult ReleaseRaceTest::act(const ForceReleaseTarget& target)
{
    const auto answer = std::make_shared<std::optional<ForceReleaseResult>>();
    m_operations->forceRelease(target, [answer](ForceReleaseResult result) { *answer = std::move(result); });
    if (!QTest::qWaitFor([&] { return answer->has_value(); }, patienceMs))
        return {};
    return **answer;
}

QList<NextHolder> ReleaseRaceTest::follow(const FollowRequest& request)
{
    const auto answer = std::make_shared<std::optional<QList<NextHolder>>>();
    m_operations->follow(request, [answer](QList<NextHolder> next) { *answer = std::move(next); });
    if (!QTest::qWaitFor([&] { return answer->has_value(); }, patienceMs))
        return {};
    return **answer;
}

/// Each of the locks is handed from `old` to `new` by its holder while we release it as held by `old`. Whichever comes
/// first, `new` must never lose it.
void ReleaseRaceTest::tenThousandHandOversLoseNothing()
{
    constexpr int locks = 10000;
    const auto keyOf = [](int i) -> QByteArray { return "lock:race:" + QByteArray::number(i); };
    for (int i = 0; i < locks; ++i)
        m_client->queue({ "SET", keyOf(i), "old", "PX", "600000" });
    m_client->flush();
    for (int i = 0; i < locks; ++i)
        QCOMPARE(m_client->read().text, QByteArray("OK"));
    const QByteArray handOver = "if redis.call('GET', KEYS[1]) == 'old' then redis.call('SET', KEYS[1], 'new', 'PX', "
                                "600000) return 1 end return 0";
    std::vector<bool> handedOver(locks, false);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    // Both sides work on the same few locks at the same time.
    std::atomic<int> open = 0;
    std::thread holder([&] {
        BlockingClient client(m_server->socketPath());
        for (int first = 0; first < locks && client.isConnected();) {
            const int end = open;
            for (int i = first; i < end; ++i)
                client.queue({ "EVAL", handOver, "1", keyOf(i) });
            client.flush();
            for (int i = first; i < end; ++i)
                handedOver[size_t(i)] = client.read().number == 1;
            first = end;
        }
    });
    std::vector<ReleaseOutcome> outcomes(locks, ReleaseOutcome::OutcomeUnknown);
    int answered = 0;
    QRandomGenerator random(seed);
    for (int first = 0; first < locks;) {
        const int end = std::min(locks, first + int(random.bounded(1, 100)));
        if (random.bounded(2) == 0)
            open = end; // they begin; else we do
        for (int i = first; i < end; ++i) {
            m_operations->forceRelease(
                { keyOf(i), familyNamed("plain"), "old", false }, [&, i](const ForceReleaseResult& result) {
                    outcomes[size_t(i)] = result.outcome;
                    ++answered;
                });
        }
        const auto sent = [&] {
            open = end;
            return answered == end;
        };
        QCoreApplication::processEvents();
        first = end;
        if (!QTest::qWaitFor(sent, patienceMs))
            break;
    }
    open = locks;
    holder.join();
    QCOMPARE(answered, locks);
    int released = 0;
    for (int i = 0; i < locks; ++i) {
        const bool ours = outcomes[size_t(i)] == ReleaseOutcome::Released;
        released += ours ? 1 : 0;
        QVERIFY(ours || outcomes[size_t(i)] == ReleaseOutcome::HolderChanged);
        QVERIFY2(ours != bool(handedOver[size_t(i)]), keyOf(i).constData());
        QCOMPARE(m_client->run({ "GET", keyOf(i) }).text, ours ? QByteArray() : QByteArray("new"));
    }
    qInfo("%d released, %d handed over before", released, locks - released);
    QVERIFY(released > 0 && released < locks); // it was a race
}

/// python-redis-lock waits with BLPOP for an element of the signal list.
void ReleaseRaceTest::aBlockedWaiterGetsIn()
{
    qint64 best = 1'000'000;
    for (int round = 0; round < 5; ++round) {
        m_client->run({ "SET", "lock:orders", "theirs" });
        WaiterThread waiter(
            m_server->socketPath(),
            [](BlockingClient& client) {
                return client.run({ "SET", "lock:orders", "next", "NX" }).text == "OK";
            },
            [](BlockingClient& client) {
                return !client.run({ "BLPOP", "lock-signal:orders", "30" }).items.isEmpty();
            });
        QTRY_VERIFY_WITH_TIMEOUT(m_client->run({ "INFO", "clients" }).text.contains("blocked_clients:1"), patienceMs);
        const SteadyTime before = SystemClock::instance().now();
        QCOMPARE(act({ "lock:orders", familyNamed("python-redis-lock"), "theirs", false }).outcome,
            ReleaseOutcome::Released);
        QTRY_VERIFY_WITH_TIMEOUT(waiter.holds(), patienceMs);
        best = std::min<qint64>(best, std::chrono::duration_cast<Milliseconds>(waiter.heldAt() - before).count());
        m_client->run({ "DEL", "lock:orders", "lock-signal:orders" });
    }
    QVERIFY2(best < 100, QByteArray::number(best).constData()); // the best of five: the machine may be busy
}

/// Redisson subscribes to the lock's channel and tries again when a message comes.
void ReleaseRaceTest::aSubscribedWaiterGetsIn()
{
    const QByteArray holder = "b983c153-7421-469a-addb-44fb92259a1b:31";
    const QByteArray take = "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end "
                            "redis.call('HSET', KEYS[1], ARGV[1], 1) redis.call('PEXPIRE', KEYS[1], 30000) return 1";
    const QByteArray channel = "redisson_lock__channel:{orders}";
    qint64 best = 1'000'000;
    for (int round = 0; round < 5; ++round) {
        m_client->run({ "HSET", "orders", holder, "1" });
        bool subscribed = false;
        WaiterThread waiter(
            m_server->socketPath(),
            [&](BlockingClient& client) {
                return client.run({ "EVAL", take, "1", "orders", "0d1f7a30-58b4-4f0e-9f39-7d6a4d0a11c2:7" }).number
                    == 1;
            },
            [&](BlockingClient& client) {
                if (!std::exchange(subscribed, true)) // then once more before it sleeps, as the library does
                    return !client.run({ "SUBSCRIBE", channel }).items.isEmpty();
                return !client.read().items.isEmpty();
            });
        QTRY_COMPARE_WITH_TIMEOUT(m_client->run({ "PUBSUB", "NUMSUB", channel }).items.value(1).number, 1, patienceMs);
        const SteadyTime before = SystemClock::instance().now();
        QCOMPARE(act({ "orders", familyNamed("redisson"), holder, false }).outcome, ReleaseOutcome::Released);
        QTRY_VERIFY_WITH_TIMEOUT(waiter.holds(), patienceMs);
        best = std::min<qint64>(best, std::chrono::duration_cast<Milliseconds>(waiter.heldAt() - before).count());
        m_client->run({ "DEL", "orders" });
    }
    QVERIFY2(best < 100, QByteArray::number(best).constData());
}

void ReleaseRaceTest::followUpNamesTheNextHolder()
{
    m_client->run({ "SET", "lock:a", "next-holder", "PX", "60000" });
    FollowRequest request;
    request.locks = { { "lock:a", "theirs", {}, 0 } };
    request.window = 20s;
    const QList<NextHolder> next = follow(request);
    QCOMPARE(next.size(), 1);
    QCOMPARE(next.first().kind, NextHolder::Kind::Other);
    QCOMPARE(next.first().token, QByteArray("next-holder"));
    QVERIFY(next.first().afterMs >= 0);
}

void ReleaseRaceTest::followUpSeesTheOldHolderComeBack()
{
    FollowRequest request;
    request.locks = { { "lock:a", "theirs", {}, 0 } };
    request.window = 20s;
    const auto answer = std::make_shared<std::optional<QList<NextHolder>>>();
    m_operations->follow(request, [answer](QList<NextHolder> next) { *answer = std::move(next); });
    m_client->run({ "SET", "lock:a", "theirs", "PX", "60000" }); // as RedLock.net does at half of the lease
    QTRY_VERIFY_WITH_TIMEOUT(answer->has_value(), patienceMs);
    QCOMPARE((*answer)->first().kind, NextHolder::Kind::SameAgain);
}

void ReleaseRaceTest::nobodyComes()
{
    FollowRequest request;
    request.locks = { { "lock:a", "theirs", {}, 0 } };
    request.window = 50ms;
    const QList<NextHolder> next = follow(request);
    QCOMPARE(next.first().kind, NextHolder::Kind::Nobody);
    QVERIFY(next.first().watchedMs >= 50);
}

void ReleaseRaceTest::everyActEndsWithItsOwnOutcome()
{
    ForceReleaseTarget target { "lock:a", familyNamed("plain"), "theirs", false };
    target.act = LockAct::AddTtl;
    target.ttlMs = 60000;
    QCOMPARE(act(target).outcome, ReleaseOutcome::AlreadyGone);
    m_client->run({ "SET", "lock:a", "theirs" });
    ForceReleaseResult result = act(target);
    QCOMPARE(result.outcome, ReleaseOutcome::Done);
    QCOMPARE(result.oldTtlMs, -1);
    QCOMPARE(act(target).outcome, ReleaseOutcome::Unneeded);
    target.act = LockAct::Shorten;
    target.ttlMs = 0;
    QCOMPARE(act(target).error->kind, ErrorKind::Usage); // PEXPIRE 0 would delete
    QCOMPARE(m_client->run({ "GET", "lock:a" }).text, QByteArray("theirs"));
    target.act = LockAct::TakeOver;
    target.ttlMs = 60000;
    target.newToken = "theirs";
    QCOMPARE(act(target).outcome, ReleaseOutcome::Refused);
    target.newToken = "ours";
    result = act(target);
    QCOMPARE(result.outcome, ReleaseOutcome::Done);
    QCOMPARE(result.token, QByteArray("theirs"));
    QCOMPARE(m_client->run({ "GET", "lock:a" }).text, QByteArray("ours"));
    target.act = LockAct::Shorten;
    target.anyToken = true;
    QCOMPARE(act(target).error->kind, ErrorKind::Usage); // only a release may be aimed at whoever holds it
    ForceReleaseTarget permits { "n", familyNamed("redisson-semaphore"), "3", false };
    permits.act = LockAct::TakeOver;
    permits.ttlMs = 1000;
    permits.newToken = "ours";
    QCOMPARE(act(permits).error->kind, ErrorKind::NotSupported);
}

void ReleaseRaceTest::aConnectionIsClosedOnlyForItsHolder()
{
    m_client->run({ "SET", "lock:a", "worker-7:4711:abc", "PX", "60000" });
    BlockingClient holder(m_server->socketPath());
    const qint64 id = holder.run({ "CLIENT", "ID" }).number;
    ForceReleaseTarget target { "lock:a", familyNamed("plain"), "somebody else", false };
    target.act = LockAct::KillConnection;
    QCOMPARE(act(target).error->kind, ErrorKind::Usage);
    target.clientId = id;
    target.clientAddress = m_server->socketPath().toUtf8() + ":0";
    QCOMPARE(act(target).outcome, ReleaseOutcome::HolderChanged);
    target.expectedToken = "worker-7:4711:abc";
    target.clientAddress = "10.9.8.7:1";
    QCOMPARE(act(target).outcome, ReleaseOutcome::Refused); // another address: another client
    QCOMPARE(holder.run({ "PING" }).text, QByteArray("PONG"));
    target.clientAddress = m_server->socketPath().toUtf8() + ":0";
    QCOMPARE(act(target).outcome, ReleaseOutcome::Done);
    QCOMPARE(holder.run({ "PING" }).type, char(0));
    QCOMPARE(m_client->run({ "GET", "lock:a" }).text, QByteArray("worker-7:4711:abc"));
}

void ReleaseRaceTest::weighingTellsWhoMayBeTheHolder()
{
    m_client->run({ "SET", "lock:a", "worker-7:4711:abc", "PX", "60000" });
    BlockingClient holder(m_server->socketPath());
    holder.run({ "CLIENT", "SETNAME", "billing@worker-7/4711" });
    std::optional<Result<ReleaseImpact>> impact;
    m_operations->weigh("lock:a", [&](Result<ReleaseImpact> answer) { impact = std::move(answer); });
    QTRY_VERIFY_WITH_TIMEOUT(impact, patienceMs);
    VERIFY_RESULT(*impact);
    QCOMPARE((*impact)->evidence.verdict, HolderEvidence::Verdict::Connected);
    QCOMPARE((*impact)->evidence.clients.first().id, holder.run({ "CLIENT", "ID" }).number);
    QVERIFY((*impact)->rightsKnown);
    QVERIFY((*impact)->missingRights.value(LockAct::Release).isEmpty());
    QVERIFY(!(*impact)->isCluster);
}

QTEST_GUILESS_MAIN(ReleaseRaceTest)
#include "tst_releaserace.moc"
