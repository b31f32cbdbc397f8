// SPDX-License-Identifier: GPL-3.0-or-later
// The first complete list of a cluster of 12 masters, against the slowest of them listed alone: shards have to be read
// at the same time, so that the whole is hardly slower than one. Twelve servers on one machine share its processors,
// and a pass that is bound by them would measure the machine; over a network a pass waits for answers and rests between
// questions. So each master is behind a proxy that holds every byte back for 10 ms each way, in a thread of its own.
// Alone and together go through the same proxies. Without the delay is measured too, without a goal.
#include "bench/benchreport.h"
#include "support/clusterfixture.h"
#include "support/tcpproxy.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int shards = 12;
constexpr int locksInAll = 24'000;
constexpr int othersEach = 9'000; ///< with its locks more than what the scanner walks through without pauses

/// A proxy for each node, away from the thread that lists.
class ProxyThread {
public:
    explicit ProxyThread(GroupFixture& servers)
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        call([&] {
            for (int i = 0; i < servers.serverCount(); ++i)
                m_proxies.push_back(std::make_unique<TcpProxy>(servers.server(i).socketPath()));
        });
    }
    ~ProxyThread()
    {
        call([this] { m_proxies.clear(); });
        m_thread.quit();
        m_thread.wait();
    }
    void setDelay(std::chrono::milliseconds delay)
    {
        call([&] {
            for (const auto& proxy : m_proxies)
                proxy->setDelay(delay);
        });
    }
    [[nodiscard]] ConnectionSpec spec(int index) const { return m_proxies.at(size_t(index))->spec(); }

private:
    template <typename Work> void call(Work work)
    {
        QMetaObject::invokeMethod(&m_context, work, Qt::BlockingQueuedConnection);
    }

    QThread m_thread;
    QObject m_context;
    std::vector<std::unique_ptr<TcpProxy>> m_proxies;
};

/// The nodes tell clients, and each other, the addresses of their proxies.
bool announce(ClusterFixture& cluster, const ProxyThread& proxies)
{
    QList<QByteArray> ports;
    for (int i = 0; i < shards; ++i) {
        ports += QByteArray::number(proxies.spec(i).endpoint().port).prepend(':').append('@');
        cluster.servers().run(i, { "CONFIG", "SET", "cluster-announce-port", ports.last().mid(1).chopped(1) });
    }
    return QTest::qWaitFor(
        [&] {
            for (int i = 0; i < shards; ++i) {
                const QByteArray nodes = cluster.servers().run(i, { "CLUSTER", "NODES" }).text;
                for (const QByteArray& port : ports) {
                    if (!nodes.contains(port))
                        return false;
                }
                if (!cluster.servers().run(i, { "CLUSTER", "INFO" }).text.contains("cluster_state:ok"))
                    return false;
            }
            return true;
        },
        60'000);
}

void fill(ClusterFixture& cluster)
{
    for (int i = 0; i < shards; ++i)
        cluster.servers().run(i, { "DEBUG", "POPULATE", QByteArray::number(othersEach), "other", "16" });
    for (int i = 0; i < locksInAll; ++i) {
        const QByteArray number = QByteArray::number(i);
        const QByteArray key = "lock:" + number;
        cluster.set(cluster.ownerOf(key), key, "f47ac10b-58cc-4372-a567-" + number.rightJustified(12, '0'), "3600000");
    }
}

/// Seconds until the list is complete, connecting included; negative: it never was. Adds the locks to `locks`.
double list(const ConnectionSpec& spec, size_t& locks)
{
    QElapsedTimer timer;
    timer.start();
    WatchOptions options;
    options.matches = { "lock:*" };
    options.follow = false;
    options.keepEvents = false;
    const auto gate = std::make_shared<const CommandGate>(true);
    TopologyOptions how;
    how.follow = false;
    auto topology = ServerTopology::make({ spec }, gate, how);
    if (!topology)
        return -1;
    WatchEngine engine(**topology, gate, options);
    QObject::connect(&engine, &WatchEngine::passCompleted, qApp, [] { qApp->exit(0); });
    QObject::connect(&engine, &WatchEngine::failed, qApp, [] { qApp->exit(1); });
    engine.start();
    (*topology)->start();
    if (qApp->exec() != 0)
        return -1;
    const double seconds = double(timer.nsecsElapsed()) * 1e-9;
    locks += engine.snapshot().locks.size();
    return seconds;
}

struct Figures {
    double slowest = bench::notMeasured; ///< seconds of the slowest shard alone
    double whole = bench::notMeasured;

    [[nodiscard]] double ratio() const { return whole / slowest; }
};

Figures measure(const ProxyThread& proxies)
{
    constexpr int rounds = 3;
    ConnectionSpec cluster = proxies.spec(0);
    cluster.topology = Topology::Cluster;
    cluster.endpoints += proxies.spec(1).endpoint();
    double slowest = 0;
    size_t alone = 0;
    for (int i = 0; i < shards; ++i)
        slowest = std::max(slowest, list(proxies.spec(i), alone));
    std::vector<double> whole;
    for (int round = 0; round < rounds; ++round) {
        size_t together = 0;
        whole.push_back(list(cluster, together));
        if (alone != locksInAll || together != locksInAll || whole.back() < 0)
            return {};
    }
    return { slowest, bench::median(whole) };
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    ClusterFixture cluster(shards, false);
    if (!cluster.waitUntilOk())
        return 1;
    fill(cluster);
    ProxyThread proxies(cluster.servers());
    if (!announce(cluster, proxies))
        return 1;
    const Figures near = measure(proxies);
    proxies.setDelay(10ms);
    const Figures far = measure(proxies);
    const bool met = bench::report("first complete list of 12 cluster masters, 24 000 locks of 132 000 keys",
        { { QStringLiteral("shards"), shards }, { QStringLiteral("round_trip_ms"), 20 },
            { QStringLiteral("slowest_shard_alone_s"), far.slowest }, { QStringLiteral("whole_cluster_s"), far.whole },
            { QStringLiteral("without_delay_slowest_shard_alone_s"), near.slowest },
            { QStringLiteral("without_delay_whole_cluster_s"), near.whole },
            { QStringLiteral("without_delay_ratio"), near.ratio() } },
        { { "whole cluster to its slowest shard alone", far.ratio(), 1.3 } });
    return met ? 0 : 1;
}
