// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stresshtml.h"
#include "deployment/stressjson.h"
#include "deployment/stressrun.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace lockscope;
using namespace std::chrono_literals;

static constexpr int patience = 60'000;

static StressConfig baseConfig(const char* uri = "sandbox:")
{
    StressConfig config;
    config.servers = { parseConnectionUri(QString::fromLatin1(uri)).value() };
    config.clients = 8;
    config.keys = 2;
    config.ttl = Milliseconds(5000);
    config.hold = { Milliseconds(0), Milliseconds(2) };
    config.retry = { Milliseconds(2), Milliseconds(10) };
    config.duration = Milliseconds(30'000);
    config.seed = 42;
    return config;
}

static StressConfig with(StressConfig config, std::initializer_list<const char*> faults)
{
    for (const char* text : faults)
        config.faults.append(parseFault(text).value());
    return config;
}

/// Whole runs on private servers.
class StressRunTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void soundStrategiesStayClean_data();
    void soundStrategiesStayClean();
    void brokenStrategiesAreCaught_data();
    void brokenStrategiesAreCaught();
    void aPauseShowsWhatALeaseCannotDo();
    void fencingBlocksTheStaleWrites();
    void redlockSurvivesTheLossOfAMinority();
    void lostAnswersAreCarriedThrough();
    void faultsOfTheNetworkAreUndone();
    void aRestartWithoutDataIsNamed();
    void aClockThatJumpsMisleadsWhoTrustsIt();
    void aStallShowsInTheTail();
    void renewalKeepsALongSection();
    void stoppingIsQuickAndLeavesNothing();
    void theSameSeedDoesTheSame();
    void theReportIsWhole();
    void aServerThatIsNotThereIsAnError();

private:
    std::shared_ptr<const StressReport> run(const StressConfig& config);
};

/// Runs until `until(progress)` or its end; null after a failure.
static std::shared_ptr<const StressReport> runUntil(
    const StressConfig& config, const std::function<bool(const StressProgress&)>& until)
{
    Result<std::unique_ptr<StressRun>> made = StressRun::create(config);
    if (!made) {
        qWarning("%s", qPrintable(errorMessage(made.error())));
        return nullptr;
    }
    StressRun& run = **made;
    bool isStopped = false;
    QObject::connect(&run, &StressRun::progressed, &run, [&] {
        if (!isStopped && until && run.progress() && until(*run.progress())) {
            isStopped = true;
            run.stop();
        }
    });
    run.start();
    if (!QTest::qWaitFor([&] { return run.result().has_value(); }, patience))
        return nullptr;
    if (!*run.result()) {
        qWarning("%s", qPrintable(errorMessage(run.result()->error())));
        return nullptr;
    }
    return **run.result();
}

std::shared_ptr<const StressReport> StressRunTest::run(const StressConfig& config) { return runUntil(config, {}); }

void StressRunTest::soundStrategiesStayClean_data()
{
    QTest::addColumn<QByteArray>("strategy");
    for (const StressChoice& choice : stressStrategies()) {
        if (choice.isSafe)
            QTest::newRow(choice.name.constData()) << choice.name;
    }
}

