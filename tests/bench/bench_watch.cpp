// SPDX-License-Identifier: GPL-3.0-or-later
// Gate G2: mixed changes applied to a table of a million locks, and what one lock costs in memory. And the way of an
// event: from the writer's command to the consumer's delta, at 5 000 events a second against a real server.
#include "bench/benchreport.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "watch/locktracker.h"
#include "watch/watchengine.h"

#include <QCoreApplication>
#include <QHash>
#include <QRandomGenerator>
#include <QTimer>

#include <cmath>
#include <ctime>
#include <mutex>
#include <thread>
#include <vector>

using namespace lockscope;

namespace {

QByteArray keyOf(quint32 number) { return "lock:orders:" + QByteArray::number(number); }

KeyReading present(quint32 number, quint32 token, SteadyTime now)
{
    KeyReading reading;
    reading.outcome = KeyReading::Outcome::Present;
    reading.sample.key = keyOf(number);
    reading.sample.value = "f47ac10b-58cc-4372-a567-" + QByteArray::number(token).rightJustified(12, '0');
    reading.sample.ttlMs = 30'000 + number % 60'000;
    reading.sentAt = now - std::chrono::microseconds(200);
    reading.receivedAt = now;
    return reading;
}

/// Applies `steps` changes as a busy server makes them: half readings of renewals, the rest releases and acquisitions.
bool benchApply(quint32 locks, quint32 steps)
{
    const double before = bench::residentMb();
    LockTracker tracker(SystemClock::instance(), { true, {}, true, true });
    const SteadyTime start = SystemClock::instance().now();
    for (quint32 i = 0; i < locks; ++i)
        tracker.apply(present(i, i, start), {});
    tracker.completeFirstPass();
    LockDelta all;
    tracker.store().takeChanges(all);
    all = {};
    const double perLock = (bench::residentMb() - before) * 1e6 / locks;

    QRandomGenerator random(1);
    ChangeHints written;
    written.byEvent = written.written = true;
    ChangeHints extended;
    extended.byEvent = extended.extended = true;
    // CPU time of this thread: what else the machine does is not measured.
    const std::clock_t cpuBefore = std::clock();
    for (quint32 step = 0; step < steps; ++step) {
        const quint32 number = random.bounded(locks);
        const SteadyTime now = start + std::chrono::seconds(1) + std::chrono::microseconds(step);
        if (step % 4 == 0)
            tracker.removeByEvent(keyOf(number), KeyVerb::Deleted);
        else
            tracker.apply(present(number, step % 4 == 1 ? step : number, now), step % 4 == 1 ? written : extended);
        if (step % 5000 == 4999) {
            LockDelta delta;
            tracker.store().takeChanges(delta);
            tracker.takeEvents(delta);
        }
    }
    const double perSecond = steps / (double(std::clock() - cpuBefore) / CLOCKS_PER_SEC);
    return bench::report("G2 events applied to a million locks",
        { { QStringLiteral("locks"), qint64(locks) }, { QStringLiteral("bytes_per_lock"), qRound64(perLock) } },
        { { "events a CPU second", std::round(perSecond), 300'000, bench::Goal::Kind::AtLeast } });
}

/// Remembers when each token was sent, across the writer's thread and the consumer's.
class SendTimes {
public:
    void note(const QByteArray& token)
    {
        const std::scoped_lock guard(m_mutex);
        m_times.insert(token, SystemClock::instance().now());
    }
    /// Milliseconds since it was sent, once for each token.
    [[nodiscard]] std::optional<double> take(const QByteArray& token, SteadyTime now)
    {
        const std::scoped_lock guard(m_mutex);
        const auto it = m_times.constFind(token);
        if (it == m_times.constEnd())
            return {};
        const double latency = std::chrono::duration<double, std::milli>(now - *it).count();
        m_times.erase(it);
        return latency;
    }

private:
    std::mutex m_mutex;
    QHash<QByteArray, SteadyTime> m_times;
};

/// SET PX on changing keys: two events (`set`, `expire`) a command, 2 500 commands a second.
void writeTraffic(const QString& socketPath, SendTimes& times, int seconds)
{
    BlockingClient client(socketPath);
    const SteadyTime start = SystemClock::instance().now();
    for (int i = 0; i < 2500 * seconds; ++i) {
        std::this_thread::sleep_until(start + std::chrono::microseconds(400) * i);
        const QByteArray token = "token-" + QByteArray::number(i);
        times.note(token);
        client.run({ "SET", "lock:" + QByteArray::number(i % 20'000), token, "PX", "60000" });
    }
}

bool benchLatency(int seconds)
{
    auto server = SandboxServer::start();
    if (!server)
        return false;
    WatchOptions options;
    options.matches = { "lock:*" };
    WatchEngine engine((*server)->spec(), std::make_shared<CommandGate>(true), options);
    SendTimes times;
    std::vector<double> latencies;
    QObject::connect(&engine, &WatchEngine::deltaAvailable, qApp, [&] {
        const LockDelta delta = engine.takeDelta();
        const SteadyTime now = SystemClock::instance().now();
        for (const LockRecord& record : delta.changed) {
            if (const auto latency = times.take(record.token, now))
                latencies.push_back(*latency);
        }
    });
    std::thread writer;
    bool started = false;
    QObject::connect(&engine, &WatchEngine::passCompleted, qApp, [&] {
        if (std::exchange(started, true))
            return;
        writer = std::thread([&] { writeTraffic((*server)->socketPath(), times, seconds); });
        QTimer::singleShot((seconds + 1) * 1000, qApp, [] { qApp->quit(); });
    });
    engine.start();
    qApp->exec();
    writer.join();
    return bench::report("event to model at 5 000 events a second",
        { { QStringLiteral("changes"), qint64(latencies.size()) },
            { QStringLiteral("p50_ms"), bench::median(latencies) },
            { QStringLiteral("max_ms"), bench::percentile(latencies, 1) } },
        { { "p99 ms", bench::percentile(latencies, 0.99), 50 } });
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const bool applied = benchApply(1'000'000, 2'000'000);
    const bool quick = benchLatency(10);
    return applied && quick ? 0 : 1;
}
