// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/settings.h"
#include "locktable/filterbar.h"
#include "locktable/viewsmenu.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTemporaryDir>

namespace lockscope {

class SavedViewsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oursComeFirst();
    void areRemembered();
    void namesAreChecked();
    void damagedSettingsAreNoViews();
    void isSavedAndAppliedInTheWindow();
    void oursAreAppliedByKey();
    void isRenamedAndDeleted();
};

namespace {

const SavedView mine { QStringLiteral("Mine"), QStringLiteral("holder:worker-7"), QByteArray("layout\0", 7), false };

QAction* entry(const MainWindow& window, const QString& name)
{
    for (QAction* action : window.findChild<ViewsMenu*>()->actions()) {
        if (action->text() == name)
            return action;
    }
    return nullptr;
}

} // namespace

void SavedViewsTest::oursComeFirst()
{
    Settings settings = Settings::inMemory();
    SavedViews views(settings);
    QVERIFY(views.save(mine));
    const QList<SavedView> all = views.all();
    QCOMPARE(all.size(), 5);
    QCOMPARE(all[0].filter, QStringLiteral("state:no_ttl"));
    QCOMPARE(all[1].filter, QStringLiteral("ttl<5s"));
    QCOMPARE(all[2].filter, QStringLiteral("held>10m"));
    QCOMPARE(all[3].filter, QStringLiteral("stuck:"));
    QVERIFY(all[0].isBuiltIn && all[1].isBuiltIn && all[2].isBuiltIn && all[3].isBuiltIn);
    QCOMPARE(all[4], mine);
}

void SavedViewsTest::areRemembered()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("settings.ini"));
    {
        Settings settings = Settings::inFile(file);
        SavedViews views(settings);
        QVERIFY(views.save(mine));
        QVERIFY(views.save({ QStringLiteral("库存 \"x\""), QStringLiteral("key:库存:*"), {}, false }));
    }
    Settings settings = Settings::inFile(file);
    const SavedViews views(settings);
    QCOMPARE(views.own().size(), 2);
    QCOMPARE(views.own()[0], mine);
    QCOMPARE(views.own()[1].name, QStringLiteral("库存 \"x\""));
}

void SavedViewsTest::namesAreChecked()
{
    Settings settings = Settings::inMemory();
    SavedViews views(settings);
    QVERIFY(!views.save({ QStringLiteral("  "), {}, {}, false }));
    QVERIFY(!views.save({ views.all()[0].name, {}, {}, false }));
    QVERIFY(views.save(mine));
    SavedView other = mine;
    other.filter = QStringLiteral("else");
    QVERIFY(views.save(other)); // replaces
    QCOMPARE(views.own().size(), 1);
    QCOMPARE(views.own()[0].filter, QStringLiteral("else"));
    for (int i = 1; i < SavedViews::maximumCount; ++i)
        QVERIFY(views.save({ QString::number(i), {}, {}, false }));
    QVERIFY(!views.save({ QStringLiteral("one too many"), {}, {}, false }));
    QVERIFY(!views.rename(QStringLiteral("1"), QStringLiteral("2")));
    QVERIFY(!views.rename(QStringLiteral("nothing"), QStringLiteral("x")));
    QVERIFY(views.rename(QStringLiteral("1"), QStringLiteral("one")));
    views.remove(QStringLiteral("one"));
    QCOMPARE(views.own().size(), SavedViews::maximumCount - 1);
}

void SavedViewsTest::damagedSettingsAreNoViews()
{
    for (const char* json : { "", "nonsense", "{}", "[1,2]", "[{\"name\":\"\"}]", "[{\"name\":7}]" }) {
        Settings settings = Settings::inMemory();
        settings.setValue(Setting::SavedViews, QByteArray(json));
        QCOMPARE(SavedViews(settings).own().size(), 0);
    }
}

void SavedViewsTest::isSavedAndAppliedInTheWindow()
{
    WindowFixture fixture;
    LockTableView* view = fixture.window.view();
    fixture.window.filterBar()->setText(QStringLiteral("worker"));
    view->sortByColumn(int(LockColumn::Held), Qt::DescendingOrder);
    view->setColumnHidden(int(LockColumn::Owner), true);
    fixture.action(ActionId::SaveView)->trigger();
    auto* dialog = fixture.window.findChild<QDialog*>(QStringLiteral("saveViewDialog"));
    QVERIFY(dialog && dialog->isVisible());
    QPushButton* save = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Save);
    auto* name = dialog->findChild<QLineEdit*>();
    QVERIFY(!save->isEnabled());
    name->setText(QStringLiteral("No TTL"));
    QVERIFY(!save->isEnabled());
    name->setText(QStringLiteral("Workers"));
    QVERIFY(save->isEnabled());
    save->click();
    QVERIFY(!dialog->isVisible());

    fixture.window.filterBar()->setText({});
    view->sortByColumn(int(LockColumn::Key), Qt::AscendingOrder);
    view->setColumnHidden(int(LockColumn::Owner), false);
    fixture.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&fixture.window));
    QTest::keyClick(view, Qt::Key_5, Qt::ControlModifier); // behind our four
    QCOMPARE(fixture.window.filterBar()->text(), QStringLiteral("worker"));
    QCOMPARE(fixture.window.model()->sortSpec(), (LockSort { LockColumn::Held, Qt::DescendingOrder }));
    QVERIFY(view->isColumnHidden(int(LockColumn::Owner)));
}

void SavedViewsTest::oursAreAppliedByKey()
{
    WindowFixture fixture;
    QTRY_VERIFY(fixture.window.model()->totalCount() > 0);
    QVERIFY(QTest::qWaitForWindowActive(&fixture.window));
    QTest::keyClick(fixture.window.view(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(fixture.window.filterBar()->text(), QStringLiteral("state:no_ttl"));
    QTRY_COMPARE(fixture.window.model()->rowCount(), 1);
    QCOMPARE(fixture.window.model()->recordAt(0)->key, QByteArray("migrations:lock"));
}

void SavedViewsTest::isRenamedAndDeleted()
{
    WindowFixture fixture;
    Settings& settings = fixture.settings;
    settings.setValue(Setting::SavedViews, QByteArray(R"([{"name":"A"},{"name":"B"}])"));
    MainWindow window(fixture.factory(), settings, MainWindow::Options {});
    window.show();
    QVERIFY(entry(window, QStringLiteral("A")) && entry(window, QStringLiteral("B")));
    window.findChild<ViewsMenu*>()->openManager();
    auto* dialog = window.findChild<QDialog*>(QStringLiteral("manageViewsDialog"));
    auto* list = dialog->findChild<QListWidget*>();
    QCOMPARE(list->count(), 2);
    list->item(0)->setText(QStringLiteral("B"));
    QCOMPARE(list->item(0)->text(), QStringLiteral("A")); // taken
    list->item(0)->setText(QStringLiteral("C"));
    QVERIFY(!entry(window, QStringLiteral("A")) && entry(window, QStringLiteral("C")));
    list->setCurrentRow(1);
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("&Delete"))
            button->click();
    }
    QCOMPARE(list->count(), 1);
    QVERIFY(!entry(window, QStringLiteral("B")));
    QCOMPARE(settings.bytes(Setting::SavedViews).count("name"), 1);
}

} // namespace lockscope

QTEST_MAIN(lockscope::SavedViewsTest)
#include "tst_savedviews.moc"
