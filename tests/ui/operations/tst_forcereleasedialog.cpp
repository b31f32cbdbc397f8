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

/// The dialog with its controller over a FakeDeployment.
class ForceReleaseDialogTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void readOnlyDoesNotOpen();
    void lostConnectionDoesNotOpen();
    void waitsForTheLook();
    void reasonIsRequired();
    void enterDoesNotConfirm();
    void cancelIsTheDefault();
    void releasesTheTokenSeen();
    void changedHolderIsNotReleased();
    void changedHolderCanBeAdopted();
    void changedBetweenLookAndRelease();
    void whateverHoldsIt();
    void goneMeanwhile();
    void unreadableCanBeLookedAtAgain();
    void outcomes_data();
    void outcomes();
    void aWholeRefusalIsShown();
    void sendsOnce();
    void closedDialogLosesNoResult();
    void capsTheSelection();
    void showsTheCommand();
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

private:
    void choose(LockAct act);
    QComboBox* acts() const;
    QPushButton* button(const QString& text) const;
    QString visibleText() const;
    void openFor(const QList<QByteArray>& keys);
    void giveReason();
    void confirm();

    std::unique_ptr<QWidget> m_window;
    std::unique_ptr<FakeDeployment> m_fake;
    ForceReleaseController* m_controller = nullptr;
    ForceReleaseDialog* m_dialog = nullptr;
};

void ForceReleaseDialogTest::init()
{
    FakeDeployment::Options options;
    options.locks = 0;
    m_fake = std::make_unique<FakeDeployment>(options);
    m_fake->start();
    m_fake->put("lock:a", "token-a", 60s);
    m_fake->put("lock:b", "token-b", 60s);
    m_window = std::make_unique<QWidget>();
    m_window->show();
    m_controller = new ForceReleaseController(m_window.get());
    m_controller->setDeployment(m_fake.get());
    m_controller->setStatus(m_fake->status());
    m_dialog = nullptr;
}

void ForceReleaseDialogTest::cleanup()
{
    m_window.reset();
    m_fake.reset();
}

QPushButton* ForceReleaseDialogTest::button(const QString& text) const
{
    for (QPushButton* candidate : m_dialog->findChildren<QPushButton*>()) {
        QString plain = candidate->text();
        if (plain.remove(QLatin1Char('&')) == text && candidate->isVisibleTo(m_dialog))
            return candidate;
    }
    return nullptr;
}

QString ForceReleaseDialogTest::visibleText() const
{
    QStringList texts;
    for (const QLabel* label : m_dialog->findChildren<QLabel*>()) {
        if (label->isVisibleTo(m_dialog))
            texts += label->text();
    }
    return texts.join(QLatin1Char('\n'));
}

void ForceReleaseDialogTest::openFor(const QList<QByteArray>& keys)
{
    QList<LockRecord> locks;
    for (const QByteArray& key : keys)
        locks.append(*m_fake->lock(key));
    m_controller->open(locks);
    m_dialog = m_controller->dialog();
    QVERIFY(m_dialog);
}

void ForceReleaseDialogTest::giveReason()
{
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("incident 42"));
}

void ForceReleaseDialogTest::confirm()
{
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(button(QStringLiteral("Force-release"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Force-release")), Qt::LeftButton);
}

void ForceReleaseDialogTest::readOnlyDoesNotOpen()
{
    FakeDeployment::Options options;
    options.locks = 0;
    options.readOnly = true;
    FakeDeployment fake(options);
    fake.start();
    m_controller->setDeployment(&fake);
    m_controller->setStatus(fake.status());
    QVERIFY(m_controller->refusal().contains(QStringLiteral("read-only")));
    m_controller->open({ *m_fake->lock("lock:a") });
    QVERIFY(!m_controller->dialog());
    m_controller->setDeployment(nullptr);
}

void ForceReleaseDialogTest::lostConnectionDoesNotOpen()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(button(QStringLiteral("Force-release"))->isEnabled());
    m_fake->lose(makeError(ErrorKind::ConnectionLost));
    m_controller->setStatus(m_fake->status());
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    QVERIFY(visibleText().contains(m_controller->refusal()));
}

void ForceReleaseDialogTest::waitsForTheLook()
{
    m_fake->holdAnswers();
    openFor({ "lock:a" });
    giveReason();
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    m_fake->answerHeld();
    QTRY_VERIFY(button(QStringLiteral("Force-release"))->isEnabled());
}

void ForceReleaseDialogTest::reasonIsRequired()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("   "));
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    giveReason();
    QVERIFY(button(QStringLiteral("Force-release"))->isEnabled());
}

void ForceReleaseDialogTest::enterDoesNotConfirm()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    auto* reason = m_dialog->findChild<QLineEdit*>();
    reason->setFocus();
    QTRY_VERIFY(reason->hasFocus());
    QTest::keyClick(reason, Qt::Key_Return);
    QTest::keyClick(reason, Qt::Key_Enter);
    QVERIFY(m_fake->forceReleases().isEmpty());
    QVERIFY(m_dialog && m_dialog->isVisible());
    QCOMPARE(reason->text(), QStringLiteral("incident 42"));
}

