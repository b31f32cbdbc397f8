// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/stressrun.h"
#include "support/testsupport.h"

#include <QElapsedTimer>
#include <QSignalSpy>

using namespace lockscope;

static constexpr int patience = 60'000;

static StressConfig baseConfig()
{
    StressConfig config;
    config.servers = { parseConnectionUri(QStringLiteral("sandbox:")).value() };
    config.clients = 8;
    config.keys = 2;
    config.ttl = Milliseconds(20'000);
    config.hold = { Milliseconds(60), Milliseconds(120) };
    config.retry = { Milliseconds(2), Milliseconds(10) };
    config.duration = Milliseconds(50'000);
    config.seed = 42;
    return config;
}

/// Faults that are fired by hand, and the failover of a replica.
class LabFaultsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFailoverLosesLocks();
    void clientsFollowOneFailoverAfterTheOther();
    void stoppedWithinAFailover();
    void firedByHand();
    void whatMayNotBeFired();
    void lanesOfARun();

private:
    std::shared_ptr<const StressReport> finish(StressRun& run, const std::function<bool(const StressProgress&)>& until);
};

/// Stops the run when `until` says so.
std::shared_ptr<const StressReport> LabFaultsTest::finish(
    StressRun& run, const std::function<bool(const StressProgress&)>& until)
{
    const bool came = QTest::qWaitFor(
        [&] { return run.result().has_value() || (run.progress() && until(*run.progress())); }, patience);
    if (!came)
        qWarning("what the test waits for did not come");
    run.stop();
    if (!QTest::qWaitFor([&] { return run.result().has_value(); }, patience) || !*run.result()) {
        qWarning("%s", run.result() ? qPrintable(errorMessage(run.result()->error())) : "no end");
        return nullptr;
    }
    return **run.result();
}

void LabFaultsTest::aFailoverLosesLocks()
{
    StressConfig config = baseConfig();
    // Leases that the replica knows end while it is behind: what was taken then is unknown to it.
    config.clients = 24;
    config.keys = 6;
    config.ttl = Milliseconds(1500);
    config.hold = { Milliseconds(600), Milliseconds(900) };
    config.faults = { parseFault("failover:at=300ms,for=1700ms").value() };
    const auto run = StressRun::create(config);
    VERIFY_RESULT(run);
    (*run)->start();
    const auto report = finish(**run, [](const StressProgress& progress) {
        return !progress.faults.empty() && progress.faults.front().recovered >= 0 && progress.oracle.overlaps > 0
            && progress.elapsed > progress.faults.front().until + 1'000'000'000;
    });
    QVERIFY(report);
    QVERIFY(report->oracle.overlaps > 0);
    bool isNamed = false;
    for (const Violation& violation : report->violations)
        isNamed = isNamed || violation.cause == ViolationCause::ServerLostData;
    QVERIFY(isNamed);
    // The service itself broke its word: it gave a lock away twice.
    QCOMPARE(int(report->linearizability.kind), int(LinearizabilityVerdict::Kind::Violated));
    QCOMPARE(report->keysLeft, qint64(0));
    QCOMPARE(report->faults.front().node, 0);
}

void LabFaultsTest::clientsFollowOneFailoverAfterTheOther()
{
    StressConfig config = baseConfig();
    config.hold = { Milliseconds(0), Milliseconds(5) };
    config.faults = { parseFault("failover:at=300ms,for=20ms,every=2500ms").value() };
    const auto run = StressRun::create(config);
    VERIFY_RESULT(run);
    (*run)->start();
    const auto report = finish(**run, [](const StressProgress& progress) {
        return progress.faults.size() >= 3 && progress.faults[2].recovered >= 0;
    });
    QVERIFY(report);
    QVERIFY(report->faults.size() >= 3);
    for (size_t i = 0; i < 3; ++i)
        QVERIFY2(report->faults[i].recovered >= report->faults[i].until, "clients found the new master");
    QCOMPARE(report->keysLeft, qint64(0));
}

void LabFaultsTest::stoppedWithinAFailover()
{
    StressConfig config = baseConfig();
    config.faults = { parseFault("failover:at=200ms,for=40s").value() };
    const auto run = StressRun::create(config);
    VERIFY_RESULT(run);
    (*run)->start();
    const auto report = finish(**run, [](const StressProgress& progress) { return !progress.faults.empty(); });
    QVERIFY(report);
    QCOMPARE(report->oracle.violations(), quint64(0));
    QVERIFY(report->faults.front().until >= 0);
    QCOMPARE(report->keysLeft, qint64(0));
}

void LabFaultsTest::firedByHand()
{
    StressConfig config = baseConfig();
    config.proxied = true;
    const auto made = StressRun::create(config);
    VERIFY_RESULT(made);
    StressRun& run = **made;
    run.start();
    const auto marks = [&run] { return run.progress() ? run.progress()->faults : std::vector<FaultMark>(); };
    QTRY_VERIFY_WITH_TIMEOUT(run.progress() && run.progress()->counters.sections > 5, patience);
    VERIFY_RESULT(run.fireFault(parseFault("latency:add=5ms").value()));
    QTRY_COMPARE_WITH_TIMEOUT(marks().size(), size_t(1), patience);
    QVERIFY(marks()[0].until < 0);
    // The same again takes its place; by its name it is ended.
    VERIFY_RESULT(run.fireFault(parseFault("latency:add=1ms").value()));
    QTRY_COMPARE_WITH_TIMEOUT(marks().size(), size_t(2), patience);
    QVERIFY(marks()[0].until >= 0);
    run.endFault("latency");
    QTRY_VERIFY_WITH_TIMEOUT(marks()[1].until >= 0, patience);
    VERIFY_RESULT(run.fireFault(parseFault("failover:for=10ms").value()));
    QTRY_VERIFY_WITH_TIMEOUT(marks().size() == 3 && marks()[2].recovered >= 0, patience);
    VERIFY_RESULT(run.fireFault(parseFault("server-pause:for=30s").value()));
    QTRY_COMPARE_WITH_TIMEOUT(marks().size(), size_t(4), patience);
    const auto report = finish(run, [](const StressProgress&) { return true; });
    QVERIFY(report);
    QCOMPARE(report->faults.size(), size_t(4));
    for (const FaultMark& mark : report->faults)
        QVERIFY2(mark.until >= 0, mark.text.constData());
    QVERIFY(std::any_of(report->notes.begin(), report->notes.end(),
        [](const QString& note) { return note.contains(QStringLiteral("by hand")); }));
    QCOMPARE(report->keysLeft, qint64(0));
}

void LabFaultsTest::whatMayNotBeFired()
{
    const auto made = StressRun::create(baseConfig());
    VERIFY_RESULT(made);
    FaultSpec unknown;
    unknown.name = "earthquake";
    QCOMPARE(int((*made)->fireFault(unknown).error().kind), int(ErrorKind::Usage));
    // No proxy, no replica.
    QCOMPARE(int((*made)->fireFault(parseFault("latency").value()).error().kind), int(ErrorKind::Usage));
    QCOMPARE(int((*made)->fireFault(parseFault("failover").value()).error().kind), int(ErrorKind::Usage));
    VERIFY_RESULT((*made)->fireFault(parseFault("pause-client").value()));
    QCOMPARE(int((*made)->fireFault(parseFault("kill-master:node=3").value()).error().kind), int(ErrorKind::Usage));
    // Where a fault of the plan needs a proxy, it stands for the others, too; a replica does not.
    StressConfig planned = baseConfig();
    planned.faults = { parseFault("latency").value() };
    VERIFY_RESULT(checkFire(planned, parseFault("cut").value()));
    QVERIFY(!checkFire(planned, parseFault("failover").value()));
    StressConfig elsewhere = baseConfig();
    elsewhere.servers = { parseConnectionUri(QStringLiteral("redis://127.0.0.1:1")).value() };
    const auto other = StressRun::create(elsewhere);
    VERIFY_RESULT(other);
    QCOMPARE(int((*other)->fireFault(parseFault("kill-master").value()).error().kind), int(ErrorKind::Usage));
}

void LabFaultsTest::lanesOfARun()
{
    StressConfig config = baseConfig();
    config.strategy = "unsafe-ignore-reply";
    config.hold = { Milliseconds(20), Milliseconds(40) };
    const auto run = StressRun::create(config);
    VERIFY_RESULT(run);
    quint64 seen = 0;
    bool grew = true;
    bool goesOn = false;
    connect(run->get(), &StressRun::progressed, this, [&] {
        const auto progress = (*run)->progress();
        grew = grew && progress->lanesSeen >= seen && progress->lanes.size() <= progress->lanesSeen;
        seen = progress->lanesSeen;
        for (const LaneSpan& span : progress->goingOn)
            goesOn = goesOn || (span.kind == LaneSpan::Kind::Holding && span.until >= span.from);
    });
    (*run)->start();
    const auto report = finish(
        **run, [](const StressProgress& progress) { return !progress.scenes.empty() && progress.scenes.front(); });
    QVERIFY(report);
    QVERIFY(grew && goesOn && seen > 0);
    QCOMPARE(report->scenes.size(), report->violations.size());
    for (size_t i = 0; i < report->scenes.size(); ++i) {
        QVERIFY(report->scenes[i]);
        const LaneStretch stretch = violationStretch(report->violations[i]);
        for (const LaneSpan& span : *report->scenes[i])
            QVERIFY(span.until >= stretch.from && span.from <= stretch.until);
    }
}

QTEST_GUILESS_MAIN(LabFaultsTest)
#include "tst_labfaults.moc"
