// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/fault.h"
#include "stress/schedule.h"
#include "stress/strategyregistry.h"

#include <QSet>
#include <QTest>

using namespace lockscope;

static StressConfig config(quint64 seed)
{
    StressConfig made;
    made.seed = seed;
    made.keys = 10;
    made.clients = 50;
    made.hold = { Milliseconds(5), Milliseconds(20) };
    made.rate = 2000;
    made.servers = { parseConnectionUri(QStringLiteral("sandbox:")).value() };
    return made;
}

/// What the seed decides, and what is asked of a configuration before a run.
class ScheduleTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSameSeedMakesTheSameSchedule();
    void choicesStayWithinTheirBounds();
    void arrivalsComeAtTheirRate();
    void faultsAreReadAndWritten_data();
    void faultsAreReadAndWritten();
    void badFaultsAreRefused_data();
    void badFaultsAreRefused();
    void whatCannotRunIsRefused();
    void everyStrategySaysWhatItPromises();
};

void ScheduleTest::theSameSeedMakesTheSameSchedule()
{
    const StressConfig one = config(42);
    const StressConfig other = config(43);
    int differences = 0;
    for (quint32 client = 0; client < 50; ++client) {
        for (quint64 n = 0; n < 20; ++n) {
            const SectionChoice choice = schedule::section(one, LockMode::Read, client, n);
            QVERIFY(choice == schedule::section(config(42), LockMode::Read, client, n));
            QCOMPARE(schedule::retryPause(one, client, n), schedule::retryPause(config(42), client, n));
            differences += choice == schedule::section(other, LockMode::Read, client, n) ? 0 : 1;
        }
    }
    QVERIFY(differences > 900);
    QCOMPARE(schedule::victim(one, 0, 3, 50), schedule::victim(config(42), 0, 3, 50));
}

void ScheduleTest::choicesStayWithinTheirBounds()
{
    const StressConfig one = config(7);
    QSet<quint32> keys;
    qint64 shortest = std::numeric_limits<qint64>::max();
    qint64 longest = 0;
    int readers = 0;
    for (quint64 n = 0; n < 5000; ++n) {
        const SectionChoice choice = schedule::section(one, LockMode::Read, 3, n);
        QVERIFY(choice.key < 10);
        keys.insert(choice.key);
        shortest = std::min(shortest, choice.holdNs);
        longest = std::max(longest, choice.holdNs);
        readers += choice.mode == LockMode::Read ? 1 : 0;
        const qint64 pause = schedule::retryPause(one, 3, n);
        QVERIFY(pause >= 50'000'000 && pause <= 250'000'000);
    }
    QCOMPARE(keys.size(), 10);
    QVERIFY(shortest >= 5'000'000 && shortest < 5'100'000);
    QVERIFY(longest <= 20'000'000 && longest > 19'900'000);
    QVERIFY(readers > 3800 && readers < 4200); // 80 %
}

void ScheduleTest::arrivalsComeAtTheirRate()
{
    const StressConfig one = config(7);
    QCOMPARE(schedule::arrival(one, 0), qint64(0));
    QCOMPARE(schedule::arrival(one, 1), qint64(500'000));
    QCOMPARE(schedule::arrival(one, 2000), qint64(1'000'000'000));
}

void ScheduleTest::faultsAreReadAndWritten_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("canonical");
    QTest::newRow("name") << QByteArray("pause-client") << QByteArray("pause-client:at=1000ms");
    QTest::newRow("times") << QByteArray("pause-client:at=2s,for=250,every=1m")
                           << QByteArray("pause-client:at=2000ms,for=250ms,every=60000ms");
    QTest::newRow("parameter") << QByteArray("latency:add=5ms,jitter=2ms,node=1")
                               << QByteArray("latency:at=1000ms,add=5ms,jitter=2ms,node=1");
    QTest::newRow("negative") << QByteArray("clock-jump:by=-5s,at=0") << QByteArray("clock-jump:at=0ms,by=-5s");
    QTest::newRow("word") << QByteArray("server-pause:how=sleep") << QByteArray("server-pause:at=1000ms,how=sleep");
}

void ScheduleTest::faultsAreReadAndWritten()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, canonical);
    const Result<FaultSpec> fault = parseFault(text);
    QVERIFY(fault);
    QCOMPARE(fault->text(), canonical);
    QVERIFY(parseFault(canonical).value() == *fault);
}

void ScheduleTest::badFaultsAreRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text :
        { "", "flood", "latency:add", "latency:add=fast", "latency:colour=red", "pause-client:for=0",
            "pause-client:at=-1s", "server-pause:how=gently", "pause-client:clients=-3", "latency:=5" })
        QTest::newRow(text) << QByteArray(text);
}

void ScheduleTest::badFaultsAreRefused()
{
    QFETCH(QByteArray, text);
    const Result<FaultSpec> fault = parseFault(text);
    QVERIFY(!fault);
    QCOMPARE(int(fault.error().kind), int(ErrorKind::Usage));
}

void ScheduleTest::whatCannotRunIsRefused()
{
    QVERIFY(checkConfig(config(1)));
    const auto kindOf = [](const StressConfig& bad) {
        const Status status = checkConfig(bad);
        return status ? -1 : int(status.error().kind);
    };
    StressConfig bad = config(1);
    bad.readOnly = true;
    QCOMPARE(kindOf(bad), int(ErrorKind::ReadOnly));
    bad = config(1);
    bad.production = true;
    QCOMPARE(kindOf(bad), int(ErrorKind::NotSupported));
    bad = config(1);
    bad.strategy = "hope";
    QCOMPARE(kindOf(bad), int(ErrorKind::Usage));
    bad = config(1);
    bad.clients = 0;
    QCOMPARE(kindOf(bad), int(ErrorKind::Usage));
    bad = config(1);
    bad.servers = { parseConnectionUri(QStringLiteral("sandbox:?masters=3")).value() };
    QCOMPARE(kindOf(bad), int(ErrorKind::Usage));
    bad.strategy = "redlock";
    QVERIFY(checkConfig(bad));
    bad.faults = { parseFault("kill-master:node=3").value() };
    QCOMPARE(kindOf(bad), int(ErrorKind::Usage));
    // A hand on the server: only on one that the lab has started itself.
    bad = config(1);
    bad.servers = { parseConnectionUri(QStringLiteral("redis://127.0.0.1")).value() };
    for (const auto& fault : faults()) {
        bad.faults = { parseFault(fault->facts().name).value() };
        QCOMPARE(kindOf(bad), fault->facts().needsSandbox ? int(ErrorKind::Usage) : -1);
    }
}

void ScheduleTest::everyStrategySaysWhatItPromises()
{
    int unsafe = 0;
    for (const auto& strategy : strategies()) {
        const StrategyFacts& facts = strategy->facts();
        QVERIFY(findStrategy(facts.name) == strategy.get());
        QVERIFY(*facts.summary != '\0' && *facts.promises != '\0' && *facts.doesNot != '\0');
        QVERIFY(*facts.demonstration != '\0');
        QCOMPARE(QByteArray(facts.name).startsWith("unsafe-"), !facts.isSafe);
        unsafe += facts.isSafe ? 0 : 1;
    }
    QVERIFY(unsafe >= 6 && strategies().size() >= 14);
    QVERIFY(!findStrategy("nothing"));
}

QTEST_GUILESS_MAIN(ScheduleTest)
#include "tst_schedule.moc"
