// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/loadbudget.h"

#include "support/testsupport.h"

#include <QTimeZone>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

class StandingClock final : public Clock {
public:
    [[nodiscard]] SteadyTime now() const override { return time; }
    [[nodiscard]] QDateTime wallNow() const override { return QDateTime::fromMSecsSinceEpoch(0, QTimeZone::utc()); }
    SteadyTime time { 1000s };
};

} // namespace

class TestLoadBudget : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neverMoreThanTheRate();
    void waitsUntilThereIsSomething();
    void urgentReadsAreChargedNotHeldBack();
    void bytesCount();
    void slowAnswersHalveTheRate();
    void aLongWayIsNoLoad();
    void liftedAndUnlimited();

private:
    /// Reads as much as it may, every `step`; returns how much that was.
    int spend(LoadBudget& budget, Milliseconds time, Milliseconds step = 10ms)
    {
        int spent = 0;
        for (Milliseconds passed = 0ms; passed < time; passed += step) {
            const int allowed = budget.available();
            budget.charge(allowed);
            spent += allowed;
            m_clock.time += step;
        }
        return spent;
    }
    StandingClock m_clock;
};

void TestLoadBudget::neverMoreThanTheRate()
{
    LoadBudget budget(m_clock, { 2000 });
    QCOMPARE(budget.keysPerSecond(), 2000.0);
    m_clock.time += 1h; // idleness saves nothing up
    const int first = spend(budget, 1s);
    QVERIFY2(first >= 1950 && first <= 2100, QByteArray::number(first).constData());
    const int second = spend(budget, 1s, 3ms);
    QVERIFY2(second >= 1950 && second <= 2040, QByteArray::number(second).constData());
}

void TestLoadBudget::waitsUntilThereIsSomething()
{
    LoadBudget budget(m_clock, { 100 });
    budget.charge(budget.available());
    QCOMPARE(budget.available(), 0);
    const Milliseconds wait = budget.waitTime();
    QVERIFY(wait > 0ms && wait <= 11ms);
    m_clock.time += wait;
    QCOMPARE(budget.available(), 1);
    QCOMPARE(budget.waitTime(), 0ms);
}

void TestLoadBudget::urgentReadsAreChargedNotHeldBack()
{
    LoadBudget budget(m_clock, { 1000 });
    budget.charge(250);
    QCOMPARE(budget.available(), 0);
    m_clock.time += 190ms;
    QCOMPARE(budget.available(), 0);
    m_clock.time += 20ms;
    QVERIFY(budget.available() > 0);
    budget.charge(1'000'000); // whatever the events do, the rest gets its turn again
    m_clock.time += 510ms;
    QVERIFY(budget.available() > 0);
}

void TestLoadBudget::bytesCount()
{
    LoadBudget budget(m_clock, { 2000, 100'000 });
    budget.noteBytes(5'000'000); // what was carried before is nobody's fault
    QVERIFY(budget.available() > 0);
    budget.noteBytes(5'025'000);
    QCOMPARE(budget.available(), 0);
    m_clock.time += 250ms;
    QVERIFY(budget.available() > 0);
}

void TestLoadBudget::slowAnswersHalveTheRate()
{
    LoadBudget budget(m_clock, { 2000 });
    const auto answers = [&](Milliseconds roundTrip, int times) {
        for (int i = 0; i < times; ++i) {
            m_clock.time += 20ms;
            budget.noteRoundTrip(roundTrip);
        }
    };
    answers(1ms, 50);
    QCOMPARE(budget.keysPerSecond(), 2000.0);
    answers(20ms, 15); // three intervals
    QVERIFY2(budget.keysPerSecond() < 1000, QByteArray::number(budget.keysPerSecond()).constData());
    m_clock.time += 1s;
    QVERIFY(spend(budget, 1s) < 1100);
    answers(20ms, 500);
    QVERIFY(budget.keysPerSecond() >= 100); // but never none
    answers(1ms, 200);
    QCOMPARE(budget.keysPerSecond(), 2000.0);
}

void TestLoadBudget::aLongWayIsNoLoad()
{
    LoadBudget budget(m_clock, { 2000 });
    for (int i = 0; i < 200; ++i) {
        m_clock.time += 20ms;
        budget.noteRoundTrip(i % 5 == 0 ? 80ms : 400ms); // far away, and with hiccups
    }
    QCOMPARE(budget.keysPerSecond(), 2000.0);
}

void TestLoadBudget::liftedAndUnlimited()
{
    LoadBudget unlimited(m_clock, { 0 });
    QVERIFY(!unlimited.isLimited());
    unlimited.charge(1'000'000);
    QVERIFY(unlimited.available() > 1'000'000);
    QCOMPARE(unlimited.keysPerSecond(), 0.0);
    LoadBudget budget(m_clock, { 2000 });
    budget.setLifted(true);
    budget.charge(1'000'000);
    QVERIFY(budget.available() > 1'000'000);
    QCOMPARE(budget.keysPerSecond(), 0.0);
    budget.setLifted(false);
    m_clock.time += 10ms;
    QVERIFY(budget.available() <= 100);
    QCOMPARE(budget.keysPerSecond(), 2000.0);
}

QTEST_GUILESS_MAIN(TestLoadBudget)
#include "tst_loadbudget.moc"
