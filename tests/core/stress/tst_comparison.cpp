// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stresscomparison.h"
#include "support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSignalSpy>

#include <cmath>

using namespace lockscope;

static constexpr int patience = 120'000;

static ComparisonPlan basePlan()
{
    ComparisonPlan plan;
    plan.load.servers = { parseConnectionUri(QStringLiteral("sandbox:?masters=3")).value() };
    plan.load.clients = 4;
    plan.load.keys = 2;
    plan.load.ttl = Milliseconds(5000);
    plan.load.hold = { Milliseconds(0), Milliseconds(2) };
    plan.load.retry = { Milliseconds(2), Milliseconds(10) };
    plan.load.sections = 60;
    plan.load.duration = Milliseconds(30'000);
    plan.load.seed = 7;
    plan.repeats = 3;
    return plan;
}

/// Several strategies under one load.
class ComparisonTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void studentsQuantiles();
    void theIntervalIsThatOfATextbook();
    void theIntervalCoversTheTruth();
    void theOrderIsInterleaved();
    void everyRoundHasItsSeed();
    void whatCannotBeCompared();
    void soundAndBrokenAreToldApart();
    void stoppedEarly();
    void anErrorEndsIt();
};

void ComparisonTest::studentsQuantiles()
{
    QCOMPARE(studentQuantile(1), 12.706);
    QCOMPARE(studentQuantile(4), 2.776);
    QCOMPARE(studentQuantile(30), 2.042);
    // Tabulated: 31 → 2.0395, 40 → 2.0211, 60 → 2.0003, 120 → 1.9799.
    for (const auto& [freedom, value] :
        { std::pair(31, 2.0395), std::pair(40, 2.0211), std::pair(60, 2.0003), std::pair(120, 1.9799) })
        QVERIFY(std::abs(studentQuantile(freedom) - value) < 0.0006);
}

void ComparisonTest::theIntervalIsThatOfATextbook()
{
    QCOMPARE(Estimate::of({}).count, 0);
    QVERIFY(!Estimate::of({ 5 }).hasInterval());
    QCOMPARE(Estimate::of({ 5 }).mean, 5.0);
    // 2 4 4 4 5 5 7 9: mean 5, deviation 2.138, t(7) 2.365.
    const Estimate estimate = Estimate::of({ 2, 4, 4, 4, 5, 5, 7, 9 });
    QCOMPARE(estimate.mean, 5.0);
    QVERIFY(std::abs(estimate.halfWidth - 2.365 * 2.13809 / std::sqrt(8.0)) < 1e-4);
    QVERIFY(estimate.low() < 5 && estimate.high() > 5);
    QCOMPARE(Estimate::of({ 3, 3, 3 }).halfWidth, 0.0);
}

// A 95 % interval contains the true mean in about 95 of 100 samples.
void ComparisonTest::theIntervalCoversTheTruth()
{
    const quint32 seed = 20240611;
    QRandomGenerator random(seed);
    const auto normal = [&random] {
        double sum = 0;
        for (int i = 0; i < 12; ++i)
            sum += random.generateDouble();
        return 10 + 2 * (sum - 6);
    };
    int covered = 0;
    constexpr int trials = 4000;
    for (int trial = 0; trial < trials; ++trial) {
        const Estimate estimate = Estimate::of({ normal(), normal(), normal(), normal(), normal() });
        covered += estimate.low() <= 10 && estimate.high() >= 10 ? 1 : 0;
    }
    const double part = double(covered) / trials;
    QVERIFY2(part > 0.935 && part < 0.965, qPrintable(QStringLiteral("%1, seed %2").arg(part).arg(seed)));
}

void ComparisonTest::theOrderIsInterleaved()
{
    const std::vector<ComparisonStep> order = comparisonOrder(3, 4);
    QCOMPARE(order.size(), size_t(12));
    QCOMPARE(order[0], (ComparisonStep { 0, 0 }));
    QCOMPARE(order[3], (ComparisonStep { 1, 1 }));
    QCOMPARE(order[5], (ComparisonStep { 1, 0 }));
    for (int strategy = 0; strategy < 3; ++strategy) {
        for (int round = 0; round < 4; ++round)
            QCOMPARE(std::count(order.begin(), order.end(), ComparisonStep { round, strategy }), 1);
    }
}

void ComparisonTest::everyRoundHasItsSeed()
{
    ComparisonPlan plan = basePlan();
    QCOMPARE(plan.config("set-nx", 0).seed, plan.config("redlock", 0).seed);
    QCOMPARE(plan.config("set-nx", 2).seed, plan.load.seed + 2);
    // Who locks on one server gets one.
    QCOMPARE(plan.config("set-nx", 0).servers.first().sandbox.masters, 1);
    QCOMPARE(plan.config("redlock", 0).servers.first().sandbox.masters, 3);
}

