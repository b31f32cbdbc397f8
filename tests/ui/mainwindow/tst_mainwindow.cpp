// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "activity/activitypanel.h"
#include "common/badge.h"
#include "common/messagestrip.h"
#include "connections/completenessstrip.h"
#include "connections/connectdialog.h"
#include "connections/connectionstrip.h"
#include "connections/credentialsstrip.h"
#include "connections/notificationquestion.h"
#include "lockdetails/lockdetailspanel.h"
#include "locktable/filterbar.h"
#include "operations/acquiredialog.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "operations/heldlocksquestion.h"
#include "operations/holdingspanel.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QClipboard>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

namespace lockscope {

using namespace std::chrono_literals;

class MainWindowTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsTheLocks();
    void pullsOnceAFrame();
    void titleSaysTargetAndRights();
    void readOnlyDisablesWriting();
    void lostConnectionIsSaid();
    void gapIsSaid();
    void asksBeforeEnablingNotifications();
    void asksForCredentials();
    void saysWhyItCannotConnect();
    void detailsFollowTheSelection();
    void detailsSayWhenTheLockIsGone();
    void copies();
    void activityFollowsTheSelection();
    void everyWayOpensTheSameDialog();
    void rowGoesOnlyWhenTheWatchSaysSo();
    void reconnectingForgetsTheOldLocks();
    void partialIsNeverShownAsComplete();
    void anEndedRowIsWhatIsCopied();
    void asksBeforeAHeldLockIsLost();
    void marksWhatIsHeldAndSaysWhatIsLost();
    void neverReachedIsNotLost();
    void declinedNotificationsCanStillBeEnabled();
    void connectingEndsThePause();
    void pauseSaysHowMuchWaits();
    void endedLocksAreShownUnlessHidden();
    void whyIsAnsweredInTheDetails();
};

namespace {

QString allText(const QWidget* root)
{
    QStringList texts;
    for (const QLabel* label : root->findChildren<QLabel*>()) {
        if (label->isVisibleTo(root))
            texts += label->text();
    }
    for (const QWidget* widget : root->findChildren<QWidget*>()) {
        if (widget->isVisibleTo(root))
            texts += widget->accessibleName();
    }
    return texts.join(QLatin1Char('\n'));
}

QStringList badgeTexts(const QWidget* root)
{
    QStringList texts;
    for (const Badge* badge : root->findChildren<Badge*>()) {
        if (badge->isVisibleTo(root))
            texts += badge->text();
    }
    return texts;
}

} // namespace

void MainWindowTest::showsTheLocks()
{
    WindowFixture fixture;
    QVERIFY(fixture.fake->lockCount() >= 300);
    QTRY_COMPARE(fixture.window.model()->totalCount(), fixture.fake->lockCount());
    QTRY_VERIFY(!fixture.fake->visibleLocks().empty());
}

void MainWindowTest::pullsOnceAFrame()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    QSignalSpy shown(&fixture.window, &MainWindow::statusShown);
    for (int i = 0; i < 100; ++i)
        fixture.fake->put("lock:new" + QByteArray::number(i), "t", 60s);
    QTRY_VERIFY(
        fixture.fake->lock("lock:new99") && fixture.window.model()->record(fixture.fake->lock("lock:new99")->id));
    QCOMPARE(shown.size(), 1);
}

void MainWindowTest::titleSaysTargetAndRights()
{
    FakeDeployment::Options options;
    options.readOnly = true;
    WindowFixture fixture(options);
    QVERIFY(fixture.window.windowTitle().contains(QStringLiteral("cache-1.example.net")));
    QVERIFY(fixture.window.windowTitle().contains(QStringLiteral("read-only")));
    QVERIFY(!fixture.window.windowTitle().contains(QStringLiteral("hunter2")));
}

void MainWindowTest::readOnlyDisablesWriting()
{
    FakeDeployment::Options options;
    options.readOnly = true;
    WindowFixture fixture(options);
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    fixture.window.view()->selectLock(fixture.window.model()->recordAt(0)->id);
    for (const ActionId id : { ActionId::ForceRelease, ActionId::Acquire }) {
        QVERIFY(!fixture.action(id)->isEnabled());
        QVERIFY(fixture.action(id)->toolTip().contains(QStringLiteral("read-only")));
    }
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("READ-ONLY")));
}

