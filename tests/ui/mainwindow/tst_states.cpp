// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/filterbar.h"
#include "locktable/groupspanel.h"
#include "operations/acquiredialog.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QCheckBox>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>

namespace lockscope {

using namespace std::chrono_literals;

/// Shows every state of the window and the dialogs in both themes and checks that nothing grows beyond the window. With
/// $LOCKSCOPE_SCREENS_DIR set, each is written there as a picture to look at.
class StatesTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void windows_data();
    void windows();
    void dialogs_data();
    void dialogs();
    void cleanupTestCase() { applyTheme(ThemeMode::Light); }
};

namespace {

void save(QWidget* widget, const QString& name)
{
    const QString folder = qEnvironmentVariable("LOCKSCOPE_SCREENS_DIR");
    if (!folder.isEmpty())
        QVERIFY(widget->grab().save(QDir(folder).filePath(name + QStringLiteral(".png"))));
}

QString nameOf(const char* tag, ThemeMode mode)
{
    return QString::fromLatin1(tag).replace(QLatin1Char(' '), QLatin1Char('-')) + QLatin1Char('-')
        + themeModeName(mode);
}

using Script = std::function<void(WindowFixture&)>;

void selectAny(WindowFixture& fixture, const QByteArray& key)
{
    QTRY_VERIFY(fixture.select(key));
    QTRY_VERIFY(fixture.fake->inspections() > 0);
}

} // namespace

