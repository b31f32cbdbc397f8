// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/locktableview.h"

#include "common/motion.h"
#include "locktable/frameclock.h"
#include "locktable/locktablemodel.h"
#include "support/randomlocks.h"
#include "support/steppedclock.h"
#include "support/testsupport.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>

#include <random>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

LockRecord lock(quint32 slot, SteadyTime deadline)
{
    LockRecord record;
    record.id = { slot, 1 };
    record.key = "lock:" + QByteArray::number(slot);
    record.token = "token-" + QByteArray::number(slot);
    record.deadline = deadline;
    record.lease = 10min;
    record.firstSeen = SteadyTime();
    return record;
}

LockDelta locks(quint32 count, SteadyTime now)
{
    LockDelta delta;
    for (quint32 i = 0; i < count; ++i)
        delta.changed.push_back(lock(i, now + 1min + i * 1s));
    return delta;
}

LockDelta only(const LockRecord& record)
{
    LockDelta delta;
    delta.changed.push_back(record);
    return delta;
}

} // namespace

class TestLockTableView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void selectionStaysWithItsLocks();
    void selectionSurvivesRandomTraffic();
    void currentLockThatEndsIsNotReplaced();
    void keyboardGoesOnWhereTheLockWas();
    void scrolledViewStaysInPlace();
    void sortsByHeader_data();
    void sortsByHeader();
    void stillWhileAiming();
    void spacePauses();
    void ghostsCannotBeChosen();
    void cuesArePaintedAndFade();
    void enterAndDoubleClickActivate();
    void copiesKeys();
    void menuByKeyboardAndMouse();
    void layoutIsRemembered();
    void garbageIsNoLayout();
    void keyColumnTakesTheRest();
    void columnsGiveWayInANarrowWindow();
    void columnsAreChosen();
    void selectAllHasALimit();
    void allSelectedIsNotEverything();
    void sortsByMenu();
    void homeAndEnd();
    void clockRunsOnlyWhileSeen();
    void visibleLocksAreTold();
    void countdownIsPainted();

private:
    [[nodiscard]] QList<int> selectedSlots() const;
    [[nodiscard]] QPoint middleOf(int row) const;

    std::unique_ptr<SteppedClock> m_clock;
    std::unique_ptr<LockTableModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
    std::unique_ptr<LockTableView> m_view;
};

void TestLockTableView::init()
{
    m_clock = std::make_unique<SteppedClock>();
    m_model = std::make_unique<LockTableModel>(*m_clock);
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    m_view = std::make_unique<LockTableView>(m_model.get());
    m_view->resize(1100, 500);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_view->setFocus();
}

void TestLockTableView::cleanup()
{
    m_view.reset();
    m_tester.reset();
    m_model.reset();
}

QList<int> TestLockTableView::selectedSlots() const
{
    QList<int> slots_;
    const QList<LockRecord> selected = m_view->selectedLocks();
    for (const LockRecord& record : selected)
        slots_.append(int(record.id.slot));
    std::sort(slots_.begin(), slots_.end());
    return slots_;
}

QPoint TestLockTableView::middleOf(int row) const
{
    return m_view->visualRect(m_model->index(row, int(LockColumn::Key))).center();
}

void TestLockTableView::selectionStaysWithItsLocks()
{
    m_model->apply(locks(10, m_clock->now()));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, middleOf(2));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ControlModifier, middleOf(4));
    QCOMPARE(selectedSlots(), (QList<int> { 2, 4 }));
    QCOMPARE(m_view->currentLock(), (LockId { 4, 1 }));
    QSignalSpy current(m_view.get(), &LockTableView::currentLockChanged);
    m_model->apply(only(lock(2, m_clock->now() + 1h)));
    m_model->apply(only(lock(20, m_clock->now() + 1s)));
    QTRY_COMPARE(m_model->rowOf({ 2, 1 }), 10);
    QCOMPARE(selectedSlots(), (QList<int> { 2, 4 }));
    QCOMPARE(m_view->currentLock(), (LockId { 4, 1 }));
    m_model->sort(int(LockColumn::Key), Qt::DescendingOrder);
    QCOMPARE(selectedSlots(), (QList<int> { 2, 4 }));
    QCOMPARE(current.size(), 0);
}

