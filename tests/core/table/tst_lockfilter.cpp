// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockfilter.h"

#include "locks/families/familyregistry.h"
#include "support/testsupport.h"

using namespace lockscope;
using namespace std::chrono_literals;

class TestLockFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void accepts_data();
    void accepts();
    void locksWithoutTtl();
    void tokenlessLocks();
    void binaryKeys();
    void dependsOnTime_data();
    void dependsOnTime();
};

void TestLockFilter::accepts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("accepted");
    const auto row
        = [](const char* text, bool accepted) { QTest::newRow(text) << QString::fromUtf8(text) << accepted; };
    row("", true);
    row("   ", true);
    row("orders", true);
    row("ORDERS", true);
    row("orders 42", true);
    row("orders 43", false);
    row("abcdef", true);
    row("host-7", true);
    row("nothing", false);
    row("lock:*", true);
    row("LOCK:ord*:4?", true);
    row("orders*", false);
    row("*42", true);
    row("*4", false);
    row("****", true);
    row("key:orders", true);
    row("key:lock:*", true);
    row("key:abcdef", false);
    row("state:held", true);
    row("state:he", true);
    row("state:no_ttl", false);
    row("State:Held", true);
    row("family:plain", true);
    row("family:red", false);
    row("holder:abcdef", true);
    row("holder:worker", true);
    row("holder:WORKER@", true);
    row("holder:orders", false);
    row("ttl<5s", false);
    row("ttl<10001ms", true);
    row("ttl<11", true);
    row("ttl<0.5m", true);
    row("ttl>9s", true);
    row("ttl>1h", false);
    row("mode:write", true);
    row("mode:w", true);
    row("mode:read", false);
    row("type:hash", true);
    row("Type:HA", true);
    row("type:string", false);
    row("mode:", false);
    row("renewals>3", true);
    row("renewals>4", false);
    row("renewals>", false);
    row("renewals>-1", false);
    row("renewals>many", false);
    row("waiters>1", true);
    row("waiters>2", false);
    row("holder:=abcdef0123", true);
    row("holder:=abcdef", false);
    row("holder:=abc*", true);
    row("holder:=worker@host-?", true);
    row("holder:=worker", false);
    row("holder:second", true);
    row("holder:=second-holder", true);
    row("holder:=second", false);
    row("held>1m", true);
    row("held>3m", false);
    row("held<1d", true);
    row("ttl<", false);
    row("ttl<soon", false);
    row("state:", false);
    row("orders ttl<11s held>1m state:held", true);
    row("orders ttl<11s held>3m", false);
}

namespace {

const SteadyTime now = SteadyTime() + 10h;

LockRecord sample()
{
    LockRecord lock;
    lock.id = { 1, 1 };
    lock.key = "lock:orders:42";
    lock.token = "AbCdEf0123";
    lock.extras.set(&LockExtras::owner, QStringLiteral("worker@Host-7"));
    lock.deadline = now + 10s;
    lock.firstSeen = now - 2min;
    lock.family = FamilyRegistry::instance().byName("plain");
    lock.mode = LockMode::Write;
    lock.type = KeyType::Hash;
    lock.renewals = 4;
    lock.waiters = 2;
    lock.extras.set(&LockExtras::holders,
        std::make_shared<std::vector<LockHolder>>(std::vector<LockHolder> { { lock.token }, { "second-holder" } }));
    return lock;
}

} // namespace

void TestLockFilter::accepts()
{
    QFETCH(QString, text);
    QFETCH(bool, accepted);
    QCOMPARE(LockFilter::parse(text).accepts(sample(), now), accepted);
}

void TestLockFilter::locksWithoutTtl()
{
    LockRecord lock = sample();
    lock.deadline = noDeadline;
    lock.state = LockState::NoTtl;
    QVERIFY(!LockFilter::parse(QStringLiteral("ttl<5s")).accepts(lock, now));
    QVERIFY(LockFilter::parse(QStringLiteral("ttl>5s")).accepts(lock, now));
    QVERIFY(LockFilter::parse(QStringLiteral("state:no_ttl")).accepts(lock, now));
}

void TestLockFilter::tokenlessLocks()
{
    LockRecord lock = sample();
    lock.hasToken = false;
    QVERIFY(!LockFilter::parse(QStringLiteral("abcdef")).accepts(lock, now));
    lock.extras.set(&LockExtras::holders, nullptr);
    QVERIFY(!LockFilter::parse(QStringLiteral("holder:abcdef")).accepts(lock, now));
    lock.waiters = -1;
    QVERIFY(!LockFilter::parse(QStringLiteral("waiters>0")).accepts(lock, now));
}

void TestLockFilter::binaryKeys()
{
    LockRecord lock = sample();
    lock.key = QByteArray("\x00\xff\x80lock\x00", 8);
    QVERIFY(LockFilter::parse(QStringLiteral("lock")).accepts(lock, now));
    QVERIFY(LockFilter::parse(QStringLiteral("???lock?")).accepts(lock, now));
    lock.key = QByteArray(2000, 'a');
    QVERIFY(!LockFilter::parse(QStringLiteral("*a*a*a*a*a*a*b")).accepts(lock, now));
}

void TestLockFilter::dependsOnTime_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("depends");
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("words") << QStringLiteral("orders state:held key:a*") << false;
    QTest::newRow("ttl") << QStringLiteral("orders ttl<5s") << true;
    QTest::newRow("held") << QStringLiteral("held>1m") << true;
}

void TestLockFilter::dependsOnTime()
{
    QFETCH(QString, text);
    QFETCH(bool, depends);
    QCOMPARE(LockFilter::parse(text).dependsOnTime(), depends);
}

QTEST_GUILESS_MAIN(TestLockFilter)
#include "tst_lockfilter.moc"
