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

QTEST_GUILESS_MAIN(DoctorTopologiesTest)
#include "tst_doctortopologies.moc"
