// SPDX-License-Identifier: GPL-3.0-or-later
// The whole program against a real server with many locks that change fast. In one run: the memory of engine and window
// (G3), how long the window keeps its user waiting and how often it paints while rows are scrolled (G5), the round trip
// of a force-release meanwhile (G8), and whether the table is right when the traffic has ended.
// Usage: bench_live [locks] [seconds] [changes a second]
#include "base/heap.h"
#include "bench/benchreport.h"
#include "common/settings.h"
#include "deployment/livedeployment.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "mainwindow/mainwindow.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"

#include <QApplication>
#include <QEventLoop>
#include <QProcess>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <random>
#include <thread>
#include <unordered_map>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

constexpr int batchSize = 1000;
constexpr QSize windowSize { 1600, 1000 };

QByteArray keyOf(quint32 number) { return "lock:orders:" + QByteArray::number(number); }
QByteArray tokenOf(quint64 number)
{
    return "f47ac10b-58cc-4372-a567-" + QByteArray::number(number, 16).rightJustified(12, '0');
}

void drain(BlockingClient& client, int answers)
{
    for (int i = 0; i < answers; ++i)
        client.read();
}

void fill(const QString& socketPath, quint32 locks)
{
    BlockingClient client(socketPath);
    for (quint32 first = 0; first < locks; first += batchSize) {
        const quint32 end = std::min(locks, first + batchSize);
        for (quint32 i = first; i < end; ++i)
            client.queue({ "SET", keyOf(i), tokenOf(i), "PX", QByteArray::number(3'600'000 + i % 600'000) });
        client.flush();
        drain(client, int(end - first));
    }
}

/// What a busy fleet does, on its own process: three of four changes renew or hand over (SET PX), one releases or takes
/// (DEL, SET PX). Prints how many changes were made.
int makeTraffic(const QString& socketPath, quint32 locks, int seconds, int changesPerSecond)
{
    BlockingClient client(socketPath);
    std::mt19937 random(1);
    const SteadyTime start = SystemClock::instance().now();
    constexpr auto beat = 5ms;
    const int perBeat = std::max(1, changesPerSecond / 200);
    quint64 changes = 0;
    for (int turn = 0; turn < seconds * 200; ++turn) {
        std::this_thread::sleep_until(start + beat * turn);
        for (int i = 0; i < perBeat; ++i, ++changes) {
            const quint32 number = quint32(random() % locks);
            if (i % 8 == 7)
                client.queue({ "DEL", keyOf(number) });
            else
                client.queue({ "SET", keyOf(number), tokenOf(i % 4 == 0 ? 1'000'000'000 + changes : number), "PX",
                    QByteArray::number(3'600'000 + random() % 600'000) });
        }
        client.flush();
        drain(client, perBeat);
    }
    const double took = std::chrono::duration<double>(SystemClock::instance().now() - start).count();
    std::printf("%llu %.3f\n", static_cast<unsigned long long>(changes), took);
    return 0;
}

/// Every lock of the server, by a client that has nothing of ours.
std::unordered_map<std::string, QByteArray> truth(const QString& socketPath, quint32 locks)
{
    BlockingClient client(socketPath);
    std::unordered_map<std::string, QByteArray> tokens;
    for (quint32 first = 0; first < locks; first += batchSize) {
        const quint32 end = std::min(locks, first + batchSize);
        QList<QByteArray> command { "MGET" };
        for (quint32 i = first; i < end; ++i)
            command << keyOf(i);
        const BlockingClient::Answer answer = client.run(command);
        for (quint32 i = first; i < end; ++i) {
            const BlockingClient::Answer& item = answer.items[qsizetype(i - first)];
            if (item.type != 0)
                tokens.emplace(keyOf(i).toStdString(), item.text);
        }
    }
    return tokens;
}

/// The times between two paintings of a widget.
class FrameMeter final : public QObject {
public:
    explicit FrameMeter(QWidget* painted)
    {
        painted->installEventFilter(this);
        m_sinceFrame.start();
    }
    [[nodiscard]] const std::vector<double>& frames() const { return m_frames; } ///< in ms

protected:
    bool eventFilter(QObject* /*watched*/, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) {
            m_frames.push_back(bench::elapsedMs(m_sinceFrame));
            m_sinceFrame.start();
        }
        return false;
    }

private:
    QElapsedTimer m_sinceFrame;
    std::vector<double> m_frames;
};

class Live {
public:
    Live(const SandboxServer& server, quint32 locks);
    bool load();
    bool run(int seconds, int changesPerSecond);

private:
    void forceReleaseOne();
    [[nodiscard]] qsizetype differences() const;

    const SandboxServer& m_server;
    const quint32 m_locks;
    QTemporaryDir m_home;
    Settings m_settings = Settings::inMemory();
    MainWindow m_window;
    std::mt19937 m_random { 7 };
    std::vector<double> m_releases;
};

Live::Live(const SandboxServer& server, quint32 locks)
    : m_server(server)
    , m_locks(locks)
    , m_window(
          [this](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
              DeploymentOptions options;
              options.specs = { choice.spec };
              options.watch.matches = choice.matches;
              options.watch.pace = Pace::Full;
              options.windowFirst = true;
              options.auditFile = m_home.filePath(QStringLiteral("audit.sqlite"));
              return LiveDeployment::create(options).map(
                  [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
          },
          m_settings, {})
{
}

bool Live::load()
{
    const double before = bench::residentMb();
    m_window.resize(windowSize);
    m_window.show();
    ConnectionChoice choice;
    choice.spec = m_server.spec();
    choice.matches = { "lock:*" };
    QElapsedTimer timer;
    timer.start();
    m_window.connectTo(choice);
    const bool whole = QTest::qWaitFor(
        [this] { return m_window.status().completeness.complete && m_window.model()->rowCount() >= int(m_locks); },
        180'000);
    const double seconds = double(timer.nsecsElapsed()) * 1e-9;
    QTest::qWait(6000); // what it keeps, not what loading took
    const double after = bench::residentMb();
    const bool isMillion = m_locks == 1'000'000;
    return bench::report(
        isMillion ? "G3 engine and window with a million locks" : "engine and window with 100 000 locks",
        { { QStringLiteral("locks"), qint64(m_locks) }, { QStringLiteral("complete_s"), seconds },
            { QStringLiteral("bytes_per_lock"), qRound((after - before) * 1e6 / m_locks) } },
        { { "resident MB", whole ? after : bench::notMeasured, isMillion ? 400.0 : 180.0 } });
}

void Live::forceReleaseOne()
{
    ForceReleaseRequest request;
    ForceReleaseTarget target;
    target.key = keyOf(quint32(m_random() % m_locks));
    target.family = FamilyId(1);
    target.anyToken = true;
    request.targets = { target };
    request.reason = QStringLiteral("benchmark");
    QElapsedTimer timer;
    timer.start();
    onFinished(m_window.deployment()->forceRelease(request), &m_window,
        [this, timer](const Result<QList<ForceReleaseResult>>& result) {
            if (result)
                m_releases.push_back(bench::elapsedMs(timer));
        });
}

qsizetype Live::differences() const
{
    auto tokens = truth(m_server.socketPath(), m_locks);
    qsizetype wrong = 0;
    for (int row = 0; row < m_window.model()->rowCount(); ++row) {
        const LockRecord* record = m_window.model()->recordAt(row);
        if (m_window.model()->isGhost(row))
            continue;
        const auto found = tokens.find(record->key.toStdString());
        if (found == tokens.end() || found->second != record->token)
            ++wrong;
        else
            tokens.erase(found);
    }
    return wrong + qsizetype(tokens.size());
}

/// In an event loop like the program's own: QTest::qWaitFor sleeps for ten milliseconds at a time, with the window.
bool runUntilFinished(QProcess& program, int limitMs)
{
    QEventLoop loop;
    QObject::connect(&program, &QProcess::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(limitMs, &loop, &QEventLoop::quit);
    if (program.state() != QProcess::NotRunning)
        loop.exec();
    return program.state() == QProcess::NotRunning;
}

bool Live::run(int seconds, int changesPerSecond)
{
    QProcess traffic;
    traffic.start(QCoreApplication::applicationFilePath(),
        { QStringLiteral("--traffic"), m_server.socketPath(), QString::number(m_locks), QString::number(seconds),
            QString::number(changesPerSecond) });
    FrameMeter frames(m_window.view()->viewport());
    bench::WaitMeter waits;
    QScrollBar* bar = m_window.view()->verticalScrollBar();
    QTimer scroll;
    QObject::connect(&scroll, &QTimer::timeout, bar, [bar] { bar->setValue(bar->value() + 37); });
    QTimer release;
    QObject::connect(&release, &QTimer::timeout, bar, [this] { forceReleaseOne(); });
    scroll.start(16);
    release.start(100);
    waits.start();
    const quint64 eventsBefore = m_window.status().eventsTotal;
    const bool ended = runUntilFinished(traffic, seconds * 3000 + 30'000);
    const std::vector<double> waited = waits.stop();
    scroll.stop();
    release.stop();
    const QList<QByteArray> told = traffic.readAllStandardOutput().trimmed().split(' ');
    const quint64 heard = m_window.status().eventsTotal - eventsBefore;
    const double took = told.value(1).toDouble();
    const double residentMb = bench::residentMb(); // the comparison needs as much again
    qsizetype wrong = -1;
    const bool right = ended && QTest::qWaitFor([&] { return (wrong = differences()) == 0; }, 60'000);
    const QJsonObject values { { QStringLiteral("locks"), qint64(m_locks) }, { QStringLiteral("seconds"), took },
        { QStringLiteral("events_heard"), qint64(heard) }, { QStringLiteral("resident_mb"), residentMb },
        { QStringLiteral("gap_open"), m_window.status().gapOpen },
        { QStringLiteral("frames"), qint64(frames.frames().size()) },
        { QStringLiteral("frame_p50_ms"), bench::median(frames.frames()) },
        { QStringLiteral("wait_p99_ms"), bench::percentile(waited, 0.99) },
        { QStringLiteral("releases"), qint64(m_releases.size()) },
        { QStringLiteral("release_p50_ms"), bench::median(m_releases) } };
    return bench::report("G5 and G8 traffic while rows are scrolled", values,
        { { "changes a second", told.value(0).toDouble() / std::max(took, 0.001), 0.97 * changesPerSecond,
              bench::Goal::Kind::AtLeast },
            { "frame p99 ms", bench::percentile(frames.frames(), 0.99), 33 },
            { "longest input wait ms", bench::percentile(waited, 1), 50 },
            { "G8 force-release p99 ms", bench::percentile(m_releases, 0.99), 20 },
            { "wrong locks at the end", right ? double(wrong) : bench::notMeasured, 0 } });
}

/// A recorder-like `watch --json >/dev/null` with 100 000 locks.
bool commandLineMemory()
{
    auto server = SandboxServer::start();
    if (!server)
        return false;
    constexpr quint32 locks = 100'000;
    fill((*server)->socketPath(), locks);
    QProcess program;
    program.setStandardOutputFile(QProcess::nullDevice());
    program.start(QStringLiteral(LOCKSCOPE_CLI),
        { QStringLiteral("--uri"), QStringLiteral("unix://") + (*server)->socketPath(), QStringLiteral("--match"),
            QStringLiteral("lock:*"), QStringLiteral("--pace"), QStringLiteral("full"), QStringLiteral("watch"),
            QStringLiteral("--json"), QStringLiteral("--duration"), QStringLiteral("15") });
    double most = 0;
    (void)QTest::qWaitFor(
        [&] {
            most = std::max(most, bench::residentMb(QString::number(program.processId())));
            return program.state() == QProcess::NotRunning;
        },
        40'000);
    return bench::report("watch --json with 100 000 locks", { { QStringLiteral("locks"), qint64(locks) } },
        { { "resident MB", program.exitCode() == 0 && most > 0 ? most : bench::notMeasured, 60 } });
}

bool inWindow(quint32 locks, int seconds, int changesPerSecond)
{
    auto server = SandboxServer::start();
    if (!server)
        return false;
    fill((*server)->socketPath(), locks);
    Live live(**server, locks);
    const bool small = live.load();
    return seconds > 0 ? live.run(seconds, changesPerSecond) && small : small;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 6 && qstrcmp(argv[1], "--traffic") == 0)
        return makeTraffic(QString::fromLocal8Bit(argv[2]), QByteArray(argv[3]).toUInt(), QByteArray(argv[4]).toInt(),
            QByteArray(argv[5]).toInt());
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    keepHeapSmall();
    const QApplication application(argc, argv);
    if (argc > 1)
        return inWindow(QByteArray(argv[1]).toUInt(), argc > 2 ? QByteArray(argv[2]).toInt() : 0,
                   argc > 3 ? QByteArray(argv[3]).toInt() : 40'000)
            ? 0
            : 1;
    // Each in a process of its own: memory that another one has freed does not count.
    bool fine = commandLineMemory();
    for (const QStringList& arguments : { QStringList { QStringLiteral("100000") },
             QStringList { QStringLiteral("1000000"), QStringLiteral("60"), QStringLiteral("40000") } }) {
        QProcess self;
        self.setProcessChannelMode(QProcess::ForwardedChannels);
        self.start(QCoreApplication::applicationFilePath(), arguments);
        fine = self.waitForFinished(400'000) && self.exitCode() == 0 && fine;
    }
    return fine ? 0 : 1;
}
