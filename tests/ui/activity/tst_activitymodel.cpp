// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/activitymodel.h"

#include "support/testsupport.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>

namespace lockscope {

class ActivityModelTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void newestFirst();
    void ringIsBounded();
    void aFloodKeepsTheNewest();
    void filtersByLock();
    void gapsPassEveryFilter();
    void pauseKeepsEvents();
    void bytesAreEscaped();
    void randomUseIsConsistent();
};

namespace {

LockEvent lockEvent(const QByteArray& key, qint64 at = 0, LockEventKind kind = LockEventKind::Acquired)
{
    LockEvent made;
    made.key = key;
    made.atMs = at;
    made.kind = kind;
    made.token = "token";
    made.ttlMs = 1000;
    return made;
}

std::vector<LockEvent> numbered(int from, int count)
{
    std::vector<LockEvent> events;
    for (int i = from; i < from + count; ++i)
        events.push_back(lockEvent("lock:" + QByteArray::number(i % 7), i));
    return events;
}

} // namespace

void ActivityModelTest::newestFirst()
{
    ActivityModel model;
    model.append(numbered(0, 3));
    model.append(numbered(3, 2));
    QCOMPARE(model.rowCount(), 5);
    QCOMPARE(model.eventAt(0)->atMs, 4);
    QCOMPARE(model.eventAt(4)->atMs, 0);
    QVERIFY(!model.eventAt(5));
    QVERIFY(!model.eventAt(-1));
}

void ActivityModelTest::ringIsBounded()
{
    ActivityModel model(10);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    for (int i = 0; i < 10; ++i)
        model.append(numbered(i * 3, 3));
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(model.eventAt(0)->atMs, 29);
    QCOMPARE(model.eventAt(9)->atMs, 20);
}

void ActivityModelTest::aFloodKeepsTheNewest()
{
    ActivityModel model(10);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.append(numbered(0, 5));
    model.append(numbered(5, 1000));
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(model.eventAt(0)->atMs, 1004);
    QCOMPARE(model.eventAt(9)->atMs, 995);
}

void ActivityModelTest::filtersByLock()
{
    ActivityModel model(100);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.append(numbered(0, 70));
    model.setFilter(ActivityFilter { "lock:3", 0, 0 });
    QCOMPARE(model.rowCount(), 10);
    model.append(numbered(70, 70)); // as many so soon are shown a little later
    QTRY_VERIFY(model.rowCount() > 10);
    for (int row = 0; row < model.rowCount(); ++row)
        QCOMPARE(model.eventAt(row)->key, QByteArray("lock:3"));
    model.setFilter(ActivityFilter { "lock:3", 1, 0 });
    QCOMPARE(model.rowCount(), 0);
    model.setFilter(std::nullopt);
    QCOMPARE(model.rowCount(), 100);
}

void ActivityModelTest::gapsPassEveryFilter()
{
    ActivityModel model;
    model.setFilter(ActivityFilter { "lock:3", 0, 0 });
    model.append({ lockEvent({}, 5, LockEventKind::Gap) });
    QCOMPARE(model.rowCount(), 1);
    QVERIFY(model.index(0, int(ActivityColumn::Key)).data().toString().contains(QStringLiteral("may be missing")));
}

void ActivityModelTest::pauseKeepsEvents()
{
    ActivityModel model(10);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.append(numbered(0, 4));
    model.setPaused(true);
    model.append(numbered(4, 30));
    QCOMPARE(model.rowCount(), 4);
    QCOMPARE(model.waitingCount(), 10);
    model.setPaused(false);
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(model.eventAt(0)->atMs, 33);
    QCOMPARE(model.waitingCount(), 0);
}

void ActivityModelTest::bytesAreEscaped()
{
    ActivityModel model;
    LockEvent odd = lockEvent("lock:\xE2\x80\xAE\x01");
    odd.token = "\xff\x00";
    model.append({ odd });
    QCOMPARE(model.index(0, int(ActivityColumn::Key)).data().toString(), QStringLiteral("lock:\\u{202e}\\x01"));
    QCOMPARE(model.index(0, int(ActivityColumn::Token)).data().toString(), QStringLiteral("\\xff"));
}

void ActivityModelTest::randomUseIsConsistent()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    ActivityModel model(50);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    std::vector<LockEvent> naive;
    int next = 0;
    for (int step = 0; step < 500; ++step) {
        const int count = random.bounded(20);
        const auto events = numbered(next, count);
        next += count;
        naive.insert(naive.end(), events.begin(), events.end());
        model.append(events);
        if (random.bounded(5) == 0)
            model.setFilter(random.bounded(2)
                    ? std::optional(ActivityFilter { "lock:" + QByteArray::number(random.bounded(7)), 0, 0 })
                    : std::nullopt);
        if (random.bounded(10) == 0)
            model.setPaused(!model.isPaused());
    }
    model.setPaused(false);
    model.setFilter(std::nullopt);
    QCOMPARE(model.rowCount(), 50);
    for (int row = 0; row < 50; ++row)
        QCOMPARE(model.eventAt(row)->atMs, naive[naive.size() - 1 - std::size_t(row)].atMs);
}

} // namespace lockscope

QTEST_MAIN(lockscope::ActivityModelTest)
#include "tst_activitymodel.moc"
