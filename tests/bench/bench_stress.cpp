// SPDX-License-Identifier: GPL-3.0-or-later

// How much load the stress lab carries, oracles on, against what the machine gives at this moment: a plain hiredis
// pipeline with the same commands, and redis-benchmark with one connection a client, in turns with it.
#include "bench/benchreport.h"
#include "deployment/stressrun.h"
#include "operations/lockscripts.h"
#include "redis/sandboxserver.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QProcess>
#include <QRegularExpression>

#include <hiredis/hiredis.h>

using namespace lockscope;
using bench::Goal;
using bench::median;

namespace {

constexpr int clients = 256;
constexpr int rounds = 5;
constexpr int keys = 100'000;
bool missed = false;

/// Acquire and release pairs a second of the plainest client there is: windows of 256 on one connection.
double hiredisPipeline(quint16 port, int milliseconds)
{
    redisContext* const context = redisConnect("127.0.0.1", port);
    const QByteArray script = releaseScript().source();
    freeReplyObject(redisCommand(context, "SCRIPT LOAD %b", script.constData(), size_t(script.size())));
    const char* const sha = releaseScript().sha1().constData();
    qint64 pairs = 0;
    QElapsedTimer clock;
    clock.start();
    for (unsigned n = 0; clock.elapsed() < milliseconds; pairs += clients) {
        const unsigned begin = n;
        for (const bool acquires : { true, false }) {
            n = begin;
            for (int i = 0; i < clients; ++i, ++n) {
                char key[64];
                char token[41];
                snprintf(key, sizeof key, "lockscope-lab:00000000:lock:%u", n % keys);
                snprintf(token, sizeof token, "%032x%08x", 0U, n);
                const char* const take[] = { "SET", key, token, "NX", "PX", "10000" };
                const char* const give[] = { "EVALSHA", sha, "1", key, token };
                redisAppendCommandArgv(
                    context, acquires ? 6 : 5, const_cast<const char**>(acquires ? take : give), nullptr);
            }
            for (int i = 0; i < clients; ++i) {
                void* reply = nullptr;
                if (redisGetReply(context, &reply) != REDIS_OK)
                    qFatal("the pipeline broke");
                freeReplyObject(reply);
            }
        }
    }
    redisFree(context);
    return double(pairs) * 1000 / double(clock.elapsed());
}

/// Requests a second of redis-benchmark, one connection a client, no pipeline.
double redisBenchmark(quint16 port, const QStringList& command)
{
    QProcess process;
    process.start(QStringLiteral("redis-benchmark"),
        QStringList { QStringLiteral("-p"), QString::number(port), QStringLiteral("-c"), QString::number(clients),
            QStringLiteral("-n"), QStringLiteral("30000"), QStringLiteral("-r"), QString::number(keys),
            QStringLiteral("-q") }
            + command);
    process.waitForFinished(120'000);
    static const QRegularExpression rate(QStringLiteral("([0-9.]+) requests per second"));
    const QString output = QString::fromUtf8(process.readAllStandardOutput());
    double last = 0;
    for (auto matches = rate.globalMatch(output); matches.hasNext();)
        last = matches.next().captured(1).toDouble();
    return last;
}

double oneConnectionAClient(quint16 port)
{
    const double takes = redisBenchmark(port,
        { QStringLiteral("SET"), QStringLiteral("lockscope-lab:1:__rand_int__"),
            QStringLiteral("0123456789012345678901234567890123456789"), QStringLiteral("NX"), QStringLiteral("PX"),
            QStringLiteral("10000") });
    const double gives = redisBenchmark(port,
        { QStringLiteral("EVALSHA"), QString::fromLatin1(releaseScript().sha1()), QStringLiteral("1"),
            QStringLiteral("lockscope-lab:1:__rand_int__"),
            QStringLiteral("0123456789012345678901234567890123456789") });
    return takes > 0 && gives > 0 ? 1 / (1 / takes + 1 / gives) : 0;
}

StressReport run(const StressConfig& config)
{
    const Result<std::unique_ptr<StressRun>> made = StressRun::create(config);
    if (!made)
        qFatal("%s", qPrintable(made.error().detail));
    QEventLoop loop;
    QObject::connect(made->get(), &StressRun::finished, &loop, &QEventLoop::quit);
    (*made)->start();
    loop.exec();
    const auto result = (*made)->result();
    if (!result || !*result)
        qFatal("%s", result ? qPrintable(result->error().detail) : "no result");
    if ((**result)->violationCount() > 0)
        qFatal("a sound strategy was found violated");
    return ***result;
}

StressConfig load(const ConnectionSpec& server, const char* strategy, int clientCount, int keyCount)
{
    StressConfig config;
    config.servers = { server };
    config.strategy = strategy;
    config.clients = clientCount;
    config.keys = keyCount;
    config.duration = Milliseconds(2000);
    config.historyLimit = 400'000; // the check afterwards is not what is measured
    return config;
}

void benchUncontended(const SandboxServer& server)
{
    std::vector<double> plain;
    std::vector<double> lab;
    std::vector<double> blind;
    std::vector<double> single;
    std::vector<double> toPlain;
    std::vector<double> toSingle;
    std::vector<double> cost;
    StressConfig config = load(server.tcpSpec(), "set-nx", clients, keys);
    for (int i = 0; i < rounds; ++i) {
        plain.push_back(hiredisPipeline(server.port(), 2000));
        config.recording = true;
        lab.push_back(run(config).sectionsPerSecond());
        config.recording = false;
        blind.push_back(run(config).sectionsPerSecond());
        single.push_back(oneConnectionAClient(server.port()));
        toPlain.push_back(lab.back() / plain.back());
        toSingle.push_back(lab.back() / single.back());
        cost.push_back(1 - lab.back() / blind.back());
    }
    const QJsonObject values { { QStringLiteral("lab_pairs_s"), qRound(median(lab)) },
        { QStringLiteral("hiredis_pairs_s"), qRound(median(plain)) },
        { QStringLiteral("one_connection_each_pairs_s"), qRound(median(single)) },
        { QStringLiteral("without_oracles_pairs_s"), qRound(median(blind)) } };
    missed |= !bench::report("lab, uncontended, 256 clients", values,
        { { "to a hiredis pipeline", median(toPlain), 0.9, Goal::Kind::AtLeast },
            { "to one connection a client", median(toSingle), 5, Goal::Kind::AtLeast },
            { "cost of the oracles", median(cost), 0.05 } });
}

void benchRedlock()
{
    const ConnectionSpec masters = parseConnectionUri(QStringLiteral("sandbox:?masters=3")).value();
    std::vector<double> rates;
    for (int i = 0; i < rounds; ++i)
        rates.push_back(run(load(masters, "redlock", 64, keys)).sectionsPerSecond());
    missed |= !bench::report("lab, Redlock over 3 masters, 64 clients", {},
        { { "pairs a second", median(rates), 30'000, Goal::Kind::AtLeast } });
}

void benchContended(const SandboxServer& server)
{
    std::vector<double> trips;
    for (int i = 0; i < rounds; ++i) {
        const double trip = double(run(load(server.tcpSpec(), "redisson", 1, 1)).acquireService.valueAt(0.5));
        const double handover = double(run(load(server.tcpSpec(), "redisson", 64, 1)).handover.valueAt(0.5));
        trips.push_back(handover / trip);
    }
    missed |= !bench::report(
        "lab, hand-over to a waiter that a message wakes", {}, { { "round trips", median(trips), 2 } });
    // redsync's back-off asks once, then every 150 ms on average: as often as that for the time that it had to wait.
    const StressReport polled = run(load(server.tcpSpec(), "set-nx", 64, 1));
    const double waited = polled.wait.mean() / 1000 * double(polled.wait.count());
    const double asked = double(polled.counters.attempts);
    missed |= !bench::report("lab, attempts of polling clients against redsync's back-off",
        { { QStringLiteral("attempts"), asked } },
        { { "ratio", asked / (double(polled.wait.count()) + waited / 150), 1.2 } });
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    SandboxServer::Options options;
    options.tcp = true;
    options.notifyFlags.clear();
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    if (!server) {
        fputs(qPrintable(server.error().detail), stderr);
        return 1;
    }
    benchUncontended(**server);
    benchRedlock();
    benchContended(**server);
    return missed ? 1 : 0;
}