void TestLockTableView::selectionSurvivesRandomTraffic()
{
    const quint32 seed = RandomLocks::seedFromEnvironment();
    RandomLocks traffic(seed);
    std::mt19937 random(seed);
    m_model->apply(traffic.next(150));
    QSet<LockId> expected;
    for (int row = 0; row < m_model->rowCount(); row += 3) {
        m_view->selectionModel()->select(
            m_model->index(row, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
        expected.insert(m_model->recordAt(row)->id);
    }
    for (int step = 0; step < 40; ++step) {
        m_model->apply(traffic.next(step % 4 == 0 ? 80 : 3));
        if (step % 10 == 5)
            m_model->sort(int(random() % lockColumnCount));
        m_model->setStill(true);
        m_model->setStill(false);
        if (step % 5 != 4)
            continue;
        erase_if(expected, [&](const LockId& id) { return !m_model->record(id); });
        QSet<LockId> selected;
        const QList<LockRecord> now = m_view->selectedLocks();
        for (const LockRecord& record : now)
            selected.insert(record.id);
        QCOMPARE(selected, expected);
    }
}

void TestLockTableView::currentLockThatEndsIsNotReplaced()
{
    m_model->apply(locks(10, m_clock->now()));
    m_view->selectLock({ 5, 1 });
    QSignalSpy current(m_view.get(), &LockTableView::currentLockChanged);
    QSignalSpy count(m_view.get(), &LockTableView::selectionCountChanged);
    LockDelta delta;
    delta.removed.push_back({ 5, 1 });
    m_model->apply(std::move(delta));
    QTRY_COMPARE(m_model->rowCount(), 9);
    QVERIFY(!m_view->currentLock().isValid());
    QVERIFY(m_view->selectedLocks().isEmpty());
    QCOMPARE(current.size(), 1);
    QVERIFY(!current[0][0].value<LockId>().isValid());
    QCOMPARE(count.last()[0].toInt(), 0);
    // The same where rows are permuted and not removed one by one.
    m_view->selectLock({ 6, 1 });
    LockDelta moved = only(lock(0, m_clock->now() + 1h));
    moved.removed.push_back({ 6, 1 });
    moved.changed.push_back(lock(30, m_clock->now() + 1s));
    m_model->apply(std::move(moved));
    QTRY_COMPARE(m_model->rowOf({ 6, 1 }), -1);
    QVERIFY(!m_view->currentLock().isValid());
    QVERIFY(!current.last()[0].value<LockId>().isValid());
}

void TestLockTableView::keyboardGoesOnWhereTheLockWas()
{
    m_model->apply(locks(10, m_clock->now()));
    m_view->selectLock({ 5, 1 });
    LockDelta delta;
    delta.removed.push_back({ 5, 1 });
    m_model->apply(std::move(delta));
    QTRY_COMPARE(m_model->rowCount(), 9);
    QTest::keyClick(m_view.get(), Qt::Key_Down);
    QCOMPARE(m_view->currentLock(), (LockId { 6, 1 }));
}

void TestLockTableView::scrolledViewStaysInPlace()
{
    m_model->apply(locks(300, m_clock->now()));
    QTRY_VERIFY(m_view->verticalScrollBar()->maximum() > 200 * m_view->rowHeight(0));
    m_view->verticalScrollBar()->setValue(100 * m_view->rowHeight(0) + 7);
    const LockId top = m_view->visibleLocks().front();
    const int y = m_view->rowViewportPosition(m_model->rowOf(top));
    LockDelta delta;
    for (quint32 i = 0; i < 40; ++i)
        delta.changed.push_back(lock(1000 + i, m_clock->now() + i * 100ms));
    delta.changed.push_back(lock(105, m_clock->now() + 10h)); // a visible one leaves
    delta.removed.push_back({ 3, 1 });
    m_model->apply(std::move(delta));
    QTRY_COMPARE(m_model->rowCount(), 339);
    QCOMPARE(m_view->visibleLocks().front(), top);
    QCOMPARE(m_view->rowViewportPosition(m_model->rowOf(top)), y);
}

void TestLockTableView::sortsByHeader_data()
{
    QTest::addColumn<int>("column");
    for (int column = 0; column < lockColumnCount; ++column)
        QTest::addRow("%d", column) << column;
}

void TestLockTableView::sortsByHeader()
{
    QFETCH(int, column);
    m_model->apply(locks(20, m_clock->now()));
    m_view->setColumnHidden(column, false);
    m_view->scrollTo(m_model->index(0, column));
    QHeaderView* header = m_view->horizontalHeader();
    const QPoint at(header->sectionViewportPosition(column) + header->sectionSize(column) / 2, header->height() / 2);
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, at);
    QCOMPARE(m_model->sortSpec().column, LockColumn(column));
    const Qt::SortOrder first = m_model->sortSpec().order;
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, at);
    QVERIFY(m_model->sortSpec().order != first);
}

