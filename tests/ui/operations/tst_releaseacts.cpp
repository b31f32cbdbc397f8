// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/forcereleasedialog.h"

#include "base/bytetext.h"
#include "common/messagestrip.h"
#include "operations/durationedit.h"
#include "operations/forcereleasecontroller.h"
#include "operations/releaselist.h"
#include "operations/reportbuttons.h"
#include "operations/typedconfirmation.h"
#include "support/fakedeployment.h"
#include "support/testsupport.h"
#include "ui/releasefixture.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTemporaryDir>

namespace lockscope {

using namespace std::chrono_literals;

/// The strengths of an act, its confirmation and what is shown around it, through the real dialog.
class ReleaseActsTest final : public ReleaseFixture {
    Q_OBJECT
private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void productionWantsTheFourCharacters();
    void productionThatIsNotArmedDoesNotOpen();
    void whatIsNotPermittedIsGreyAndNamed();
    void theLeaseIsShortened();
    void takenOverAndHandedBack();
    void aTakenLockCanBeHandedBackLater();
    void theConnectionOfTheEvidenceIsClosed();
    void rowsAreLeftOut();
    void stoppedBetweenTwo();
    void staleLooksAreRenewedFirst();
    void aDifferenceStopsTheAct();
    void theNextHolderIsShownAndReported();
    void onePermitOfSeveral();
    void aLongKeyLeavesTheDialogUsable();
};

void ReleaseActsTest::productionWantsTheFourCharacters()
{
    FakeDeployment::Options options;
    options.locks = 0;
    options.environment = Environment::Production;
    FakeDeployment fake(options);
    fake.start();
    fake.put("lock:a", "token-a", 60s);
    const auto armed = fake.arm({ QStringLiteral("incident"), 60s });
    m_controller->setDeployment(&fake);
    m_controller->setStatus(fake.status());
    QCOMPARE(m_controller->refusal(), QString());
    m_controller->open({ *fake.lock("lock:a") });
    m_dialog = m_controller->dialog();
    QTRY_VERIFY(m_dialog->review().allLooked());
    QVERIFY(m_dialog->windowTitle().contains(QStringLiteral("PRODUCTION")));
    giveReason();
    QPushButton* release = button(QStringLiteral("Force-release"));
    QVERIFY(!release->isEnabled());
    QVERIFY(visibleText().contains(QStringLiteral("four characters are missing")));
    auto* typed = m_dialog->findChild<TypedConfirmation*>();
    const QString end = tokenFingerprint("token-a").right(4);
    QGuiApplication::clipboard()->setText(end);
    typed->setFocus();
    QTest::keySequence(typed, QKeySequence::Paste);
    QTest::mouseClick(typed, Qt::MiddleButton);
    QCOMPARE(typed->text(), QString());
    QTest::keyClicks(typed, end.toUpper());
    QVERIFY(release->isEnabled());
    QTest::keyClick(typed, Qt::Key_Return);
    QVERIFY(fake.forceReleases().isEmpty());
    QTest::mouseClick(release, Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(fake.forceReleases().size(), 1);
    m_controller->setDeployment(nullptr);
}

void ReleaseActsTest::productionThatIsNotArmedDoesNotOpen()
{
    FakeDeployment::Options options;
    options.locks = 0;
    options.environment = Environment::Production;
    FakeDeployment fake(options);
    fake.start();
    fake.put("lock:a", "token-a", 60s);
    m_controller->setDeployment(&fake);
    m_controller->setStatus(fake.status());
    QVERIFY(m_controller->refusal().contains(QStringLiteral("arm the writes")));
    m_controller->open({ *fake.lock("lock:a") });
    QVERIFY(!m_controller->dialog());
    m_controller->setDeployment(nullptr);
}

void ReleaseActsTest::whatIsNotPermittedIsGreyAndNamed()
{
    m_fake->setImpact([](ReleaseImpact& impact) {
        impact.missingRights[LockAct::Release] = { QStringLiteral("+publish") };
        impact.missingRights[LockAct::Shorten] = { QStringLiteral("+pexpire") };
    });
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    QVERIFY(visibleText().contains(QStringLiteral("lacks the right: +publish")));
    const auto* model = qobject_cast<QStandardItemModel*>(acts()->model());
    QVERIFY(!model->item(int(LockAct::Shorten))->isEnabled());
    QVERIFY(acts()->itemText(int(LockAct::Shorten)).contains(QStringLiteral("+pexpire")));
    QVERIFY(!model->item(int(LockAct::AddTtl))->isEnabled()); // it has one
    QVERIFY(!model->item(int(LockAct::KillConnection))->isEnabled()); // nobody knows whose
    QVERIFY(model->item(int(LockAct::TakeOver))->isEnabled());
}

void ReleaseActsTest::theLeaseIsShortened()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    choose(LockAct::Shorten);
    m_dialog->findChild<DurationEdit*>()->setDuration(5s);
    giveReason();
    QTest::mouseClick(button(QStringLiteral("Shorten the lease")), Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    const ForceReleaseTarget& target = m_fake->forceReleases().first().targets.first();
    QCOMPARE(target.act, LockAct::Shorten);
    QCOMPARE(target.ttlMs, 5000);
    QCOMPARE(target.expectedToken, QByteArray("token-a"));
    QVERIFY2(visibleText().contains(QStringLiteral("was shortened")), qPrintable(visibleText()));
    QVERIFY(m_fake->follows().isEmpty()); // nobody was released
}

void ReleaseActsTest::takenOverAndHandedBack()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    choose(LockAct::TakeOver);
    giveReason();
    QTest::mouseClick(button(QStringLiteral("Take over for a time")), Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->lock("lock:a")->token, QByteArray("lockscope-operator"));
    QVERIFY(visibleText().contains(QStringLiteral("You hold it")));
    QTest::mouseClick(button(QStringLiteral("Hand back")), Qt::LeftButton);
    QTRY_COMPARE(m_fake->lock("lock:a")->token, QByteArray("token-a"));
    QCOMPARE(m_fake->forceReleases().last().targets.first().act, LockAct::HandBack);
    QVERIFY(m_fake->forceReleases().last().targets.first().ttlMs > 0);
    QTRY_VERIFY(!button(QStringLiteral("Hand back")));
}

void ReleaseActsTest::aTakenLockCanBeHandedBackLater()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    const auto* before = qobject_cast<QStandardItemModel*>(acts()->model());
    QVERIFY(!before->item(int(LockAct::HandBack))->isEnabled());
    choose(LockAct::TakeOver);
    giveReason();
    QTest::mouseClick(button(QStringLiteral("Take over for a time")), Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    m_dialog->reject();
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    choose(LockAct::HandBack);
    giveReason();
    QTest::mouseClick(button(QStringLiteral("Hand back")), Qt::LeftButton);
    QTRY_COMPARE(m_fake->lock("lock:a")->token, QByteArray("token-a"));
}

void ReleaseActsTest::theConnectionOfTheEvidenceIsClosed()
{
    m_fake->setImpact([](ReleaseImpact& impact) {
        ClientSeen client;
        client.id = 77;
        client.address = "10.0.0.7:4711";
        client.name = "worker-7";
        client.why = QStringLiteral("its name contains the host");
        impact.evidence = { HolderEvidence::Verdict::Connected, 42, { client } };
    });
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    QVERIFY(visibleText().contains(QStringLiteral("Probably connected now")));
    choose(LockAct::KillConnection);
    QVERIFY(visibleText().contains(QStringLiteral("still believe that it holds the lock")));
    giveReason();
    QTest::mouseClick(button(QStringLiteral("Close the holder's connection")), Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    const ForceReleaseTarget& target = m_fake->forceReleases().first().targets.first();
    QCOMPARE(target.clientId, 77);
    QCOMPARE(target.clientAddress, QByteArray("10.0.0.7:4711"));
    QVERIFY(m_fake->lock("lock:a"));
}

void ReleaseActsTest::rowsAreLeftOut()
{
    openFor({ "lock:a", "lock:b" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    auto* list = m_dialog->findChild<ReleaseList*>();
    list->topLevelItem(0)->setCheckState(0, Qt::Unchecked);
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->forceReleases().size(), 1);
    QCOMPARE(m_fake->forceReleases().first().targets.first().key, QByteArray("lock:b"));
    QVERIFY(m_fake->lock("lock:a"));
    QCOMPARE(list->topLevelItem(0)->text(4), QStringLiteral("left out"));
}

void ReleaseActsTest::stoppedBetweenTwo()
{
    openFor({ "lock:a", "lock:b" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    for (QDoubleSpinBox* box : m_dialog->findChildren<QDoubleSpinBox*>()) {
        if (box->accessibleName() == QStringLiteral("Locks a second"))
            box->setValue(0.1);
    }
    confirm();
    QTRY_VERIFY(!m_fake->lock("lock:a"));
    QVERIFY(!m_dialog->review().finished());
    QTest::mouseClick(button(QStringLiteral("Stop")), Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    QVERIFY(m_fake->lock("lock:b"));
    QCOMPARE(m_dialog->review().at(1).result->outcome, ReleaseOutcome::NotSent);
    QVERIFY(visibleText().contains(QStringLiteral("1 not sent")));
}

void ReleaseActsTest::staleLooksAreRenewedFirst()
{
    m_fake->setImpact([](ReleaseImpact& impact) { impact.seen.at -= 3s; });
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    const int looks = m_fake->inspections();
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->inspections(), looks + 1);
    QVERIFY(!m_fake->lock("lock:a"));
}

void ReleaseActsTest::aDifferenceStopsTheAct()
{
    m_fake->setImpact([](ReleaseImpact& impact) { impact.seen.at -= 3s; });
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    m_fake->changeSilently("lock:a", "token-of-another");
    confirm();
    QTRY_COMPARE(m_dialog->review().at(0).look, ReleaseCandidate::Look::HolderChanged);
    QVERIFY(m_fake->forceReleases().isEmpty());
    bool told = false;
    for (const MessageStrip* strip : m_dialog->findChildren<MessageStrip*>())
        told = told || strip->text().contains(QStringLiteral("has changed since you looked"));
    QVERIFY(told);
}

void ReleaseActsTest::theNextHolderIsShownAndReported()
{
    NextHolder next;
    next.kind = NextHolder::Kind::Other;
    next.key = "lock:a";
    next.token = "the-next-one";
    next.afterMs = 41;
    m_fake->setNextHolders({ next });
    openFor({ "lock:a" });
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QTRY_VERIFY2(
        visibleText().contains(QStringLiteral("Next holder after 41 ms: the-next-one")), qPrintable(visibleText()));
    QCOMPARE(m_fake->follows().size(), 1);
    QCOMPARE(m_fake->follows().first().locks.first().released, QByteArray("token-a"));
    QTest::mouseClick(button(QStringLiteral("Copy report")), Qt::LeftButton);
    const QString report = QGuiApplication::clipboard()->text();
    QVERIFY(report.contains(QStringLiteral("lock:a")) && report.contains(QStringLiteral("incident 42")));
    QVERIFY(report.contains(tokenFingerprint("the-next-one")) && !report.contains(QStringLiteral("the-next-one")));
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("report.json"));
    VERIFY_RESULT(m_dialog->findChild<ReportButtons*>()->saveTo(file));
    QVERIFY(QFileInfo(file).size() > 0);
    QVERIFY(!m_dialog->findChild<ReportButtons*>()->saveTo(QStringLiteral("/dev/null/report.csv")));
}

void ReleaseActsTest::onePermitOfSeveral()
{
    m_fake->setImpact([](ReleaseImpact& impact) {
        impact.seen.holders = { { "token-a" }, { "token-x" } };
        impact.seen.mode = LockMode::Semaphore;
    });
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    for (QComboBox* box : m_dialog->findChildren<QComboBox*>()) {
        if (box->accessibleName() == QStringLiteral("Which of the holders")) {
            QCOMPARE(box->count(), 2);
            box->setCurrentIndex(1);
            Q_EMIT box->activated(1);
        }
    }
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->forceReleases().first().targets.first().expectedToken, QByteArray("token-x"));
}

void ReleaseActsTest::aLongKeyLeavesTheDialogUsable()
{
    const QByteArray key(2048, 'k');
    m_fake->put(key, "t", 60s);
    openFor({ key });
    QTRY_VERIFY(m_dialog->review().allLooked());
    QVERIFY(m_dialog->width() <= 900 && m_dialog->height() <= 900);
    QVERIFY(m_dialog->rect().contains(button(QStringLiteral("Force-release"))->geometry()));
}

} // namespace lockscope

QTEST_MAIN(lockscope::ReleaseActsTest)
#include "tst_releaseacts.moc"
