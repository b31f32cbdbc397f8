// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/engineworker.h"

#include "base/heap.h"
#include "deployment/demoworkload.h"
#include "doctor/doctorround.h"
#include "redis/commandflags.h"
#include "watch/discoveryround.h"

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr auto deltaInterval = 16ms; // about one screen frame
constexpr auto drainLimit = 1000ms;
constexpr auto restBeforeTrim = 2s; // after a pass: by then everybody has taken what it found

} // namespace

EngineWorker::EngineWorker(DeploymentOptions options, std::shared_ptr<CommandGate> gate, DeltaMailbox& mailbox)
    : m_options(std::move(options))
    , m_mailbox(mailbox)
    , m_gate(std::move(gate))
{
    for (QTimer* timer : { &m_deltaPace, &m_linkPatience, &m_drainLimit, &m_trimRest })
        timer->setSingleShot(true);
    connect(&m_deltaPace, &QTimer::timeout, this, &EngineWorker::publishDelta);
    connect(&m_linkPatience, &QTimer::timeout, this,
        [this] { failSnapshots(m_watch->status().error.value_or(makeError(ErrorKind::Timeout))); });
    connect(&m_drainLimit, &QTimer::timeout, this, &EngineWorker::drained);
    connect(&m_trimRest, &QTimer::timeout, this, [] { trimHeap(); });
}

EngineWorker::~EngineWorker() = default;

void EngineWorker::start()
{
    if (const Status started = startServers(); !started) {
        m_startError = started.error();
        failSnapshots(*m_startError);
        Q_EMIT failed(*m_startError);
        return;
    }
    connect(m_topology.get(), &ServerTopology::changed, this, &EngineWorker::readCommandFlags);
    if (m_topology->map().isKnown())
        readCommandFlags();
    startDesk();
    if (m_options.watchLocks)
        startWatch();
    m_topology->start();
}

Status EngineWorker::startServers()
{
    m_specs = m_options.specs;
    if (m_specs.first().topology == Topology::Sandbox) {
        if (const Status started = startSandbox(); !started)
            return started;
    }
    TopologyOptions options;
    options.timeout = m_options.timeout;
    options.follow = m_options.watch.follow;
    Result<std::unique_ptr<ServerTopology>> made = ServerTopology::make(m_specs, m_gate, options);
    if (!made)
        return fail(made.error());
    m_topology = std::move(*made);
    // Also where it cannot be known: whoever waits is told why.
    connect(m_topology.get(), &ServerTopology::changed, this, &EngineWorker::onTopologyKnown);
    connect(m_topology.get(), &ServerTopology::errorChanged, this, &EngineWorker::onTopologyKnown);
    return {};
}

Status EngineWorker::startSandbox()
{
    const SandboxOptions wanted = m_specs.first().sandbox;
    m_specs.clear();
    for (int i = 0; i < wanted.masters; ++i) {
        Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
        if (!server)
            return fail(server.error());
        m_specs.append((*server)->spec());
        m_sandbox.push_back(std::move(*server));
    }
    if (wanted.demoWorkload) {
        m_demo = std::make_unique<DemoWorkload>(m_specs);
        m_demo->start();
    }
    return {};
}

/// What the server itself says of its commands: the gate refuses what it calls a write. Once a deployment.
void EngineWorker::readCommandFlags()
{
    if (m_flags || m_flagsAsked || !m_gate->isReadOnly() || m_topology->map().masters.isEmpty())
        return;
    m_flagsAsked = true;
    m_flags = std::make_unique<CommandFlagsReader>(m_topology->map().masters.first().spec, m_gate, m_options.timeout);
    connect(m_flags.get(), &CommandFlagsReader::finished, this, [this] { m_flags.release()->deleteLater(); });
    m_flags->start();
}

void EngineWorker::startDesk()
{
    m_desk = std::make_unique<OperationDesk>(*m_topology, m_gate, m_options.timeout, m_options.auditFile);
    connect(m_desk.get(), &OperationDesk::keyTouched, this, [this](const QByteArray& key) {
        if (m_watch)
            m_watch->verifyKeys({ key });
    });
}

void EngineWorker::startWatch()
{
    WatchOptions options = m_options.watch;
    options.commandTimeout = m_options.timeout;
    m_watch = std::make_unique<WatchEngine>(*m_topology, m_gate, std::move(options));
    connect(m_watch.get(), &WatchEngine::deltaAvailable, this, &EngineWorker::scheduleDelta);
    connect(m_watch.get(), &WatchEngine::statusChanged, this, &EngineWorker::onWatchStatus);
    connect(m_watch.get(), &WatchEngine::passCompleted, this, &EngineWorker::settleSnapshots);
    connect(m_watch.get(), &WatchEngine::passCompleted, &m_trimRest, [this] { m_trimRest.start(restBeforeTrim); });
    connect(m_watch.get(), &WatchEngine::failed, this, [this](const Error& error) {
        m_watchFailure = error;
        failSnapshots(error);
        Q_EMIT failed(error);
    });
    m_watch->start();
}

void EngineWorker::scheduleDelta()
{
    if (!m_deltaPace.isActive())
        m_deltaPace.start(0);
}

void EngineWorker::onDeltaTaken()
{
    if (m_watch && m_watch->hasDelta())
        scheduleDelta();
}

void EngineWorker::publishDelta()
{
    if (!m_watch || !m_watch->hasDelta() || !m_mailbox.isEmpty())
        return;
    m_mailbox.put(m_watch->takeDelta());
    Q_EMIT deltaPut();
    // Whatever happens meanwhile is merged and comes with the next frame.
    m_deltaPace.start(deltaInterval);
}