void TestLockTableView::stillWhileAiming()
{
    m_model->apply(locks(10, m_clock->now()));
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, middleOf(2));
    QVERIFY(m_model->isStill());
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, middleOf(2));
    QTRY_VERIFY(!m_model->isStill());
    QTest::keyClick(m_view.get(), Qt::Key_Down);
    QVERIFY(m_model->isStill());
    QTest::keyClick(m_view.get(), Qt::Key_Up);
    QTRY_VERIFY(!m_model->isStill());
    QTest::keyClick(m_view.get(), Qt::Key_A);
    QVERIFY(!m_model->isStill());
    QMenu menu;
    menu.addAction(QStringLiteral("Something"));
    connect(m_view.get(), &LockTableView::lockMenuRequested, &menu, [&](const QPoint& at) { menu.popup(at); });
    QTest::keyClick(m_view.get(), Qt::Key_F10, Qt::ShiftModifier);
    QTest::qWait(250);
    QVERIFY(m_model->isStill());
    menu.close();
    QTRY_VERIFY(!m_model->isStill());
}

void TestLockTableView::spacePauses()
{
    m_model->apply(locks(10, m_clock->now()));
    QSignalSpy paused(m_view.get(), &LockTableView::pausedChanged);
    QTest::keyClick(m_view.get(), Qt::Key_Space);
    QVERIFY(m_view->isPaused());
    QCOMPARE(paused.size(), 1);
    m_model->apply(locks(20, m_clock->now()));
    QTest::qWait(150);
    QCOMPARE(m_model->rowCount(), 10);
    QTest::keyClick(m_view.get(), Qt::Key_Space);
    QVERIFY(!m_view->isPaused());
    QCOMPARE(m_model->rowCount(), 20);
}

void TestLockTableView::ghostsCannotBeChosen()
{
    m_model->setGhostTime(3s);
    m_model->apply(locks(5, m_clock->now()));
    m_view->selectLock({ 2, 1 });
    LockDelta delta;
    delta.removed.push_back({ 2, 1 });
    LockEvent event;
    event.id = { 2, 1 };
    event.kind = LockEventKind::Expired;
    delta.events.push_back(event);
    m_model->apply(std::move(delta));
    QTest::qWait(150); // longer than the structure interval
    QCOMPARE(m_model->rowCount(), 5);
    QCOMPARE(m_model->liveRowCount(), 4);
    QCOMPARE(m_model->index(2, int(LockColumn::State)).data().toString(), QStringLiteral("expired"));
    QVERIFY(m_model->index(2, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("lock:2, expired")));
    QVERIFY(m_view->selectedLocks().isEmpty());
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, middleOf(2));
    QVERIFY(m_view->selectedLocks().isEmpty());
    m_view->selectAll();
    QCOMPARE(selectedSlots(), (QList<int> { 0, 1, 3, 4 }));
    m_view->copyKeys();
    QVERIFY(!QGuiApplication::clipboard()->text().contains(QStringLiteral("lock:2")));
    const std::vector<LockId> visible = m_view->visibleLocks();
    QCOMPARE(visible.size(), size_t(4));
    const QModelIndex held = m_model->index(2, int(LockColumn::Held));
    const QString heldThen = held.data().toString();
    m_clock->advance(2s);
    QCOMPARE(held.data().toString(), heldThen);
    m_clock->advance(1s);
    QTRY_COMPARE(m_model->rowCount(), 4);
}