void MainWindowTest::lostConnectionIsSaid()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    fixture.fake->lose(makeError(ErrorKind::ConnectionLost, QStringLiteral("closed by peer")));
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("The connection is lost since")));
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("closed by peer")));
    QVERIFY(!fixture.action(ActionId::ForceRelease)->isEnabled());
    QCOMPARE(fixture.window.model()->recordAt(0)->state, LockState::Stale);
    fixture.fake->becomeComplete();
    QTRY_VERIFY(!allText(&fixture.window).contains(QStringLiteral("The connection is lost")));
}

void MainWindowTest::gapIsSaid()
{
    WindowFixture fixture;
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.gapOpen = true;
        status.gapSinceMs = 1;
        status.completeness.complete = false;
        status.completeness.passRunning = true;
    });
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("may be missing; everything is being read anew")));
}

void MainWindowTest::asksBeforeEnablingNotifications()
{
    WindowFixture fixture;
    auto* question = fixture.window.findChild<NotificationQuestion*>();
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.listening = ListenMode::Polling;
        status.pollInterval = 2s;
        status.notifications = NotificationSetting::CanBeEnabled;
        status.notifyFlags = "g";
        status.missingNotifyFlags = "K$xe";
    });
    QTRY_VERIFY(fixture.action(ActionId::EnableNotifications)->isEnabled());
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("short holds can be missed")));
    QVERIFY(question->isHidden());
    fixture.action(ActionId::EnableNotifications)->trigger();
    QVERIFY(question->isVisible());
    QVERIFY(allText(question).contains(QStringLiteral("\u201cg\u201d to \u201cgK$xe\u201d")));
    QVERIFY(!fixture.fake->notificationAnswer());
    QTest::mouseClick(question->findChildren<QPushButton*>().first(), Qt::LeftButton);
    QCOMPARE(fixture.fake->notificationAnswer(), std::optional(true));
    QVERIFY(question->isHidden());
}

void MainWindowTest::asksForCredentials()
{
    WindowFixture fixture;
    auto* strip = fixture.window.findChild<CredentialsStrip*>();
    QVERIFY(strip->isHidden());
    fixture.fake->failWith(makeError(ErrorKind::Authentication, QStringLiteral("WRONGPASS")));
    QTRY_VERIFY(strip->isVisible());
    const auto edits = strip->findChildren<QLineEdit*>();
    QCOMPARE(edits.size(), 2);
    QCOMPARE(edits[0]->text(), QStringLiteral("ops"));
    QCOMPARE(edits[1]->echoMode(), QLineEdit::Password);
    QVERIFY(edits[1]->text().isEmpty());
    QTest::keyClicks(edits[1], QStringLiteral("right@one"));
    QTest::keyClick(edits[1], Qt::Key_Return);
    QCOMPARE(fixture.lastChoice.spec.password, Secret("right@one"));
    QVERIFY(strip->isHidden());
    QVERIFY(edits[1]->text().isEmpty());
}

void MainWindowTest::saysWhyItCannotConnect()
{
    WindowFixture fixture({}, false);
    fixture.factoryError = makeError(ErrorKind::NotSupported, QStringLiteral("Sentinel comes later"));
    fixture.connectWindow();
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("Sentinel comes later")));
    QVERIFY(!fixture.window.deployment());
    QVERIFY(!fixture.action(ActionId::ForceRelease)->isEnabled());
}

void MainWindowTest::detailsFollowTheSelection()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "worker-1:77", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    QCOMPARE(fixture.window.details()->lock()->key, QByteArray("lock:mine"));
    QTRY_VERIFY(fixture.fake->inspections() > 0);
    QTRY_VERIFY(allText(fixture.window.details()).contains(QStringLiteral("SET NX PX")));
    fixture.fake->put("lock:mine", "worker-2:78", 60s, LockEventKind::HolderChanged);
    QTRY_COMPARE(fixture.window.details()->lock()->token, QByteArray("worker-2:78"));
}

void MainWindowTest::detailsSayWhenTheLockIsGone()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    fixture.fake->remove("lock:mine", LockEventKind::Expired);
    QTRY_VERIFY(fixture.window.details()->isGone());
    QVERIFY(allText(fixture.window.details()).contains(QStringLiteral("The lock is gone. Last event: expired")));
}