void EngineWorker::onWatchStatus()
{
    const WatchStatus& status = m_watch->status();
    if (status.link == LinkState::Ready) {
        m_watchWasReady = true;
        m_linkPatience.stop();
    } else if (const auto obstacle = snapshotObstacle()) {
        failSnapshots(*obstacle);
    } else if (status.link == LinkState::Lost && !m_linkPatience.isActive()) {
        m_linkPatience.start(m_options.timeout);
    }
    if (m_watch->hasDelta())
        scheduleDelta();
}

std::optional<Error> EngineWorker::snapshotObstacle() const
{
    if (m_startError)
        return m_startError;
    if (!m_watch)
        return makeError(ErrorKind::Usage, QStringLiteral("nothing is watched"));
    if (m_watchFailure)
        return m_watchFailure;
    // Somebody who was never there is no short interruption: waiting would only delay the message.
    const WatchStatus& status = m_watch->status();
    return !m_watchWasReady && status.link == LinkState::Lost ? status.error : std::nullopt;
}

void EngineWorker::completeSnapshot(Completion<LockSnapshot> completion)
{
    if (const auto obstacle = snapshotObstacle())
        return completion.finish(fail(*obstacle));
    m_snapshots.push_back(std::move(completion));
    settleSnapshots();
    // Without a link the next pass may never come.
    if (!m_snapshots.empty() && m_watch->status().link == LinkState::Lost && !m_linkPatience.isActive())
        m_linkPatience.start(m_options.timeout);
}

void EngineWorker::settleSnapshots()
{
    if (!m_watch || !m_watch->isSettled())
        return;
    for (Completion<LockSnapshot>& completion : std::exchange(m_snapshots, {}))
        completion.finish(m_watch->snapshot());
}

void EngineWorker::failSnapshots(const Error& error)
{
    for (Completion<LockSnapshot>& completion : std::exchange(m_snapshots, {}))
        completion.finish(fail(error));
}

void EngineWorker::discover(const DiscoveryOptions& options, Completion<DiscoveryReport> completion)
{
    if (!m_topology)
        return completion.finish(fail(m_startError.value_or(makeError(ErrorKind::Cancelled))));
    if (!m_topology->map().isKnown()) {
        if (const std::optional<Error>& error = m_topology->error())
            return completion.finish(fail(*error));
        m_untilKnown.emplace_back([this, options, completion = std::move(completion)]() mutable {
            discover(options, std::move(completion));
        });
        return;
    }
    WatchOptions watch = m_options.watch;
    watch.commandTimeout = m_options.timeout;
    m_discovery = std::make_unique<DiscoveryRound>(m_topology->map(), m_gate, options, watch);
    m_discovery->start([this, completion = std::move(completion)](Result<DiscoveryReport> report) mutable {
        completion.finish(std::move(report));
        m_discovery.release()->deleteLater();
    });
}

void EngineWorker::examine(
    const DoctorOptions& options, std::function<void(int, int)> progress, Completion<DoctorReport> completion)
{
    if (!m_topology)
        return completion.finish(fail(m_startError.value_or(makeError(ErrorKind::Cancelled))));
    if (!m_topology->map().isKnown()) {
        if (const std::optional<Error>& error = m_topology->error())
            return completion.finish(fail(*error));
        m_untilKnown.emplace_back(
            [this, options, progress = std::move(progress), completion = std::move(completion)]() mutable {
                examine(options, std::move(progress), std::move(completion));
            });
        return;
    }
    WatchOptions watch = m_options.watch;
    watch.commandTimeout = m_options.timeout;
    std::unique_ptr<DoctorRound>& round = options.capabilitiesOnly ? m_probe : m_examination;
    round = std::make_unique<DoctorRound>(m_topology->map(), m_gate, options, watch);
    if (m_specs.value(0).topology == Topology::Sentinel)
        round->setSentinels(m_specs.first());
    if (!options.capabilitiesOnly)
        connect(round.get(), &DoctorRound::progressed, this, std::move(progress));
    round->start([&round, completion = std::move(completion)](Result<DoctorReport> report) mutable {
        completion.finish(std::move(report));
        round.release()->deleteLater();
    });
}

void EngineWorker::cancelExamination() { m_examination.reset(); }

void EngineWorker::useFamilies(const FamilyRegistry& registry)
{
    m_options.watch.registry = &registry;
    if (m_watch)
        m_watch->useFamilies(registry);
    if (m_desk)
        m_desk->useFamilies(registry);
}

void EngineWorker::onTopologyKnown()
{
    for (auto& task : std::exchange(m_untilKnown, {}))
        task();
}

void EngineWorker::cancelDiscovery()
{
    m_untilKnown.clear();
    m_discovery.reset();
}

Result<OperationDesk*> EngineWorker::desk() const
{
    if (m_desk)
        return m_desk.get();
    return fail(m_startError.value_or(makeError(ErrorKind::Cancelled)));
}

void EngineWorker::shutDown()
{
    failSnapshots(makeError(ErrorKind::Cancelled));
    cancelDiscovery();
    m_examination.reset();
    m_probe.reset();
    m_flags.reset();
    m_demo.reset();
    if (m_watch)
        m_watch->stop();
    if (!m_desk) {
        Q_EMIT drained();
        return;
    }
    connect(m_desk.get(), &OperationDesk::idle, this, &EngineWorker::drained);
    m_desk->shutDown();
    if (m_desk->isIdle())
        Q_EMIT drained();
    else
        m_drainLimit.start(drainLimit);
}

} // namespace lockscope
