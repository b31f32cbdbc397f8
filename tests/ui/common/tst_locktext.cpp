// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/locktext.h"

#include "locks/families/familyregistry.h"
#include "support/testsupport.h"

using namespace lockscope;
using namespace std::chrono_literals;

class TestLockText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysWhy_data();
    void saysWhy();
    void doubtIsSaid();
};

namespace {

const SteadyTime now = SteadyTime() + 10h;

LockRecord sample(LockState state)
{
    LockRecord lock;
    lock.state = state;
    lock.deadline = state == LockState::NoTtl ? noDeadline : state == LockState::Due ? now - 1200ms : now + 12s;
    lock.lease = 30s;
    lock.acquiredAt = lock.firstSeen = now - 65s;
    lock.verifiedAt = now - 3s;
    lock.family = FamilyRegistry::instance().byName("plain");
    lock.confidence = 0.95F;
    return lock;
}

} // namespace

void TestLockText::saysWhy_data()
{
    QTest::addColumn<LockState>("state");
    QTest::addColumn<LinkState>("link");
    QTest::addColumn<QStringList>("facts");
    QTest::newRow("held") << LockState::Held << LinkState::Ready
                          << QStringList { QStringLiteral("12.0 s left of 30.0 s"),
                                 QStringLiteral("No renewal was seen"),
                                 QStringLiteral("confirmed token and TTL 3.0 s ago"),
                                 QStringLiteral("95 % certainty") };
    QTest::newRow("no TTL") << LockState::NoTtl << LinkState::Ready
                            << QStringList { QStringLiteral("has no TTL"), QStringLiteral("3.0 s ago"),
                                   QStringLiteral("Held for 1 m 05 s; no renewal was seen") };
    QTest::newRow("due") << LockState::Due << LinkState::Ready
                         << QStringList { QStringLiteral("has passed 1.2 s ago"), QStringLiteral("has not answered") };
    QTest::newRow("stale") << LockState::Stale << LinkState::Lost
                           << QStringList { QStringLiteral("The connection is lost"),
                                  QStringLiteral("last 3.0 s ago") };
    QTest::newRow("stale, connected again")
        << LockState::Stale << LinkState::Ready << QStringList { QStringLiteral("is being asked again") };
}

void TestLockText::saysWhy()
{
    QFETCH(LockState, state);
    QFETCH(LinkState, link);
    QFETCH(QStringList, facts);
    const QString text = lockWhyText(sample(state), link, now);
    for (const QString& fact : std::as_const(facts))
        QVERIFY2(text.contains(fact), qPrintable(text));
}

void TestLockText::doubtIsSaid()
{
    LockRecord lock = sample(LockState::Held);
    QVERIFY(!isLockDoubtful(lock));
    QVERIFY(!lockConfidenceText(lock).contains(QStringLiteral("may be no lock")));
    lock.confidence = 0.6F;
    QVERIFY(isLockDoubtful(lock));
    QVERIFY(lockConfidenceText(lock).contains(QStringLiteral("plain with 60 %")));
    QVERIFY(lockWhyText(lock, LinkState::Ready, now).contains(QStringLiteral("may be no lock at all")));
    lock.family = FamilyId::None;
    QVERIFY(lockConfidenceText(lock).contains(QStringLiteral("No lock library was recognised")));
}

QTEST_GUILESS_MAIN(TestLockText)
#include "tst_locktext.moc"
