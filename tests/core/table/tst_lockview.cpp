// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockview.h"

#include "support/randomlocks.h"
#include "support/testsupport.h"

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

const SteadyTime start = SteadyTime() + 1h;

// What the view has to show, worked out anew from all locks.
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

std::vector<LockId> shownOrder(const LockView& view)
{
    std::vector<LockId> ids;
    for (qsizetype row = 0; row < view.rowCount(); ++row)
        ids.push_back(view.recordAt(row)->id);
    return ids;
}

void rearrange(LockView& view, const LockFilter& filter, LockSort sort, SteadyTime now)
{
    LockArrangement job = view.beginArrangement(filter, sort, now);
    arrange(job);
    view.carryOut(view.adopt(std::move(job), now));
}

LockDelta deltaOf(std::vector<LockRecord> changed, std::vector<LockId> removed = {})
{
    LockDelta delta;
    delta.changed.assign(changed.begin(), changed.end());
    delta.removed = std::move(removed);
    return delta;
}

LockRecord lock(quint32 slot, const QByteArray& key, Milliseconds left)
{
    LockRecord record;
    record.id = { slot, 1 };
    record.key = key;
    record.token = "t-" + key;
    record.deadline = start + left;
    record.lease = 30s;
    record.firstSeen = start - 10s;
    return record;
}

} // namespace

class TestLockView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsRandomDeltas_data();
    void followsRandomDeltas();
    void rowsAreFoundWhileStructureWaits();
    void endedLockStaysAsGhost();
    void ghostsRestForAWhile();
    void briefLocksLeaveNoGhost();
    void ghostsAreBounded();
    void ghostsSayHowTheyEnded();
    void cuesTellWhatHappened();
    void followsRandomDeltasWithGhosts();
    void reusedSlotIsAnotherLock();
    void frozenRowsKeepTheirValues();
    void fewChangesAreExactRuns();
    void renewalIsAPermutation();
    void arrangementMergesWhatChangedMeanwhile();
    void arrangementPostponesAFlood();
    void laterArrangementCancelsTheFirst();
    void reviewFindsWhatTimeChanged();
    void locksWithoutTtlComeLast();
};

void TestLockView::followsRandomDeltas_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<bool>("descending");
    QTest::addColumn<QString>("filter");
    for (int column = 0; column < lockColumnCount; ++column) {
        for (const bool descending : { false, true }) {
            for (const char* filter : { "", "state:held", "key:*7*" })
                QTest::addRow("column %d %s '%s'", column, descending ? "descending" : "ascending", filter)
                    << column << descending << QString::fromLatin1(filter);
        }
    }
}

void TestLockView::followsRandomDeltas()
{
    QFETCH(int, column);
    QFETCH(bool, descending);
    QFETCH(QString, filter);
    const LockSort sort { LockColumn(column), descending ? Qt::DescendingOrder : Qt::AscendingOrder };
    const LockFilter compiled = LockFilter::parse(filter);
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    LockView view;
    rearrange(view, compiled, sort, start);
    for (int step = 0; step < 120; ++step) {
        view.absorb(locks.next(step % 10 == 0 ? 60 : 6), start);
        if (step % 3 == 0)
            continue;
        view.carryOut(view.plan(start));
        QCOMPARE(shownOrder(view), naiveOrder(locks.all(), compiled, sort, start));
        QCOMPARE(view.totalCount(), qsizetype(locks.all().size()));
        QVERIFY(!view.hasPendingStructure());
    }
}

void TestLockView::rowsAreFoundWhileStructureWaits()
{
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    LockView view;
    view.absorb(locks.next(300), start);
    view.carryOut(view.plan(start));
    const std::vector<LockId> before = shownOrder(view);
    for (int step = 0; step < 20; ++step)
        view.absorb(locks.next(40), start);
    QCOMPARE(shownOrder(view), before);
    for (size_t row = 0; row < before.size(); ++row)
        QCOMPARE(view.rowOf(before[row]), qsizetype(row));
}

