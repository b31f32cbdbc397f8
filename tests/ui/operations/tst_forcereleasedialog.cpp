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

/// The dialog with its controller over a FakeDeployment.
class ForceReleaseDialogTest final : public ReleaseFixture {
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
};

void ForceReleaseDialogTest::init() { begin(); }

void ForceReleaseDialogTest::cleanup() { end(); }

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

} // namespace lockscope

QTEST_MAIN(lockscope::ForceReleaseDialogTest)
#include "tst_forcereleasedialog.moc"
