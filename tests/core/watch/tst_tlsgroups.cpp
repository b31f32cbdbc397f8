// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clusterfixture.h"
#include "support/sentinelfixture.h"
#include "support/testauthority.h"
#include "support/testsupport.h"

using namespace lockscope;

/// Cluster nodes and Sentinels that speak nothing but TLS, each verified by the name that the others give it.
class TlsGroupsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_authority.issue(QStringLiteral("server"), QStringLiteral("DNS:localhost,IP:127.0.0.1")); }
    void aClusterIsWatched();
    void aSentinelsMasterIsWatched();

private:
    static constexpr int patience = 60000;
    TestAuthority m_authority;
};

void TlsGroupsTest::aClusterIsWatched()
{
    ClusterFixture fixture(3, false, &m_authority);
    GroupFixture& servers = fixture.servers();
    QVERIFY(fixture.waitUntilOk());
    for (int master = 0; master < 3; ++master)
        fixture.set(master, fixture.keyOn(master, "lock:tls:"), "t");
    servers.watch({ fixture.spec() });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.rowCount() == 3, patience);
    for (int master = 0; master < 3; ++master) {
        const QByteArray key = fixture.keyOn(master, "lock:heard:");
        fixture.set(master, key, "t");
        QTRY_VERIFY_WITH_TIMEOUT(servers.lock(key), patience);
        QCOMPARE(servers.status().nodeName(servers.lock(key)->node), fixture.nameOf(master));
    }
    // Whoever does not trust the authority gets nowhere, and hears why.
    ConnectionSpec distrustful = fixture.spec();
    distrustful.tls.caCertificateFile.clear();
    servers.watch({ distrustful });
    QTRY_VERIFY_WITH_TIMEOUT(servers.status().error && servers.status().error->kind == ErrorKind::Tls, patience);
    QCOMPARE(servers.rowCount(), 0);
}

void TlsGroupsTest::aSentinelsMasterIsWatched()
{
    SentinelFixture fixture(&m_authority);
    GroupFixture& servers = fixture.servers();
    servers.run(0, { "SET", "lock:master", "t", "PX", "600000" });
    servers.watch({ fixture.spec() });
    QTRY_VERIFY_WITH_TIMEOUT(servers.isWhole() && servers.lock("lock:master"), patience);
    servers.run(0, { "DEL", "lock:master" });
    QTRY_VERIFY_WITH_TIMEOUT(!servers.lock("lock:master"), patience);
    ConnectionSpec distrustful = fixture.spec();
    distrustful.tls.caCertificateFile.clear();
    servers.watch({ distrustful });
    QTRY_VERIFY_WITH_TIMEOUT(servers.status().error && servers.status().error->kind == ErrorKind::Tls, patience);
}

QTEST_GUILESS_MAIN(TlsGroupsTest)
#include "tst_tlsgroups.moc"
