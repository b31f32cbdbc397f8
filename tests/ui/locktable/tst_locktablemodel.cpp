// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/locktablemodel.h"

#include "support/randomlocks.h"
#include "support/steppedclock.h"
#include "support/testsupport.h"
#include "table/lockorder.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

std::vector<LockId> naiveOrder(
    const std::vector<LockRecord>& locks, const LockFilter& filter, LockSort sort, SteadyTime now)
{
    std::vector<LockRecord> rows;
    std::copy_if(locks.begin(), locks.end(), std::back_inserter(rows),
        [&](const LockRecord& lock) { return filter.accepts(lock, now); });
    const LockOrder order(sort);
    std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return order.less(a, b); });
    std::vector<LockId> ids;
    std::transform(rows.begin(), rows.end(), std::back_inserter(ids), [](const auto& lock) { return lock.id; });
    return ids;
}

std::vector<LockId> shownOrder(const LockTableModel& model)
{
    std::vector<LockId> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.push_back(model.recordAt(row)->id);
    return ids;
}

// Ends the wait for the next structure change.
void flush(LockTableModel& model)
{
    model.setStill(true);
    model.setStill(false);
}

LockDelta manyLocks(quint32 count, SteadyTime now)
{
    LockDelta delta;
    for (quint32 i = 0; i < count; ++i) {
        LockRecord lock;
        lock.id = { i, 1 };
        lock.key = "lock:" + QByteArray::number(i * 7919 % count);
        lock.token = QByteArray::number(i * 104729 % count, 36);
        lock.deadline = now + 1min + Milliseconds(i * 31 % 60000);
        lock.lease = 2min;
        lock.firstSeen = now;
        delta.changed.push_back(lock);
    }
    return delta;
}

} // namespace

class TestLockTableModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_clock = std::make_unique<SteppedClock>(); }
    void followsRandomDeltas();
    void persistentIndexesFollowTheirLocks();
    void valuesAreOneSignal();
    void fewRowsAreExactSignals();
    void stillHoldsRowsBack();
    void frozenHoldsValuesBack();
    void frozenLosesNothing();
    void resetClearsEvenWhileStill();
    void structureIsLimitedToTenASecond();
    void timeFilterIsReviewed();
    void largeTablesAreSortedInAWorker();
    void newerFilterWins();
    void textsAndRoles();
    void hugeAndBinaryKeys();

private:
    std::unique_ptr<SteppedClock> m_clock;
};

void TestLockTableModel::followsRandomDeltas()
{
    LockTableModel model(*m_clock);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    const char* filters[] = { "", "state:held", "key:*7*", "worker" };
    LockFilter filter;
    for (int step = 0; step < 300; ++step) {
        model.apply(locks.next(step % 10 == 0 ? 120 : 5));
        if (step % 40 == 20)
            model.setFilter(filter = LockFilter::parse(QString::fromLatin1(filters[step / 40 % 4])));
        if (step % 25 == 10)
            model.sort(step % lockColumnCount, step % 2 == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
        if (step % 100 == 99)
            model.apply([] {
                LockDelta delta;
                delta.reset = true;
                return delta;
            }());
        if (step % 100 == 99)
            locks = RandomLocks(RandomLocks::seedFromEnvironment());
        if (step % 2 == 0)
            continue;
        flush(model);
        QCOMPARE(shownOrder(model), naiveOrder(locks.all(), filter, model.sortSpec(), m_clock->now()));
    }
}

void TestLockTableModel::persistentIndexesFollowTheirLocks()
{
    LockTableModel model(*m_clock);
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    model.apply(locks.next(200));
    std::vector<std::pair<QPersistentModelIndex, LockId>> watched;
    for (int row = 0; row < model.rowCount(); ++row)
        watched.emplace_back(model.index(row, 1), model.recordAt(row)->id);
    for (int step = 0; step < 15; ++step) {
        model.apply(locks.next(step % 2 == 0 ? 100 : 2));
        flush(model);
        if (step == 7)
            model.sort(int(LockColumn::Key), Qt::DescendingOrder);
        for (auto& [index, id] : watched) {
            if (!model.record(id))
                QVERIFY(!index.isValid());
            else if (index.isValid())
                QCOMPARE(model.recordAt(index.row())->id, id);
            else
                QFAIL("A living lock lost its index");
        }
        std::erase_if(watched, [](const auto& pair) { return !pair.first.isValid(); });
    }
    QVERIFY(!watched.empty());
}

void TestLockTableModel::valuesAreOneSignal()
{
    LockTableModel model(*m_clock);
    LockDelta delta = manyLocks(1000, m_clock->now());
    const std::vector<SharedLock> locks = delta.changed;
    model.apply(std::move(delta));
    QSignalSpy values(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy structure(&model, &LockTableModel::structureChanged);
    LockDelta renewed;
    for (const SharedLock& shown : locks) {
        LockRecord lock = shown;
        ++lock.renewals;
        renewed.changed.push_back(lock);
    }
    model.apply(std::move(renewed));
    QCOMPARE(values.size(), 1);
    QCOMPARE(structure.size(), 0);
    QCOMPARE(values[0][0].toModelIndex().row(), 0);
    QCOMPARE(values[0][1].toModelIndex().row(), 999);
    LockRecord one = *model.recordAt(500);
    one.renewals = 77;
    LockDelta single;
    single.changed.push_back(one);
    model.apply(std::move(single));
    QCOMPARE(values[1][0].toModelIndex().row(), 500);
    QCOMPARE(values[1][1].toModelIndex().row(), 500);
}

void TestLockTableModel::fewRowsAreExactSignals()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(100, m_clock->now()));
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
    LockDelta delta;
    for (const int row : { 10, 11, 12, 50 })
        delta.removed.push_back(model.recordAt(row)->id);
    model.apply(std::move(delta));
    flush(model);
    QCOMPARE(removed.size(), 2);
    QCOMPARE(removed[0][1].toInt(), 50);
    QCOMPARE(removed[1][1].toInt(), 10);
    QCOMPARE(removed[1][2].toInt(), 12);
    QCOMPARE(layout.size(), 0);
}