void TestLockView::endedLockStaysAsGhost()
{
    LockView view;
    view.absorb(deltaOf({ lock(0, "a", 1s), lock(1, "b", 2s) }), start);
    view.carryOut(view.plan(start));
    view.absorb(deltaOf({}, { { 0, 1 } }), start);
    QCOMPARE(view.rowCount(), 2);
    QCOMPARE(view.totalCount(), 1);
    QVERIFY(view.isGhost(0));
    QVERIFY(!view.isGhost(1));
    QCOMPARE(view.recordAt(0)->key, "a");
    QVERIFY(!view.record({ 0, 1 }));
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 1);
    QCOMPARE(view.rowOf({ 0, 1 }), -1);
}

void TestLockView::ghostsRestForAWhile()
{
    LockView view;
    view.setGhostTime(3s);
    view.absorb(deltaOf({ lock(0, "a", 1s), lock(1, "b", 2s) }), start);
    view.carryOut(view.plan(start));
    LockDelta delta;
    delta.removed.push_back({ 0, 1 });
    view.absorb(std::move(delta), start);
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 2);
    QCOMPARE(view.totalCount(), 1);
    QCOMPARE(view.ghostCount(), 1);
    QVERIFY(view.isGhost(0) && !view.isGhost(1));
    QCOMPARE(view.recordAt(0)->key, "a");
    QVERIFY(!view.record({ 0, 1 }));
    QVERIFY(!view.hasPendingStructure());
    // Rows come and go around it, and a permutation takes it along.
    view.absorb(deltaOf({ lock(2, "c", 500ms), lock(1, "b", 100ms) }), start);
    LockViewPlan plan = view.plan(start);
    QVERIFY(plan.isBulk);
    QCOMPARE(view.rowOf({ 0, 1 }, plan), 2);
    view.carryOut(std::move(plan));
    QCOMPARE(view.rowOf({ 0, 1 }), 2);
    QVERIFY(view.expireGhosts(start + 2999ms));
    QVERIFY(!view.hasPendingStructure());
    QVERIFY(!view.expireGhosts(start + 3s));
    view.carryOut(view.plan(start + 3s));
    QCOMPARE(view.rowCount(), 2);
    QCOMPARE(view.ghostCount(), 0);
    // Another lock in the slot takes the place at once.
    delta = {};
    delta.removed.push_back({ 1, 1 });
    view.absorb(std::move(delta), start);
    view.carryOut(view.plan(start));
    QVERIFY(view.isGhost(0));
    LockRecord next = lock(1, "next", 1h);
    next.id.generation = 2;
    view.absorb(deltaOf({ next }), start);
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 2);
    QCOMPARE(view.ghostCount(), 0);
    QCOMPARE(view.recordAt(1)->key, "next");
}

void TestLockView::briefLocksLeaveNoGhost()
{
    LockView view;
    view.setGhostTime(3s);
    LockRecord brief = lock(0, "brief", 10s);
    brief.firstSeen = start;
    LockRecord forced = lock(1, "forced", 10s);
    forced.firstSeen = start;
    view.absorb(deltaOf({ brief, forced }), start);
    view.carryOut(view.plan(start));
    view.noteForced("forced", start);
    LockDelta delta;
    delta.removed = { { 0, 1 }, { 1, 1 } };
    view.absorb(std::move(delta), start + 1999ms);
    view.carryOut(view.plan(start + 1999ms));
    // What we ended ourselves is shown however short it was.
    QCOMPARE(view.ghostCount(), 1);
    QCOMPARE(view.recordAt(0)->key, "forced");
}

