// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/heldlocks.h"
#include "operations/holdingspanel.h"

#include "support/fakedeployment.h"
#include "support/testsupport.h"

#include <QCheckBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeWidget>

namespace lockscope {

using namespace std::chrono_literals;

/// The locks that a window holds, and the panel that shows them.
class HeldLocksTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void renewsAtAThirdOfTheTtl();
    void withoutRenewalItIsLostWithItsTtl();
    void aPassingFailureIsTriedAgain();
    void aThiefIsALoss();
    void aMasterThatFailsKeepsItsFormerLease();
    void releasesAll();
    void aFailedReleaseIsStillHeld();
    void thePanelListsThemAll();

private:
    quint64 take(const QByteArray& key, Milliseconds ttl, bool renews);
    std::unique_ptr<FakeDeployment> m_fake;
    std::unique_ptr<HeldLocks> m_locks;
};

void HeldLocksTest::init()
{
    FakeDeployment::Options options;
    options.locks = 0;
    options.masters = 3;
    m_locks = std::make_unique<HeldLocks>();
    m_fake = std::make_unique<FakeDeployment>(options);
    m_fake->start();
    m_locks->setDeployment(m_fake.get());
}

quint64 HeldLocksTest::take(const QByteArray& key, Milliseconds ttl, bool renews)
{
    AcquireRequest request;
    request.key = key;
    request.token = "token of " + key;
    request.ttl = ttl;
    request.fence = true;
    std::optional<Result<AcquireGrant>> grant;
    onFinished(m_fake->acquire(request), m_locks.get(), [&](const Result<AcquireGrant>& given) { grant = given; });
    if (!QTest::qWaitFor([&] { return grant.has_value(); }))
        return 0;
    return m_locks->add(**grant, renews);
}

void HeldLocksTest::renewsAtAThirdOfTheTtl()
{
    const quint64 id = take("a", 900ms, true);
    QTRY_VERIFY_WITH_TIMEOUT(m_fake->extensions().size() >= 4, 20000);
    QCOMPARE(m_locks->heldCount(), 1);
    QCOMPARE(m_fake->extensions().first().ttl, 900ms);
    QVERIFY(m_locks->find(id)->grant.fence);
    m_locks->setRenews(id, false);
    QSignalSpy lost(m_locks.get(), &HeldLocks::lost);
    QTRY_COMPARE_WITH_TIMEOUT(lost.size(), 1, 20000);
}

void HeldLocksTest::withoutRenewalItIsLostWithItsTtl()
{
    QSignalSpy lost(m_locks.get(), &HeldLocks::lost);
    const quint64 id = take("a", 300ms, false);
    QCOMPARE(m_locks->heldTokens(), (QSet<std::pair<QByteArray, QByteArray>> { { "a", "token of a" } }));
    QTRY_COMPARE_WITH_TIMEOUT(lost.size(), 1, 20000);
    QCOMPARE(m_fake->extensions().size(), 0);
    QCOMPARE(m_locks->find(id)->state, HoldState::Lost);
    QCOMPARE(m_locks->find(id)->error->kind, ErrorKind::Expired);
    QVERIFY(m_locks->heldTokens().isEmpty());
}

void HeldLocksTest::aPassingFailureIsTriedAgain()
{
    const quint64 id = take("a", 6s, true);
    m_fake->setExtendError(makeError(ErrorKind::NoQuorum));
    m_locks->extend(id);
    QTRY_VERIFY(m_locks->find(id)->error);
    QCOMPARE(m_locks->heldCount(), 1);
    m_fake->setExtendError({});
    QTRY_VERIFY_WITH_TIMEOUT(!m_locks->find(id)->error, 20000);
    QVERIFY(m_fake->extensions().size() >= 2);
    QCOMPARE(m_locks->heldCount(), 1);
}

void HeldLocksTest::aThiefIsALoss()
{
    QSignalSpy lost(m_locks.get(), &HeldLocks::lost);
    const quint64 id = take("a", 60s, true);
    m_fake->put("a", "thief", 10s, LockEventKind::HolderChanged);
    m_locks->extend(id);
    QTRY_COMPARE(lost.size(), 1);
    QCOMPARE(m_locks->find(id)->error->kind, ErrorKind::NotHeld);
}

void HeldLocksTest::aMasterThatFailsKeepsItsFormerLease()
{
    const quint64 id = take("a", 60s, false);
    const SteadyTime before = m_locks->find(id)->grant.nodes.at(1).validUntil;
    m_fake->setDownMaster(1);
    m_locks->extend(id);
    QTRY_COMPARE(m_locks->find(id)->grant.nodes.at(1).vote, NodeVote::Failed);
    const HeldLock* lock = m_locks->find(id);
    QCOMPARE(lock->grant.nodes.at(1).validUntil, before);
    QVERIFY(lock->grant.nodes.at(0).validUntil > before);
}

void HeldLocksTest::releasesAll()
{
    QSignalSpy all(m_locks.get(), &HeldLocks::allReleased);
    take("a", 60s, true);
    take("b", 60s, true);
    m_locks->releaseAll();
    QTRY_COMPARE(all.size(), 1);
    QVERIFY(all.first().first().toBool());
    QCOMPARE(m_fake->releases().size(), 2);
    QCOMPARE(m_locks->heldCount(), 0);
    m_locks->forgetEnded();
    QVERIFY(m_locks->locks().empty());
    m_locks->releaseAll();
    QTRY_COMPARE(all.size(), 2);
}

void HeldLocksTest::aFailedReleaseIsStillHeld()
{
    QSignalSpy all(m_locks.get(), &HeldLocks::allReleased);
    const quint64 id = take("a", 60s, true);
    m_fake->setReleaseError(makeError(ErrorKind::ConnectionLost));
    m_locks->releaseAll();
    QTRY_COMPARE(all.size(), 1);
    QVERIFY(!all.first().first().toBool());
    QCOMPARE(m_locks->heldCount(), 1);
    QCOMPARE(m_locks->find(id)->error->kind, ErrorKind::ConnectionLost);
}

void HeldLocksTest::thePanelListsThemAll()
{
    HoldingsPanel panel(m_locks.get());
    panel.show();
    auto* list = panel.findChild<QTreeWidget*>();
    take("a", 60s, true);
    const quint64 second = take("b", 60s, false);
    QCOMPARE(list->topLevelItemCount(), 2);
    QCOMPARE(list->currentItem()->text(0), QStringLiteral("b"));
    QVERIFY(list->topLevelItem(1)->text(1).contains(QStringLiteral("renewed")));
    QCOMPARE(list->topLevelItem(0)->text(2), QStringLiteral("43"));
    m_locks->release(second);
    QTRY_COMPARE(list->topLevelItem(0)->text(1), QStringLiteral("released"));
    for (QPushButton* button : panel.findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Clear en&ded"))
            button->click();
    }
    QCOMPARE(list->topLevelItemCount(), 1);
}

} // namespace lockscope

QTEST_MAIN(lockscope::HeldLocksTest)
#include "tst_heldlocks.moc"