void TestLockTableModel::stillHoldsRowsBack()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(10, m_clock->now()));
    const std::vector<LockId> before = shownOrder(model);
    model.setStill(true);
    LockDelta delta;
    delta.removed.push_back(before[2]);
    LockRecord renewed = *model.recordAt(0);
    renewed.deadline += 1h;
    delta.changed.push_back(renewed);
    model.apply(std::move(delta));
    QTest::qWait(150); // longer than the structure interval
    QCOMPARE(shownOrder(model), before);
    QVERIFY(model.isGhost(2));
    QCOMPARE(model.totalCount(), 9);
    QCOMPARE(model.recordAt(0)->deadline, renewed.deadline);
    model.setStill(false);
    QTRY_COMPARE(model.rowCount(), 9);
    QCOMPARE(model.recordAt(8)->id, renewed.id);
}

void TestLockTableModel::frozenHoldsValuesBack()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(10, m_clock->now()));
    model.setFrozen(true);
    const LockRecord old = *model.recordAt(0);
    LockRecord stolen = old;
    stolen.token = "another";
    LockDelta delta;
    delta.changed.push_back(stolen);
    delta.removed.push_back(model.recordAt(1)->id);
    QSignalSpy values(&model, &QAbstractItemModel::dataChanged);
    model.apply(std::move(delta));
    m_clock->advance(5s);
    QCOMPARE(values.size(), 1); // only that it ended
    QCOMPARE(values[0][0].toModelIndex().row(), 1);
    QCOMPARE(values[0][1].toModelIndex().row(), 1);
    QVERIFY(model.isGhost(1));
    QCOMPARE(model.heldBackCount(), 2);
    QCOMPARE(model.recordAt(0)->token, old.token);
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(model.now(), m_clock->now()); // countdowns go on
    model.setStill(true); // even while something is aimed at
    model.setFrozen(false);
    QCOMPARE(model.rowCount(), 9);
    QCOMPARE(model.recordAt(0)->token, QByteArray("another"));
    QCOMPARE(model.heldBackCount(), 0);
}

void TestLockTableModel::frozenLosesNothing()
{
    LockTableModel model(*m_clock);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    model.apply(locks.next(300));
    flush(model);
    const std::vector<LockId> before = shownOrder(model);
    model.setFrozen(true);
    for (int step = 0; step < 200; ++step)
        model.apply(locks.next(20));
    QCOMPARE(shownOrder(model), before);
    // Merged by lock, and bounded by how many slots locks have used.
    QVERIFY(model.heldBackCount() > 0);
    QVERIFY(model.heldBackCount() <= 4300);
    model.setFrozen(false);
    QCOMPARE(shownOrder(model), naiveOrder(locks.all(), {}, model.sortSpec(), m_clock->now()));
    for (const LockRecord& lock : locks.all())
        QCOMPARE(model.record(lock.id)->token, lock.token);
}

void TestLockTableModel::resetClearsEvenWhileStill()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(10, m_clock->now()));
    model.setStill(true);
    LockDelta delta = manyLocks(3, m_clock->now());
    delta.reset = true;
    QSignalSpy counts(&model, &LockTableModel::countsChanged);
    model.apply(std::move(delta));
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(!counts.isEmpty());
}

void TestLockTableModel::structureIsLimitedToTenASecond()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(10, m_clock->now()));
    QSignalSpy structure(&model, &LockTableModel::structureChanged);
    QElapsedTimer timer;
    timer.start();
    quint32 generation = 2;
    while (timer.elapsed() < 500) {
        LockDelta delta = manyLocks(10, m_clock->now());
        for (SharedLock& lock : delta.changed) {
            LockRecord next = lock;
            next.id.generation = generation;
            lock = next;
        }
        ++generation;
        model.apply(std::move(delta));
        QTest::qWait(5);
    }
    QVERIFY2(structure.size() >= 1 && structure.size() <= timer.elapsed() / 100 + 1,
        qPrintable(QString::number(structure.size())));
}

