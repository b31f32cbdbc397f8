// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/structurefamilies.h"
#include "support/testsupport.h"
#include "support/watchfixture.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

#include <algorithm>
#include <cstdlib>
#include <optional>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

struct TrueLock {
    QByteArray holders; ///< each with its count, in the order of their names
    qint64 ttlMs = -1;
    SteadyTime deadline = noDeadline;
};
using TrueTable = QMap<QByteArray, TrueLock>;

int trafficSeconds()
{
    const int wanted = qEnvironmentVariableIntValue("LOCKSCOPE_TRUTH_SECONDS");
    return wanted > 0 ? wanted : 60;
}

QByteArray joined(QList<QByteArray> holders)
{
    std::sort(holders.begin(), holders.end());
    return holders.join(' ');
}

std::optional<TrueLock> readLock(BlockingClient& client, const QByteArray& key)
{
    const QByteArray type = client.run({ "TYPE", key }).text;
    const auto answer = client.run(type == "string" ? QList<QByteArray> { "GET", key }
            : type == "hash"                        ? QList<QByteArray> { "HGETALL", key }
                                                    : QList<QByteArray> { "ZRANGE", key, "0", "-1", "WITHSCORES" });
    qint64 ttl = client.run({ "PTTL", key }).number;
    const auto time = client.run({ "TIME" }).items;
    const SteadyTime now = std::chrono::steady_clock::now();
    const qint64 serverMs = time.value(0).text.toLongLong() * 1000 + time.value(1).text.toLongLong() / 1000;
    QList<QByteArray> holders;
    if (type == "string")
        holders = { answer.text + "=1" };
    qint64 lastPermit = 0;
    for (qsizetype i = 0; i + 1 < answer.items.size(); i += 2) {
        const QByteArray token = answer.items.at(i).text;
        const QByteArray value = answer.items.at(i + 1).text;
        const qint64 left = value.toLongLong() - serverMs;
        if (type == "hash")
            holders.append(token + '=' + value);
        else if (left > 0)
            holders.append(token + "=1");
        lastPermit = std::max(lastPermit, left);
    }
    if (type == "zset")
        ttl = ttl < 0 ? lastPermit : std::min(ttl, lastPermit);
    if (holders.isEmpty() || ttl == -2 || type == "set")
        return {};
    return TrueLock { joined(holders), ttl, ttl < 0 ? noDeadline : now + Milliseconds(ttl) };
}

QByteArray holdersOf(const LockRecord& record)
{
    if (!record.extras->holders)
        return record.token + "=1";
    QList<QByteArray> holders;
    for (const LockHolder& holder : *record.extras->holders)
        holders.append(holder.token + '=' + QByteArray::number(holder.count));
    return joined(holders);
}

/// What the server itself says, read by a client that shares no code with the product.
TrueTable readTruth(BlockingClient& client)
{
    TrueTable truth;
    QByteArray cursor = "0";
    do {
        const BlockingClient::Answer page = client.run({ "SCAN", cursor, "COUNT", "1000" });
        cursor = page.items.value(0).text;
        for (const BlockingClient::Answer& key : page.items.value(1).items) {
            const std::optional<TrueLock> lock = readLock(client, key.text);
            if (lock)
                truth.insert(key.text, *lock);
        }
    } while (cursor != "0" && client.isConnected());
    return truth;
}

/// What is wrong with the picture; empty if it is true.
QByteArray difference(const TrueTable& truth, const QList<LockRecord>& seen, Milliseconds tolerance)
{
    for (const LockRecord& record : seen) {
        const auto it = truth.constFind(record.key);
        if (it == truth.constEnd())
            return "shown but not there: " + record.key.toPercentEncoding();
        if (it->holders != holdersOf(record))
            return "wrong holders of " + record.key.toPercentEncoding() + ": " + holdersOf(record) + " for "
                + it->holders;
        if (record.hasDeadline() != (it->ttlMs >= 0))
            return "wrong about the TTL of " + record.key.toPercentEncoding();
        if (record.state != (record.hasDeadline() ? LockState::Held : LockState::NoTtl))
            return "state " + QByteArray(lockStateName(record.state).data()) + " of " + record.key.toPercentEncoding();
        const auto off = record.hasDeadline() ? record.deadline - it->deadline : 0ns;
        if (std::chrono::abs(off) > tolerance)
            return "deadline of " + record.key.toPercentEncoding() + " off by "
                + QByteArray::number(std::chrono::duration_cast<Milliseconds>(off).count()) + " ms";
    }
    if (seen.size() != truth.size())
        return "shows " + QByteArray::number(seen.size()) + " of " + QByteArray::number(truth.size());
    return {};
}

} // namespace