void ForceReleaseDialogTest::cancelIsTheDefault()
{
    openFor({ "lock:a" });
    QVERIFY(button(QStringLiteral("Cancel"))->isDefault());
    QVERIFY(!button(QStringLiteral("Force-release"))->autoDefault());
    QTest::keyClick(button(QStringLiteral("Force-release")), Qt::Key_Return);
    QVERIFY(m_fake->forceReleases().isEmpty());
}

void ForceReleaseDialogTest::releasesTheTokenSeen()
{
    openFor({ "lock:a", "lock:b" });
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->forceReleases().size(), 2); // at a pace: one after the other
    for (const ForceReleaseRequest& request : m_fake->forceReleases())
        QCOMPARE(request.reason, QStringLiteral("incident 42"));
    QCOMPARE(m_fake->forceReleases()[0].targets[0].expectedToken, QByteArray("token-a"));
    QCOMPARE(m_fake->forceReleases()[1].targets[0].expectedToken, QByteArray("token-b"));
    QVERIFY(visibleText().contains(QStringLiteral("2 released")));
    QVERIFY(button(QStringLiteral("Close")));
    QVERIFY(!button(QStringLiteral("Force-release")));
}

void ForceReleaseDialogTest::changedHolderIsNotReleased()
{
    m_fake->changeSilently("lock:a", "token-of-another");
    openFor({ "lock:a", "lock:b" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    QVERIFY(visibleText().contains(QStringLiteral("changed since you looked: token-of-another")));
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->forceReleases().first().targets.size(), 1);
    QCOMPARE(m_fake->forceReleases().first().targets[0].key, QByteArray("lock:b"));
}

void ForceReleaseDialogTest::changedHolderCanBeAdopted()
{
    m_fake->changeSilently("lock:a", "token-of-another");
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Release the new holder instead")), Qt::LeftButton);
    QVERIFY(button(QStringLiteral("Force-release"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Force-release")), Qt::LeftButton);
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->forceReleases().first().targets[0].expectedToken, QByteArray("token-of-another"));
    QVERIFY(!m_fake->forceReleases().first().targets[0].anyToken);
}

void ForceReleaseDialogTest::changedBetweenLookAndRelease()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    m_fake->changeSilently("lock:a", "a-newer-one");
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QVERIFY(visibleText().contains(QStringLiteral("now held with another token, a-newer-one")));
    QVERIFY(m_fake->lock("lock:a"));
}

void ForceReleaseDialogTest::whateverHoldsIt()
{
    m_fake->changeSilently("lock:a", "token-of-another");
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    auto* any = m_dialog->findChild<QCheckBox*>();
    QVERIFY(!any->isChecked());
    any->click();
    QVERIFY(visibleText().contains(QStringLiteral("token is not compared")));
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QVERIFY(m_fake->forceReleases().first().targets[0].anyToken);
}

void ForceReleaseDialogTest::goneMeanwhile()
{
    const LockRecord seen = *m_fake->lock("lock:a");
    m_fake->remove("lock:a");
    m_controller->open({ seen });
    m_dialog = m_controller->dialog();
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    QVERIFY(visibleText().contains(QStringLiteral("Nothing to release")));
}

void ForceReleaseDialogTest::unreadableCanBeLookedAtAgain()
{
    m_fake->setInspectError(makeError(ErrorKind::Timeout));
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    m_fake->setInspectError(std::nullopt);
    QTest::mouseClick(button(QStringLiteral("Look again")), Qt::LeftButton);
    QTRY_VERIFY(button(QStringLiteral("Force-release"))->isEnabled());
}

void ForceReleaseDialogTest::outcomes_data()
{
    QTest::addColumn<ForceReleaseResult>("result");
    QTest::addColumn<QString>("expected");
    ForceReleaseResult result;
    result.outcome = ReleaseOutcome::Released;
    QTest::newRow("released") << result << QStringLiteral("1 released");
    result.outcome = ReleaseOutcome::AlreadyGone;
    QTest::newRow("already gone") << result << QStringLiteral("1 already gone");
    result.outcome = ReleaseOutcome::HolderChanged;
    result.token = "other";
    QTest::newRow("holder changed") << result << QStringLiteral("another token, other");
    result.outcome = ReleaseOutcome::Refused;
    result.error = makeError(ErrorKind::Permission, QStringLiteral("NOPERM no permission to run 'evalsha'"));
    QTest::newRow("refused") << result << QStringLiteral("NOPERM no permission");
    result.outcome = ReleaseOutcome::OutcomeUnknown;
    result.error = makeError(ErrorKind::OutcomeUnknown);
    QTest::newRow("unknown") << result << QStringLiteral("No later look was possible");
    result.afterwards = LockInspection();
    QTest::newRow("unknown, then gone") << result << QStringLiteral("found the key gone");
    result.afterwards->exists = true;
    result.afterwards->token = "token-a";
    QTest::newRow("unknown, then still there") << result << QStringLiteral("still held with the same token");
}

void ForceReleaseDialogTest::outcomes()
{
    QFETCH(ForceReleaseResult, result);
    QFETCH(QString, expected);
    m_fake->setReleaseResult("lock:a", result);
    openFor({ "lock:a" });
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QVERIFY2(visibleText().contains(expected), qPrintable(visibleText()));
    QVERIFY(m_fake->lock("lock:a"));
}

void ForceReleaseDialogTest::aWholeRefusalIsShown()
{
    m_fake->setForceReleaseError(makeError(ErrorKind::Storage, QStringLiteral("audit log: disk full")));
    openFor({ "lock:a" });
    confirm();
    QTRY_VERIFY(m_dialog->review().finished());
    QVERIFY(visibleText().contains(QStringLiteral("disk full")));
    QVERIFY(visibleText().contains(QStringLiteral("Refused; nothing was deleted")));
}

void ForceReleaseDialogTest::sendsOnce()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    m_fake->holdAnswers();
    confirm();
    QVERIFY(!button(QStringLiteral("Force-release"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Force-release")), Qt::LeftButton);
    m_fake->answerHeld();
    QTRY_VERIFY(m_dialog->review().finished());
    QCOMPARE(m_fake->forceReleases().size(), 1);
}

void ForceReleaseDialogTest::closedDialogLosesNoResult()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    m_fake->holdAnswers();
    confirm();
    QSignalSpy unattended(m_controller, &ForceReleaseController::finishedUnattended);
    m_dialog->reject();
    m_fake->answerHeld();
    QTRY_COMPARE(unattended.size(), 1);
    const auto results = unattended.first().first().value<QList<ForceReleaseResult>>();
    QCOMPARE(results.first().outcome, ReleaseOutcome::Released);
}

void ForceReleaseDialogTest::capsTheSelection()
{
    QList<QByteArray> keys;
    for (int i = 0; i < 14; ++i) {
        keys.append("lock:many:" + QByteArray::number(i));
        m_fake->put(keys.last(), "t", 60s);
    }
    openFor(keys);
    QCOMPARE(m_dialog->review().count(), 10);
    QVERIFY(visibleText().contains(QStringLiteral("10 of the 14")));
}

void ForceReleaseDialogTest::showsTheCommand()
{
    openFor({ "lock:a" });
    QTRY_VERIFY(m_dialog->review().allLooked());
    const auto edits = m_dialog->findChildren<QPlainTextEdit*>();
    const auto command = std::find_if(edits.begin(), edits.end(),
        [](const QPlainTextEdit* edit) { return edit->toPlainText().startsWith(QStringLiteral("EVAL ")); });
    QVERIFY(command != edits.end());
    QVERIFY((*command)->toPlainText().endsWith(QStringLiteral("1 \"lock:a\" \"token-a\" 0")));
}

QComboBox* ForceReleaseDialogTest::acts() const
{
    for (QComboBox* box : m_dialog->findChildren<QComboBox*>()) {
        if (box->accessibleName() == QStringLiteral("What to do"))
            return box;
    }
    return nullptr;
}

void ForceReleaseDialogTest::choose(LockAct act)
{
    const auto* model = qobject_cast<QStandardItemModel*>(acts()->model());
    QVERIFY2(model->item(int(act))->isEnabled(), qPrintable(acts()->itemText(int(act))));
    acts()->setCurrentIndex(int(act));
}

void ForceReleaseDialogTest::productionWantsTheFourCharacters()
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

void ForceReleaseDialogTest::productionThatIsNotArmedDoesNotOpen()
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

void ForceReleaseDialogTest::whatIsNotPermittedIsGreyAndNamed()
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

void ForceReleaseDialogTest::theLeaseIsShortened()
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

void ForceReleaseDialogTest::takenOverAndHandedBack()
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

void ForceReleaseDialogTest::aTakenLockCanBeHandedBackLater()
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

void ForceReleaseDialogTest::theConnectionOfTheEvidenceIsClosed()
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

void ForceReleaseDialogTest::rowsAreLeftOut()
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

void ForceReleaseDialogTest::stoppedBetweenTwo()
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

void ForceReleaseDialogTest::staleLooksAreRenewedFirst()
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

void ForceReleaseDialogTest::aDifferenceStopsTheAct()
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

void ForceReleaseDialogTest::theNextHolderIsShownAndReported()
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

void ForceReleaseDialogTest::onePermitOfSeveral()
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

void ForceReleaseDialogTest::aLongKeyLeavesTheDialogUsable()
{
    const QByteArray key(2048, 'k');
    m_fake->put(key, "t", 60s);
    openFor({ key });
    QTRY_VERIFY(m_dialog->review().allLooked());
    QVERIFY(m_dialog->width() <= 900 && m_dialog->height() <= 900);
    QVERIFY(m_dialog->rect().contains(button(QStringLiteral("Force-release"))->geometry()));
}

} // namespace lockscope

QTEST_MAIN(lockscope::ForceReleaseDialogTest)
#include "tst_forcereleasedialog.moc"