void MainWindowTest::copies()
{
    WindowFixture fixture;
    fixture.fake->put("lock:it's", "token-1", 60s);
    QTRY_VERIFY(fixture.select("lock:it's"));
    const auto copied = [&](ActionId id) {
        fixture.action(id)->trigger();
        return QGuiApplication::clipboard()->text();
    };
    QCOMPARE(copied(ActionId::CopyKey), QStringLiteral("lock:it's"));
    QCOMPARE(copied(ActionId::CopyToken), QStringLiteral("token-1"));
    const QJsonObject json = QJsonDocument::fromJson(copied(ActionId::CopyJson).toUtf8()).object();
    QCOMPARE(json.value(QStringLiteral("key")).toString(), QStringLiteral("lock:it's"));
    QCOMPARE(json.value(QStringLiteral("token")).toString(), QStringLiteral("token-1"));
    const QString commands = copied(ActionId::CopyRedisCli);
    QVERIFY2(commands.contains(QStringLiteral("redis-cli -h 'cache-1.example.net' -p 6379 -n 0 GET 'lock:it'\\''s'")),
        qPrintable(commands));
    QVERIFY(commands.contains(QStringLiteral("EVAL")));
    fixture.fake->put(QByteArray("lock:\x00\xff", 7), "t", 60s);
    QTRY_VERIFY(fixture.select(QByteArray("lock:\x00\xff", 7)));
    QVERIFY(copied(ActionId::CopyRedisCli).contains(QStringLiteral("--quoted-input GET '\"lock:\\x00\\xff\"'")));
}

void MainWindowTest::activityFollowsTheSelection()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    fixture.fake->put("lock:other", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    const QAbstractItemModel* events = fixture.window.findChild<ActivityPanel*>()->view()->model();
    QCOMPARE(events->rowCount(), 2);
    fixture.action(ActionId::SelectedActivity)->setChecked(true);
    QCOMPARE(events->rowCount(), 1);
    QVERIFY(fixture.select("lock:other"));
    QCOMPARE(events->index(0, int(ActivityColumn::Key)).data().toString(), QStringLiteral("lock:other"));
}

void MainWindowTest::everyWayOpensTheSameDialog()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    ForceReleaseController* controller = fixture.window.forceRelease();
    QVERIFY(QTest::qWaitForWindowActive(&fixture.window));
    const auto opened = [controller] { return controller->dialog() && controller->dialog()->isVisible(); };
    const auto closeIt = [&] {
        controller->dialog()->reject();
        fixture.window.activateWindow();
    };

    fixture.action(ActionId::ForceRelease)->trigger();
    QVERIFY(opened());
    closeIt();
    QTRY_VERIFY(fixture.window.isActiveWindow());
    fixture.window.view()->setFocus();
    QTest::keyClick(fixture.window.view(), Qt::Key_Delete);
    QTRY_VERIFY(opened());
    closeIt();
    QTRY_VERIFY(fixture.window.isActiveWindow());
    QTest::keyClick(fixture.window.view(), Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_VERIFY(opened());
    closeIt();
    QTRY_VERIFY(!controller->dialog());
}

void MainWindowTest::rowGoesOnlyWhenTheWatchSaysSo()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    ForceReleaseResult released;
    released.outcome = ReleaseOutcome::Released;
    fixture.fake->setReleaseResult("lock:mine", released);
    QTRY_VERIFY(fixture.select("lock:mine"));
    const LockId id = fixture.window.view()->currentLock();
    fixture.action(ActionId::ForceRelease)->trigger();
    ForceReleaseDialog* dialog = fixture.window.forceRelease()->dialog();
    QTRY_VERIFY(dialog->review().allLooked());
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("test"));
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
        if (button->text().contains(QStringLiteral("Force")))
            button->click();
    }
    QTRY_VERIFY(dialog->review().finished());
    QVERIFY(fixture.window.model()->record(id));
    fixture.fake->remove("lock:mine");
    QTRY_VERIFY(!fixture.window.model()->record(id));
}

void MainWindowTest::reconnectingForgetsTheOldLocks()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    fixture.fakeOptions.connectAtOnce = false;
    fixture.connectWindow();
    QCOMPARE(fixture.window.model()->totalCount(), 0);
    QVERIFY(!fixture.window.details()->lock());
}

void MainWindowTest::partialIsNeverShownAsComplete()
{
    WindowFixture fixture;
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.completeness.complete = false;
        status.completeness.passRunning = true;
        status.completeness.keysScanned = 1000;
    });
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("Partial, reading")));
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("(partial)")));
}

void MainWindowTest::anEndedRowIsWhatIsCopied()
{
    WindowFixture fixture;
    fixture.fake->put("lock:first", "token-1", 60s);
    fixture.fake->put("lock:second", "token-2", 60s);
    QTRY_VERIFY(fixture.select("lock:second"));
    QTRY_VERIFY(fixture.select("lock:first"));
    const LockId second = fixture.fake->lock("lock:second")->id;
    fixture.window.view()->setPaused(true);
    fixture.fake->remove("lock:second");
    const int row = fixture.window.model()->rowOf(second);
    QTRY_VERIFY(fixture.window.model()->isGhost(row));
    fixture.window.view()->selectRow(row);
    QTRY_VERIFY(fixture.window.details()->isGone());
    fixture.action(ActionId::CopyToken)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("token-2"));
    QVERIFY(!fixture.action(ActionId::ForceRelease)->isEnabled());
}

