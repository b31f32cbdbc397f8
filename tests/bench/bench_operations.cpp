// SPDX-License-Identifier: GPL-3.0-or-later
// How many locks a second the core's client takes and releases: 256 virtual clients on four pipelined connections,
// against hiredis in a plain loop (one command at a time, and a pipeline of 256), and against redis-benchmark running
// the same two commands. All on one server in turn, several rounds, medians.
#include "bench/benchreport.h"
#include "operations/lockoperations.h"
#include "operations/lockscripts.h"
#include "operations/redlockoperations.h"
#include "redis/sandboxserver.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <functional>

#include <hiredis/hiredis.h>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int virtualClients = 256;
constexpr int rounds = 5;
constexpr auto roundTime = 2000ms;

/// Runs `client(next)` for each virtual client again and again until the time is over; answers pairs a second.
template <typename Operations> double runCore(std::vector<std::unique_ptr<Operations>>& operations)
{
    qint64 pairs = 0;
    int running = virtualClients;
    QElapsedTimer timer;
    timer.start();
    std::function<void(int)> next = [&](int client) {
        if (timer.elapsed() > roundTime.count()) {
            if (--running == 0)
                qApp->quit();
            return;
        }
        Operations& link = *operations[size_t(client) % operations.size()];
        AcquireRequest request;
        request.key = "lock:" + QByteArray::number(client);
        link.acquire(request, [&, client](const Result<AcquireGrant>& grant) {
            if (!grant)
                qFatal("a free lock was refused");
            operations[size_t(client) % operations.size()]->release(
                { grant->key, grant->token }, [&, client](const Status& released) {
                    if (!released)
                        qFatal("a held lock was not released");
                    ++pairs;
                    next(client);
                });
        });
    };
    QTimer::singleShot(0, qApp, [&] {
        for (int client = 0; client < virtualClients; ++client)
            next(client);
    });
    qApp->exec();
    return double(pairs) * 1000 / double(timer.elapsed());
}

bool waitUntilReady(const std::vector<std::unique_ptr<Connection>>& connections)
{
    QElapsedTimer patience;
    patience.start();
    const auto isReady = [](const auto& connection) { return connection->isReady(); };
    while (!std::all_of(connections.begin(), connections.end(), isReady) && patience.elapsed() < 10000)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100);
    return std::all_of(connections.begin(), connections.end(), isReady);
}

double benchCore(const SandboxServer& server)
{
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<std::unique_ptr<LockOperations>> operations;
    for (int i = 0; i < 4; ++i) {
        connections.push_back(std::make_unique<Connection>(server.spec(), std::make_shared<CommandGate>()));
        connections.back()->open();
        operations.push_back(std::make_unique<LockOperations>(*connections.back()));
    }
    return waitUntilReady(connections) ? runCore(operations) : -1;
}

double benchRedlock(const std::vector<std::unique_ptr<SandboxServer>>& servers)
{
    std::vector<std::unique_ptr<Connection>> connections;
    QList<Connection*> masters;
    for (const auto& server : servers) {
        connections.push_back(std::make_unique<Connection>(server->spec(), std::make_shared<CommandGate>()));
        connections.back()->open();
        masters.append(connections.back().get());
    }
    std::vector<std::unique_ptr<RedlockOperations>> operations;
    operations.push_back(std::make_unique<RedlockOperations>(masters));
    return waitUntilReady(connections) ? runCore(operations) : -1;
}

/// One reply, checked.
void expectReply(redisContext* context, int type)
{
    void* reply = nullptr;
    if (redisGetReply(context, &reply) != REDIS_OK || static_cast<redisReply*>(reply)->type != type)
        qFatal("hiredis got another reply than expected");
    freeReplyObject(reply);
}

