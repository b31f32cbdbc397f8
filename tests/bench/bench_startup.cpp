// SPDX-License-Identifier: GPL-3.0-or-later
// From the start of the process to the first painted rows of the window, offscreen, against a server with 1 000 locks.
// The first run warms the machine and does not count.
#include "bench/benchreport.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>

using namespace lockscope;

namespace {

constexpr double goalMs = 500;

double firstRowsMs(const SandboxServer& server, const QString& home)
{
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("QT_LOGGING_RULES"), QStringLiteral("lockscope.ui.info=true"));
    environment.insert(QStringLiteral("QT_FORCE_STDERR_LOGGING"), QStringLiteral("1"));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home);
    environment.insert(QStringLiteral("XDG_DATA_HOME"), home);
    program.setProcessEnvironment(environment);
    program.setProcessChannelMode(QProcess::MergedChannels); // only the output channel can be waited for
    QElapsedTimer timer;
    timer.start();
    program.start(QStringLiteral(LOCKSCOPE_GUI_PROGRAM),
        { QStringLiteral("--uri"), QStringLiteral("unix://") + server.socketPath() });
    QByteArray log;
    double painted = -1;
    while (painted < 0 && timer.elapsed() < 20'000 && program.waitForReadyRead(20'000)) {
        log += program.readAll();
        if (log.contains("first rows painted"))
            painted = double(timer.nsecsElapsed()) * 1e-6;
    }
    program.terminate();
    if (!program.waitForFinished(5000))
        program.kill();
    program.waitForFinished(5000);
    return painted;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    auto server = SandboxServer::start();
    QTemporaryDir home;
    if (!server || !home.isValid())
        return 1;
    BlockingClient client((*server)->socketPath());
    for (int i = 0; i < 1000; ++i)
        client.run({ "SET", "lock:" + QByteArray::number(i), "token-" + QByteArray::number(i), "PX", "3600000" });
    std::vector<double> runs;
    for (int i = 0; i < 12; ++i) {
        const double ms = firstRowsMs(**server, home.path());
        if (i > 0)
            runs.push_back(ms);
    }
    std::sort(runs.begin(), runs.end());
    const bool met = bench::report("start to first rows",
        { { QStringLiteral("min_ms"), runs.front() }, { QStringLiteral("max_ms"), runs.back() } },
        { { "median ms", runs.front() > 0 ? bench::median(runs) : bench::notMeasured, goalMs } });
    return met ? 0 : 1;
}
