// SPDX-License-Identifier: GPL-3.0-or-later
// What being watched costs a server: its own CPU time for the same traffic (10 000 lock changes a second on 100 000
// locks) with nobody watching, with an ear for keyspace notifications, and with one for client tracking. The price of
// notifications themselves, nobody listening, is told apart. Rounds in turn on one server, medians.
#include "bench/benchreport.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <random>
#include <thread>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr quint32 locks = 100'000;
constexpr int perSecond = 10'000;
constexpr int seconds = 5;
constexpr int rounds = 3;
constexpr auto beat = 10ms;
constexpr const char* notifyFlags = "Kg$hszlxe"; // what the watch asks for: it has families of every type

QByteArray keyOf(quint32 number) { return "lock:orders:" + QByteArray::number(number); }

void fill(BlockingClient& client)
{
    for (quint32 i = 0; i < locks; ++i) {
        client.queue({ "SET", keyOf(i), "token-" + QByteArray::number(i), "PX", "3600000" });
        if (i % 1000 == 999) {
            client.flush();
            for (int answers = 0; answers < 1000; ++answers)
                client.read();
        }
    }
}

double serverCpuSeconds(BlockingClient& client)
{
    double total = 0;
    for (const QByteArray& line : client.run({ "INFO", "cpu" }).text.split('\n')) {
        if (line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
            total += line.mid(line.indexOf(':') + 1).trimmed().toDouble();
    }
    return total;
}

/// CPU seconds of the server for `seconds` of traffic.
double costOfTraffic(BlockingClient& client)
{
    std::mt19937 random(1);
    const double before = serverCpuSeconds(client);
    const SteadyTime start = SystemClock::instance().now();
    const int perBeat = perSecond / 100;
    for (int turn = 0; turn < seconds * 100; ++turn) {
        std::this_thread::sleep_until(start + beat * turn);
        for (int i = 0; i < perBeat; ++i) {
            const QByteArray key = keyOf(quint32(random() % locks));
            if (i % 8 == 7)
                client.queue({ "DEL", key });
            else
                client.queue({ "SET", key, "token-" + QByteArray::number(turn), "PX", "3600000" });
        }
        client.flush();
        for (int i = 0; i < perBeat; ++i)
            client.read();
    }
    return serverCpuSeconds(client) - before;
}

/// The same while `lockscope-cli watch` listens in this way and has its first pass behind it.
double costWhileWatched(BlockingClient& client, const SandboxServer& server, const QString& ear)
{
    const QTemporaryDir folder;
    const QString stream = folder.filePath(QStringLiteral("events.json"));
    QProcess program;
    program.setStandardOutputFile(stream);
    program.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("--uri"), QStringLiteral("unix://") + server.socketPath(), QStringLiteral("--match"),
            QStringLiteral("lock:*"), QStringLiteral("--pace"), QStringLiteral("full"), QStringLiteral("--listen"), ear,
            QStringLiteral("watch"), QStringLiteral("--json") });
    QFile written(stream);
    qsizetype found = 0;
    const bool isWatching = QTest::qWaitFor(
        [&] {
            if (written.isOpen() || written.open(QIODevice::ReadOnly))
                found += written.readAll().count("\"found\"");
            return found >= qsizetype(locks) * 8 / 10;
        },
        60'000);
    const double cost = isWatching ? costOfTraffic(client) : bench::notMeasured;
    program.terminate();
    if (!program.waitForFinished(10'000))
        program.kill();
    program.waitForFinished(5000);
    // It says so when it cannot listen, and then this would measure its passes.
    return program.readAllStandardError().contains("polling") ? bench::notMeasured : cost;
}

void report(const char* name, const std::vector<double>& watched, const std::vector<double>& alone)
{
    const double changes = double(perSecond) * seconds;
    bench::report(name,
        { { QStringLiteral("changes"), changes }, { QStringLiteral("server_cpu_s"), bench::median(watched) },
            { QStringLiteral("server_cpu_s_alone"), bench::median(alone) },
            { QStringLiteral("ratio"), bench::median(watched) / bench::median(alone) },
            { QStringLiteral("extra_us_a_change"), (bench::median(watched) - bench::median(alone)) * 1e6 / changes } });
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    SandboxServer::Options options;
    options.notifyFlags.clear();
    auto server = SandboxServer::start(options);
    if (!server)
        return 1;
    BlockingClient client((*server)->socketPath());
    std::vector<double> alone;
    std::vector<double> notified;
    std::vector<double> notifications;
    std::vector<double> tracking;
    for (int round = 0; round < rounds; ++round) {
        client.run({ "CONFIG", "SET", "notify-keyspace-events", "" });
        client.run({ "FLUSHALL" });
        fill(client);
        alone.push_back(costOfTraffic(client));
        tracking.push_back(costWhileWatched(client, **server, QStringLiteral("tracking")));
        client.run({ "CONFIG", "SET", "notify-keyspace-events", notifyFlags });
        notified.push_back(costOfTraffic(client));
        notifications.push_back(costWhileWatched(client, **server, QStringLiteral("notifications")));
    }
    report("server CPU, notifications switched on, nobody listening", notified, alone);
    report("server CPU, watched by keyspace notifications", notifications, alone);
    report("server CPU, watched by client tracking", tracking, alone);
    return 0;
}
