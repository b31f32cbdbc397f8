// SPDX-License-Identifier: GPL-3.0-or-later

// The real redis-py (package python3-redis): its lock is recognised, and our release lets its waiter in.
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QElapsedTimer>
#include <QProcess>

#include <algorithm>
#include <limits>

using namespace lockscope;

class TestRedisPy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void releaseLetsTheWaiterIn();
    void aWaiterOfTheRealLibraryGetsInWithin100Ms();

private:
    std::unique_ptr<SandboxServer> m_server;
};

namespace {

// Says `held` once it has the lock; a line on its standard input makes it release.
constexpr const char* holderScript = R"(
import sys, redis
from redis.exceptions import LockError
lock = redis.Redis(unix_socket_path=sys.argv[1]).lock('resize:42', timeout=60, sleep=float(sys.argv[2]))
print('waiting', flush=True)
lock.acquire()
print('held', flush=True)
sys.stdin.readline()
try:
    lock.release()
    print('released', flush=True)
except LockError:
    print('lost', flush=True)
)";

// The distribution's own: another one in the path does not know the distribution's packages.
const QString python = QStringLiteral("/usr/bin/python3");

/// How often somebody has tried to take a lock since the counters began.
int triesSeen(BlockingClient& client)
{
    const QByteArray stats = client.run({ "INFO", "commandstats" }).text;
    const qsizetype at = stats.indexOf("cmdstat_set:calls=");
    return at < 0 ? 0 : stats.mid(at + 18, stats.indexOf(',', at) - at - 18).toInt();
}

class Holder {
public:
    /// A waiter asks again every `sleep` seconds; 0.1 is the library's default.
    explicit Holder(const QString& socketPath, const QString& sleep = QStringLiteral("0.1"))
    {
        m_process.start(python, { QStringLiteral("-c"), QString::fromLatin1(holderScript), socketPath, sleep });
    }
    ~Holder()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    /// Waits until it has said this word.
    [[nodiscard]] bool says(const QByteArray& word)
    {
        while (!m_said.contains(QByteArray(word + '\n'))) {
            if (!m_process.waitForReadyRead(20'000))
                return false;
            m_said += m_process.readAllStandardOutput();
        }
        return true;
    }
    void release() { m_process.write("\n"); }
    [[nodiscard]] QByteArray faults() { return m_process.readAllStandardError(); }

private:
    QProcess m_process;
    QByteArray m_said;
};

} // namespace

void TestRedisPy::initTestCase()
{
    if (QProcess::execute(python, { QStringLiteral("-c"), QStringLiteral("import redis") }) != 0)
        QSKIP("the package python3-redis is not installed");
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void TestRedisPy::releaseLetsTheWaiterIn()
{
    Holder holder(m_server->socketPath());
    QVERIFY2(holder.says("held"), holder.faults().constData());

    BlockingClient client(m_server->socketPath());
    KeySample sample { "resize:42", client.run({ "GET", "resize:42" }).text,
        client.run({ "PTTL", "resize:42" }).number };
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const FamilyMatch match = registry.recognise(sample);
    QCOMPARE(registry.name(match.id), QLatin1StringView("redis-py"));
    QVERIFY(match.recognition.confidence >= 0.9F);
    const LockFamily& family = registry.family(match.id);
    const QList<OwnerHint> hints = family.ownerHints(sample.value);
    QVERIFY(!hints.isEmpty());
    QCOMPARE(hints[0].name, QByteArray("created_at"));
    const QDateTime since = QDateTime::fromString(hints[0].value, Qt::ISODateWithMs);
    QVERIFY(std::abs(since.secsTo(QDateTime::currentDateTimeUtc())) < 300);

    Holder waiter(m_server->socketPath());
    QVERIFY2(waiter.says("waiting"), waiter.faults().constData());
    const auto answer = client.run({ "EVAL", family.releaseRecipe().luaSource, "1", sample.key, sample.value, "0" });
    QCOMPARE(answer.items.value(0).text, QByteArray("released"));
    QVERIFY2(waiter.says("held"), waiter.faults().constData());
    QVERIFY(client.run({ "GET", sample.key }).text != sample.value);

    holder.release();
    QVERIFY2(holder.says("lost"), holder.faults().constData());
    waiter.release();
    QVERIFY2(waiter.says("released"), waiter.faults().constData());
}

void TestRedisPy::aWaiterOfTheRealLibraryGetsInWithin100Ms()
{
    BlockingClient client(m_server->socketPath());
    const LockFamily& family = FamilyRegistry::instance().family(FamilyRegistry::instance().byName("redis-py"));
    qint64 best = std::numeric_limits<qint64>::max();
    for (int round = 0; round < 5; ++round) {
        client.run({ "SET", "resize:42", "dead-holder", "PX", "60000" });
        client.run({ "CONFIG", "RESETSTAT" });
        // A tenth of the library's own pause, so that what is measured is the release and not the pause.
        Holder waiter(m_server->socketPath(), QStringLiteral("0.01"));
        QVERIFY2(waiter.says("waiting"), waiter.faults().constData());
        QTRY_VERIFY_WITH_TIMEOUT(triesSeen(client) >= 2, 20'000); // it was refused, and asks again
        const auto answer
            = client.run({ "EVAL", family.releaseRecipe().luaSource, "1", "resize:42", "dead-holder", "0" });
        QElapsedTimer since;
        since.start();
        QCOMPARE(answer.items.value(0).text, QByteArray("released"));
        QVERIFY2(waiter.says("held"), waiter.faults().constData());
        best = std::min(best, since.elapsed());
        waiter.release();
        QVERIFY2(waiter.says("released"), waiter.faults().constData());
    }
    qInfo("the waiter held it after %lld ms", best);
    QVERIFY2(best < 100, QByteArray::number(best).constData()); // the best of five: the machine may be busy
}

QTEST_GUILESS_MAIN(TestRedisPy)
#include "tst_redispy.moc"
