// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/referee.h"
#include "stress/reportmaker.h"
#include "stress/strategyregistry.h"

#include <QTest>

using namespace lockscope;

static constexpr qint64 ms = 1'000'000;

/// A plan of one key, for a strategy.
static std::unique_ptr<RunPlan> planFor(const char* strategy)
{
    auto plan = std::make_unique<RunPlan>();
    plan->strategy = findStrategy(strategy);
    plan->keys = { "lock:0" };
    plan->ttlNs = 100 * ms;
    plan->nonce = QByteArray(24, 'a');
    return plan;
}

static SectionStart section(quint32 client, qint64 entered, LockMode mode = LockMode::Exclusive)
{
    SectionStart start;
    start.client = client;
    start.section = 1;
    start.mode = mode;
    start.invoked = entered - ms;
    start.entered = entered;
    start.wantedSince = entered - ms;
    start.leaseEnd = start.invoked + 100 * ms;
    return start;
}

class RefereeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sectionsInTurnAreFine();
    void anOverlapIsSeenWithBothClients();
    void readersMayOverlap();
    void permitsMayOverlapUpToTheirNumber();
    void aLostUpdateIsSeen();
    void aPausedHolderWithAFenceIsBlocked();
    void aFenceThatFallsIsSeen();
    void deletingTheLockOfAnotherIsSeen();
    void deletingTheOwnLockIsNot();
    void renewingTheLockOfAnotherIsSeen();
    void anOrphanMustEndWithItsLease();
    void handoversAreThoseToWaiters();
    void causes_data();
    void causes();
};

void RefereeTest::sectionsInTurnAreFine()
{
    const auto plan = planFor("set-nx");
    Referee referee(*plan);
    for (quint32 i = 0; i < 10; ++i) {
        referee.enter(section(i, qint64(i) * 10 * ms));
        referee.leave(0, i, 1, qint64(i) * 10 * ms + 5 * ms, true);
    }
    QCOMPARE(referee.counts().violations(), quint64(0));
    QVERIFY(referee.violations().empty());
}

void RefereeTest::anOverlapIsSeenWithBothClients()
{
    const auto plan = planFor("set-nx");
    Referee referee(*plan);
    referee.enter(section(3, 10 * ms));
    referee.enter(section(5, 20 * ms));
    referee.leave(0, 3, 1, 30 * ms, true);
    referee.leave(0, 5, 1, 40 * ms, true);
    QCOMPARE(referee.counts().overlaps, quint64(1));
    const Violation violation = referee.violations().front();
    QCOMPARE(violation.first.client, 3);
    QCOMPARE(violation.second.client, 5);
    QCOMPARE(violation.first.token, plan->token(3, 1));
    QCOMPARE(violation.second.token, plan->token(5, 1));
    QCOMPARE(violation.from, 20 * ms);
    QCOMPARE(violation.until, 30 * ms);
    QCOMPARE(violation.second.left, 40 * ms);
}

void RefereeTest::readersMayOverlap()
{
    const auto plan = planFor("read-write");
    Referee referee(*plan);
    referee.enter(section(1, 10 * ms, LockMode::Read));
    referee.enter(section(2, 11 * ms, LockMode::Read));
    QCOMPARE(referee.counts().overlaps, quint64(0));
    referee.enter(section(3, 12 * ms));
    QCOMPARE(referee.counts().overlaps, quint64(1));
}

void RefereeTest::permitsMayOverlapUpToTheirNumber()
{
    const auto plan = planFor("semaphore");
    plan->config.permits = 2;
    Referee referee(*plan);
    referee.enter(section(1, 10 * ms, LockMode::Permit));
    referee.enter(section(2, 11 * ms, LockMode::Permit));
    QCOMPARE(referee.counts().overlaps, quint64(0));
    referee.enter(section(3, 12 * ms, LockMode::Permit));
    QCOMPARE(referee.counts().overlaps, quint64(1));
}

void RefereeTest::aLostUpdateIsSeen()
{
    const auto plan = planFor("set-nx");
    Referee referee(*plan);
    referee.enter(section(1, 10 * ms));
    referee.enter(section(2, 20 * ms));
    referee.leave(0, 2, 1, 30 * ms, true); // writes what client 1 has not read
    referee.leave(0, 1, 1, 40 * ms, true); // and undoes it
    QCOMPARE(referee.counts().lostUpdates, quint64(1));
    QCOMPARE(referee.counts().staleWritesLanded, quint64(1));
    const auto violations = referee.violations();
    const auto lost = std::find_if(violations.begin(), violations.end(),
        [](const Violation& violation) { return violation.kind == ViolationKind::LostUpdate; });
    QVERIFY(lost != violations.end());
    QCOMPARE(lost->first.client, 2); // whose update is gone
    QCOMPARE(lost->second.client, 1); // who undid it
}

void RefereeTest::aPausedHolderWithAFenceIsBlocked()
{
    const auto plan = planFor("fenced");
    Referee referee(*plan);
    SectionStart first = section(1, 10 * ms);
    first.fence = 33;
    SectionStart next = section(2, 200 * ms);
    next.fence = 34;
    next.fenceSeen = 33;
    referee.enter(first);
    referee.enter(next);
    referee.leave(0, 1, 1, 210 * ms, true);
    referee.leave(0, 2, 1, 220 * ms, true);
    const OracleCounts counts = referee.counts();
    QCOMPARE(counts.fencedOverlaps, quint64(1));
    QCOMPARE(counts.staleWritesBlocked, quint64(1));
    QCOMPARE(counts.lostUpdates, quint64(0));
    QCOMPARE(counts.violations(), quint64(0));
}