void StatesTest::windows_data()
{
    QTest::addColumn<FakeDeployment::Options>("options");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<Script>("script");
    const auto add = [](const char* name, const FakeDeployment::Options& options, QSize size, const Script& script) {
        QTest::newRow(name) << options << size << script;
    };
    const QSize usual(1280, 800);
    FakeDeployment::Options many;
    FakeDeployment::Options none;
    none.locks = 0;
    FakeDeployment::Options readOnly;
    readOnly.readOnly = true;
    FakeDeployment::Options sandbox;
    sandbox.sandbox = true;
    FakeDeployment::Options connecting;
    connecting.connectAtOnce = false;

    const Script busy = [](WindowFixture& fixture) {
        fixture.fake->act(400);
        QTRY_COMPARE(fixture.window.model()->totalCount(), fixture.fake->lockCount());
        selectAny(fixture, "migrations:lock");
    };
    add("live", many, usual, busy);
    add("live small", many, QSize(1024, 700), busy);
    add("live large", many, QSize(1600, 1000), busy);
    add("long key", many, usual,
        [](WindowFixture& fixture) { selectAny(fixture, "lock:" + QByteArray(2000, 'k') + ":end"); });
    add("sandbox", sandbox, usual, busy);
    add("read only", readOnly, usual, busy);
    add("no locks", none, usual, [](WindowFixture&) {});
    add("connecting", connecting, usual, [](WindowFixture&) {});
    add("paused", many, usual, [busy](WindowFixture& fixture) {
        busy(fixture);
        fixture.action(ActionId::PauseTable)->setChecked(true);
        fixture.fake->act(200);
    });
    add("ended and changed", many, usual, [busy](WindowFixture& fixture) {
        busy(fixture);
        LockTableModel* model = fixture.window.model();
        fixture.window.view()->scrollToTop();
        QList<QByteArray> keys;
        for (int row = 1; keys.size() < 13; ++row) {
            if (!model->isGhost(row))
                keys += model->recordAt(row)->key;
        }
        for (int i = 0; i < keys.size(); ++i) {
            const Milliseconds left = model->record(fixture.fake->lock(keys[i])->id)->remaining(model->now());
            if (i % 4 == 0)
                fixture.fake->remove(keys[i], i % 8 == 0 ? LockEventKind::Released : LockEventKind::Expired);
            else if (i % 4 == 1)
                fixture.fake->put(keys[i], "worker-9:4711", left, LockEventKind::HolderChanged);
            else
                fixture.fake->put(keys[i], fixture.fake->lock(keys[i])->token, left + 300ms, LockEventKind::Renewed);
        }
    });
    add("groups by prefix", many, usual, [busy](WindowFixture& fixture) {
        busy(fixture);
        auto* panel = fixture.window.findChild<GroupsPanel*>();
        panel->setGrouping(LockGrouping::Prefix);
        fixture.action(ActionId::ShowGroups)->setChecked(true);
        QTRY_VERIFY(panel->tree()->topLevelItemCount() > 0);
        panel->tree()->expandAll();
    });
    add("groups by holder", many, usual, [](WindowFixture& fixture) {
        auto* panel = fixture.window.findChild<GroupsPanel*>();
        fixture.action(ActionId::ShowGroups)->setChecked(true);
        QTRY_VERIFY(panel->tree()->topLevelItemCount() > 0);
        Q_EMIT panel->tree()->itemActivated(panel->tree()->topLevelItem(0), 0);
    });
    add("filter matches nothing", many, usual,
        [](WindowFixture& fixture) { fixture.window.filterBar()->setText(QStringLiteral("nothing-like-this")); });
    add("lost", many, usual, [](WindowFixture& fixture) {
        selectAny(fixture, "migrations:lock");
        fixture.fake->lose(makeError(ErrorKind::ConnectionLost, QStringLiteral("the server closed the connection"),
            QStringLiteral("cache-1.example.net:6379")));
    });
    add("first pass", many, usual, [](WindowFixture& fixture) {
        fixture.fake->changeStatus([](WatchStatus& status) {
            status.completeness = { false, 1, true, 312000, 812344, {}, {} };
        });
    });
    add("notifications off", many, usual, [](WindowFixture& fixture) {
        fixture.fake->changeStatus([](WatchStatus& status) {
            status.listening = ListenMode::Polling;
            status.pollInterval = 2s;
            status.notifications = NotificationSetting::CanBeEnabled;
            status.missingNotifyFlags = "Kg$hszlxe";
            status.notifyFlags.clear();
        });
        QTRY_VERIFY(fixture.action(ActionId::EnableNotifications)->isEnabled());
        fixture.action(ActionId::EnableNotifications)->trigger();
    });
    add("client tracking", many, usual, [busy](WindowFixture& fixture) {
        busy(fixture);
        fixture.fake->changeStatus([](WatchStatus& status) {
            status.listening = ListenMode::Tracking;
            status.notifications = NotificationSetting::CanBeEnabled;
            status.budgetKeysPerSecond = 2000;
        });
        QTRY_VERIFY(fixture.action(ActionId::EnableNotifications)->isEnabled());
    });
    add("permission", none, usual, [](WindowFixture& fixture) {
        fixture.fake->failWith(makeError(ErrorKind::Permission,
            QStringLiteral("NOPERM this user has no permissions to run the 'scan' command"),
            QStringLiteral("cache-1.example.net:6379")));
    });
    add("credentials", none, usual, [](WindowFixture& fixture) {
        fixture.fake->failWith(makeError(ErrorKind::Authentication,
            QStringLiteral("WRONGPASS invalid username-password pair"), QStringLiteral("cache-1.example.net:6379")));
    });
}

void StatesTest::windows()
{
    QFETCH(FakeDeployment::Options, options);
    QFETCH(QSize, size);
    QFETCH(Script, script);
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        WindowFixture fixture(options);
        fixture.window.resize(size);
        if (options.connectAtOnce)
            QTRY_VERIFY(fixture.window.status().completeness.pass > 0);
        script(fixture);
        QTest::qWait(450); // the look at the selected lock is debounced
        // Long names and long messages must not push the window wider than it was made.
        QCOMPARE(fixture.window.size(), size);
        save(&fixture.window, nameOf(QTest::currentDataTag(), mode));
    }
}

