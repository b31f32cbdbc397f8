// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/deadlinequeue.h"

#include "support/testsupport.h"

#include <QRandomGenerator>

#include <map>

using namespace lockscope;

class TestDeadlineQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTheEarliestFirst();
    void renewalMovesTheEntry();
    void roundsUpToMilliseconds();
    void runsForYears();
    void agreesWithASortedMap();
};

namespace {

SteadyTime at(qint64 ms) { return SteadyTime(Milliseconds(ms)); }

} // namespace

void TestDeadlineQueue::givesTheEarliestFirst()
{
    DeadlineQueue queue(at(0));
    QVERIFY(!queue.head());
    queue.set(7, at(300));
    queue.set(3, at(100));
    queue.set(9, at(200));
    QVERIFY(queue.head() == at(100));
    QVERIFY(!queue.takeDue(at(99)));
    QCOMPARE(queue.takeDue(at(250)).value_or(0), 3U);
    QCOMPARE(queue.takeDue(at(250)).value_or(0), 9U);
    QVERIFY(!queue.takeDue(at(250)));
    QCOMPARE(queue.size(), size_t(1));
}

void TestDeadlineQueue::renewalMovesTheEntry()
{
    DeadlineQueue queue(at(0));
    queue.set(1, at(100));
    queue.set(2, at(200));
    queue.set(1, at(300));
    QCOMPARE(queue.size(), size_t(2));
    QCOMPARE(queue.takeDue(at(1000)).value_or(0), 2U);
    queue.remove(1);
    queue.remove(1);
    queue.remove(77);
    QVERIFY(queue.isEmpty());
}

void TestDeadlineQueue::roundsUpToMilliseconds()
{
    DeadlineQueue queue(at(1000));
    queue.set(1, at(1500) + std::chrono::microseconds(1));
    QVERIFY(queue.head() == at(1501));
    QVERIFY(!queue.takeDue(at(1500) + std::chrono::microseconds(900)));
    QCOMPARE(queue.takeDue(at(1501)).value_or(0), 1U);
    queue.set(2, at(10)); // before the origin: due at once
    QCOMPARE(queue.takeDue(at(1000)).value_or(0), 2U);
}

void TestDeadlineQueue::runsForYears()
{
    constexpr qint64 day = 24LL * 3600 * 1000;
    DeadlineQueue queue(at(0));
    queue.set(1, at(1000 * day)); // far beyond the range: asked too early, never too late
    for (qint64 now = 0; now < 900 * day; now += 10 * day) {
        queue.set(2, at(now + 5000));
        QVERIFY(queue.head() && *queue.head() <= at(now + 5000));
        if (const auto early = queue.takeDue(at(now + 4999))) {
            QCOMPARE(*early, 1U);
            queue.set(1, at(1000 * day));
        }
        QCOMPARE(queue.takeDue(at(now + 5000)).value_or(0), 2U);
    }
}

void TestDeadlineQueue::agreesWithASortedMap()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    DeadlineQueue queue(at(0));
    std::map<quint32, qint64> model;
    for (int step = 0; step < 200'000; ++step) {
        const quint32 slot = random.bounded(500U);
        const int action = random.bounded(10);
        if (action < 6) {
            const qint64 when = random.bounded(100'000);
            queue.set(slot, at(when));
            model[slot] = when;
        } else if (action < 8) {
            queue.remove(slot);
            model.erase(slot);
        } else if (!model.empty()) {
            const auto first = std::min_element(
                model.begin(), model.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
            QVERIFY(queue.head() == at(first->second));
            QVERIFY(!queue.takeDue(at(first->second - 1)));
            const quint32 taken = queue.takeDue(at(first->second)).value_or(~0U);
            QCOMPARE(model.at(taken), first->second);
            model.erase(taken);
        }
        QCOMPARE(queue.size(), model.size());
    }
}

QTEST_GUILESS_MAIN(TestDeadlineQueue)
#include "tst_deadlinequeue.moc"