void TestLockView::ghostsAreBounded()
{
    LockView view;
    view.setGhostTime(1h);
    LockDelta all;
    LockDelta ends;
    for (quint32 i = 0; i < 3000; ++i) {
        all.changed.push_back(lock(i, "k" + QByteArray::number(i), 1s));
        ends.removed.push_back({ i, 1 });
    }
    view.absorb(std::move(all), start);
    view.carryOut(view.plan(start));
    view.absorb(std::move(ends), start);
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 1000);
    QCOMPARE(view.ghostCount(), 1000);
    QCOMPARE(view.totalCount(), 0);
    // A new filter shows the present.
    LockArrangement job = view.beginArrangement({}, view.sort(), start);
    arrange(job);
    view.carryOut(view.adopt(std::move(job), start));
    QCOMPARE(view.rowCount(), 0);
    QCOMPARE(view.ghostCount(), 0);
}

void TestLockView::ghostsSayHowTheyEnded()
{
    LockView view;
    view.setGhostTime(3s);
    LockDelta all;
    for (quint32 i = 0; i < 5; ++i)
        all.changed.push_back(lock(i, "k" + QByteArray::number(i), 1s * i));
    view.absorb(std::move(all), start);
    view.carryOut(view.plan(start));
    view.noteForced("k3", start);
    LockDelta ends;
    for (quint32 i = 0; i < 5; ++i) {
        ends.removed.push_back({ i, 1 });
        LockEvent event;
        event.id = { i, 1 };
        const LockEventKind kinds[] = { LockEventKind::Released, LockEventKind::Expired, LockEventKind::Evicted,
            LockEventKind::Released, LockEventKind::Renewed };
        event.kind = kinds[i];
        ends.events.push_back(event);
    }
    view.absorb(std::move(ends), start + 1s);
    const LockEnd expected[]
        = { LockEnd::Released, LockEnd::Expired, LockEnd::Evicted, LockEnd::Forced, LockEnd::Unknown };
    for (int row = 0; row < 5; ++row) {
        QVERIFY(view.ending(row));
        QCOMPARE(view.ending(row)->how, expected[row]);
        QCOMPARE(view.ending(row)->at, start + 1s);
    }
    view.noteForced("k0", start + 1s); // our answer came after the watch saw it
    QCOMPARE(view.ending(0)->how, LockEnd::Forced);
}

void TestLockView::cuesTellWhatHappened()
{
    LockView view;
    LockRecord found = lock(0, "found", 1s);
    LockRecord acquired = lock(1, "acquired", 2s);
    acquired.acquiredAt = start - 10ms;
    LockRecord old = lock(2, "old", 3s);
    old.acquiredAt = start - 10min;
    view.absorb(deltaOf({ found, acquired, old }), start);
    view.carryOut(view.plan(start));
    const auto kind = [&](int row, SteadyTime now = start) { return view.cue(row, now).kind; };
    QCOMPARE(kind(0), LockCue::Kind::None);
    QCOMPARE(kind(1), LockCue::Kind::Acquired);
    QCOMPARE(kind(2), LockCue::Kind::None);
    found.renewals = 1;
    old.token = "another";
    view.absorb(deltaOf({ found, old }), start + 1s);
    QCOMPARE(kind(0), LockCue::Kind::Renewed);
    QCOMPARE(kind(2), LockCue::Kind::HandedOver);
    const Milliseconds age = view.cue(2, start + 1500ms).age;
    QVERIFY(age >= 480ms && age <= 520ms);
    // What is held still is not marked, and not marked afterwards.
    view.setFrozen(true);
    acquired.token = "yet another";
    view.absorb(deltaOf({ acquired }), start + 2s);
    QCOMPARE(kind(0), LockCue::Kind::None);
    view.setFrozen(false);
    QCOMPARE(kind(1), LockCue::Kind::Acquired);
}

