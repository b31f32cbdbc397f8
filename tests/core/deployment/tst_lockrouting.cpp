// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/livedeployment.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QTemporaryDir>

using namespace lockscope;
using namespace std::chrono_literals;

/// Operations find the way to their lock: by database, by master, on all masters of a quorum, by slot in a cluster.
class LockRoutingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDatabaseOfTheSameServer();
    void oneMasterOfAGroup();
    void anUnknownMasterIsRefused();
    void aGroupIsLookedAtOnEveryMaster();
    void aGroupIsForceReleasedOnEveryMaster();
    void aGroupWithSilentMastersIsNotCalledReleased();
    void aClusterByItsSlots();
    void aMovedSlotIsFollowed();

private:
    template <typename T> Result<T> await(QFuture<Result<T>> future);
    std::unique_ptr<LiveDeployment> open(const QList<ConnectionSpec>& specs);
    std::vector<std::unique_ptr<SandboxServer>> startServers(int count, bool cluster = false);
    static BlockingClient::Answer ask(const SandboxServer& server, const QList<QByteArray>& command);

    QTemporaryDir m_folder;
};

template <typename T> Result<T> LockRoutingTest::await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 30000))
        return fail(ErrorKind::Internal, QStringLiteral("never answered"));
    return future.takeResult();
}

std::unique_ptr<LiveDeployment> LockRoutingTest::open(const QList<ConnectionSpec>& specs)
{
    DeploymentOptions options;
    options.specs = specs;
    options.watchLocks = false;
    options.auditFile = m_folder.filePath(QStringLiteral("audit.sqlite"));
    auto made = LiveDeployment::create(options);
    if (!made)
        return nullptr;
    (*made)->start();
    return std::move(*made);
}

std::vector<std::unique_ptr<SandboxServer>> LockRoutingTest::startServers(int count, bool cluster)
{
    std::vector<std::unique_ptr<SandboxServer>> servers;
    while (servers.size() < size_t(count)) {
        SandboxServer::Options options;
        options.tcp = cluster;
        if (cluster)
            options.arguments = { QStringLiteral("--cluster-enabled"), QStringLiteral("yes") };
        auto server = SandboxServer::start(options);
        // Its bus listens ten thousand ports further up; where there is none, it ends.
        if (server && (!cluster || (*server)->port() < 55000))
            servers.push_back(std::move(*server));
    }
    return servers;
}

BlockingClient::Answer LockRoutingTest::ask(const SandboxServer& server, const QList<QByteArray>& command)
{
    return BlockingClient(server.socketPath()).run(command);
}

void LockRoutingTest::aDatabaseOfTheSameServer()
{
    const auto servers = startServers(1);
    const auto deployment = open({ servers[0]->spec() });
    AcquireRequest request;
    request.key = "lock:a";
    request.place.database = 3;
    const Result<AcquireGrant> grant = await(deployment->acquire(request));
    VERIFY_RESULT(grant);
    QCOMPARE(grant->place.database, 3);
    QCOMPARE(ask(*servers[0], { "EXISTS", "lock:a" }).number, 0);
    const Result<LockInspection> seen = await(deployment->inspect({ "lock:a", request.place }));
    VERIFY_RESULT(seen);
    QVERIFY(seen->exists);
    QCOMPARE(seen->database, 3);
    VERIFY_RESULT(await(deployment->extend({ "lock:a", grant->token, 60s, request.place })));
    QCOMPARE(await(deployment->release({ "lock:a", grant->token })).error().kind, ErrorKind::NotHeld);
    ForceReleaseRequest force;
    force.reason = QStringLiteral("test");
    ForceReleaseTarget target { "lock:a", FamilyId::None, grant->token };
    target.place = request.place;
    force.targets = { target };
    const auto results = await(deployment->forceRelease(force));
    VERIFY_RESULT(results);
    QCOMPARE(results->first().outcome, ReleaseOutcome::Released);
}

void LockRoutingTest::oneMasterOfAGroup()
{
    const auto servers = startServers(3);
    const auto deployment = open({ servers[0]->spec(), servers[1]->spec(), servers[2]->spec() });
    AcquireRequest request;
    request.key = "lock:a";
    request.place.node = servers[1]->socketPath();
    const Result<AcquireGrant> grant = await(deployment->acquire(request));
    VERIFY_RESULT(grant);
    QVERIFY(grant->nodes.isEmpty());
    QCOMPARE(ask(*servers[0], { "EXISTS", "lock:a" }).number, 0);
    QCOMPARE(ask(*servers[1], { "GET", "lock:a" }).text, grant->token);
    VERIFY_RESULT(await(deployment->release({ "lock:a", grant->token, request.place })));
}

