// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/lockrhythm.h"
#include "support/randomlocks.h"

#include <QTest>

#include <algorithm>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr SteadyTime begin { 1000s };

using Rhythm = std::shared_ptr<const LockRhythm>;

Rhythm beat(const Rhythm& before, SteadyTime at, qint32 left = 5000, bool keep = true)
{
    return rhythmWithBeat(before.get(), { at, left, 10000 }, keep);
}

/// The same, the long way: all beats are remembered, and everything is worked out anew.
struct NaiveModel {
    std::vector<std::pair<SteadyTime, bool>> beats; // and whether a gap was before
    int missed = 0;

    [[nodiscard]] quint32 period() const
    {
        std::vector<quint32> intervals;
        for (size_t i = 1; i < beats.size(); ++i) {
            if (!beats[i].second)
                intervals.push_back(
                    quint32(std::chrono::duration_cast<Milliseconds>(beats[i].first - beats[i - 1].first).count()));
        }
        if (intervals.size() > 7)
            intervals.erase(intervals.begin(), intervals.end() - 7);
        if (intervals.size() < 2)
            return 0;
        std::sort(intervals.begin(), intervals.end());
        return intervals[(intervals.size() - 1) / 2];
    }
    [[nodiscard]] int missingAt(SteadyTime now) const
    {
        int count = 0;
        const quint32 each = period();
        // Half a period late is missing; whole milliseconds count.
        const qint64 passed = std::chrono::duration_cast<Milliseconds>(now - beats.back().first).count();
        while (each > 0 && 2 * passed >= qint64(each) * (2 * (count + 1) + 1))
            ++count;
        return count;
    }
    void add(SteadyTime at, bool afterGap)
    {
        if (!beats.empty() && !afterGap)
            missed += missingAt(at);
        beats.emplace_back(at, afterGap);
    }
};

} // namespace

class TestLockRhythm : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void threeRenewalsGiveAPeriod();
    void missedBeatsDoNotBendThePeriod();
    void aMissedBeatShowsHalfAPeriodLate();
    void whatAReadingFoundIsNotCountedTwice();
    void aGapIsNoInterval();
    void theHistoryIsBounded();
    void checksBecomeRarer();
    void agreesWithTheNaiveModel();
};

void TestLockRhythm::threeRenewalsGiveAPeriod()
{
    Rhythm rhythm;
    for (const auto at : { 10'000ms, 20'100ms }) {
        rhythm = beat(rhythm, begin + at);
        QCOMPARE(rhythm->periodMs, 0U);
    }
    rhythm = beat(rhythm, begin + 30'000ms);
    QVERIFY2(rhythm->periodMs >= 9000 && rhythm->periodMs <= 11000, qPrintable(QString::number(rhythm->periodMs)));
}

void TestLockRhythm::missedBeatsDoNotBendThePeriod()
{
    Rhythm rhythm;
    for (const int at : { 0, 10, 20, 40, 50, 70, 80, 90 })
        rhythm = beat(rhythm, begin + std::chrono::seconds(at));
    QCOMPARE(rhythm->periodMs, 10000U);
    QCOMPARE(rhythm->missed, quint16(2));
    QCOMPARE(rhythm->overdue, quint16(0));
}

void TestLockRhythm::aMissedBeatShowsHalfAPeriodLate()
{
    Rhythm rhythm;
    for (const int at : { 0, 10, 20 })
        rhythm = beat(rhythm, begin + std::chrono::seconds(at));
    QVERIFY(!rhythmSeenUntil(*rhythm, begin + 34'999ms));
    const Rhythm late = rhythmSeenUntil(*rhythm, begin + 35'000ms);
    QVERIFY(late);
    QCOMPARE(late->overdue, quint16(1));
    QCOMPARE(late->missed, quint16(1));
    QCOMPARE(nextBeatCheck(*rhythm, begin + 21s), begin + 35'001ms);
}

void TestLockRhythm::whatAReadingFoundIsNotCountedTwice()
{
    Rhythm rhythm;
    for (const int at : { 0, 10, 20 })
        rhythm = beat(rhythm, begin + std::chrono::seconds(at));
    rhythm = rhythmSeenUntil(*rhythm, begin + 36s);
    rhythm = rhythmSeenUntil(*rhythm, begin + 46s);
    QCOMPARE(rhythm->missed, quint16(2));
    rhythm = beat(rhythm, begin + 50s);
    QCOMPARE(rhythm->missed, quint16(2));
    QCOMPARE(rhythm->overdue, quint16(0));
}

void TestLockRhythm::aGapIsNoInterval()
{
    Rhythm rhythm;
    for (const int at : { 0, 10, 20 })
        rhythm = beat(rhythm, begin + std::chrono::seconds(at));
    rhythm = beat(rhythm, begin + 500s, -1);
    QCOMPARE(rhythm->periodMs, 10000U);
    QCOMPARE(rhythm->missed, quint16(0));
    QCOMPARE(rhythm->beats.back().leftMs, -1);
}

void TestLockRhythm::theHistoryIsBounded()
{
    Rhythm rhythm;
    for (int i = 0; i < 100; ++i)
        rhythm = beat(rhythm, begin + std::chrono::seconds(i));
    QCOMPARE(rhythm->beats.size(), LockRhythm::maximumBeats);
    QCOMPARE(rhythm->beats.back().at, begin + 99s);
    rhythm = beat(rhythm, begin + 100s, 5000, false);
    QVERIFY(rhythm->beats.empty());
    QCOMPARE(rhythm->periodMs, 1000U);
}

void TestLockRhythm::checksBecomeRarer()
{
    Rhythm rhythm;
    for (const int at : { 0, 1, 2 })
        rhythm = beat(rhythm, begin + std::chrono::seconds(at));
    int checks = 0;
    SteadyTime now = begin + 2s;
    while (now < begin + 1h) {
        const SteadyTime next = nextBeatCheck(*rhythm, now);
        QVERIFY(next > now);
        now = next;
        ++checks;
    }
    QVERIFY2(checks < 20, qPrintable(QString::number(checks)));
}

void TestLockRhythm::agreesWithTheNaiveModel()
{
    const quint32 seed = RandomLocks::seedFromEnvironment();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const auto below = [&](int limit) { return int(random() % unsigned(limit)); };
    for (int round = 0; round < 200; ++round) {
        const int period = 20 + below(20'000);
        NaiveModel model;
        Rhythm rhythm;
        SteadyTime now = begin;
        for (int i = 0; i < 60; ++i) {
            const int dice = below(20);
            const int periods = dice == 0 ? 2 + below(4) : 1;
            const bool afterGap = dice == 1;
            // Sometimes somebody looks in between; that must not change the count.
            const SteadyTime next = now + Milliseconds(qint64(period) * periods * (90 + below(21)) / 100 + 1);
            if (rhythm && !afterGap && below(3) == 0) {
                if (const Rhythm seen = rhythmSeenUntil(*rhythm, now + (next - now) / 2))
                    rhythm = seen;
                if (!model.beats.empty())
                    QCOMPARE(int(rhythm->overdue), model.missingAt(now + (next - now) / 2));
            }
            now = next;
            model.add(now, afterGap);
            rhythm = beat(rhythm, now, afterGap ? -1 : 100, below(2) == 0);
            QCOMPARE(rhythm->periodMs, model.period());
            if (!afterGap)
                QCOMPARE(int(rhythm->missed), model.missed);
            else
                model.missed = rhythm->missed; // what a reading saw before the gap stays counted
        }
    }
}

QTEST_GUILESS_MAIN(TestLockRhythm)
#include "tst_lockrhythm.moc"