void TestLockTableModel::timeFilterIsReviewed()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(10, m_clock->now()));
    model.setFilter(LockFilter::parse(QStringLiteral("ttl<30s")));
    QCOMPARE(model.rowCount(), 0);
    m_clock->advance(50s);
    QTRY_COMPARE(model.rowCount(), 10);
}

void TestLockTableModel::largeTablesAreSortedInAWorker()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(60000, m_clock->now()));
    QTRY_COMPARE(model.rowCount(), 60000);
    const LockId gone = model.recordAt(5)->id;
    model.sort(int(LockColumn::Key));
    QVERIFY(model.isArranging());
    LockDelta delta;
    delta.removed.push_back(gone);
    LockRecord fresh;
    fresh.id = { 60000, 1 };
    fresh.key = "a first one";
    delta.changed.push_back(fresh);
    model.apply(std::move(delta));
    QTRY_VERIFY(!model.isArranging());
    QCOMPARE(model.rowCount(), 60000);
    QCOMPARE(model.recordAt(0)->id, fresh.id);
    QCOMPARE(model.rowOf(gone), -1);
    for (int row = 1; row < model.rowCount(); ++row)
        QVERIFY(model.recordAt(row - 1)->key < model.recordAt(row)->key);
}

void TestLockTableModel::newerFilterWins()
{
    LockTableModel model(*m_clock);
    model.apply(manyLocks(60000, m_clock->now()));
    QTRY_COMPARE(model.rowCount(), 60000);
    model.setFilter(LockFilter::parse(QStringLiteral("key:*9")));
    model.setFilter(LockFilter::parse(QStringLiteral("key:lock:5?")));
    QTRY_COMPARE(model.rowCount(), 10);
    QTest::qWait(50);
    QCOMPARE(model.rowCount(), 10);
    model.setFilter({});
    QTRY_COMPARE(model.rowCount(), 60000);
}

void TestLockTableModel::textsAndRoles()
{
    LockTableModel model(*m_clock);
    LockDelta delta = manyLocks(1, m_clock->now());
    LockRecord lock = delta.changed[0];
    lock.key = "orders:1";
    lock.token = "abc";
    lock.deadline = m_clock->now() + 12300ms;
    lock.acquiredAt = m_clock->now() - 65s;
    delta.changed = { lock };
    model.apply(std::move(delta));
    const auto text = [&](LockColumn column, int role = Qt::DisplayRole) {
        return model.data(model.index(0, int(column)), role).toString();
    };
    QCOMPARE(text(LockColumn::State), QStringLiteral("held"));
    QCOMPARE(text(LockColumn::Key), QStringLiteral("orders:1"));
    QCOMPARE(text(LockColumn::Token), QStringLiteral("abc"));
    QCOMPARE(text(LockColumn::Remaining), QStringLiteral("12.3 s"));
    QCOMPARE(text(LockColumn::Held), QStringLiteral("1 m 05 s"));
    QCOMPARE(
        text(LockColumn::Key, Qt::AccessibleTextRole), QStringLiteral("lock orders:1, held, holder abc, 12.3 s left"));
    QVERIFY(text(LockColumn::Key, Qt::ToolTipRole).contains(QStringLiteral("orders:1")));
    QCOMPARE(model.data(model.index(0, 0), LockTableModel::LockIdRole).value<LockId>(), (LockId { 0, 1 }));
    QModelRoleData roles[] = { QModelRoleData(Qt::DisplayRole), QModelRoleData(Qt::DecorationRole) };
    model.multiData(model.index(0, int(LockColumn::Key)), roles);
    QCOMPARE(roles[0].data().toString(), QStringLiteral("orders:1"));
    QVERIFY(!roles[1].data().isValid());
    for (int column = 0; column < lockColumnCount; ++column) {
        QVERIFY(!model.headerData(column, Qt::Horizontal).toString().isEmpty());
        QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty());
    }
}

void TestLockTableModel::hugeAndBinaryKeys()
{
    LockTableModel model(*m_clock);
    LockDelta delta = manyLocks(2, m_clock->now());
    LockRecord huge = delta.changed[0];
    huge.key = QByteArray(500'000, 'k');
    LockRecord binary = delta.changed[1];
    binary.key = QByteArray("\x00\xff<b>\xe2\x80\xae", 8);
    delta.changed = { huge, binary };
    model.apply(std::move(delta));
    model.sort(int(LockColumn::Key));
    QCOMPARE(model.data(model.index(0, 1)).toString(), QStringLiteral("\\x00\\xff<b>\\u{202e}"));
    QVERIFY(model.data(model.index(0, 1), Qt::ToolTipRole).toString().contains(QStringLiteral("&lt;b&gt;")));
    QVERIFY(model.data(model.index(1, 1)).toString().size() <= 512);
    QVERIFY(model.data(model.index(1, 1), Qt::ToolTipRole).toString().size() <= 2100);
}

QTEST_MAIN(TestLockTableModel)
#include "tst_locktablemodel.moc"
