// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockgroups.h"

#include "support/testsupport.h"
#include "table/lockfilter.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <map>
#include <random>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

const SteadyTime now = SteadyTime() + 10h;

LockRecord makeLock(quint32 slot, const QByteArray& key, const QByteArray& token)
{
    LockRecord lock;
    lock.id = { slot, 1 };
    lock.key = key;
    lock.token = token;
    lock.deadline = now + 1min;
    return lock;
}

LockGroups grouped(const std::vector<LockRecord>& locks, LockGrouping grouping, size_t limit = 1000)
{
    auto rows = std::make_shared<LockRows>();
    for (const LockRecord& lock : locks)
        rows->store(lock);
    LockGroupJob job;
    job.rows = rows;
    job.grouping = grouping;
    job.now = now;
    job.limit = limit;
    groupLocks(job);
    return job.result;
}

const LockGroup* find(const LockGroups& groups, const QByteArray& name)
{
    const auto found = std::find_if(
        groups.groups.begin(), groups.groups.end(), [&](const LockGroup& group) { return group.name == name; });
    return found == groups.groups.end() ? nullptr : &*found;
}

std::vector<LockRecord> randomLocks(quint32 count)
{
    std::mt19937 random(11);
    std::vector<LockRecord> locks;
    for (quint32 i = 0; i < count; ++i) {
        QByteArray key = "k" + QByteArray::number(random() % 5);
        for (unsigned depth = random() % 7; depth > 0; --depth)
            key += ":" + QByteArray::number(random() % 4);
        LockRecord lock = makeLock(i, key, "t" + QByteArray::number(random() % 30));
        if (random() % 3 == 0)
            lock.extras.set(&LockExtras::owner, QStringLiteral("worker-%1").arg(random() % 12));
        if (random() % 10 == 0)
            lock.hasToken = false;
        if (random() % 4 == 0)
            lock.deadline = noDeadline;
        else if (random() % 4 == 0)
            lock.deadline = now + 3s;
        locks.push_back(lock);
    }
    return locks;
}

} // namespace

class TestLockGroups : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byHolder();
    void byPrefix();
    void wordsLetThroughTheirGroup_data();
    void wordsLetThroughTheirGroup();
    void wordsOfOddNames();
    void theLargestAreListed();
    void rowsMayChangeMeanwhile();
};

void TestLockGroups::byHolder()
{
    LockRecord owned = makeLock(0, "a", "uuid-1");
    owned.extras.set(&LockExtras::owner, QStringLiteral("worker-7"));
    LockRecord again = makeLock(1, "b", "uuid-2");
    again.extras.set(&LockExtras::owner, QStringLiteral("worker-7"));
    again.deadline = noDeadline;
    LockRecord readers = makeLock(2, "c", "reader-1");
    readers.deadline = now + 4s;
    readers.extras.set(&LockExtras::holders,
        std::make_shared<std::vector<LockHolder>>(
            std::vector<LockHolder> { { "reader-1" }, { "reader-2" }, { "uuid-9" } }));
    LockRecord unreadable = makeLock(3, "d", {});
    unreadable.hasToken = false;
    const LockGroups groups = grouped({ owned, again, readers, unreadable }, LockGrouping::Holder);
    QCOMPARE(groups.total, (LockGroupCounts { 4, 1, 1 }));
    QCOMPARE(groups.ungrouped, (LockGroupCounts { 1, 0, 0 }));
    QCOMPARE(groups.groups.size(), size_t(4));
    QCOMPARE(groups.groups[0].name, QByteArray("worker-7")); // the largest first
    QCOMPARE(groups.groups[0].counts, (LockGroupCounts { 2, 1, 0 }));
    QCOMPARE(groups.groups[0].holders, 1U);
    for (const char* name : { "reader-1", "reader-2", "uuid-9" }) {
        QVERIFY(find(groups, name));
        QCOMPARE(find(groups, name)->counts, (LockGroupCounts { 1, 0, 1 }));
    }
    QCOMPARE(groups.otherGroups, 0U);
}

void TestLockGroups::byPrefix()
{
    LockRecord endless = makeLock(4, "stock:1", "t4");
    endless.deadline = noDeadline;
    const LockGroups groups = grouped(
        { makeLock(0, "orders:eu:1", "t1"), makeLock(1, "orders:eu:2", "t1"), makeLock(2, "orders:us:1", "t2"),
            makeLock(3, "orders:9", "t3"), endless, makeLock(5, "plain", "t5") },
        LockGrouping::Prefix);
    QCOMPARE(groups.ungrouped, (LockGroupCounts { 1, 0, 0 }));
    QCOMPARE(groups.groups.size(), size_t(4));
    const LockGroup* orders = find(groups, "orders");
    QVERIFY(orders);
    QCOMPARE(orders->counts, (LockGroupCounts { 4, 0, 0 }));
    QCOMPARE(orders->holders, 3U);
    QCOMPARE(orders->parent, -1);
    QCOMPARE(orders->others, (LockGroupCounts {}));
    const LockGroup* eu = find(groups, "orders:eu");
    QVERIFY(eu && find(groups, "orders:us"));
    QCOMPARE(eu->counts.locks, 2U);
    QCOMPARE(eu->holders, 1U);
    QCOMPARE(groups.groups[size_t(eu->parent)].name, QByteArray("orders"));
    QCOMPARE(find(groups, "stock")->counts, (LockGroupCounts { 1, 1, 0 }));
}