void LockRoutingTest::anUnknownMasterIsRefused()
{
    const auto servers = startServers(1);
    const auto deployment = open({ servers[0]->spec() });
    LockPlace place;
    place.node = QStringLiteral("10.1.2.3:6379");
    QCOMPARE(await(deployment->inspect({ "lock:a", place })).error().kind, ErrorKind::Usage);
}

void LockRoutingTest::aGroupIsLookedAtOnEveryMaster()
{
    const auto servers = startServers(3);
    const auto deployment = open({ servers[0]->spec(), servers[1]->spec(), servers[2]->spec() });
    Result<LockInspection> seen = await(deployment->inspect({ "lock:a" }));
    VERIFY_RESULT(seen);
    QVERIFY(!seen->exists);
    ask(*servers[0], { "SET", "lock:a", "ours", "PX", "60000" });
    ask(*servers[2], { "SET", "lock:a", "ours", "PX", "60000" });
    ask(*servers[1], { "SET", "lock:a", "theirs", "PX", "60000" });
    seen = await(deployment->inspect({ "lock:a" }));
    VERIFY_RESULT(seen);
    QCOMPARE(seen->token, QByteArray("ours"));
    QCOMPARE(seen->nodes.size(), 3);
    QCOMPARE(seen->nodes.at(1).token, QByteArray("theirs"));
    servers[1]->kill();
    seen = await(deployment->inspect({ "lock:a" }));
    VERIFY_RESULT(seen);
    QVERIFY(seen->nodes.at(1).error);
    servers[2]->kill();
    QTRY_COMPARE_WITH_TIMEOUT(await(deployment->inspect({ "lock:a" })).error().kind, ErrorKind::NoQuorum, 20000);
}

void LockRoutingTest::aGroupIsForceReleasedOnEveryMaster()
{
    const auto servers = startServers(3);
    const auto deployment = open({ servers[0]->spec(), servers[1]->spec(), servers[2]->spec() });
    AcquireRequest request;
    request.key = "lock:a";
    const Result<AcquireGrant> grant = await(deployment->acquire(request));
    VERIFY_RESULT(grant);
    QCOMPARE(grant->nodes.size(), 3);
    ask(*servers[1], { "SET", "lock:a", "next", "PX", "60000" });
    servers[2]->kill();
    ForceReleaseRequest force;
    force.reason = QStringLiteral("test");
    force.targets = { { "lock:a", FamilyId::None, grant->token, false } };
    const auto results = await(deployment->forceRelease(force));
    VERIFY_RESULT(results);
    const ForceReleaseResult& result = results->first();
    QCOMPARE(result.outcome, ReleaseOutcome::Released);
    QCOMPARE(result.nodes.size(), 3);
    QCOMPARE(result.nodes.at(0).outcome, ReleaseOutcome::Released);
    QCOMPARE(result.nodes.at(1).outcome, ReleaseOutcome::HolderChanged);
    QCOMPARE(result.nodes.at(1).token, QByteArray("next"));
    QVERIFY(result.nodes.at(2).error);
    QCOMPARE(ask(*servers[1], { "GET", "lock:a" }).text, QByteArray("next"));
    // On one master alone it would come back as a minority.
    const auto single = open({ servers[0]->spec() });
    RestoreRequest restore;
    restore.auditId = result.auditId;
    QCOMPARE(await(single->restore(restore)).error().kind, ErrorKind::Usage);
    QCOMPARE(ask(*servers[0], { "EXISTS", "lock:a" }).number, 0);
}

void LockRoutingTest::aGroupWithSilentMastersIsNotCalledReleased()
{
    const auto servers = startServers(3);
    const auto deployment = open({ servers[0]->spec(), servers[1]->spec(), servers[2]->spec() });
    AcquireRequest request;
    request.key = "lock:a";
    const Result<AcquireGrant> grant = await(deployment->acquire(request));
    VERIFY_RESULT(grant);
    servers[1]->kill();
    servers[2]->kill();
    ForceReleaseRequest force;
    force.reason = QStringLiteral("test");
    force.targets = { { "lock:a", FamilyId::None, grant->token, false } };
    const auto results = await(deployment->forceRelease(force));
    VERIFY_RESULT(results);
    // One has let it go; the other two could still have it.
    QVERIFY(results->first().outcome == ReleaseOutcome::Refused
        || results->first().outcome == ReleaseOutcome::OutcomeUnknown);
    QCOMPARE(results->first().nodes.at(0).outcome, ReleaseOutcome::Released);
}