/// Random traffic of every kind, faults included; then silence, and the picture must be what the server holds.
class TestTruth : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pictureEqualsServer_data();
    void pictureEqualsServer();

private:
    void disturb(WatchFixture& fixture);
    void write(WatchFixture& fixture);
    void writeStructure(WatchFixture& fixture);
    [[nodiscard]] QByteArray key();
    [[nodiscard]] QByteArray ttl();

    QRandomGenerator m_random;
};

QByteArray TestTruth::key()
{
    static const QByteArray nasty("\xff\0__:\r\n*", 8);
    return "lock:" + QByteArray::number(m_random.bounded(300)) + (m_random.bounded(20) == 0 ? nasty : QByteArray());
}

QByteArray TestTruth::ttl()
{
    // Short ones expire during the test, long ones are there at its end.
    return QByteArray::number(m_random.bounded(3) == 0 ? 5 + m_random.bounded(400) : 2000 + m_random.bounded(600'000));
}

void TestTruth::write(WatchFixture& fixture)
{
    const QByteArray token = QByteArray::number(m_random.generate64(), 16);
    switch (m_random.bounded(20)) {
    case 0:
    case 1:
    case 2:
        fixture.run({ "SET", key(), token, "NX", "PX", ttl() });
        return;
    case 3:
        fixture.run({ "SET", key(), token, "PX", ttl() });
        return;
    case 4:
    case 5:
        fixture.run({ "DEL", key() });
        return;
    case 6:
        fixture.run({ "PEXPIRE", key(), ttl() });
        return;
    case 7:
        fixture.run({ "PERSIST", key() });
        return;
    case 8:
        fixture.run({ "RENAME", key(), key() });
        return;
    case 9:
        fixture.run({ "MOVE", key(), "1" });
        return;
    case 10:
        fixture.run({ "COPY", key(), key(), "REPLACE" });
        return;
    case 11:
        fixture.run({ "SET", key(), token });
        return;
    case 12:
        fixture.run({ "GETDEL", key() });
        return;
    case 13:
        fixture.run({ "SUNIONSTORE", key(), "no such set" });
        return;
    default:
        writeStructure(fixture);
    }
}

void TestTruth::writeStructure(WatchFixture& fixture)
{
    const QByteArray holder = "holder-" + QByteArray::number(m_random.bounded(3));
    const QByteArray name = "lock:structure:" + QByteArray::number(m_random.bounded(60));
    switch (m_random.bounded(7)) {
    case 0:
        fixture.run({ "HSET", name, holder, QByteArray::number(1 + m_random.bounded(3)) });
        return;
    case 1:
        fixture.run({ "HINCRBY", name, holder, "1" });
        return;
    case 2:
        fixture.run({ "HDEL", name, holder });
        return;
    case 3:
        fixture.run({ "PEXPIRE", name, ttl() });
        return;
    case 4:
        fixture.run({ "ZADD", name + ":z", QByteArray::number(QDateTime::currentMSecsSinceEpoch() + ttl().toLongLong()),
            holder });
        return;
    case 5:
        fixture.run({ "ZREM", name + ":z", holder });
        return;
    default:
        fixture.run({ "RENAME", name, key() });
    }
}

void TestTruth::disturb(WatchFixture& fixture)
{
    switch (m_random.bounded(8)) {
    case 0:
        fixture.run({ "FLUSHDB" });
        return;
    case 1:
    case 2:
        fixture.run({ "SWAPDB", "0", "1" });
        return;
    case 3:
        fixture.run({ "CLIENT", "KILL", "TYPE", "pubsub" });
        return;
    case 4:
        fixture.run({ "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes" });
        return;
    case 5:
        fixture.run({ "DEBUG", "SLEEP", "0.3" });
        return;
    case 6:
        fixture.server().kill();
        VERIFY_RESULT(fixture.server().restart());
        fixture.client().reconnect();
        return;
    default:
        fixture.server().suspend();
        QTest::qWait(500);
        fixture.server().resume();
        return;
    }
}

void TestTruth::pictureEqualsServer_data()
{
    QTest::addColumn<QByteArray>("notifyFlags");
    QTest::addColumn<ListenChoice>("listen");
    QTest::addColumn<ListenMode>("mode");
    QTest::addColumn<double>("share");
    const QByteArray none;
    QTest::newRow("notifications") << QByteArray("Kg$hszlxe") << ListenChoice::Auto << ListenMode::Notifications << 0.5;
    QTest::newRow("keyevent channels") << QByteArray("Eg$hszlxe") << ListenChoice::Auto << ListenMode::Notifications
                                       << 0.1;
    QTest::newRow("tracking") << none << ListenChoice::Auto << ListenMode::Tracking << 0.25;
    QTest::newRow("polling") << none << ListenChoice::Poll << ListenMode::Polling << 0.15;
}

void TestTruth::pictureEqualsServer()
{
    QFETCH(QByteArray, notifyFlags);
    QFETCH(ListenChoice, listen);
    QFETCH(ListenMode, mode);
    QFETCH(double, share);
    quint32 seed = quint32(qEnvironmentVariableIntValue("LOCKSCOPE_TRUTH_SEED"));
    if (seed == 0)
        seed = QRandomGenerator::global()->generate();
    qInfo("seed %u (LOCKSCOPE_TRUTH_SEED)", seed);
    m_random.seed(seed);

    SandboxServer::Options serverOptions;
    serverOptions.notifyFlags = notifyFlags;
    WatchFixture fixture(serverOptions);
    WatchOptions options = WatchFixture::allKeys();
    options.registry = &structureRegistry();
    options.listen = listen;
    fixture.watch(options);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isWhole(), 10'000);
    QCOMPARE(fixture.engine().status().listening, mode);
    QElapsedTimer clock;
    clock.start();
    const qint64 end = qint64(trafficSeconds() * share * 1000);
    qint64 nextFault = 1500;
    quint64 commands = 0;
    while (clock.elapsed() < end) {
        for (int i = m_random.bounded(60); i >= 0; --i, ++commands)
            write(fixture);
        if (clock.elapsed() > nextFault) {
            disturb(fixture);
            nextFault = clock.elapsed() + 500 + m_random.bounded(2500);
        }
        QTest::qWait(m_random.bounded(12));
        Q_UNUSED(fixture.lock("any"));
    }
    QVERIFY(fixture.client().isConnected());
    qInfo("%llu commands", static_cast<unsigned long long>(commands));

    // The last traffic over, 2 s are the promise for what no event tells of; 10 s leave room for a loaded machine.
    QByteArray wrong = "nothing compared yet";
    const auto isTrue = [&] {
        Q_UNUSED(fixture.isWhole());
        const TrueTable truth = readTruth(fixture.client());
        Q_UNUSED(fixture.isWhole());
        wrong = difference(truth, fixture.mirror().locks(), 40ms);
        return wrong.isEmpty();
    };
    QElapsedTimer quiet;
    quiet.start();
    while (!isTrue() && quiet.elapsed() < 10'000)
        QTest::qWait(20);
    QVERIFY2(wrong.isEmpty(), wrong.constData());
    qInfo("true after %lld ms, %lld locks", static_cast<long long>(quiet.elapsed()),
        static_cast<long long>(fixture.mirror().size()));
    QVERIFY2(fixture.isConsistent(), "a delta contradicts what was told before");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().listening, mode, 10'000);
}

QTEST_GUILESS_MAIN(TestTruth)
#include "tst_truth.moc"