void TestLockTableView::cuesArePaintedAndFade()
{
    m_model->apply(locks(5, m_clock->now()));
    QTRY_COMPARE(m_model->rowCount(), 5);
    const auto cell = [&](LockColumn column) {
        const QRect at = m_view->visualRect(m_model->index(1, int(column)));
        return m_view->viewport()->grab(QRect(at.topLeft(), QSize(6, at.height()))).toImage();
    };
    const QImage before = cell(LockColumn::Token);
    LockRecord handed = lock(1, m_clock->now() + 1min + 1s);
    handed.token = "token-2";
    m_model->apply(only(handed));
    QVERIFY(cell(LockColumn::Token) != before);
    QVERIFY(cell(LockColumn::Token) != cell(LockColumn::Key));
    const QImage strong = cell(LockColumn::Token);
    m_clock->advance(1500ms);
    QVERIFY(cell(LockColumn::Token) != strong); // it fades…
    setMotionReduced(true);
    QCOMPARE(cell(LockColumn::Token), strong); // …or stands still
    setMotionReduced(false);
    m_clock->advance(3s);
    QCOMPARE(cell(LockColumn::Token), before);
}

void TestLockTableView::enterAndDoubleClickActivate()
{
    m_model->apply(locks(10, m_clock->now()));
    QSignalSpy activated(m_view.get(), &LockTableView::lockActivated);
    m_view->selectLock({ 3, 1 });
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated[0][0].value<LockId>(), (LockId { 3, 1 }));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, middleOf(1));
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, middleOf(1));
    QCOMPARE(activated.size(), 2);
    QCOMPARE(activated[1][0].value<LockId>(), (LockId { 1, 1 }));
}

void TestLockTableView::copiesKeys()
{
    m_model->apply(locks(3, m_clock->now()));
    LockRecord binary = lock(3, m_clock->now() + 1h);
    binary.key = QByteArray("a\xff", 2);
    m_model->apply(only(binary));
    QTRY_COMPARE(m_model->rowCount(), 4);
    m_view->selectAll();
    QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("lock:0\nlock:1\nlock:2\na\\xff"));
}

void TestLockTableView::menuByKeyboardAndMouse()
{
    m_model->apply(locks(10, m_clock->now()));
    m_view->selectLock({ 3, 1 });
    QSignalSpy menu(m_view.get(), &LockTableView::lockMenuRequested);
    QTest::keyClick(m_view.get(), Qt::Key_F10, Qt::ShiftModifier);
    QCOMPARE(menu.size(), 1);
    const QRect row = m_view->visualRect(m_view->currentIndex());
    const QPoint asked = m_view->viewport()->mapFromGlobal(menu[0][0].toPoint());
    QVERIFY(qAbs(asked.y() - row.bottom()) < row.height());
    QContextMenuEvent event(QContextMenuEvent::Mouse, middleOf(1), m_view->viewport()->mapToGlobal(middleOf(1)));
    QCoreApplication::sendEvent(m_view->viewport(), &event);
    QCOMPARE(menu.size(), 2);
    QCOMPARE(m_view->viewport()->mapFromGlobal(menu[1][0].toPoint()), middleOf(1));
}

void TestLockTableView::layoutIsRemembered()
{
    QHeaderView* header = m_view->horizontalHeader();
    header->moveSection(header->visualIndex(int(LockColumn::Owner)), 0);
    m_view->setColumnHidden(int(LockColumn::Token), true);
    m_view->setColumnHidden(int(LockColumn::Node), false);
    header->resizeSection(int(LockColumn::Family), 177);
    m_view->sortByColumn(int(LockColumn::Held), Qt::DescendingOrder);
    const QByteArray saved = m_view->saveLayout();

    LockTableModel model(*m_clock);
    LockTableView other(&model);
    other.resize(m_view->size());
    other.show();
    QVERIFY(QTest::qWaitForWindowExposed(&other));
    other.restoreLayout(saved);
    QCOMPARE(other.horizontalHeader()->visualIndex(int(LockColumn::Owner)), 0);
    QVERIFY(other.isColumnHidden(int(LockColumn::Token)));
    QVERIFY(!other.isColumnHidden(int(LockColumn::Node)));
    QVERIFY(other.isColumnHidden(int(LockColumn::Database)));
    QCOMPARE(other.columnWidth(int(LockColumn::Family)), 177);
    QCOMPARE(model.sortSpec(), (LockSort { LockColumn::Held, Qt::DescendingOrder }));
    QCOMPARE(other.saveLayout(), saved);
}

