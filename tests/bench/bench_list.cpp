// SPDX-License-Identifier: GPL-3.0-or-later
// How long the first complete list takes (100 000 locks among 1 000 000 keys, every token and TTL), against one socket
// doing the bare SCAN MATCH COUNT 1000 loop and reading no value. Both in this run, on the same server, in turn.
#include "bench/benchreport.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "watch/watchengine.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTimer>

#include <algorithm>

using namespace lockscope;

namespace {

void fill(BlockingClient& client, int locks, int others)
{
    client.run({ "DEBUG", "POPULATE", QByteArray::number(others), "other", "16" });
    constexpr int batch = 1000;
    for (int first = 0; first < locks; first += batch) {
        for (int i = first; i < first + batch; ++i) {
            const QByteArray number = QByteArray::number(i);
            client.queue({ "SET", "lock:" + number, "f47ac10b-58cc-4372-a567-" + number.rightJustified(12, '0'), "PX",
                "3600000" });
        }
        client.flush();
        for (int i = 0; i < batch; ++i)
            client.read();
    }
}

double bareScan(const QString& socketPath)
{
    QElapsedTimer timer;
    timer.start();
    BlockingClient client(socketPath);
    QByteArray cursor = "0";
    qsizetype keys = 0;
    do {
        const BlockingClient::Answer page = client.run({ "SCAN", cursor, "MATCH", "lock:*", "COUNT", "1000" });
        cursor = page.items.value(0).text;
        keys += page.items.value(1).items.size();
    } while (cursor != "0" && client.isConnected());
    const double seconds = double(timer.nsecsElapsed()) * 1e-9;
    return keys > 0 ? seconds : -1;
}

double list(const SandboxServer& server, Pace pace, size_t* locks)
{
    QElapsedTimer timer;
    timer.start();
    WatchOptions options;
    options.matches = { "lock:*" };
    options.pace = pace;
    options.follow = false;
    options.keepEvents = false;
    WatchEngine engine(server.spec(), std::make_shared<CommandGate>(true), options);
    QObject::connect(&engine, &WatchEngine::passCompleted, qApp, [] { qApp->exit(0); });
    QObject::connect(&engine, &WatchEngine::failed, qApp, [] { qApp->exit(1); });
    engine.start();
    if (qApp->exec() != 0)
        return -1;
    *locks = engine.snapshot().locks.size();
    return double(timer.nsecsElapsed()) * 1e-9;
}

/// The same through the program, JSON on standard output included: what a script waits for.
double listByProgram(const SandboxServer& server)
{
    QElapsedTimer timer;
    timer.start();
    QProcess program;
    program.setStandardOutputFile(QProcess::nullDevice());
    program.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("--uri"), QStringLiteral("unix://") + server.socketPath(), QStringLiteral("list"),
            QStringLiteral("--json"), QStringLiteral("--pace"), QStringLiteral("full"), QStringLiteral("--match"),
            QStringLiteral("lock:*") });
    if (!program.waitForFinished(120'000) || program.exitCode() != 0)
        return -1;
    return double(timer.nsecsElapsed()) * 1e-9;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    auto server = SandboxServer::start();
    if (!server)
        return 1;
    BlockingClient client((*server)->socketPath());
    fill(client, 100'000, 900'000);
    std::vector<double> bare;
    std::vector<double> ours;
    std::vector<double> program;
    size_t locks = 0;
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round) {
        bare.push_back(bareScan((*server)->socketPath()));
        ours.push_back(list(**server, Pace::Full, &locks));
        program.push_back(listByProgram(**server));
    }
    const bool all = locks == 100'000 && *std::min_element(program.begin(), program.end()) > 0;
    const double scan = bench::median(bare);
    const bool met = bench::report("first complete list, 100 000 locks of 1 000 000 keys",
        { { QStringLiteral("locks"), qint64(locks) }, { QStringLiteral("bare_scan_s"), scan },
            { QStringLiteral("engine_s"), bench::median(ours) }, { QStringLiteral("cli_s"), bench::median(program) } },
        { { "engine to bare SCAN", all ? bench::median(ours) / scan : bench::notMeasured, 1.6 },
            { "lockscope-cli list --json to bare SCAN", all ? bench::median(program) / scan : bench::notMeasured,
                1.6 } });
    return met ? 0 : 1;
}