void TestLockView::followsRandomDeltasWithGhosts()
{
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    LockView view;
    view.setGhostTime(1s);
    SteadyTime now = start;
    qsizetype ghosts = 0;
    for (int step = 0; step < 400; ++step) {
        now += 100ms;
        view.absorb(locks.next(step % 20 == 0 ? 200 : 8), now);
        view.setFrozen(step % 50 > 45);
        view.expireGhosts(now);
        if (step % 3 == 0 || step % 50 > 45)
            continue;
        view.carryOut(view.plan(now));
        std::vector<LockId> living;
        qsizetype seen = 0;
        for (int row = 0; row < view.rowCount(); ++row) {
            QCOMPARE(view.rowOf(view.recordAt(row)->id), row);
            if (view.isGhost(row))
                ++seen;
            else
                living.push_back(view.recordAt(row)->id);
        }
        ghosts += seen;
        QCOMPARE(seen, view.ghostCount());
        QCOMPARE(living, naiveOrder(locks.all(), {}, view.sort(), now));
    }
    QVERIFY(ghosts > 0);
}

void TestLockView::reusedSlotIsAnotherLock()
{
    LockView view;
    view.absorb(deltaOf({ lock(0, "a", 1s), lock(1, "b", 2s) }), start);
    view.carryOut(view.plan(start));
    LockRecord next = lock(0, "c", 5s);
    next.id.generation = 2;
    view.absorb(deltaOf({ next }, { { 0, 1 } }), start);
    QCOMPARE(view.recordAt(0)->key, "a");
    QCOMPARE(view.record(next.id)->key, "c");
    view.carryOut(view.plan(start));
    QCOMPARE(view.recordAt(0)->key, "b");
    QCOMPARE(view.recordAt(1)->key, "c");
    // A late removal of the former tenant does nothing.
    view.absorb(deltaOf({}, { { 0, 1 } }), start);
    QCOMPARE(view.totalCount(), 2);
}

void TestLockView::frozenRowsKeepTheirValues()
{
    LockView view;
    view.absorb(deltaOf({ lock(0, "a", 1s), lock(1, "b", 2s) }), start);
    view.carryOut(view.plan(start));
    view.setFrozen(true);
    LockRecord changed = lock(0, "a", 1s);
    changed.token = "other";
    QVERIFY(!view.absorb(deltaOf({ changed }), start));
    const auto ended = view.absorb(deltaOf({}, { { 1, 1 } }), start);
    QVERIFY(ended && *ended == std::pair(1, 1)); // only that it ended is shown
    QVERIFY(view.isGhost(1));
    QCOMPARE(view.pendingCount(), 2);
    QCOMPARE(view.recordAt(0)->token, "t-a");
    QCOMPARE(view.recordAt(1)->key, "b");
    view.setFrozen(false);
    QCOMPARE(view.recordAt(0)->token, "other");
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 1);
    QCOMPARE(view.recordAt(0)->token, "other");
}

void TestLockView::fewChangesAreExactRuns()
{
    LockView view;
    std::vector<LockRecord> locks;
    for (quint32 i = 0; i < 20; ++i)
        locks.push_back(lock(i, "k", Milliseconds(1000 * (i + 1))));
    view.absorb(deltaOf(locks), start);
    view.carryOut(view.plan(start));
    view.absorb(deltaOf({ lock(30, "n", 1500ms), lock(31, "n", 1600ms), lock(32, "n", 18500ms) },
                    { { 4, 1 }, { 5, 1 }, { 9, 1 } }),
        start);
    LockViewPlan plan = view.plan(start);
    QVERIFY(!plan.isBulk);
    QCOMPARE(plan.removals, (std::vector<RowRun> { { 4, 2 }, { 9, 1 } }));
    QCOMPARE(plan.insertions, (std::vector<RowRun> { { 1, 2 }, { 17, 1 } }));
    view.carryOut(std::move(plan));
    QCOMPARE(view.recordAt(1)->id.slot, 30U);
    QCOMPARE(view.recordAt(2)->id.slot, 31U);
    QCOMPARE(view.recordAt(17)->id.slot, 32U);
}

