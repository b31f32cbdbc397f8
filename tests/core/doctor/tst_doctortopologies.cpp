// SPDX-License-Identifier: GPL-3.0-or-later

// The doctor behind Sentinel and in a cluster: each master is examined.
#include "support/clusterfixture.h"
#include "support/doctorfixture.h"
#include "support/sentinelfixture.h"

using namespace lockscope;

class DoctorTopologiesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyMasterOfAClusterIsExamined();
    void theMasterBehindSentinelIsExamined();
    void theSentinelsQuorumIsExamined();
};

void DoctorTopologiesTest::everyMasterOfAClusterIsExamined()
{
    ClusterFixture cluster(3, true);
    QVERIFY(cluster.waitUntilOk());
    const Result<DoctorReport> report = examined({ cluster.spec() });
    VERIFY_RESULT(report);
    QCOMPARE(report->nodes.size(), 3);
    QList<Finding> found = findingsOf(*report, "cluster");
    QCOMPARE(found.last().severity, Severity::Ok);
    QCOMPARE(found.last().nodes.size(), 3);
    QCOMPARE(worstOf(*report, "replication").severity, Severity::Warning); // a failover may lose locks
    QCOMPARE(capabilityState(*report, "cluster"), CapabilityState::Available);
    QCOMPARE(worstOf(*report, "clock").severity, Severity::Ok);
    // A slot that nobody serves.
    cluster.servers().run(0, { "CLUSTER", "DELSLOTS", "0" });
    const Result<DoctorReport> broken = examined({ cluster.spec() });
    VERIFY_RESULT(broken);
    QCOMPARE(worstOf(*broken, "cluster").severity, Severity::Serious);
}

void DoctorTopologiesTest::theMasterBehindSentinelIsExamined()
{
    SentinelFixture sentinel;
    QVERIFY(sentinel.waitUntilSettled());
    const Result<DoctorReport> report = examined({ sentinel.spec() });
    VERIFY_RESULT(report);
    QCOMPARE(report->nodes.size(), 1);
    QCOMPARE(report->nodes.first().role, QByteArray("master"));
    const QList<Finding> found = findingsOf(*report, "replication");
    QVERIFY(found.size() >= 2);
    QCOMPARE(found.first().severity, Severity::Warning);
    QVERIFY(std::any_of(found.cbegin(), found.cend(),
        [](const Finding& finding) { return finding.commands.value(0) == QStringLiteral("WAIT 1 100"); }));
}

void DoctorTopologiesTest::theSentinelsQuorumIsExamined()
{
    SentinelFixture sentinel;
    QVERIFY(sentinel.waitUntilSettled());
    const auto title = [](const DoctorReport& report) { return worstOf(report, "sentinel").title; };
    const Result<DoctorReport> report = examined({ sentinel.spec() });
    VERIFY_RESULT(report);
    // The URI names a port where nobody is, and one Sentinel that knows two others.
    QList<Finding> found = findingsOf(*report, "sentinel");
    QCOMPARE(found.size(), 2);
    QCOMPARE(found[0].severity, Severity::Warning);
    QCOMPARE(found[1].severity, Severity::Ok);
    QVERIFY2(found[1].evidence.contains(QStringLiteral("3 usable Sentinels")), qPrintable(found[1].evidence));
    const auto mostSevere = [&] { return worstOf(*examined({ sentinel.spec() }), "sentinel").severity; };
    // One is away: a majority is still there. Two are away: it is not.
    sentinel.killSentinel(1);
    QTRY_VERIFY_WITH_TIMEOUT(sentinel.ask(0, "SENTINEL CKQUORUM mymaster").contains("OK 2 usable"), 30000);
    QCOMPARE(mostSevere(), Severity::Warning);
    sentinel.killSentinel(2);
    QTRY_VERIFY_WITH_TIMEOUT(sentinel.ask(0, "SENTINEL CKQUORUM mymaster").contains("NOQUORUM"), 30000);
    const Result<DoctorReport> broken = examined({ sentinel.spec() });
    VERIFY_RESULT(broken);
    const Finding finding = worstOf(*broken, "sentinel");
    QCOMPARE(finding.severity, Severity::Serious);
    QVERIFY2(finding.evidence.contains(QStringLiteral("NOQUORUM")), qPrintable(finding.evidence));
    QVERIFY(title(*broken) != title(*report));
    // Who has no Sentinels hears nothing of them.
    const Result<DoctorReport> alone = examined({ sentinel.servers().server(0).tcpSpec() });
    VERIFY_RESULT(alone);
    QVERIFY(findingsOf(*alone, "sentinel").isEmpty());
}

QTEST_GUILESS_MAIN(DoctorTopologiesTest)
#include "tst_doctortopologies.moc"