void TestLockGroups::wordsLetThroughTheirGroup_data()
{
    QTest::addColumn<LockGrouping>("grouping");
    QTest::newRow("holder") << LockGrouping::Holder;
    QTest::newRow("prefix") << LockGrouping::Prefix;
}

void TestLockGroups::wordsLetThroughTheirGroup()
{
    QFETCH(LockGrouping, grouping);
    const std::vector<LockRecord> locks = randomLocks(3000);
    const LockGroups groups = grouped(locks, grouping, 100'000);
    QVERIFY(groups.groups.size() > 40);
    for (const LockGroup& group : groups.groups) {
        const LockFilter filter = LockFilter::parse(lockGroupWord(group, grouping));
        quint64 accepted = 0;
        for (const LockRecord& lock : locks) {
            // A token that has an owner's text is not a group of its own.
            const bool isSame = grouping == LockGrouping::Prefix || lock.extras->owner.isEmpty()
                || lock.extras->owner.toUtf8() == group.name;
            accepted += lock.hasToken || grouping == LockGrouping::Prefix ? filter.accepts(lock, now) && isSame : 0;
        }
        QCOMPARE(group.counts.locks, accepted);
    }
}

void TestLockGroups::wordsOfOddNames()
{
    const QByteArray names[] = { "with blank", "star*", "what?", QByteArray("\x00\xff bin", 6), "库存", "tab\there",
        "wide\xe3\x80\x80"
        "blank",
        "\xf0\x9f\x94\x92" };
    for (const QByteArray& name : names) {
        const QString holder = lockGroupWord({ name, {}, 0, -1, 0, {} }, LockGrouping::Holder);
        QVERIFY2(!holder.contains(QLatin1Char(' ')), qPrintable(holder));
        LockRecord lock = makeLock(0, name + ":1", name);
        QVERIFY2(LockFilter::parse(holder).accepts(lock, now), qPrintable(holder));
        const QString prefix = lockGroupWord({ name, {}, 0, -1, 0, {} }, LockGrouping::Prefix);
        QVERIFY2(LockFilter::parse(prefix).accepts(lock, now), qPrintable(prefix));
        lock.key = lock.token = "x" + name;
        QVERIFY2(!LockFilter::parse(holder).accepts(lock, now), qPrintable(holder));
    }
}

void TestLockGroups::theLargestAreListed()
{
    const std::vector<LockRecord> locks = randomLocks(3000);
    for (const LockGrouping grouping : { LockGrouping::Holder, LockGrouping::Prefix }) {
        const LockGroups all = grouped(locks, grouping, 100'000);
        const LockGroups some = grouped(locks, grouping, 12);
        QCOMPARE(some.groups.size(), size_t(12));
        QCOMPARE(some.total, all.total);
        quint64 listedTop = 0;
        quint64 listedLocks = 0;
        for (size_t i = 0; i < some.groups.size(); ++i) {
            const LockGroup& group = some.groups[i];
            QVERIFY(find(all, group.name));
            QCOMPARE(group.counts, find(all, group.name)->counts);
            QCOMPARE(group.holders, find(all, group.name)->holders);
            QVERIFY(group.parent < int(i));
            if (i > 0)
                QVERIFY(group.counts.locks <= some.groups[i - 1].counts.locks);
            if (group.parent < 0) {
                ++listedTop;
                listedLocks += group.counts.locks;
            }
        }
        const auto top = std::count_if(
            all.groups.begin(), all.groups.end(), [](const LockGroup& group) { return group.parent < 0; });
        QCOMPARE(some.otherGroups, quint64(top) - listedTop);
        if (grouping == LockGrouping::Prefix)
            QCOMPARE(some.others.locks + listedLocks + some.ungrouped.locks, some.total.locks);
        QVERIFY(all.otherGroups == 0 && all.others == LockGroupCounts());
    }
}

void TestLockGroups::rowsMayChangeMeanwhile()
{
    auto rows = std::make_shared<LockRows>();
    const std::vector<LockRecord> locks = randomLocks(20'000);
    for (const LockRecord& lock : locks)
        rows->store(lock);
    LockGroupJob job;
    job.rows = rows;
    job.now = now;
    QFuture<LockGroups> counted = QtConcurrent::run([job]() mutable {
        for (int i = 0; i < 5; ++i) {
            job.result = {};
            groupLocks(job);
        }
        return job.result;
    });
    quint32 next = 0;
    while (!counted.isFinished()) {
        const auto lock = rows->lockForWriting();
        for (int i = 0; i < 100; ++i, next = (next + 7) % 20'000)
            if (rows->at(next))
                rows->erase(next);
            else
                rows->store(locks[next]);
    }
    for (const LockGroup& group : counted.result().groups)
        QVERIFY(!group.name.isEmpty() && group.counts.locks > 0);
}

QTEST_GUILESS_MAIN(TestLockGroups)
#include "tst_lockgroups.moc"