void StatesTest::dialogs_data()
{
    QTest::addColumn<Script>("script");
    const auto add = [](const char* name, const Script& script) { QTest::newRow(name) << script; };
    const auto openRelease = [](WindowFixture& fixture, const QByteArray& key) {
        selectAny(fixture, key);
        fixture.action(ActionId::ForceRelease)->trigger();
    };
    add("release", [openRelease](WindowFixture& fixture) { openRelease(fixture, "migrations:lock"); });
    add("release long key", [openRelease](WindowFixture& fixture) {
        openRelease(fixture, "lock:" + QByteArray(2000, 'k') + ":end");
        for (QToolButton* button : fixture.window.forceRelease()->dialog()->findChildren<QToolButton*>()) {
            if (button->isCheckable())
                button->click();
        }
    });
    add("release changed", [openRelease](WindowFixture& fixture) {
        fixture.fake->changeSilently("migrations:lock", "deploy-4712@build-9");
        openRelease(fixture, "migrations:lock");
    });
    add("release any", [openRelease](WindowFixture& fixture) {
        openRelease(fixture, "migrations:lock");
        fixture.window.forceRelease()->dialog()->findChild<QCheckBox*>()->click();
        fixture.window.forceRelease()->dialog()->findChild<QLineEdit*>()->setText(
            QStringLiteral("INC-4711: deploy died"));
    });
    add("release many", [](WindowFixture& fixture) {
        QTRY_VERIFY(fixture.window.model()->rowCount() > 20);
        fixture.window.view()->selectAll();
        fixture.action(ActionId::ForceRelease)->trigger();
    });
    add("released", [openRelease](WindowFixture& fixture) {
        ForceReleaseResult unknown;
        unknown.error = makeError(ErrorKind::OutcomeUnknown);
        fixture.fake->setReleaseResult("migrations:lock", unknown);
        openRelease(fixture, "migrations:lock");
        ForceReleaseDialog* dialog = fixture.window.forceRelease()->dialog();
        QTRY_VERIFY(dialog->review().allLooked());
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("INC-4711"));
        for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
            if (button->text().contains(QStringLiteral("Force")))
                button->click();
        }
    });
    add("acquire", [](WindowFixture& fixture) { fixture.action(ActionId::Acquire)->trigger(); });
    add("acquire refused", [](WindowFixture& fixture) {
        fixture.fake->setAcquireError(makeError(ErrorKind::Taken, QStringLiteral("held by worker-7:2231")));
        fixture.action(ActionId::Acquire)->trigger();
        auto* dialog = fixture.window.findChild<AcquireDialog*>();
        dialog->findChild<QLineEdit*>()->setText(QStringLiteral("lock:maintenance"));
        for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("&Acquire"))
                button->click();
        }
    });
    add("save view", [](WindowFixture& fixture) {
        fixture.action(ActionId::SaveView)->trigger();
        fixture.window.findChild<QDialog*>()->findChild<QLineEdit*>()->setText(QStringLiteral("No TTL"));
    });
    add("connect", [](WindowFixture& fixture) { fixture.action(ActionId::Connect)->trigger(); });
    add("shortcuts", [](WindowFixture& fixture) { fixture.action(ActionId::Shortcuts)->trigger(); });
    add("about", [](WindowFixture& fixture) { fixture.action(ActionId::About)->trigger(); });
}

void StatesTest::dialogs()
{
    QFETCH(Script, script);
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        WindowFixture fixture;
        QTRY_VERIFY(fixture.window.model()->rowCount() > 0);
        script(fixture);
        QTest::qWait(300);
        auto* dialog = fixture.window.findChild<QDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        QVERIFY2(dialog->width() <= 800 && dialog->height() <= 760,
            qPrintable(QStringLiteral("%1x%2").arg(dialog->width()).arg(dialog->height())));
        save(dialog, nameOf(QTest::currentDataTag(), mode));
    }
}

} // namespace lockscope

QTEST_MAIN(lockscope::StatesTest)
#include "tst_states.moc"