void MainWindowTest::asksBeforeAHeldLockIsLost()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.action(ActionId::Acquire)->isEnabled());
    fixture.action(ActionId::Acquire)->trigger();
    auto* dialog = fixture.window.findChild<AcquireDialog*>();
    QVERIFY(dialog);
    dialog->findChild<QLineEdit*>()->setText(QStringLiteral("lock:mine"));
    QTest::keyClick(dialog, Qt::Key_Return);
    HeldLocks* held = fixture.window.heldLocks();
    QTRY_COMPARE(held->heldCount(), 1);
    dialog->close();
    const auto answer = [&fixture](const QString& start) {
        auto* question = fixture.window.findChild<HeldLocksQuestion*>();
        if (!question)
            return false;
        for (QPushButton* button : question->findChildren<QPushButton*>()) {
            QString plain = button->text();
            if (plain.remove(QLatin1Char('&')).startsWith(start)) {
                button->click();
                return true;
            }
        }
        return false;
    };
    QVERIFY(!fixture.window.close());
    QVERIFY(allText(fixture.window.findChild<HeldLocksQuestion*>()).contains(QStringLiteral("lock:mine")));
    QVERIFY(answer(QStringLiteral("Cancel")));
    QVERIFY(fixture.window.isVisible());
    QCOMPARE(held->heldCount(), 1);
    QTRY_VERIFY(!fixture.window.findChild<HeldLocksQuestion*>());
    fixture.action(ActionId::Connect)->trigger();
    QVERIFY(!fixture.window.findChild<ConnectDialog*>());
    QVERIFY(answer(QStringLiteral("Keep")));
    QTRY_VERIFY(fixture.window.findChild<ConnectDialog*>());
    fixture.window.findChild<ConnectDialog*>()->reject();
    QCOMPARE(held->heldCount(), 1);
    QTRY_VERIFY(!fixture.window.findChild<HeldLocksQuestion*>());
    QVERIFY(!fixture.window.close());
    QVERIFY(answer(QStringLiteral("Release")));
    QTRY_VERIFY(!fixture.window.isVisible());
    QCOMPARE(fixture.fake->releases().size(), 1);
}

void MainWindowTest::marksWhatIsHeldAndSaysWhatIsLost()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.action(ActionId::Acquire)->isEnabled());
    AcquireRequest request;
    request.key = "lock:mine";
    request.ttl = std::chrono::seconds(20);
    HeldLocks* held = fixture.window.heldLocks();
    onFinished(fixture.fake->acquire(request), &fixture.window,
        [held](const Result<AcquireGrant>& grant) { held->add(*grant, true); });
    const auto stateOfMine = [&fixture] {
        const LockTableModel* model = fixture.window.model();
        for (int row = 0; row < model->rowCount(); ++row) {
            if (model->recordAt(row)->key == "lock:mine")
                return model->index(row, int(LockColumn::State)).data().toString();
        }
        return QString();
    };
    QTRY_COMPARE(stateOfMine(), QStringLiteral("held by you"));
    QVERIFY(!fixture.window.findChild<HoldingsPanel*>()->isHidden());
    fixture.fake->put("lock:mine", "thief", std::chrono::seconds(20), LockEventKind::HolderChanged);
    held->extend(held->locks().front().id);
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("You have lost the lock lock:mine")));
    QTRY_COMPARE(stateOfMine(), QStringLiteral("held"));
}

void MainWindowTest::neverReachedIsNotLost()
{
    WindowFixture fixture;
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.link = LinkState::Lost;
        status.gapSinceMs = 0;
        status.serverVersion.clear();
        status.error = makeError(ErrorKind::Connect, QStringLiteral("refused"));
    });
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("cannot be reached")));
    QVERIFY(!allText(&fixture.window).contains(QStringLiteral("is lost")));
}

void MainWindowTest::declinedNotificationsCanStillBeEnabled()
{
    WindowFixture fixture;
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.listening = ListenMode::Polling;
        status.notifications = NotificationSetting::Declined;
        status.missingNotifyFlags = "K$xe";
    });
    QTRY_VERIFY(fixture.action(ActionId::EnableNotifications)->isEnabled());
    fixture.action(ActionId::EnableNotifications)->trigger();
    QVERIFY(fixture.window.findChild<NotificationQuestion*>()->isVisible());
}

