// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/filterbar.h"
#include "operations/acquiredialog.h"
#include "operations/durationedit.h"
#include "operations/heldlocks.h"
#include "operations/heldlocksquestion.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QCheckBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>

namespace lockscope {

using namespace std::chrono_literals;

/// The window and the dialogs with locks of the operator's own, on one master and on three, in both themes: nothing
/// grows beyond the window. With $LOCKSCOPE_SCREENS_DIR set, each is written there as a picture to look at.
class HoldingStatesTest final : public QObject {
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

void hold(WindowFixture& fixture, const QByteArray& key, Milliseconds ttl, bool renews, bool fence)
{
    AcquireRequest request;
    request.key = key;
    request.token = "5f0c1d2e3b4a59687786a5b4c3d2e1f00f1e2d3c";
    request.ttl = ttl;
    request.fence = fence;
    HeldLocks* held = fixture.window.heldLocks();
    const auto before = held->locks().size();
    onFinished(fixture.fake->acquire(request), &fixture.window,
        [held, renews](const Result<AcquireGrant>& grant) { held->add(*grant, renews); });
    QTRY_COMPARE(held->locks().size(), before + 1);
}

QDialog* acquire(WindowFixture& fixture, const QString& key)
{
    fixture.action(ActionId::Acquire)->trigger();
    auto* dialog = fixture.window.findChild<AcquireDialog*>();
    dialog->findChild<QLineEdit*>()->setText(key);
    for (QCheckBox* box : dialog->findChildren<QCheckBox*>()) {
        if (box->text().contains(QStringLiteral("fencing")))
            box->setChecked(true);
    }
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("&Acquire"))
            button->click();
    }
    return dialog;
}

QStringList ownRows(const LockTableModel& model)
{
    QStringList keys;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex state = model.index(row, int(LockColumn::State));
        if (state.data().toString() == QStringLiteral("held by you"))
            keys += model.index(row, int(LockColumn::Key)).data().toString();
    }
    keys.sort();
    return keys;
}

using Script = std::function<QDialog*(WindowFixture&)>;

} // namespace

void HoldingStatesTest::windows_data()
{
    QTest::addColumn<int>("masters");
    QTest::addColumn<int>("down");
    QTest::newRow("holdings one master") << 1 << -1;
    QTest::newRow("holdings three masters") << 3 << -1;
    QTest::newRow("holdings one of three down") << 3 << 1;
}

void HoldingStatesTest::windows()
{
    QFETCH(int, masters);
    QFETCH(int, down);
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        FakeDeployment::Options options;
        options.masters = masters;
        WindowFixture fixture(options);
        QTRY_VERIFY(fixture.window.model()->rowCount() > 0);
        fixture.fake->setDownMaster(down);
        hold(fixture, "lock:batch:2026-11", 90s, true, true);
        hold(fixture, "lock:gone", 200ms, false, false);
        hold(fixture, "lock:maintenance", 30s, true, true);
        QTRY_COMPARE(fixture.window.heldLocks()->heldCount(), 2);
        fixture.window.filterBar()->setText(QStringLiteral("lock:"));
        // All three have the same token; only the two that are held say so.
        fixture.fake->put("lock:gone", "5f0c1d2e3b4a59687786a5b4c3d2e1f00f1e2d3c", 60s);
        QTest::qWait(600);
        QCOMPARE(ownRows(*fixture.window.model()),
            QStringList({ QStringLiteral("lock:batch:2026-11"), QStringLiteral("lock:maintenance") }));
        QCOMPARE(fixture.window.size(), QSize(1280, 800));
        save(&fixture.window,
            QString::fromLatin1(QTest::currentDataTag()).replace(QLatin1Char(' '), QLatin1Char('-')) + QLatin1Char('-')
                + themeModeName(mode));
    }
}

void HoldingStatesTest::dialogs_data()
{
    QTest::addColumn<int>("masters");
    QTest::addColumn<int>("down");
    QTest::addColumn<Script>("script");
    const Script taken = [](WindowFixture& fixture) { return acquire(fixture, QStringLiteral("lock:maintenance")); };
    QTest::newRow("acquired one master") << 1 << -1 << taken;
    QTest::newRow("acquired three masters") << 3 << -1 << taken;
    QTest::newRow("acquired one of three down") << 3 << 1 << taken;
    QTest::newRow("no quorum") << 3 << 1 << Script([](WindowFixture& fixture) {
        fixture.fake->setAcquireError(makeError(ErrorKind::NoQuorum,
            QStringLiteral("1 of 3 masters agreed, 2 are needed; these failed: 10.20.4.18:6379: no answer in time; "
                           "10.20.4.19:6379: cannot connect")));
        return acquire(fixture, QStringLiteral("lock:maintenance"));
    });
    QTest::newRow("waiting") << 1 << -1 << Script([](WindowFixture& fixture) {
        fixture.fake->holdAnswers();
        fixture.action(ActionId::Acquire)->trigger();
        auto* dialog = fixture.window.findChild<AcquireDialog*>();
        dialog->findChild<DurationEdit*>(QStringLiteral("wait"))->setDuration(10s);
        return acquire(fixture, QStringLiteral("lock:maintenance"));
    });
    QTest::newRow("quit question") << 1 << -1 << Script([](WindowFixture& fixture) -> QDialog* {
        hold(fixture, "lock:batch:2026-11", 90s, true, true);
        hold(fixture, "lock:maintenance", 30s, true, true);
        fixture.window.close();
        return fixture.window.findChild<HeldLocksQuestion*>();
    });
}

void HoldingStatesTest::dialogs()
{
    QFETCH(int, masters);
    QFETCH(int, down);
    QFETCH(Script, script);
    for (const ThemeMode mode : { ThemeMode::Light, ThemeMode::Dark }) {
        applyTheme(mode);
        FakeDeployment::Options options;
        options.masters = masters;
        WindowFixture fixture(options);
        QTRY_VERIFY(fixture.window.model()->rowCount() > 0);
        fixture.fake->setDownMaster(down);
        QDialog* dialog = script(fixture);
        QTest::qWait(400);
        QVERIFY(dialog && dialog->isVisible());
        QVERIFY2(dialog->width() <= 800 && dialog->height() <= 760,
            qPrintable(QStringLiteral("%1x%2").arg(dialog->width()).arg(dialog->height())));
        save(dialog,
            QString::fromLatin1(QTest::currentDataTag()).replace(QLatin1Char(' '), QLatin1Char('-')) + QLatin1Char('-')
                + themeModeName(mode));
        fixture.fake->answerHeld();
    }
}

} // namespace lockscope

QTEST_MAIN(lockscope::HoldingStatesTest)
#include "tst_holdingstates.moc"
