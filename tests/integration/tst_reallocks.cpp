// SPDX-License-Identifier: GPL-3.0-or-later

// Real lock libraries of the distribution: what they take is recognised and read, and our release lets the real waiter
// in.
#include "deployment/livedeployment.h"
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/testsupport.h"

#include <QProcess>
#include <QTemporaryDir>

using namespace lockscope;

class TestRealLocks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void releaseLetsTheWaiterIn_data();
    void releaseLetsTheWaiterIn();

private:
    std::unique_ptr<SandboxServer> m_server;
    QTemporaryDir m_folder;
};

namespace {

// Each says `waiting`, then `held` once it has the lock; a line on its standard input makes it look whether it has it
// still.
constexpr const char* symfonyScript = R"(
require '/usr/share/php/Symfony/Component/Lock/autoload.php';
$redis = new Redis();
$redis->connect($argv[1]);
$factory = new Symfony\Component\Lock\LockFactory(new Symfony\Component\Lock\Store\RedisStore($redis));
$lock = $factory->createLock('invoices', 60, false);
echo "waiting\n";
$lock->acquire(true);
echo "held\n";
fgets(STDIN);
echo $lock->isAcquired() ? "still\n" : "lost\n";
)";
constexpr const char* symfonyProbe = R"(
require '/usr/share/php/Symfony/Component/Lock/autoload.php';
exit(class_exists('Redis') && class_exists('Symfony\Component\Lock\LockFactory') ? 0 : 1);
)";

constexpr const char* dogpileScript = R"(
import sys
from dogpile.cache import make_region
region = make_region().configure('dogpile.cache.redis', arguments={
    'url': 'unix://' + sys.argv[1], 'distributed_lock': True, 'lock_timeout': 60, 'thread_local_lock': False})
mutex = region.backend.get_mutex('report')
print('waiting', flush=True)
mutex.acquire()
print('held', flush=True)
sys.stdin.readline()
try:
    mutex.release()
    print('still', flush=True)
except Exception:
    print('lost', flush=True)
)";

class Program {
public:
    Program(const QString& interpreter, const QString& option, const QString& script, const QString& socketPath)
    {
        m_process.start(interpreter, { option, script, socketPath });
    }
    ~Program()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    [[nodiscard]] bool says(const QByteArray& word)
    {
        while (!m_said.contains(QByteArray(word + '\n'))) {
            if (!m_process.waitForReadyRead(30'000))
                return false;
            m_said += m_process.readAllStandardOutput();
        }
        return true;
    }
    void goOn() { m_process.write("\n"); }
    [[nodiscard]] QByteArray faults() { return m_said + m_process.readAllStandardError(); }

private:
    QProcess m_process;
    QByteArray m_said;
};

template <typename T> Result<T> await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 60000))
        return fail(ErrorKind::Internal, QStringLiteral("the future never finished"));
    return future.takeResult();
}

} // namespace

void TestRealLocks::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void TestRealLocks::releaseLetsTheWaiterIn_data()
{
    QTest::addColumn<QString>("interpreter");
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("probe");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("family");
    QTest::addColumn<QByteArray>("hint");
    QTest::newRow("Symfony Lock") << QStringLiteral("/usr/bin/php") << QStringLiteral("-r")
                                  << QString::fromLatin1(symfonyScript) << QString::fromLatin1(symfonyProbe)
                                  << QByteArray("invoices") << QByteArray("symfony") << QByteArray();
    QTest::newRow("dogpile.cache") << QStringLiteral("/usr/bin/python3") << QStringLiteral("-c")
                                   << QString::fromLatin1(dogpileScript)
                                   << QStringLiteral("import dogpile.cache, redis") << QByteArray("_lockreport")
                                   << QByteArray("dogpile") << QByteArray("created_at");
}

void TestRealLocks::releaseLetsTheWaiterIn()
{
    QFETCH(QString, interpreter);
    QFETCH(QString, option);
    QFETCH(QString, script);
    QFETCH(QString, probe);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, family);
    QFETCH(QByteArray, hint);
    if (QProcess::execute(interpreter, { option, probe }) != 0)
        QSKIP("the library is not installed");
    Program holder(interpreter, option, script, m_server->socketPath());
    QVERIFY2(holder.says("held"), holder.faults().constData());
    Program waiter(interpreter, option, script, m_server->socketPath());
    QVERIFY2(waiter.says("waiting"), waiter.faults().constData());

    DeploymentOptions options;
    options.specs = { m_server->spec() };
    options.watchLocks = false;
    options.auditFile = m_folder.filePath(QStringLiteral("audit.sqlite"));
    auto deployment = LiveDeployment::create(options);
    VERIFY_RESULT(deployment);
    (*deployment)->start();
    const auto seen = await((*deployment)->inspect({ key }));
    VERIFY_RESULT(seen);
    QCOMPARE(FamilyRegistry::instance().name(seen->family), QLatin1StringView(family));
    QVERIFY(seen->confidence >= 0.9F);
    QVERIFY(seen->held && seen->hasToken);
    QVERIFY(seen->ttlMs > 0 && seen->ttlMs <= 60'000);
    QCOMPARE(seen->mode, LockMode::Exclusive);
    QCOMPARE(seen->owner.isEmpty() ? QByteArray() : seen->owner.first().name, hint);

    const auto released
        = await((*deployment)->forceRelease({ { { key, seen->family, seen->token, false } }, QStringLiteral("test") }));
    VERIFY_RESULT(released);
    QCOMPARE(released->first().outcome, ReleaseOutcome::Released);
    QVERIFY2(waiter.says("held"), waiter.faults().constData());
    const auto after = await((*deployment)->inspect({ key }));
    VERIFY_RESULT(after);
    QVERIFY(after->token != seen->token);
    holder.goOn();
    QVERIFY2(holder.says("lost"), holder.faults().constData());
    waiter.goOn();
    QVERIFY2(waiter.says("still"), waiter.faults().constData());
}

QTEST_GUILESS_MAIN(TestRealLocks)
#include "tst_reallocks.moc"