void ComparisonTest::whatCannotBeCompared()
{
    ComparisonPlan plan = basePlan();
    plan.strategies = { "set-nx" };
    QVERIFY(!checkPlan(plan));
    plan.strategies = { "set-nx", "set-nx" };
    QVERIFY(!checkPlan(plan));
    plan.strategies = { "set-nx", "no-such-thing" };
    QVERIFY(!checkPlan(plan));
    plan.strategies = { "set-nx", "lua" };
    VERIFY_RESULT(checkPlan(plan));
    plan.repeats = 0;
    QVERIFY(!checkPlan(plan));
    plan.repeats = 2;
    plan.load.production = true;
    QCOMPARE(int(checkPlan(plan).error().kind), int(ErrorKind::NotSupported));
}

void ComparisonTest::soundAndBrokenAreToldApart()
{
    ComparisonPlan plan = basePlan();
    plan.strategies = { "set-nx", "redlock", "unsafe-ignore-reply" };
    Result<std::unique_ptr<StressComparison>> made = StressComparison::create(plan);
    VERIFY_RESULT(made);
    StressComparison& comparison = **made;
    QSignalSpy finished(&comparison, &StressComparison::finished);
    QSignalSpy ended(&comparison, &StressComparison::runEnded);
    comparison.start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, patience);
    QVERIFY2(!comparison.error(), "an error ended it");
    QCOMPARE(ended.count(), 9);
    const ComparisonReport& report = comparison.report();
    QVERIFY(!report.interrupted);
    QVERIFY(report.isViolated());
    for (const ComparedStrategy& strategy : report.strategies) {
        QCOMPARE(strategy.runs.size(), size_t(3));
        QVERIFY(strategy.sectionsPerSecond.mean > 0);
        QVERIFY(strategy.sectionsPerSecond.hasInterval());
        QVERIFY(strategy.acquireP99.mean > 0);
        QVERIFY(strategy.attemptsPerSection.mean >= 1);
        QVERIFY(strategy.fairness.mean > 0 && strategy.fairness.mean <= 1);
    }
    QCOMPARE(report.strategies[0].violatedRuns(), 0);
    QCOMPARE(report.strategies[1].violatedRuns(), 0);
    QCOMPARE(report.strategies[2].violatedRuns(), 3);

    const QJsonObject json = QJsonDocument::fromJson(comparisonToJson(report)).object();
    const QJsonArray rows = json.value(QStringLiteral("comparison")).toArray();
    QCOMPARE(rows.size(), 3);
    QCOMPARE(rows[0].toObject().value(QStringLiteral("verdict")).toString(), QStringLiteral("held"));
    QCOMPARE(rows[2].toObject().value(QStringLiteral("verdict")).toString(), QStringLiteral("violated"));
    const QJsonObject rate = rows[0].toObject().value(QStringLiteral("sections_per_s")).toObject();
    QVERIFY(rate.value(QStringLiteral("ci95_low")).toDouble() <= rate.value(QStringLiteral("mean")).toDouble());
    QCOMPARE(rows[0].toObject().value(QStringLiteral("runs")).toArray().size(), 3);
    QCOMPARE(json.value(QStringLiteral("seed")).toString(), QStringLiteral("7"));
    QVERIFY(json.value(QStringLiteral("config")).isObject());
}

void ComparisonTest::stoppedEarly()
{
    ComparisonPlan plan = basePlan();
    plan.load.servers = { parseConnectionUri(QStringLiteral("sandbox:")).value() };
    plan.strategies = { "set-nx", "lua" };
    plan.repeats = 50;
    Result<std::unique_ptr<StressComparison>> made = StressComparison::create(plan);
    VERIFY_RESULT(made);
    StressComparison& comparison = **made;
    QSignalSpy finished(&comparison, &StressComparison::finished);
    connect(&comparison, &StressComparison::runEnded, &comparison, [&comparison] {
        if (comparison.runsDone() == 2)
            comparison.stop();
    });
    comparison.start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, patience);
    QVERIFY(comparison.report().interrupted);
    QCOMPARE(comparison.report().strategies[0].runs.size() + comparison.report().strategies[1].runs.size(), size_t(2));
}

void ComparisonTest::anErrorEndsIt()
{
    ComparisonPlan plan = basePlan();
    plan.load.servers = { parseConnectionUri(QStringLiteral("unix:///nonexistent/redis.sock")).value() };
    plan.strategies = { "set-nx", "lua" };
    Result<std::unique_ptr<StressComparison>> made = StressComparison::create(plan);
    VERIFY_RESULT(made);
    QSignalSpy finished(made->get(), &StressComparison::finished);
    (*made)->start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, patience);
    QVERIFY((*made)->error());
    QCOMPARE(int((*made)->error()->kind), int(ErrorKind::Connect));
}

QTEST_GUILESS_MAIN(ComparisonTest)
#include "tst_comparison.moc"