void TestLockView::renewalIsAPermutation()
{
    LockView view;
    view.absorb(deltaOf({ lock(0, "a", 1s), lock(1, "b", 2s) }), start);
    view.carryOut(view.plan(start));
    const auto rows = view.absorb(deltaOf({ lock(0, "a", 9s) }), start);
    QVERIFY(rows == LockView::ChangedRows(std::pair(0, 0)));
    QCOMPARE(view.recordAt(0)->deadline, start + 9s);
    LockViewPlan plan = view.plan(start);
    QVERIFY(plan.isBulk);
    QCOMPARE(view.rowOf({ 0, 1 }, plan), 1);
    view.carryOut(std::move(plan));
    QCOMPARE(view.recordAt(1)->key, "a");
}

void TestLockView::arrangementMergesWhatChangedMeanwhile()
{
    RandomLocks locks(RandomLocks::seedFromEnvironment());
    LockView view;
    view.absorb(locks.next(400), start);
    view.carryOut(view.plan(start));
    const LockSort sort { LockColumn::Key, Qt::DescendingOrder };
    const LockFilter filter = LockFilter::parse(QStringLiteral("key:*1*"));
    LockArrangement job = view.beginArrangement(filter, sort, start);
    view.absorb(locks.next(50), start); // seen by the job
    arrange(job);
    view.absorb(locks.next(50), start); // not seen by it
    view.carryOut(view.plan(start));
    view.absorb(locks.next(20), start);
    view.carryOut(view.adopt(std::move(job), start));
    QCOMPARE(shownOrder(view), naiveOrder(locks.all(), filter, sort, start));
    view.absorb(locks.next(50), start);
    view.carryOut(view.plan(start));
    QCOMPARE(shownOrder(view), naiveOrder(locks.all(), filter, sort, start));
}

void TestLockView::arrangementPostponesAFlood()
{
    LockView view;
    view.absorb(deltaOf({ lock(0, "a", 5s), lock(1, "b", 2s) }), start);
    view.carryOut(view.plan(start));
    LockArrangement job = view.beginArrangement({}, {}, start);
    arrange(job);
    std::vector<LockRecord> flood { lock(0, "a", 1s) };
    for (quint32 i = 10; i < 15'000; ++i)
        flood.push_back(lock(i, "n", Milliseconds(3000 + i)));
    view.absorb(deltaOf(flood), start);
    view.carryOut(view.adopt(std::move(job), start));
    // What was there follows at once, what is new waits.
    QCOMPARE(view.rowCount(), 2);
    QCOMPARE(view.recordAt(0)->key, "a");
    QCOMPARE(view.pendingCount(), 14'990);
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 14'992);
    QCOMPARE(view.recordAt(2)->id.slot, 10U);
}

void TestLockView::laterArrangementCancelsTheFirst()
{
    LockView view;
    const LockArrangement first = view.beginArrangement({}, {}, start);
    const LockArrangement second = view.beginArrangement({}, {}, start);
    QVERIFY(*first.cancelled);
    QVERIFY(!*second.cancelled);
    view.clear();
    QVERIFY(*second.cancelled);
}

void TestLockView::reviewFindsWhatTimeChanged()
{
    LockView view;
    rearrange(view, LockFilter::parse(QStringLiteral("ttl<5s")), {}, start);
    view.absorb(deltaOf({ lock(0, "a", 3s), lock(1, "b", 8s) }), start);
    view.carryOut(view.plan(start));
    QCOMPARE(view.rowCount(), 1);
    quint32 slot = 0;
    do
        slot = view.review(slot, 100, start + 4s);
    while (slot != 0);
    view.carryOut(view.plan(start + 4s));
    QCOMPARE(view.rowCount(), 2);
}

void TestLockView::locksWithoutTtlComeLast()
{
    LockView view;
    LockRecord endless = lock(0, "a", 0s);
    endless.deadline = noDeadline;
    endless.state = LockState::NoTtl;
    view.absorb(deltaOf({ endless, lock(1, "b", 2s), lock(2, "c", 1s) }), start);
    view.carryOut(view.plan(start));
    QCOMPARE(view.recordAt(0)->key, "c");
    QCOMPARE(view.recordAt(2)->key, "a");
}

QTEST_GUILESS_MAIN(TestLockView)
#include "tst_lockview.moc"