void TestLockTableView::garbageIsNoLayout()
{
    const QByteArray saved = m_view->saveLayout();
    std::mt19937 random(7);
    for (int i = 0; i < 500; ++i) {
        QByteArray garbage = saved;
        if (i % 3 == 0)
            garbage.truncate(int(random() % size_t(garbage.size())));
        else
            garbage[qsizetype(random() % size_t(garbage.size()))] = char(random());
        m_view->restoreLayout(garbage);
        QVERIFY(!m_view->isColumnHidden(int(LockColumn::Key)));
        QVERIFY(m_view->horizontalHeader()->length() < 50000);
    }
    m_view->restoreLayout({});
    m_view->restoreLayout("no layout");
    m_view->restoreLayout(saved);
    QCOMPARE(m_view->saveLayout(), saved);
}

void TestLockTableView::keyColumnTakesTheRest()
{
    const auto rest = [&] { return m_view->viewport()->width() - m_view->horizontalHeader()->length(); };
    m_view->resize(1600, 500);
    QTRY_COMPARE(rest(), 0);
    m_view->setColumnWidth(int(LockColumn::Token), 100);
    QCOMPARE(rest(), 0);
    m_view->setColumnWidth(int(LockColumn::Key), 200);
    m_view->resize(1700, 500);
    QTRY_VERIFY(rest() > 0);
    QCOMPARE(m_view->columnWidth(int(LockColumn::Key)), 200);
}

void TestLockTableView::columnsGiveWayInANarrowWindow()
{
    const auto width = [&](LockColumn column) { return m_view->columnWidth(int(column)); };
    m_view->resize(2000, 500);
    QTRY_VERIFY(width(LockColumn::Key) > 300);
    const int token = width(LockColumn::Token);
    m_view->setColumnWidth(int(LockColumn::Family), 150);
    m_view->resize(900, 500);
    QTRY_VERIFY(width(LockColumn::Token) < token);
    QCOMPARE(m_view->horizontalHeader()->length(), m_view->viewport()->width());
    QCOMPARE(width(LockColumn::Family), 150); // what the operator has set
    m_view->setColumnHidden(int(LockColumn::Owner), true);
    m_view->setColumnHidden(int(LockColumn::Owner), false);
    m_view->resize(2000, 500);
    QTRY_COMPARE(width(LockColumn::Token), token);
    QCOMPARE(width(LockColumn::Family), 150);
}

void TestLockTableView::columnsAreChosen()
{
    QMenu* menu = m_view->columnMenu();
    Q_EMIT menu->aboutToShow();
    QAction* owner = menu->actions()[int(LockColumn::Owner)];
    QVERIFY(owner->isChecked());
    owner->trigger();
    QVERIFY(m_view->isColumnHidden(int(LockColumn::Owner)));
    QVERIFY(!menu->actions()[int(LockColumn::Key)]->isEnabled());
    menu->actions().last()->trigger();
    QVERIFY(!m_view->isColumnHidden(int(LockColumn::Owner)));
}

void TestLockTableView::selectAllHasALimit()
{
    m_model->apply(locks(200, m_clock->now()));
    m_view->selectAll();
    QCOMPARE(m_view->selectedLocks().size(), 200);
    m_tester.reset();
    LockDelta delta = locks(20000, m_clock->now());
    delta.reset = true;
    m_model->apply(std::move(delta));
    QTRY_COMPARE(m_model->rowCount(), 20000);
    QSignalSpy refused(m_view.get(), &LockTableView::selectionRefused);
    m_view->selectAll();
    QVERIFY(m_view->selectedLocks().isEmpty());
    QCOMPARE(refused.size(), 1);
    m_view->setFocus();
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    QTest::keyClick(m_view.get(), Qt::Key_End, Qt::ShiftModifier);
    QVERIFY(m_view->selectedLocks().size() <= 1);
    QCOMPARE(refused.size(), 2);
}