void MainWindowTest::connectingEndsThePause()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    fixture.window.view()->setPaused(true);
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("Data age: paused")));
    fixture.connectWindow();
    QVERIFY(!fixture.window.view()->isPaused());
    QTRY_VERIFY(fixture.window.model()->rowCount() > 0);
}

void MainWindowTest::pauseSaysHowMuchWaits()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    const LockRecord* seen = fixture.window.model()->record(fixture.window.view()->currentLock());
    const LockId id = seen->id;
    QTest::keyClick(fixture.window.view(), Qt::Key_Space);
    QVERIFY(fixture.action(ActionId::PauseTable)->isChecked());
    QVERIFY(badgeTexts(&fixture.window).contains(QStringLiteral("Paused · 0 changes waiting")));
    fixture.fake->put("lock:new", "t", 60s);
    fixture.fake->put("lock:new", "t", 61s, LockEventKind::Renewed);
    QTRY_VERIFY(badgeTexts(&fixture.window).contains(QStringLiteral("Paused · 1 changes waiting")));
    fixture.fake->remove("lock:mine");
    QTRY_VERIFY(badgeTexts(&fixture.window).contains(QStringLiteral("Paused · 2 changes waiting")));
    // It still stands there, marked, and cannot be aimed at any more.
    QVERIFY(fixture.window.model()->isGhost(fixture.window.model()->rowOf(id)));
    QVERIFY(fixture.window.view()->selectedLocks().isEmpty());
    QVERIFY(!fixture.action(ActionId::ForceRelease)->isEnabled());
    QTest::keyClick(fixture.window.view(), Qt::Key_Space);
    QVERIFY(fixture.window.model()->rowOf(fixture.fake->lock("lock:new")->id) >= 0);
    QVERIFY(!badgeTexts(&fixture.window).join(QString()).contains(QStringLiteral("Paused")));
}

void MainWindowTest::endedLocksAreShownUnlessHidden()
{
    WindowFixture fixture;
    fixture.fake->put("lock:mine", "t", 60s);
    QTRY_VERIFY(fixture.select("lock:mine"));
    const LockId id = fixture.window.view()->currentLock();
    const LockTableModel* model = fixture.window.model();
    ForceReleaseResult released;
    released.outcome = ReleaseOutcome::Released;
    released.target.key = "lock:mine";
    Q_EMIT fixture.window.forceRelease()->finished({ released });
    fixture.fake->remove("lock:mine");
    QTRY_VERIFY(!model->record(id));
    const int row = model->rowOf(id);
    QVERIFY(model->isGhost(row));
    QCOMPARE(model->ending(row)->how, LockEnd::Forced);
    QVERIFY(!fixture.action(ActionId::ForceRelease)->isEnabled());
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("%1 locks").arg(model->totalCount())));
    QVERIFY(fixture.action(ActionId::ShowEnded)->isChecked());
    fixture.action(ActionId::ShowEnded)->trigger();
    QTRY_COMPARE(model->rowOf(id), -1);
    QVERIFY(fixture.settings.value(Setting::HideEnded).toBool());
    MainWindow next(fixture.factory(), fixture.settings, MainWindow::Options {});
    QVERIFY(!next.registry().action(ActionId::ShowEnded)->isChecked());
}

void MainWindowTest::whyIsAnsweredInTheDetails()
{
    WindowFixture fixture;
    QVERIFY(!fixture.action(ActionId::Why)->isEnabled());
    QTRY_VERIFY(fixture.select("migrations:lock"));
    QVERIFY(QTest::qWaitForWindowActive(&fixture.window));
    const LockTableModel* model = fixture.window.model();
    const QModelIndex state = model->index(model->rowOf(fixture.window.view()->currentLock()), int(LockColumn::State));
    QVERIFY(state.data(Qt::ToolTipRole).toString().contains(QStringLiteral("has no TTL")));
    fixture.action(ActionId::ShowDetails)->setChecked(false);
    QTest::keyClick(fixture.window.view(), Qt::Key_I, Qt::ControlModifier);
    QVERIFY(fixture.window.details()->isVisible());
    const auto* reason = qobject_cast<QLabel*>(QApplication::focusWidget());
    QVERIFY(reason);
    QVERIFY2(reason->text().contains(QStringLiteral("never expires by itself")), qPrintable(reason->text()));
    QVERIFY(reason->text().contains(QStringLiteral("confirmed token and TTL")));
    QVERIFY(reason->hasSelectedText());
}

} // namespace lockscope

QTEST_MAIN(lockscope::MainWindowTest)
#include "tst_mainwindow.moc"
