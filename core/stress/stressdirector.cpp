// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/stressdirector.h"

#include "base/randomtoken.h"
#include "stress/reportmaker.h"
#include "stress/strategyregistry.h"
#include "stress/stresstext.h"

#include <QRandomGenerator>
#include <QThread>

#include <algorithm>

namespace lockscope {

namespace {

constexpr Milliseconds sampleInterval { 100 };
constexpr qint64 second = 1'000'000'000;
constexpr size_t mostSamples = 1200;
constexpr size_t lanesInProgress = 4'000;
constexpr qint64 startDelay = 2'000'000; // ns: the threads wake up meanwhile

/// One thread more than the server and the director need; on small machines there is only one.
int chooseThreads(const StressConfig& config)
{
    const int wanted = config.threads > 0 ? config.threads : std::clamp(QThread::idealThreadCount() - 2, 1, 4);
    return std::min(wanted, config.clients);
}

/// Clients share connections: many commands in one write. A few of them let reading and writing overlap.
int chooseConnections(const StressConfig& config, int threads)
{
    const int wanted = config.connections > 0 ? config.connections : std::min(config.clients, 2 * threads);
    return std::max(1, wanted / threads);
}

LabServer::Needs needsOf(const StressConfig& config)
{
    LabServer::Needs needs { config.proxied, config.proxied && config.isSandbox() };
    for (const FaultSpec& spec : config.faults) {
        needs.proxy = needs.proxy || findFault(spec.name)->facts().needsProxy;
        needs.replica = needs.replica || findFault(spec.name)->facts().needsReplica;
    }
    return needs;
}

} // namespace

StressDirector::StressDirector(StressConfig config, ProgressBox& box)
    : m_box(box)
{
    m_plan.config = std::move(config);
    m_pace.setTimerType(Qt::PreciseTimer);
    m_end.setTimerType(Qt::PreciseTimer);
    m_end.setSingleShot(true);
    connect(&m_pace, &QTimer::timeout, this, &StressDirector::sample);
    connect(&m_end, &QTimer::timeout, this, [this] {
        if (!m_isStopping)
            endThreads();
    });
}

StressDirector::~StressDirector()
{
    m_timeline.reset();
    endThreads();
    for (const auto& thread : m_threads)
        thread->join();
}

void StressDirector::start()
{
    publish(StressProgress::Stage::Preparing);
    if (m_plan.config.seed == 0)
        m_plan.config.seed = QRandomGenerator::system()->generate64() | 1U;
    if (const Status made = makeServers(); !made)
        return fail(made.error());
    for (const auto& server : m_servers) {
        server->probe([this](const Status& status) {
            if (!status)
                return fail(status.error());
            if (++m_probed == m_servers.size() && !m_isOver)
                startThreads();
        });
    }
}

Status StressDirector::makeServers()
{
    const LabServer::Needs needs = needsOf(m_plan.config);
    for (const ConnectionSpec& spec : m_plan.config.servers) {
        const int count = spec.topology == Topology::Sandbox ? spec.sandbox.masters : 1;
        for (int i = 0; i < count; ++i) {
            Result<std::unique_ptr<LabServer>> server = LabServer::make(spec, needs, m_plan.config.timeout);
            if (!server)
                return tl::unexpected(server.error());
            m_servers.push_back(std::move(*server));
        }
    }
    return {};
}

void StressDirector::planRun()
{
    const StressConfig& config = m_plan.config;
    m_plan.strategy = findStrategy(config.strategy);
    const StrategyFacts& facts = m_plan.strategy->facts();
    m_plan.nonce = randomToken().left(24);
    m_plan.prefix = "lockscope-lab:" + m_plan.nonce.left(8) + ':';
    m_plan.keys.reserve(size_t(config.keys));
    for (int i = 0; i < config.keys; ++i)
        m_plan.keys.push_back(m_plan.prefix + "lock:" + QByteArray::number(i));
    for (const auto& server : m_servers)
        m_plan.links.push_back(server->clientSpec());
    m_plan.threads = chooseThreads(config);
    m_plan.connections = chooseConnections(config, m_plan.threads);
    m_plan.ttlNs = std::max<qint64>(1, config.ttl.count() / facts.ttlDivisor) * 1'000'000;
    m_plan.wantsWakeUps = facts.wake != WakeStyle::Poll;
    m_plan.sectionsLeft = config.sections;
    m_referee = std::make_unique<Referee>(m_plan);
}

void StressDirector::startThreads()
{
    planRun();
    for (int number = 0; number < m_plan.threads; ++number) {
        auto thread = std::make_unique<WorkerThread>(m_plan, number, *m_referee);
        connect(thread.get(), &WorkerThread::connected, this, &StressDirector::onConnected, Qt::QueuedConnection);
        connect(
            thread.get(), &WorkerThread::failureNoted, this,
            [this, raw = thread.get()] {
                if (const std::optional<Error> error = raw->takeFailure(); error && !m_loadBegan)
                    fail(*error);
            },
            Qt::QueuedConnection);
        connect(thread.get(), &QThread::finished, this, &StressDirector::onThreadEnded, Qt::QueuedConnection);
        m_threads.push_back(std::move(thread));
    }
    for (const auto& thread : m_threads)
        thread->start();
}

void StressDirector::onConnected()
{
    if (++m_connected == m_threads.size() && !m_isOver)
        beginLoad();
}

void StressDirector::beginLoad()
{
    m_loadBegan = true;
    m_startedAt = QDateTime::currentDateTimeUtc();
    m_plan.start = RunPlan::steadyNow() + startDelay;
    m_timeline = std::make_unique<FaultTimeline>(m_plan, *this);
    if (m_isStopping)
        return endThreads();
    postAll([](StressWorker& worker) { worker.begin(); });
    m_timeline->start();
    m_pace.start(sampleInterval);
    // With a number of sections the duration is only a safeguard.
    m_end.start(m_plan.config.duration);
}

template <typename Task> void StressDirector::postAll(Task task)
{
    for (const auto& thread : m_threads)
        thread->post(task);
}

void StressDirector::stop()
{
    if (std::exchange(m_isStopping, true))
        m_box.endChecks.store(true, std::memory_order_relaxed);
    m_report.interrupted = true;
    if (m_loadBegan)
        endThreads();
    else if (m_threads.empty())
        fail(makeError(ErrorKind::Cancelled));
}

// Faults are undone first: what is under way has to come to its end.
void StressDirector::endThreads()
{
    if (m_timeline)
        m_timeline->stop();
    m_end.stop();
    postAll([](StressWorker& worker) { worker.stop(); });
}

void StressDirector::pauseClient(quint32 client, qint64 lengthNs)
{
    postAll([=](StressWorker& worker) { worker.pauseClient(client, lengthNs); });
}

void StressDirector::crashClient(quint32 client, qint64 downNs)
{
    postAll([=](StressWorker& worker) { worker.crashClient(client, downNs); });
}

void StressDirector::jumpClocks(qint64 byNs)
{
    postAll([=](StressWorker& worker) { worker.jumpClocks(byNs); });
}

void StressDirector::killConnections(quint32 chooser)
{
    postAll([=](StressWorker& worker) { worker.killConnections(chooser); });
}

void StressDirector::holdReplication(int node, bool held) { m_servers[size_t(node)]->holdReplication(held); }

void StressDirector::failOver(int node) { m_servers[size_t(node)]->failOver(); }

void StressDirector::fireFault(const FaultSpec& fault)
{
    if (m_timeline && !m_isStopping && !m_isOver)
        m_timeline->fire(fault);
}

void StressDirector::endFault(const QByteArray& name)
{
    if (m_timeline)
        m_timeline->endByName(name);
}

StressCounters StressDirector::counters() const
{
    StressCounters sum;
    for (const auto& thread : m_threads)
        sum.add(thread->stats().counters());
    return sum;
}

void StressDirector::sample()
{
    const qint64 now = m_plan.now();
    const StressCounters counts = counters();
    if (counts.sections > m_lastCounters.sections && m_timeline)
        m_timeline->noteGrant(now);
    m_recent.emplace_back(now, counts.sections);
    while (m_recent.size() > 2 && now - m_recent.front().first > second)
        m_recent.pop_front();
    collectLanes(now);
    if (++m_ticks % m_sampleStride == 0) {
        addSample(now, counts);
        thinSamples();
    }
    if (m_plan.config.stopAtViolation && m_referee->counts().violations() > 0 && !std::exchange(m_sawViolation, true))
        endThreads();
    publish(m_isStopping ? StressProgress::Stage::Stopping : StressProgress::Stage::Running);
}

void StressDirector::collectLanes(qint64 now)
{
    m_goingOn.clear();
    for (const auto& thread : m_threads)
        m_lanes.add(thread->stats().takeSpans(m_goingOn));
    const bool isOver = m_ended == m_threads.size();
    if (m_referee->counts().violations() > 0)
        m_lanes.cutScenes(m_referee->violations(), now, isOver);
}

void StressDirector::addSample(qint64 now, const StressCounters& counts)
{
    Histogram wait;
    Histogram acquire;
    StressSample one;
    one.at = now;
    one.sections = counts.sections - m_lastCounters.sections;
    one.refused = counts.refused - m_lastCounters.refused;
    one.planned = counts.planned - m_lastCounters.planned;
    for (const auto& thread : m_threads) {
        thread->stats().wait.addTo(wait);
        thread->stats().acquire.addTo(acquire);
        one.waiting += thread->stats().waiting.load(std::memory_order_relaxed);
    }
    const Histogram freshWait = wait.since(m_lastWait);
    one.waitP50 = freshWait.valueAt(0.5);
    one.waitP99 = freshWait.valueAt(0.99);
    const Histogram freshAcquire = acquire.since(m_lastAcquire);
    one.acquireP50 = freshAcquire.valueAt(0.5);
    one.acquireP99 = freshAcquire.valueAt(0.99);
    one.violations = m_referee->counts().violations();
    m_report.samples.push_back(one);
    m_lastWait = std::move(wait);
    m_lastAcquire = std::move(acquire);
    m_lastCounters = counts;
}

// Long runs get longer samples instead of more of them.
void StressDirector::thinSamples()
{
    if (m_report.samples.size() < mostSamples)
        return;
    std::vector<StressSample> half;
    for (size_t i = 0; i + 1 < m_report.samples.size(); i += 2) {
        StressSample merged = m_report.samples[i + 1];
        merged.sections += m_report.samples[i].sections;
        merged.refused += m_report.samples[i].refused;
        merged.planned += m_report.samples[i].planned;
        merged.waitP50 = std::max(merged.waitP50, m_report.samples[i].waitP50);
        merged.waitP99 = std::max(merged.waitP99, m_report.samples[i].waitP99);
        merged.acquireP50 = std::max(merged.acquireP50, m_report.samples[i].acquireP50);
        merged.acquireP99 = std::max(merged.acquireP99, m_report.samples[i].acquireP99);
        half.push_back(merged);
    }
    m_report.samples = std::move(half);
    m_sampleStride *= 2;
}

void StressDirector::publish(StressProgress::Stage stage)
{
    auto progress = std::make_shared<StressProgress>();
    progress->stage = stage;
    progress->clients = m_plan.config.clients;
    if (m_loadBegan) {
        progress->elapsed = std::max<qint64>(0, m_plan.now());
        progress->counters = counters();
        progress->oracle = m_referee->counts();
        Histogram acquire;
        Histogram wait;
        Histogram release;
        for (const auto& thread : m_threads) {
            thread->stats().acquire.addTo(acquire);
            thread->stats().wait.addTo(wait);
            thread->stats().release.addTo(release);
            progress->waiting += thread->stats().waiting.load(std::memory_order_relaxed);
            progress->holding += thread->stats().holding.load(std::memory_order_relaxed);
        }
        progress->acquire = LatencySummary::of(acquire);
        progress->wait = LatencySummary::of(wait);
        progress->release = LatencySummary::of(release);
        if (m_recent.size() > 1 && m_recent.back().first > m_recent.front().first)
            progress->sectionsPerSecond = double(m_recent.back().second - m_recent.front().second) * 1e9
                / double(m_recent.back().first - m_recent.front().first);
        progress->samples = m_report.samples;
        progress->lanes = m_lanes.last(lanesInProgress);
        progress->lanesSeen = m_lanes.seen();
        progress->goingOn = m_goingOn;
        progress->scenes = m_lanes.scenes();
        progress->faults = m_timeline ? m_timeline->marks() : std::vector<FaultMark>();
        progress->violations = m_referee->violations();
        classify(progress->violations, progress->faults, m_plan);
    }
    m_box.put(std::move(progress));
    Q_EMIT progressed();
}

void StressDirector::onThreadEnded()
{
    if (++m_ended < m_threads.size() || m_isOver || !m_loadBegan)
        return;
    m_end.stop();
    m_pace.stop();
    m_report.elapsed = std::max<qint64>(0, m_plan.now());
    m_timeline->stop();
    for (const auto& thread : m_threads)
        thread->join();
    sample();
    m_report.keysLeft = 0;
    sweepNext();
}

void StressDirector::sweepNext()
{
    if (m_swept == m_servers.size())
        return report();
    m_servers[m_swept++]->sweep(m_plan.prefix, [this](const Result<qint64>& left) {
        if (!left)
            m_report.notes.append(stressText(
                QT_TRANSLATE_NOOP("lockscope::Stress", "Whether keys were left behind could not be checked: %1"))
                                      .arg(left.error().detail));
        m_report.keysLeft = !left || m_report.keysLeft < 0 ? -1 : m_report.keysLeft + *left;
        // Not from the sweeper's own call.
        QMetaObject::invokeMethod(this, &StressDirector::sweepNext, Qt::QueuedConnection);
    });
}

void StressDirector::report()
{
    publish(StressProgress::Stage::Checking);
    m_report.startedAt = m_startedAt;
    m_report.faults = m_timeline->marks();
    for (const auto& server : m_servers)
        m_report.servers.append(server->facts());
    m_report.lanes.assign(m_lanes.spans().begin(), m_lanes.spans().end());
    m_report.scenes = m_lanes.scenes();
    if (m_timeline->wasFiredByHand())
        m_report.notes.append(stressText(QT_TRANSLATE_NOOP(
            "lockscope::Stress", "Faults were fired by hand: the seed alone does not make this run again.")));
    ReportMaker maker(m_plan, *m_referee, m_threads);
    maker.complete(m_report, m_box.endChecks);
    m_isOver = true;
    m_box.finish(std::make_shared<const StressReport>(std::move(m_report)));
    publish(StressProgress::Stage::Done);
    Q_EMIT finished();
}

void StressDirector::fail(const Error& error)
{
    if (std::exchange(m_isOver, true))
        return;
    m_box.finish(tl::unexpected(error));
    Q_EMIT finished();
}

} // namespace lockscope

#include "moc_stressdirector.cpp"
