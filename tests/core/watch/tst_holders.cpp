// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/suspicion.h"
#include "support/testsupport.h"
#include "support/watchfixture.h"

#include <QElapsedTimer>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int patienceMs = 60'000;

} // namespace

/// A real server, holders that renew and stop, and connections that go away.
class TestHolders : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aHolderThatStopsRenewing();
    void aConnectionThatGoesAway();
    void withoutTheRightToListClients();
};

void TestHolders::aHolderThatStopsRenewing()
{
    WatchFixture fixture;
    fixture.run({ "SET", "lock:job", "token", "PX", "60000" });
    fixture.watch();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:job"), patienceMs);
    QElapsedTimer running;
    running.start();
    constexpr int period = 400;
    for (int i = 1; i <= 6; ++i) {
        QTRY_VERIFY_WITH_TIMEOUT(running.elapsed() >= i * period, patienceMs);
        fixture.run({ "PEXPIRE", "lock:job", "60000" });
        // The server merges what comes faster than it is read: each is waited for.
        QTRY_COMPARE_WITH_TIMEOUT(int(fixture.lock("lock:job")->renewals), i, patienceMs);
    }
    const LockRecord* lock = fixture.lock("lock:job");
    QVERIFY(lock->extras->rhythm && lock->extras->rhythm->periodMs > 0);
    // Under load the client's own beats are late; never early.
    QVERIFY2(lock->extras->rhythm->periodMs >= period / 2, qPrintable(QString::number(lock->extras->rhythm->periodMs)));
    QVERIFY(!lock->extras->rhythm->beats.empty());
    const quint16 before = lock->extras->rhythm->missed;
    QTRY_VERIFY_WITH_TIMEOUT(fixture.lock("lock:job")->extras->rhythm->overdue >= 2, patienceMs);
    lock = fixture.lock("lock:job");
    QVERIFY(lock->extras->rhythm->missed >= before + 2);
    QCOMPARE(suspicionsOf(*lock).front().kind, SuspicionKind::MissedBeats);
    fixture.run({ "PEXPIRE", "lock:job", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(int(fixture.lock("lock:job")->extras->rhythm->overdue), 0, patienceMs);
    // Another holder begins anew.
    fixture.run({ "SET", "lock:job", "other", "PX", "60000" });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.lock("lock:job")->token, QByteArray("other"), patienceMs);
    QVERIFY(!fixture.lock("lock:job")->extras->rhythm);
}

void TestHolders::aConnectionThatGoesAway()
{
    WatchFixture fixture;
    auto holder = std::make_unique<BlockingClient>(fixture.server().socketPath());
    holder->run({ "CLIENT", "SETNAME", "worker-7" });
    holder->run({ "SET", "lock:job", "worker-7:4711:99", "PX", "600000" });
    fixture.run({ "SET", "lock:other", "worker-8:4711:99", "PX", "600000" });
    fixture.watch();
    const auto link = [&] {
        const LockRecord* lock = fixture.lock("lock:job");
        return lock && lock->extras->doubts ? lock->extras->doubts->link : HolderLink::Unknown;
    };
    QTRY_COMPARE_WITH_TIMEOUT(link(), HolderLink::Connected, patienceMs);
    QCOMPARE(suspicionScore(*fixture.lock("lock:job")), 0);
    holder.reset();
    QTRY_COMPARE_WITH_TIMEOUT(link(), HolderLink::Gone, patienceMs);
    QCOMPARE(suspicionsOf(*fixture.lock("lock:job")).front().kind, SuspicionKind::HolderGone);
    fixture.run({ "PEXPIRE", "lock:job", "900000" });
    QTRY_COMPARE_WITH_TIMEOUT(
        suspicionsOf(*fixture.lock("lock:job")).front().kind, SuspicionKind::RenewedWithoutHolder, patienceMs);
    QVERIFY2(!fixture.lock("lock:other")->extras->doubts, "who was never seen is not said to be gone");
}

void TestHolders::withoutTheRightToListClients()
{
    WatchFixture fixture;
    fixture.run({ "ACL", "SETUSER", "default", "-client|list" });
    fixture.run({ "SET", "lock:job", "worker-7:4711:99", "PX", "600000" });
    fixture.watch();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.engine().status().clientEvidence, ClientEvidence::Refused, patienceMs);
    QVERIFY(fixture.lock("lock:job"));
    QVERIFY(!fixture.lock("lock:job")->extras->doubts);
}

QTEST_GUILESS_MAIN(TestHolders)
#include "tst_holders.moc"
