// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/badge.h"
#include "common/locktext.h"
#include "connections/completenessstrip.h"
#include "connections/connectdialog.h"
#include "locktable/lockcolumns.h"
#include "mainwindow/loadmeter.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QStatusBar>

namespace lockscope {

/// What the window says of the way in which changes are heard, and lets choose.
class ListeningTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void trackingSaysWhatItCannotSee();
    void aReplicaThatIsScannedIsNamed();
    void howToListenIsChosenAndRemembered();
    void theLoadBudgetIsChangedLive();
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

} // namespace

void ListeningTest::trackingSaysWhatItCannotSee()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    fixture.fake->changeStatus([](WatchStatus& status) {
        status.listening = ListenMode::Tracking;
        status.notifications = NotificationSetting::CanBeEnabled;
        status.missingNotifyFlags = "Kg$hszlxe";
        status.eventsMerged = 12345;
    });
    const auto badge = [&]() -> const Badge* {
        for (const Badge* candidate : fixture.window.findChildren<Badge*>()) {
            if (candidate->isVisible() && candidate->text().contains(QStringLiteral("Client tracking")))
                return candidate;
        }
        return nullptr;
    };
    QTRY_VERIFY(badge());
    QVERIFY(badge()->text().contains(QStringLiteral("not told how a lock ended")));
    QVERIFY(badge()->toolTip().contains(QStringLiteral("between two reads")));
    QVERIFY(badge()->toolTip().contains(QStringLiteral("SWAPDB")));
    QVERIFY(badge()->toolTip().contains(QStringLiteral("Keyspace notifications are off")));
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("by client tracking, without verbs")));
    QVERIFY(allText(&fixture.window).contains(QStringLiteral("Data age: live")));
    // The question stays on offer.
    QVERIFY(fixture.action(ActionId::EnableNotifications)->isEnabled());
    QStringList tips;
    for (const QLabel* label : fixture.window.statusBar()->findChildren<QLabel*>())
        tips += label->toolTip();
    QVERIFY(tips.join(QLatin1Char(' ')).contains(QStringLiteral("Merged")));

    // What ended without a word is shown with a question mark.
    const QByteArray key = "migrations:lock";
    QVERIFY(fixture.select(key));
    LockEvent event;
    event.kind = LockEventKind::Released;
    event.source = LockEventSource::Tracking;
    event.certain = false;
    QCOMPARE(lockEventTitle(event), QStringLiteral("Probably released"));
    event.kind = LockEventKind::Expired;
    QCOMPARE(lockEventTitle(event), QStringLiteral("Probably expired"));
    QVERIFY(lockEndText(LockEnding { {}, LockEnd::Expired, {}, false }).endsWith(QLatin1Char('?')));
}

void ListeningTest::aReplicaThatIsScannedIsNamed()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    const auto* strip = fixture.window.findChild<CompletenessStrip*>();
    QVERIFY(strip);
    QVERIFY(!strip->toolTip().contains(QStringLiteral("replica")));
    const auto change = [&fixture](const ScanSource& scan) {
        fixture.fake->changeStatus([&scan](WatchStatus& status) {
            status.completeness.pass = 1;
            status.scan = scan;
            for (NodeStatus& node : status.nodes)
                node.scan = scan;
        });
    };
    change({ true, QStringLiteral("db-2:6379"), 1500, 1, 0, {} });
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("on replica db-2:6379")));
    QVERIFY2(strip->toolTip().contains(QStringLiteral("scanned on the replica db-2:6379 (1.5 kB behind")),
        qPrintable(strip->toolTip()));
    QVERIFY(strip->toolTip().contains(QStringLiteral("read on its master before it is shown")));
    change({ true, {}, {}, {}, {}, QStringLiteral("db-2:6379 is behind") });
    QTRY_VERIFY(allText(&fixture.window).contains(QStringLiteral("on the master, not on a replica")));
    QVERIFY2(strip->toolTip().contains(QStringLiteral("scanned on the MASTER: db-2:6379 is behind")),
        qPrintable(strip->toolTip()));
}

void ListeningTest::howToListenIsChosenAndRemembered()
{
    WindowFixture fixture;
    fixture.action(ActionId::Connect)->trigger();
    auto* dialog = fixture.window.findChild<ConnectDialog*>();
    QVERIFY(dialog);
    QComboBox* listen = nullptr;
    for (QComboBox* box : dialog->findChildren<QComboBox*>()) {
        if (box->findData(int(ListenChoice::Tracking)) >= 0 && box->findText(QStringLiteral("Production")) < 0)
            listen = box;
    }
    QVERIFY(listen);
    QCOMPARE(ListenChoice(listen->currentData().toInt()), ListenChoice::Auto);
    listen->setCurrentIndex(listen->findData(int(ListenChoice::Tracking)));
    dialog->findChild<QComboBox*>()->setEditText(QStringLiteral("redis://cache-2.example.net"));
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
        if (button->isDefault())
            button->click();
    }
    QCOMPARE(fixture.lastChoice.listen, ListenChoice::Tracking);
    QCOMPARE(fixture.lastChoice.spec.endpoint().host, QStringLiteral("cache-2.example.net"));
    QCOMPARE(fixture.settings.listenChoice(), ListenChoice::Tracking);
    QTRY_VERIFY(!fixture.window.findChild<ConnectDialog*>());
    fixture.action(ActionId::Connect)->trigger();
    dialog = fixture.window.findChild<ConnectDialog*>();
    QVERIFY(dialog);
    QVERIFY(allText(dialog).contains(QStringLiteral("How changes are heard")));
    for (const QComboBox* box : dialog->findChildren<QComboBox*>()) {
        if (box->findData(int(ListenChoice::Tracking)) >= 0 && box->findText(QStringLiteral("Production")) < 0)
            QCOMPARE(ListenChoice(box->currentData().toInt()), ListenChoice::Tracking);
    }
}

void ListeningTest::theLoadBudgetIsChangedLive()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    QCOMPARE(fixture.fake->verifyRate(), 0); // the default needs no word
    auto* meter = fixture.window.findChild<LoadMeter*>();
    QVERIFY(meter);
    auto* spin = meter->menu()->findChild<QSpinBox*>(QStringLiteral("loadBudget"));
    QVERIFY(spin);
    QCOMPARE(spin->value(), defaultVerifyRate);
    spin->setValue(500);
    QCOMPARE(fixture.fake->verifyRate(), 500);
    QTRY_VERIFY(meter->toolTip().contains(QStringLiteral("500 keys/s")));
    QCOMPARE(fixture.settings.value(Setting::VerifyRate).toInt(), 500);
    fixture.connectWindow();
    QCOMPARE(fixture.fake->verifyRate(), 500);
}

} // namespace lockscope

QTEST_MAIN(lockscope::ListeningTest)
#include "tst_listening.moc"
