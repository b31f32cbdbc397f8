// SPDX-License-Identifier: GPL-3.0-or-later
// The whole program against a real server with many locks that change fast. In one run: the memory of engine and window
// (G3), how long the window keeps its user waiting and how often it paints while rows are scrolled (G5), the round trip
// of a force-release meanwhile (G8), and whether the table is right when the traffic has ended.
// Usage: bench_live [locks] [seconds] [changes a second]
#include "common/settings.h"
#include "deployment/livedeployment.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "mainwindow/mainwindow.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>
#include <unordered_map>
#include <vector>

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

void print(const QJsonObject& object)
{
    std::puts(QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

double megabytesOf(const QString& process)
{
    QFile file(QStringLiteral("/proc/%1/statm").arg(process));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return double(file.readAll().split(' ').value(1).toLongLong() * 4096) / 1e6;
}

double percentile(std::vector<double>& values, double share)
{
    if (values.empty())
        return -1;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, size_t(share * double(values.size())))];
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

/// What a user of the window feels: how long the event loop keeps him waiting, and the times between two paintings.
class Feeling final : public QObject {
public:
    explicit Feeling(QWidget* painted)
    {
        painted->installEventFilter(this);
        m_ticker.setTimerType(Qt::PreciseTimer);
        connect(&m_ticker, &QTimer::timeout, this, [this] {
            m_waits.push_back(double(m_sinceTick.nsecsElapsed()) * 1e-6 - 1);
            m_sinceTick.start();
        });
    }
    void start()
    {
        m_frames.clear();
        m_waits.clear();
        m_sinceTick.start();
        m_sinceFrame.start();
        m_ticker.start(1);
    }
    void report(QJsonObject& into)
    {
        m_ticker.stop();
        into.insert(QStringLiteral("frames"), qint64(m_frames.size()));
        into.insert(QStringLiteral("frame_p50_ms"), percentile(m_frames, 0.5));
        into.insert(QStringLiteral("frame_p99_ms"), percentile(m_frames, 0.99));
        into.insert(QStringLiteral("goal_frame_p99_ms"), 33);
        into.insert(QStringLiteral("wait_p99_ms"), percentile(m_waits, 0.99));
        into.insert(QStringLiteral("wait_max_ms"), percentile(m_waits, 1));
        into.insert(QStringLiteral("goal_wait_max_ms"), 50);
    }
    [[nodiscard]] bool isFluid() { return percentile(m_frames, 0.99) <= 33 && percentile(m_waits, 1) <= 50; }

protected:
    bool eventFilter(QObject* /*watched*/, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) {
            m_frames.push_back(double(m_sinceFrame.nsecsElapsed()) * 1e-6);
            m_sinceFrame.start();
        }
        return false;
    }

private:
    QTimer m_ticker;
    QElapsedTimer m_sinceTick;
    QElapsedTimer m_sinceFrame;
    std::vector<double> m_frames;
    std::vector<double> m_waits;
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
              options.auditFile = m_home.filePath(QStringLiteral("audit.sqlite"));
              return LiveDeployment::create(options).map(
                  [](std::unique_ptr<LiveDeployment> made) -> std::unique_ptr<Deployment> { return made; });
          },
          m_settings, {})
{
}

bool Live::load()
{
    const double before = megabytesOf(QStringLiteral("self"));
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
    const double after = megabytesOf(QStringLiteral("self"));
    const bool isMillion = m_locks == 1'000'000;
    print({ { QStringLiteral("bench"), QStringLiteral("live_memory") }, { QStringLiteral("locks"), qint64(m_locks) },
        { QStringLiteral("complete_s"), seconds }, { QStringLiteral("resident_mb"), after },
        { QStringLiteral("bytes_per_lock"), qRound((after - before) * 1e6 / m_locks) },
        { QStringLiteral("goal_resident_mb"), isMillion ? 400 : 180 } });
    return whole && after <= (isMillion ? 400 : 180);
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
                m_releases.push_back(double(timer.nsecsElapsed()) * 1e-6);
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

bool Live::run(int seconds, int changesPerSecond)
{
    QProcess traffic;
    traffic.start(QCoreApplication::applicationFilePath(),
        { QStringLiteral("--traffic"), m_server.socketPath(), QString::number(m_locks), QString::number(seconds),
            QString::number(changesPerSecond) });
    Feeling feeling(m_window.view()->viewport());
    QScrollBar* bar = m_window.view()->verticalScrollBar();
    QTimer scroll;
    QObject::connect(&scroll, &QTimer::timeout, bar, [bar] { bar->setValue(bar->value() + 37); });
    QTimer release;
    QObject::connect(&release, &QTimer::timeout, bar, [this] { forceReleaseOne(); });
    scroll.start(16);
    release.start(100);
    feeling.start();
    const quint64 eventsBefore = m_window.status().eventsTotal;
    const bool ended
        = QTest::qWaitFor([&] { return traffic.state() == QProcess::NotRunning; }, seconds * 3000 + 30'000);
    QJsonObject result { { QStringLiteral("bench"), QStringLiteral("live_traffic") },
        { QStringLiteral("locks"), qint64(m_locks) } };
    feeling.report(result);
    scroll.stop();
    release.stop();
    const QList<QByteArray> told = traffic.readAllStandardOutput().trimmed().split(' ');
    const double took = told.value(1).toDouble();
    result.insert(QStringLiteral("changes_per_s"), qRound(told.value(0).toDouble() / std::max(took, 0.001)));
    result.insert(QStringLiteral("goal_changes_per_s"), changesPerSecond);
    result.insert(QStringLiteral("events_heard"), qint64(m_window.status().eventsTotal - eventsBefore));
    result.insert(QStringLiteral("resident_mb"), megabytesOf(QStringLiteral("self")));
    QElapsedTimer settling;
    settling.start();
    qsizetype wrong = -1;
    const bool right = QTest::qWaitFor([&] { return (wrong = differences()) == 0; }, 60'000);
    result.insert(QStringLiteral("right_after_s"), double(settling.nsecsElapsed()) * 1e-9);
    result.insert(QStringLiteral("wrong_locks"), qint64(wrong));
    result.insert(QStringLiteral("gaps"), m_window.status().gapOpen);
    result.insert(QStringLiteral("release_p50_ms"), percentile(m_releases, 0.5));
    result.insert(QStringLiteral("release_p99_ms"), percentile(m_releases, 0.99));
    result.insert(QStringLiteral("releases"), qint64(m_releases.size()));
    result.insert(QStringLiteral("goal_release_p99_ms"), 20);
    print(result);
    return ended && right && feeling.isFluid() && percentile(m_releases, 0.99) <= 20;
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
            most = std::max(most, megabytesOf(QString::number(program.processId())));
            return program.state() == QProcess::NotRunning;
        },
        40'000);
    print({ { QStringLiteral("bench"), QStringLiteral("live_memory_cli") }, { QStringLiteral("locks"), qint64(locks) },
        { QStringLiteral("resident_mb_max"), most }, { QStringLiteral("goal_resident_mb"), 60 } });
    return program.exitCode() == 0 && most > 0 && most <= 60;
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