void TestLockTableView::homeAndEnd()
{
    m_model->apply(locks(100, m_clock->now()));
    QTest::keyClick(m_view.get(), Qt::Key_End);
    QCOMPARE(m_view->currentLock(), (LockId { 99, 1 }));
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    QCOMPARE(m_view->currentLock(), (LockId { 0, 1 }));
    QTest::keyClick(m_view.get(), Qt::Key_PageDown);
    QVERIFY(m_view->currentIndex().row() > 5);
    QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(m_view->selectedLocks().size(), 2);
}

void TestLockTableView::clockRunsOnlyWhileSeen()
{
    const auto* clock = m_view->findChild<FrameClock*>();
    QVERIFY(clock);
    QTRY_VERIFY(clock->isRunning());
    m_view->setPaused(true);
    QVERIFY(clock->isRunning()); // time does not stop
    m_view->setPaused(false);
    m_view->hide();
    QTRY_VERIFY(!clock->isRunning());
    m_view->show();
    QTRY_VERIFY(clock->isRunning());
}

void TestLockTableView::allSelectedIsNotEverything()
{
    m_model->apply(locks(300, m_clock->now()));
    m_view->selectAll();
    QCOMPARE(m_view->selectedLocks().size(), 300);
    // As many come as go, and one moves: a permutation of the whole table.
    LockDelta delta;
    for (quint32 i = 0; i < 60; ++i) {
        delta.removed.push_back({ i * 3, 1 });
        delta.changed.push_back(lock(1000 + i, m_clock->now() + 1min + i * 3s));
        delta.changed.push_back(lock(i * 3 + 1, m_clock->now() + 1h));
    }
    m_model->apply(std::move(delta));
    QTRY_VERIFY(m_model->rowOf({ 1000, 1 }) >= 0);
    const QList<LockRecord> selected = m_view->selectedLocks();
    QCOMPARE(selected.size(), 240);
    QVERIFY(std::all_of(selected.begin(), selected.end(), [](const LockRecord& one) { return one.id.slot < 1000; }));
}

void TestLockTableView::sortsByMenu()
{
    m_model->apply(locks(3, m_clock->now()));
    QMenu* menu = m_view->sortMenu();
    Q_EMIT menu->aboutToShow();
    const QList<QAction*> actions = menu->actions();
    QVERIFY(actions[int(LockColumn::Remaining)]->isChecked());
    actions[int(LockColumn::Key)]->trigger();
    actions.last()->trigger();
    QCOMPARE(m_model->sortSpec(), (LockSort { LockColumn::Key, Qt::DescendingOrder }));
    QCOMPARE(m_model->recordAt(0)->key, QByteArray("lock:2"));
    Q_EMIT menu->aboutToShow();
    QVERIFY(actions.last()->isChecked());
}

void TestLockTableView::visibleLocksAreTold()
{
    m_model->apply(locks(300, m_clock->now()));
    QSignalSpy visible(m_view.get(), &LockTableView::visibleLocksChanged);
    QTRY_VERIFY(!visible.isEmpty());
    visible.clear();
    m_view->verticalScrollBar()->setValue(50 * m_view->rowHeight(0));
    QTRY_COMPARE(visible.size(), 1);
    QCOMPARE(m_view->visibleLocks().front(), (LockId { 50, 1 }));
    QVERIFY(m_view->visibleLocks().size() < 40);
}

void TestLockTableView::countdownIsPainted()
{
    m_model->apply(locks(2, m_clock->now()));
    QTRY_COMPARE(m_model->rowCount(), 2);
    const QRect cell = m_view->visualRect(m_model->index(0, int(LockColumn::Remaining)));
    const QImage image = m_view->viewport()->grab(cell).toImage();
    const auto colorsIn = [&](const QRect& part) {
        QSet<QRgb> colors;
        for (int x = part.left(); x <= part.right(); ++x) {
            for (int y = part.top(); y <= part.bottom(); ++y)
                colors.insert(image.pixel(x, y));
        }
        return colors.size();
    };
    // Smooth text has many shades; the bar has its own and the track's.
    QVERIFY(colorsIn(image.rect().adjusted(image.width() * 2 / 3, 2, -2, -2)) > 3);
    QVERIFY(colorsIn(image.rect().adjusted(0, 0, -image.width() * 2 / 3, 0)) >= 3);
}

QTEST_MAIN(TestLockTableView)
#include "tst_locktableview.moc"
