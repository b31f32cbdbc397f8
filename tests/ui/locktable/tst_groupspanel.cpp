// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/groupspanel.h"

#include "locktable/filterbar.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTreeWidget>

namespace lockscope {

using namespace std::chrono_literals;

class GroupsPanelTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsByPrefix();
    void choosingFilters();
    void restsWhileHidden();
    void countsAtMostOnceASecond();
    void keepsWhatIsOpen();
};

namespace {

GroupsPanel* openPanel(WindowFixture& fixture, LockGrouping grouping)
{
    auto* panel = fixture.window.findChild<GroupsPanel*>();
    panel->setGrouping(grouping);
    fixture.action(ActionId::ShowGroups)->setChecked(true);
    return panel;
}

QTreeWidgetItem* child(QTreeWidgetItem* parent, const QString& name)
{
    for (int i = 0; i < parent->childCount(); ++i) {
        if (parent->child(i)->text(0) == name)
            return parent->child(i);
    }
    return nullptr;
}

} // namespace

void GroupsPanelTest::countsByPrefix()
{
    FakeDeployment::Options none;
    none.locks = 0;
    WindowFixture fixture(none);
    fixture.fake->put("orders:eu:1", "t1", 60s);
    fixture.fake->put("orders:eu:2", "t2", 3s);
    fixture.fake->put("orders:3", "t2", 0s);
    fixture.fake->put("single", "t3", 60s);
    QTRY_COMPARE(fixture.window.model()->totalCount(), 4);
    const GroupsPanel* panel = openPanel(fixture, LockGrouping::Prefix);
    QTreeWidgetItem* root = panel->tree()->invisibleRootItem();
    QTRY_VERIFY(child(root, QStringLiteral("orders:")));
    QTreeWidgetItem* orders = child(root, QStringLiteral("orders:"));
    const QStringList figures { QStringLiteral("3"), QStringLiteral("1"), QStringLiteral("1"), QStringLiteral("2") };
    for (int column = 1; column <= 4; ++column)
        QCOMPARE(orders->text(column), figures[column - 1]);
    QVERIFY(child(orders, QStringLiteral("eu:")));
    fixture.fake->put("orders:eu:4", "t9", 60s);
    QTRY_COMPARE(child(orders, QStringLiteral("eu:"))->text(1), QStringLiteral("3"));
    for (const char* key : { "orders:eu:1", "orders:eu:2", "orders:eu:4", "orders:3" })
        fixture.fake->remove(key);
    QTRY_VERIFY(!child(root, QStringLiteral("orders:")));
}

void GroupsPanelTest::choosingFilters()
{
    WindowFixture fixture;
    fixture.fake->put("orders:x:1", "worker-77", 60s);
    fixture.fake->put("orders:x:2", "worker-77", 60s);
    fixture.window.filterBar()->setText(QStringLiteral("orders"));
    GroupsPanel* panel = openPanel(fixture, LockGrouping::Holder);
    QTreeWidgetItem* root = panel->tree()->invisibleRootItem();
    QTRY_VERIFY(child(root, QStringLiteral("worker-77")));
    QTreeWidgetItem* item = child(root, QStringLiteral("worker-77"));
    panel->tree()->scrollToItem(item);
    QTest::mouseClick(panel->tree()->viewport(), Qt::LeftButton, {}, panel->tree()->visualItemRect(item).center());
    QCOMPARE(fixture.window.filterBar()->text(), QStringLiteral("orders holder:=worker-77"));
    QTRY_COMPARE(fixture.window.model()->rowCount(), 2);
    // Another takes its place, by keyboard, and what was typed stays.
    panel->setGrouping(LockGrouping::Prefix);
    QTRY_VERIFY(child(root, QStringLiteral("orders:")));
    panel->tree()->setCurrentItem(child(root, QStringLiteral("orders:")));
    QTest::keyClick(panel->tree(), Qt::Key_Return);
    QCOMPARE(fixture.window.filterBar()->text(), QStringLiteral("orders key:orders:*"));
    fixture.window.filterBar()->setText({});
    QVERIFY(panel->tree()->selectedItems().isEmpty());
}

void GroupsPanelTest::restsWhileHidden()
{
    WindowFixture fixture;
    auto* panel = fixture.window.findChild<GroupsPanel*>();
    QSignalSpy shown(panel, &GroupsPanel::groupsShown);
    QTest::qWait(200);
    QCOMPARE(shown.size(), 0);
    openPanel(fixture, LockGrouping::Holder);
    QTRY_VERIFY(!shown.isEmpty());
    fixture.action(ActionId::ShowGroups)->setChecked(false);
    shown.clear();
    QTest::qWait(1200);
    QCOMPARE(shown.size(), 0);
}

void GroupsPanelTest::countsAtMostOnceASecond()
{
    WindowFixture fixture;
    auto* panel = openPanel(fixture, LockGrouping::Prefix);
    QSignalSpy shown(panel, &GroupsPanel::groupsShown);
    QElapsedTimer timer;
    timer.start();
    while (shown.size() < 3) {
        fixture.fake->act(20);
        QTest::qWait(20);
        QVERIFY(timer.elapsed() < 60'000);
    }
    QVERIFY2(timer.elapsed() >= 1900, qPrintable(QString::number(timer.elapsed())));
}

void GroupsPanelTest::keepsWhatIsOpen()
{
    WindowFixture fixture;
    fixture.fake->put("orders:eu:1", "t", 60s);
    const GroupsPanel* panel = openPanel(fixture, LockGrouping::Prefix);
    QTreeWidgetItem* root = panel->tree()->invisibleRootItem();
    QTRY_VERIFY(child(root, QStringLiteral("orders:")));
    QTreeWidgetItem* orders = child(root, QStringLiteral("orders:"));
    orders->setExpanded(true);
    panel->tree()->setCurrentItem(child(orders, QStringLiteral("eu:")));
    const QString before = orders->text(1);
    for (int i = 0; i < 300; ++i)
        fixture.fake->put("orders:us:" + QByteArray::number(i), "t", 60s);
    QTRY_VERIFY(orders->text(1) != before);
    QVERIFY(orders->isExpanded());
    QCOMPARE(panel->tree()->currentItem(), child(orders, QStringLiteral("eu:")));
}

} // namespace lockscope

QTEST_MAIN(lockscope::GroupsPanelTest)
#include "tst_groupspanel.moc"