void RefereeTest::aFenceThatFallsIsSeen()
{
    const auto plan = planFor("fenced");
    Referee referee(*plan);
    SectionStart start = section(1, 10 * ms);
    start.fence = 7;
    start.fenceSeen = referee.fenceSeen(0);
    referee.enter(start);
    referee.leave(0, 1, 1, 11 * ms, true);
    start = section(2, 20 * ms);
    start.fenceSeen = referee.fenceSeen(0);
    QCOMPARE(start.fenceSeen, qint64(7));
    start.fence = 1; // as after a restart without data
    referee.enter(start);
    QCOMPARE(referee.counts().fenceRegressions, quint64(1));
}

void RefereeTest::deletingTheLockOfAnotherIsSeen()
{
    const auto plan = planFor("unsafe-get-del");
    Referee referee(*plan);
    referee.enter(section(2, 110 * ms));
    referee.deletedBlindly(0, 1, 1, 115 * ms, 116 * ms);
    QCOMPARE(referee.counts().foreignDeletes, quint64(1));
    QCOMPARE(referee.violations().front().first.client, 2);
    QCOMPARE(referee.violations().front().second.client, 1);
    // And the overlap that follows names the culprit.
    referee.enter(section(3, 120 * ms));
    QCOMPARE(referee.violations().back().culprit, 1);
}

void RefereeTest::deletingTheOwnLockIsNot()
{
    const auto plan = planFor("unsafe-get-del");
    Referee referee(*plan);
    referee.enter(section(1, 10 * ms));
    referee.leave(0, 1, 1, 20 * ms, true);
    // The answer comes after the next grant's, as it may on two connections.
    referee.enter(section(2, 25 * ms));
    referee.deletedBlindly(0, 1, 1, 21 * ms, 30 * ms);
    QCOMPARE(referee.counts().foreignDeletes, quint64(0));
}

void RefereeTest::renewingTheLockOfAnotherIsSeen()
{
    const auto plan = planFor("unsafe-extend");
    Referee referee(*plan);
    referee.enter(section(2, 10 * ms));
    referee.renewedBlindly(0, 1, 1, 5 * ms, 12 * ms); // sent before: it may have been the own one
    QCOMPARE(referee.counts().foreignRenewals, quint64(0));
    referee.renewedBlindly(0, 1, 1, 20 * ms, 21 * ms);
    QCOMPARE(referee.counts().foreignRenewals, quint64(1));
}

void RefereeTest::anOrphanMustEndWithItsLease()
{
    const auto plan = planFor("unsafe-no-ttl");
    Referee referee(*plan);
    referee.abandoned(0, 1, 1, 10 * ms);
    referee.refused(0, 2, 1, 500 * ms); // within its lease and the patience for slow machines
    QCOMPARE(referee.counts().stuckOrphans, quint64(0));
    referee.refused(0, 2, 1, 2000 * ms);
    referee.refused(0, 3, 1, 2100 * ms);
    QCOMPARE(referee.counts().stuckOrphans, quint64(1)); // told once
    QCOMPARE(referee.violations().front().second.client, 1);
    referee.enter(section(4, 3010 * ms));
    QCOMPARE(referee.counts().orphanWorst, 3000 * ms);
}

void RefereeTest::handoversAreThoseToWaiters()
{
    const auto plan = planFor("redisson");
    Referee referee(*plan);
    SectionStart waiter = section(2, 30 * ms);
    waiter.wantedSince = 5 * ms;
    QCOMPARE(referee.enter(section(1, 2 * ms)), qint64(-1));
    referee.leave(0, 1, 1, 29 * ms, true);
    QCOMPARE(referee.enter(waiter), ms);
    referee.leave(0, 2, 1, 31 * ms, true);
    QCOMPARE(referee.enter(section(3, 50 * ms)), qint64(-1)); // came later
}

void RefereeTest::causes_data()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<qint64>("at"); // when the second entered
    QTest::addColumn<bool>("ignored");
    QTest::addColumn<int>("cause");
    const auto row = [](const char* name, const char* fault, qint64 at, bool ignored, ViolationCause cause) {
        QTest::newRow(name) << QByteArray(fault) << at << ignored << int(cause);
    };
    row("the work outlived the lease", "", 150 * ms, false, ViolationCause::LeaseTooShort);
    row("a pause outlived the lease", "pause-client", 150 * ms, false, ViolationCause::ClientPaused);
    row("a pause within the lease", "pause-client", 50 * ms, false, ViolationCause::GrantedTwice);
    row("the server forgot", "restart-empty", 50 * ms, false, ViolationCause::ServerLostData);
    row("the refusal was ignored", "", 50 * ms, true, ViolationCause::RefusalIgnored);
    row("nothing explains it", "", 50 * ms, false, ViolationCause::GrantedTwice);
}

void RefereeTest::causes()
{
    QFETCH(QByteArray, fault);
    QFETCH(qint64, at);
    QFETCH(bool, ignored);
    const auto plan = planFor("set-nx");
    Referee referee(*plan);
    referee.enter(section(1, 10 * ms));
    if (fault == "pause-client")
        referee.paused(0, 1, 1);
    SectionStart second = section(2, at);
    second.refusalIgnored = ignored;
    referee.enter(second);
    std::vector<FaultMark> faults;
    if (fault == "restart-empty") {
        FaultMark mark;
        mark.name = fault;
        mark.from = 20 * ms;
        mark.until = 200 * ms;
        faults.push_back(mark);
    }
    std::vector<Violation> violations = referee.violations();
    classify(violations, faults, *plan);
    QFETCH(int, cause);
    QCOMPARE(int(violations.front().cause), cause);
}

QTEST_GUILESS_MAIN(RefereeTest)
#include "tst_referee.moc"