// LOCKSCOPE_STRESS_SECTIONS makes it long.
void StressRunTest::soundStrategiesStayClean()
{
    QFETCH(QByteArray, strategy);
    StressConfig config = baseConfig(strategy == "redlock" ? "sandbox:?masters=3" : "sandbox:");
    config.strategy = strategy;
    config.sections = std::max(500, qEnvironmentVariableIntValue("LOCKSCOPE_STRESS_SECTIONS"));
    config.duration = Milliseconds(config.sections > 500 ? 3'600'000 : 30'000);
    const auto report = run(config);
    QVERIFY(report);
    for (const Violation& violation : report->violations)
        qWarning("%s %s", violationName(violation.kind).data(), causeName(violation.cause).data());
    QVERIFY2(report->violationCount() == 0, qPrintable(report->linearizability.counterExample.join(QLatin1Char('\n'))));
    QCOMPARE(int(report->linearizability.kind), int(LinearizabilityVerdict::Kind::Linearizable));
    QCOMPARE(report->counters.sections, quint64(config.sections));
    QCOMPARE(report->counters.errors, quint64(0));
    QCOMPARE(report->keysLeft, qint64(0));
    QVERIFY(report->fairness > 0.3);
}

void StressRunTest::brokenStrategiesAreCaught_data()
{
    QTest::addColumn<QByteArray>("strategy");
    QTest::addColumn<int>("ttl");
    QTest::addColumn<DurationRange>("hold");
    QTest::addColumn<QByteArray>("fault");
    const auto row = [](const char* name, int ttl, int least, int most, const char* fault) {
        QTest::newRow(name) << QByteArray(name) << ttl << DurationRange { Milliseconds(least), Milliseconds(most) }
                            << QByteArray(fault);
    };
    row("unsafe-ignore-reply", 1000, 1, 5, "");
    row("unsafe-get-del", 60, 30, 55, "");
    row("unsafe-no-ttl", 200, 1, 5, "crash-client:at=100ms,every=100ms");
    row("unsafe-setnx-expire", 200, 0, 1, "crash-client:at=100ms,every=100ms");
    row("unsafe-extend", 90, 20, 60, "");
    row("unsafe-short-ttl", 200, 30, 60, "");
}

void StressRunTest::brokenStrategiesAreCaught()
{
    QFETCH(QByteArray, strategy);
    QFETCH(int, ttl);
    QFETCH(DurationRange, hold);
    QFETCH(QByteArray, fault);
    StressConfig config = baseConfig();
    config.strategy = strategy;
    config.ttl = Milliseconds(ttl);
    config.hold = hold;
    config.clients = 16;
    if (!fault.isEmpty())
        config.faults.append(parseFault(fault).value());
    const auto report
        = runUntil(config, [](const StressProgress& progress) { return progress.oracle.violations() > 0; });
    QVERIFY(report);
    QVERIFY(report->violationCount() > 0);
    QVERIFY(!report->violations.empty());
    const Violation& violation = report->violations.front();
    QVERIFY(violation.first.client >= 0 && violation.second.client >= 0);
    QCOMPARE(violation.first.token.size(), 40);
    QVERIFY(violation.first.token != violation.second.token);
    QVERIFY(violation.cause != ViolationCause::Unknown);
    QCOMPARE(report->keysLeft, qint64(0));
}

static StressConfig paused(const char* strategy)
{
    StressConfig config = with(baseConfig(), { "pause-client:at=100ms,for=600ms,every=700ms" });
    config.strategy = strategy;
    config.keys = 1;
    config.ttl = Milliseconds(250);
    config.hold = { Milliseconds(2), Milliseconds(10) };
    return config;
}

void StressRunTest::aPauseShowsWhatALeaseCannotDo()
{
    // On a loaded machine a client may overstay by itself, before and between the pauses.
    const auto byPause = [](const auto& seen) {
        return std::any_of(seen.violations.begin(), seen.violations.end(),
            [](const Violation& violation) { return violation.cause == ViolationCause::ClientPaused; });
    };
    const auto report = runUntil(paused("set-nx"), byPause);
    QVERIFY(report);
    QVERIFY(report->oracle.overlaps > 0);
    QVERIFY(byPause(*report));
    // The lock service kept its word: it was the client that overstayed.
    QCOMPARE(int(report->linearizability.kind), int(LinearizabilityVerdict::Kind::Linearizable));
    QVERIFY(report->counters.overruns > 0);
}

void StressRunTest::fencingBlocksTheStaleWrites()
{
    const auto report = runUntil(
        paused("fenced"), [](const StressProgress& progress) { return progress.oracle.staleWritesBlocked > 0; });
    QVERIFY(report);
    QVERIFY(report->oracle.fencedOverlaps > 0);
    QVERIFY(report->oracle.staleWritesBlocked > 0);
    QCOMPARE(report->oracle.lostUpdates, quint64(0));
    QCOMPARE(report->violationCount(), quint64(0));
}

void StressRunTest::redlockSurvivesTheLossOfAMinority()
{
    StressConfig config = with(baseConfig("sandbox:?masters=3"), { "kill-master:node=2,at=200ms,for=1s" });
    config.strategy = "redlock";
    config.ttl = Milliseconds(10'000);
    const auto report = runUntil(config, [](const StressProgress& progress) {
        return !progress.faults.empty() && progress.faults.front().recovered >= 0;
    });
    QVERIFY(report);
    QCOMPARE(report->violationCount(), quint64(0));
    QVERIFY(report->faults.front().until > report->faults.front().from);
    QCOMPARE(report->keysLeft, qint64(0));
}

void StressRunTest::lostAnswersAreCarriedThrough()
{
    StressConfig config = with(baseConfig(), { "drop-answers:at=200ms,for=100ms,every=500ms" });
    config.ttl = Milliseconds(300);
    const auto report = runUntil(config, [](const StressProgress& progress) {
        return progress.counters.indeterminate > 10 && progress.counters.sections > 100;
    });
    QVERIFY(report);
    QVERIFY(report->counters.indeterminate > 10);
    QVERIFY2(report->violationCount() == 0, qPrintable(report->linearizability.counterExample.join(QLatin1Char('\n'))));
    QCOMPARE(report->keysLeft, qint64(0));
}

void StressRunTest::faultsOfTheNetworkAreUndone()
{
    StressConfig config = with(baseConfig(),
        { "latency:at=100ms,add=10ms,jitter=5ms,for=300ms", "partition:at=600ms,for=200ms", "cut:at=1s,for=200ms",
            "kill-connection:at=1500ms", "server-pause:at=1700ms,for=200ms,how=client" });
    config.ttl = Milliseconds(20'000);
    const auto report = runUntil(config, [](const StressProgress& progress) {
        return progress.faults.size() == 5 && progress.faults.back().recovered >= 0;
    });
    QVERIFY(report);
    QCOMPARE(report->faults.size(), size_t(5));
    for (const FaultMark& fault : report->faults)
        QVERIFY2(fault.until >= fault.from, fault.text.constData());
    QVERIFY(report->wait.max() > 100'000);
    QVERIFY2(report->violationCount() == 0, qPrintable(report->linearizability.counterExample.join(QLatin1Char('\n'))));
}

void StressRunTest::aRestartWithoutDataIsNamed()
{
    StressConfig config = with(baseConfig(), { "restart-empty:at=300ms,every=500ms" });
    config.hold = { Milliseconds(200), Milliseconds(300) };
    config.keys = 1;
    const auto report = runUntil(config, [](const StressProgress& progress) { return progress.oracle.overlaps > 0; });
    QVERIFY(report);
    QVERIFY(report->oracle.overlaps > 0);
    QCOMPARE(causeName(report->violations.front().cause), causeName(ViolationCause::ServerLostData));
    QCOMPARE(int(report->linearizability.kind), int(LinearizabilityVerdict::Kind::Violated));
    QVERIFY(!report->linearizability.counterExample.isEmpty());
}

void StressRunTest::aClockThatJumpsMisleadsWhoTrustsIt()
{
    StressConfig config = with(baseConfig("sandbox:?masters=3"), { "clock-jump:at=300ms,by=-10s,for=1s,every=2s" });
    config.strategy = "redlock";
    config.keys = 1;
    config.ttl = Milliseconds(200);
    config.hold = { Milliseconds(500), Milliseconds(900) }; // ended by the lease, as long as the clock is right
    const auto report = runUntil(config, [](const StressProgress& progress) { return progress.oracle.overlaps > 0; });
    QVERIFY(report);
    QVERIFY(report->oracle.overlaps > 0);
    QCOMPARE(causeName(report->violations.front().cause), causeName(ViolationCause::ClockJumped));
}

// Planned starts: of the requests that were due within a stall of S seconds in a run of T, the part (S - x) / T waits
// longer than x. So p99.9 is S - T / 1000.
void StressRunTest::aStallShowsInTheTail()
{
    StressConfig config = with(baseConfig(), { "server-pause:at=1s,for=1s" });
    config.clients = 200;
    config.keys = 10'000;
    config.hold = {};
    config.rate = 500;
    config.duration = Milliseconds(5000);
    config.timeout = Milliseconds(20'000);
    const auto report = run(config);
    QVERIFY(report);
    const double stall = double(report->faults.front().until - report->faults.front().from) / 1e6;
    const double seconds = double(report->counters.planned) / config.rate;
    const double expected = stall - seconds;
    const double seen = double(report->wait.valueAt(0.999)) / 1000;
    qInfo("stall %.1f ms, p99.9 %.1f ms, by theory %.1f ms", stall, seen, expected);
    // On a machine of its own it is one percent; here others may hold the threads up, too.
    QVERIFY2(std::abs(seen - expected) < 0.1 * expected, qPrintable(QString::number(seen)));
    // A closed loop would have seen it once a client.
    QVERIFY(report->wait.count() > 0.9 * double(report->counters.planned));
    QVERIFY(report->wait.valueAt(0.9) > 200'000);
}

void StressRunTest::renewalKeepsALongSection()
{
    StressConfig config = baseConfig();
    config.renew = true;
    config.ttl = Milliseconds(600);
    config.hold = { Milliseconds(1500), Milliseconds(1600) };
    config.sections = 4;
    const auto report = run(config);
    QVERIFY(report);
    QVERIFY(report->counters.renewals >= 4 * 4);
    QCOMPARE(report->counters.lost, quint64(0));
    QCOMPARE(report->violationCount(), quint64(0));
}

void StressRunTest::stoppingIsQuickAndLeavesNothing()
{
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    BlockingClient client((*server)->socketPath());
    client.run({ "SET", "other", "1" });
    StressConfig config = baseConfig();
    config.servers = { (*server)->spec() };
    config.clients = 500;
    config.keys = 50;
    config.strategy = "fenced";
    config.hold = { Milliseconds(1000), Milliseconds(2000) };
    Result<std::unique_ptr<StressRun>> run = StressRun::create(config);
    VERIFY_RESULT(run);
    (*run)->start();
    QTRY_VERIFY_WITH_TIMEOUT((*run)->progress() && (*run)->progress()->counters.sections > 10, patience);
    QVERIFY(client.run({ "DBSIZE" }).number > 1);
    const qint64 stoppedAt = (*run)->progress()->elapsed;
    (*run)->stop();
    QTRY_VERIFY_WITH_TIMEOUT((*run)->result().has_value(), patience);
    const auto report = **(*run)->result();
    QVERIFY(report->interrupted);
    // 200 ms, and the tenth of a second that the progress may be old; the rest is for a loaded machine.
    const qint64 took = (report->elapsed - stoppedAt) / 1'000'000;
    qInfo("stopped within %lld ms", took);
    QVERIFY(took < 2000);
    QCOMPARE(report->keysLeft, qint64(0));
    QCOMPARE(client.run({ "DBSIZE" }).number, qint64(1));
    // Destroyed while it runs: as clean.
    Result<std::unique_ptr<StressRun>> dropped = StressRun::create(config);
    (*dropped)->start();
    QTRY_VERIFY_WITH_TIMEOUT((*dropped)->progress() && (*dropped)->progress()->counters.sections > 0, patience);
    dropped->reset();
    QCOMPARE(client.run({ "DBSIZE" }).number, qint64(1));
}

void StressRunTest::theSameSeedDoesTheSame()
{
    StressConfig config = baseConfig();
    config.clients = 1; // one client meets nobody: its run is its schedule
    config.keys = 100;
    config.sections = 200;
    const auto keysOf = [](const StressReport& report) {
        QByteArrayList keys;
        for (const QByteArray& line : report.history) {
            const QJsonObject operation = QJsonDocument::fromJson(line).object();
            keys.append(QByteArray::number(operation.value(QLatin1StringView("key")).toInt()));
        }
        return keys;
    };
    const auto first = run(config);
    const auto second = run(config);
    config.seed = 43;
    const auto other = run(config);
    QVERIFY(first && second && other);
    QCOMPARE(keysOf(*first).size(), 400);
    QCOMPARE(keysOf(*first), keysOf(*second));
    QVERIFY(keysOf(*first) != keysOf(*other));
}

void StressRunTest::theReportIsWhole()
{
    QTemporaryDir folder;
    StressConfig config = with(baseConfig(), { "pause-client:at=50ms,for=100ms" });
    config.strategy = "unsafe-ignore-reply";
    config.sections = 3000; // long enough for a curve, on a quick machine too
    config.historyFile = folder.filePath(QStringLiteral("history.jsonl"));
    const auto report = run(config);
    QVERIFY(report);
    const QJsonObject json = QJsonDocument::fromJson(stressReportToJson(*report, true)).object();
    for (const char* field : { "sections", "sections_per_s", "acquire_ms", "wait_ms", "release_ms", "attempts",
             "refused", "timeouts", "lost", "violations", "fence_regressions", "fairness", "errors", "config", "seed",
             "faults", "servers", "versions", "samples", "lanes", "history", "linearizability", "keys_left" })
        QVERIFY2(json.contains(QLatin1StringView(field)), field);
    for (const char* quantile : { "p50", "p90", "p99", "p999", "max" })
        QVERIFY(json.value(QLatin1StringView("wait_ms")).toObject().value(QLatin1StringView(quantile)).isDouble());
    QVERIFY(
        !QJsonDocument::fromJson(stressReportToJson(*report, false)).object().contains(QLatin1StringView("history")));
    QFile history(config.historyFile);
    QVERIFY(history.open(QIODevice::ReadOnly));
    QVERIFY(history.readAll().count('\n') > 300);
    const QByteArray html = stressReportToHtml(*report);
    QVERIFY(html.count("<svg") >= 3 && html.count("<svg") == html.count("</svg>"));
    QVERIFY(html.contains("refusal_ignored"));
    for (const char* foreign : { "<script", "src=", "http://", "https://", "@import" })
        QVERIFY2(!html.contains(foreign), foreign);
}

void StressRunTest::aServerThatIsNotThereIsAnError()
{
    StressConfig config = baseConfig("unix:///nonexistent/redis.sock");
    Result<std::unique_ptr<StressRun>> run = StressRun::create(config);
    VERIFY_RESULT(run);
    QSignalSpy finished(run->get(), &StressRun::finished);
    (*run)->start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, patience);
    QVERIFY(!*(*run)->result());
    QCOMPARE(int((*run)->result()->error().kind), int(ErrorKind::Connect));
}

QTEST_GUILESS_MAIN(StressRunTest)
#include "tst_stressrun.moc"