namespace {

/// Two masters, half of the slots each.
bool formCluster(const std::vector<std::unique_ptr<SandboxServer>>& servers)
{
    const auto run = [&servers](size_t node, const QList<QByteArray>& command) {
        return BlockingClient(servers[node]->socketPath()).run(command).text;
    };
    run(0, { "CLUSTER", "ADDSLOTSRANGE", "0", "8191" });
    run(1, { "CLUSTER", "ADDSLOTSRANGE", "8192", "16383" });
    run(0, { "CLUSTER", "SET-CONFIG-EPOCH", "1" });
    run(1, { "CLUSTER", "SET-CONFIG-EPOCH", "2" });
    run(0, { "CLUSTER", "MEET", "127.0.0.1", QByteArray::number(servers[1]->port()) });
    return QTest::qWaitFor(
        [&] {
            return run(0, { "CLUSTER", "INFO" }).contains("cluster_state:ok")
                && run(1, { "CLUSTER", "INFO" }).contains("cluster_state:ok")
                && run(0, { "CLUSTER", "NODES" }).count("connected") >= 2;
        },
        60000);
}

ConnectionSpec clusterSpec(const SandboxServer& server)
{
    ConnectionSpec spec = server.tcpSpec();
    spec.topology = Topology::Cluster;
    return spec;
}

} // namespace

void LockRoutingTest::aClusterByItsSlots()
{
    const auto servers = startServers(2, true);
    QVERIFY(formCluster(servers));
    const auto deployment = open({ clusterSpec(*servers[0]) });
    QVERIFY(deployment);
    for (int i = 0; i < 12; ++i) {
        AcquireRequest request;
        request.key = "lock:" + QByteArray::number(i);
        request.fence = i % 2 == 0;
        const Result<AcquireGrant> grant = await(deployment->acquire(request));
        VERIFY_RESULT(grant);
        VERIFY_RESULT(await(deployment->extend({ request.key, grant->token, 60s })));
        const Result<LockInspection> seen = await(deployment->inspect({ request.key }));
        VERIFY_RESULT(seen);
        QCOMPARE(seen->token, grant->token);
        QCOMPARE(seen->fence, grant->fence);
    }
    QVERIFY(ask(*servers[0], { "DBSIZE" }).number > 0);
    QVERIFY(ask(*servers[1], { "DBSIZE" }).number > 0);
}

void LockRoutingTest::aMovedSlotIsFollowed()
{
    const auto servers = startServers(2, true);
    QVERIFY(formCluster(servers));
    const auto deployment = open({ clusterSpec(*servers[0]) });
    QVERIFY(deployment);
    AcquireRequest request;
    request.key = "lock:a";
    request.ttl = 60s;
    const Result<AcquireGrant> grant = await(deployment->acquire(request));
    VERIFY_RESULT(grant);
    const QByteArray slot = QByteArray::number(ask(*servers[0], { "CLUSTER", "KEYSLOT", "lock:a" }).number);
    const size_t from = slot.toInt() > 8191 ? 1 : 0;
    const size_t to = 1 - from;
    const QByteArray fromId = ask(*servers[from], { "CLUSTER", "MYID" }).text;
    const QByteArray toId = ask(*servers[to], { "CLUSTER", "MYID" }).text;
    // On its way: the key is there already, the slot is not.
    QCOMPARE(ask(*servers[to], { "CLUSTER", "SETSLOT", slot, "IMPORTING", fromId }).text, QByteArray("OK"));
    QCOMPARE(ask(*servers[from], { "CLUSTER", "SETSLOT", slot, "MIGRATING", toId }).text, QByteArray("OK"));
    QCOMPARE(
        ask(*servers[from], { "MIGRATE", "127.0.0.1", QByteArray::number(servers[to]->port()), "lock:a", "0", "5000" })
            .text,
        QByteArray("OK"));
    VERIFY_RESULT(await(deployment->extend({ "lock:a", grant->token, 90s })));
    // And arrived.
    ask(*servers[to], { "CLUSTER", "SETSLOT", slot, "NODE", toId });
    ask(*servers[from], { "CLUSTER", "SETSLOT", slot, "NODE", toId });
    VERIFY_RESULT(await(deployment->extend({ "lock:a", grant->token, 120s })));
    QVERIFY(ask(*servers[to], { "PTTL", "lock:a" }).number > 90000);
    VERIFY_RESULT(await(deployment->release({ "lock:a", grant->token })));
}

QTEST_GUILESS_MAIN(LockRoutingTest)
#include "tst_lockrouting.moc"