/// A loop as one would write it in C: `depth` locks are taken in one pipeline, then released in one.
double benchHiredis(const SandboxServer& server, int depth)
{
    redisContext* context = redisConnectUnix(server.socketPath().toUtf8().constData());
    if (!context || context->err)
        return -1;
    const QByteArray sha = releaseScript().sha1();
    freeReplyObject(redisCommand(context, "SCRIPT LOAD %s", releaseScript().source().constData()));
    const char* token = "0123456789abcdef0123456789abcdef01234567";
    qint64 pairs = 0;
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() <= roundTime.count()) {
        for (int i = 0; i < depth; ++i)
            redisAppendCommand(context, "SET lock:%d %s NX PX %d", i, token, 30000);
        for (int i = 0; i < depth; ++i)
            expectReply(context, REDIS_REPLY_STATUS);
        for (int i = 0; i < depth; ++i)
            redisAppendCommand(context, "EVALSHA %s 1 lock:%d %s", sha.constData(), i, token);
        for (int i = 0; i < depth; ++i)
            expectReply(context, REDIS_REPLY_INTEGER);
        pairs += depth;
    }
    redisFree(context);
    return double(pairs) * 1000 / double(timer.elapsed());
}

/// Commands a second of redis-benchmark.
double redisBenchmark(const SandboxServer& server, const QStringList& command)
{
    QProcess process;
    process.start(QStringLiteral("redis-benchmark"),
        QStringList { QStringLiteral("-s"), server.socketPath(), QStringLiteral("-c"), QStringLiteral("50"),
            QStringLiteral("-P"), QStringLiteral("16"), QStringLiteral("-n"), QStringLiteral("200000"),
            QStringLiteral("-r"), QStringLiteral("100000"), QStringLiteral("--csv") }
            + command);
    if (!process.waitForFinished(120'000))
        return -1;
    const QList<QByteArray> lines = process.readAllStandardOutput().trimmed().split('\n');
    return lines.last().split(',').value(1).replace('"', "").toDouble();
}

/// The two commands one after the other, as a pair takes them.
double benchRedisBenchmark(const SandboxServer& server)
{
    const QString key = QStringLiteral("lock:__rand_int__");
    const QString token = QStringLiteral("0123456789abcdef0123456789abcdef01234567");
    const double taken = redisBenchmark(server,
        { QStringLiteral("SET"), key, token, QStringLiteral("NX"), QStringLiteral("PX"), QStringLiteral("30000") });
    const double released = redisBenchmark(server,
        { QStringLiteral("EVALSHA"), QString::fromLatin1(releaseScript().sha1()), QStringLiteral("1"), key, token });
    return taken > 0 && released > 0 ? 1 / (1 / taken + 1 / released) : -1;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    std::vector<std::unique_ptr<SandboxServer>> servers;
    for (int i = 0; i < 3; ++i) {
        auto server = SandboxServer::start();
        if (!server)
            return 1;
        servers.push_back(std::move(*server));
    }
    const SandboxServer& first = *servers.front();
    std::vector<double> core;
    std::vector<double> redlock;
    std::vector<double> simple;
    std::vector<double> pipelined;
    std::vector<double> benchmark;
    for (int round = 0; round < rounds; ++round) {
        simple.push_back(benchHiredis(first, 1));
        pipelined.push_back(benchHiredis(first, virtualClients));
        core.push_back(benchCore(first));
        benchmark.push_back(benchRedisBenchmark(first));
        redlock.push_back(benchRedlock(servers));
    }
    using bench::median;
    // Beyond what one command at a time can do, many times over; the pipelines are there to compare with.
    const bool met = bench::report("acquire and release pairs",
        { { QStringLiteral("virtual_clients"), virtualClients }, { QStringLiteral("rounds"), rounds },
            { QStringLiteral("pairs_per_s"), qRound64(median(core)) },
            { QStringLiteral("hiredis_loop_pairs_per_s"), qRound64(median(simple)) },
            { QStringLiteral("hiredis_pipeline_pairs_per_s"), qRound64(median(pipelined)) },
            { QStringLiteral("redis_benchmark_pairs_per_s"), qRound64(median(benchmark)) },
            { QStringLiteral("redlock_3_masters_pairs_per_s"), qRound64(median(redlock)) } },
        { { "core to a hiredis loop", median(core) / median(simple), 2, bench::Goal::Kind::AtLeast } });
    return met ? 0 : 1;
}
