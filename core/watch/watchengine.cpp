// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchengine.h"

#include "watch/quorumtable.h"
#include "watch/ratemeter.h"
#include "watch/watchplaces.h"

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto statusInterval = 250ms;
/// How long a lock may be on its way to a quorum, or from one, before it is shown as one that has none.
constexpr auto settleTime = 200ms;

} // namespace

class WatchEngine::Private {
public:
    Private(WatchEngine* owner, ServerTopology& serverTopology, std::unique_ptr<ServerTopology> own,
        const std::shared_ptr<const CommandGate>& commandGate, const WatchOptions& watchOptions,
        const Clock& engineClock)
        : q(owner)
        , clock(engineClock)
        , gate(commandGate)
        , options(watchOptions)
        , ownTopology(std::move(own))
        , topology(serverTopology)
        , places(topology, gate, options, clock)
    {
        statusTimer.setInterval(statusInterval);
        announceTimer.setSingleShot(true);
        announceTimer.setInterval(0);
        settleTimer.setSingleShot(true);
        for (size_t i = 0; i < places.nodes().size(); ++i)
            joinGroup(int(i));
    }

    void connectParts();
    void joinGroup(int node);
    void updateGroups();
    [[nodiscard]] const LockBooks& books() const { return quorum ? quorum->books() : places.books(); }
    void noteChange();
    void announce();
    void noteStatusChange();
    void refreshStatus();
    void tick();
    void handlePass();
    void handleFailure();
    void concludeListing();
    [[nodiscard]] bool lookAtMinorities();
    [[nodiscard]] bool isIdle() const;

    WatchEngine* q;
    const Clock& clock;
    std::shared_ptr<const CommandGate> gate;
    const WatchOptions options;
    std::unique_ptr<ServerTopology> ownTopology; ///< where nobody else needs it
    ServerTopology& topology;
    WatchPlaces places;
    std::unique_ptr<QuorumTable> quorum; ///< of independent masters
    WatchStatus status;
    QTimer statusTimer;
    QTimer announceTimer; ///< signals leave at the end of the turn, never from within the work
    QTimer settleTimer; ///< a minority has lasted
    RateMeter eventMeter;
    RateMeter commandMeter;
    RateMeter byteMeter;
    SteadyTime statusSignalledAt {};
    bool statusDirty = false; ///< the consumer has not got the newest
    bool statusPending = false; ///< statusChanged() is owed
    bool announced = false;
    bool minoritiesRead = false; ///< a single listing: once more, after all masters were read
    bool isConcluded = false;
};

void WatchEngine::Private::connectParts()
{
    QObject::connect(&places, &WatchPlaces::changed, q, [this] { noteChange(); });
    QObject::connect(&places, &WatchPlaces::nodeAdded, q, [this](int node) { joinGroup(node); });
    QObject::connect(&places, &WatchPlaces::statusChanged, q, [this] { noteStatusChange(); });
    QObject::connect(&places, &WatchPlaces::passCompleted, q, [this] { handlePass(); });
    QObject::connect(&places, &WatchPlaces::placeFailed, q, [this] { handleFailure(); });
    QObject::connect(&topology, &ServerTopology::failed, q, [this](const Error& error) {
        if (topology.map().isKnown())
            return;
        refreshStatus();
        Q_EMIT q->failed(error);
    });
    QObject::connect(&statusTimer, &QTimer::timeout, q, [this] { tick(); });
    QObject::connect(&announceTimer, &QTimer::timeout, q, [this] { announce(); });
    QObject::connect(&settleTimer, &QTimer::timeout, q, [this] { announce(); });
}

void WatchEngine::Private::joinGroup(int node)
{
    if (!places.isQuorumGroup())
        return;
    if (!quorum)
        quorum = std::make_unique<QuorumTable>(
            clock, places.books().events, options.follow ? Milliseconds(settleTime) : 0ms, options.keepEvents);
    quorum->setQuorum(int(places.quorum()));
    quorum->addMaster(places.nodes()[size_t(node)]->books.store);
}

void WatchEngine::Private::updateGroups()
{
    if (!quorum)
        return;
    for (size_t i = 0; i < places.nodes().size(); ++i) {
        const auto& own = places.nodes()[i]->places;
        quorum->setHeard(i, std::all_of(own.begin(), own.end(), [](const auto& place) {
            return place->watcher && place->watcher->isWhole();
        }));
    }
    quorum->update();
    if (const std::optional<SteadyTime> next = quorum->nextSettling())
        settleTimer.start(std::max<Milliseconds>(std::chrono::ceil<Milliseconds>(*next - clock.now()), 1ms));
}

void WatchEngine::Private::noteChange()
{
    // A single listing watches for its own end, and a group for what its masters say, whoever is told or not.
    if ((!announced || quorum || !options.follow) && !announceTimer.isActive())
        announceTimer.start();
}

void WatchEngine::Private::noteStatusChange()
{
    statusDirty = true;
    statusPending = true;
    noteChange();
}

void WatchEngine::Private::announce()
{
    updateGroups();
    if (!announced && q->hasDelta()) {
        announced = true;
        Q_EMIT q->deltaAvailable();
    }
    if (statusPending && clock.now() - statusSignalledAt >= statusInterval)
        tick();
    if (!options.follow)
        concludeListing();
}

void WatchEngine::Private::refreshStatus()
{
    places.fillStatus(status);
    status.database = places.nodes().empty() ? 0 : places.nodes().front()->master.spec.database;
    status.locks = books().store->size();
    status.readOnly = gate->isReadOnly();
}

void WatchEngine::Private::tick()
{
    const SteadyTime now = clock.now();
    const TrafficCounters traffic = places.traffic();
    const bool passWasRunning = status.completeness.passRunning;
    refreshStatus();
    const double rates[] = { status.eventsPerSecond, status.commandsPerSecond, status.bytesPerSecond };
    status.eventsPerSecond = eventMeter.update(now, status.eventsTotal);
    status.commandsPerSecond = commandMeter.update(now, traffic.commands);
    status.bytesPerSecond = byteMeter.update(now, traffic.bytesSent + traffic.bytesReceived);
    const bool moved = rates[0] != status.eventsPerSecond || rates[1] != status.commandsPerSecond
        || rates[2] != status.bytesPerSecond;
    if (!moved && !statusPending && !status.completeness.passRunning && !passWasRunning)
        return;
    statusPending = false;
    statusDirty = true;
    statusSignalledAt = now;
    noteChange();
    Q_EMIT q->statusChanged();
}

void WatchEngine::Private::handlePass()
{
    updateGroups();
    refreshStatus();
    if (!options.follow)
        noteChange();
    else if (q->isSettled())
        Q_EMIT q->passCompleted();
}

/// A permanent refusal ends the watch where there is nothing left to watch.
void WatchEngine::Private::handleFailure()
{
    refreshStatus();
    size_t nodesLeft = 0;
    std::optional<Error> first;
    for (const auto& node : places.nodes()) {
        bool isLeft = !node->places.empty();
        for (const auto& place : node->places) {
            isLeft = isLeft && !place->failure;
            first = first ? first : place->failure;
        }
        nodesLeft += isLeft ? 1 : 0;
    }
    if (nodesLeft == 0 && first && !std::exchange(isConcluded, true))
        Q_EMIT q->failed(*first);
    else
        noteStatusChange();
}

/// A single listing is done when every node has been read or cannot be.
void WatchEngine::Private::concludeListing()
{
    if (isConcluded || !q->isSettled() || !isIdle() || lookAtMinorities())
        return;
    isConcluded = true;
    Q_EMIT q->passCompleted();
}

bool WatchEngine::Private::isIdle() const
{
    bool result = true;
    places.forEach([&result](const WatchPlace& place) {
        result = result && (!place.watcher->isWhole() || place.watcher->verifier().queue().backlog() == 0);
    });
    return result;
}

/// The masters were read one after the other: what seems to have no quorum may only have changed in between.
bool WatchEngine::Private::lookAtMinorities()
{
    if (!quorum || std::exchange(minoritiesRead, true))
        return false;
    bool asked = false;
    places.forEach([&](WatchPlace& place) {
        const QList<QByteArray> keys = quorum->minorities(place.database);
        asked = asked || !keys.isEmpty();
        place.watcher->verifier().verifyKeys(keys);
    });
    return asked;
}

WatchEngine::WatchEngine(ServerTopology& topology, std::shared_ptr<const CommandGate> gate, WatchOptions options,
    const Clock& clock, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, topology, nullptr, gate, options, clock))
{
    d->connectParts();
}

namespace {

std::unique_ptr<ServerTopology> topologyOf(const ConnectionSpec& spec, std::shared_ptr<const CommandGate> gate)
{
    Result<std::unique_ptr<ServerTopology>> made = ServerTopology::make({ spec }, std::move(gate));
    Q_ASSERT(made); // one server is always a topology
    return std::move(*made);
}

} // namespace

WatchEngine::WatchEngine(const ConnectionSpec& spec, std::shared_ptr<const CommandGate> gate, WatchOptions options,
    const Clock& clock, QObject* parent)
    : QObject(parent)
{
    std::unique_ptr<ServerTopology> topology = topologyOf(spec, gate);
    ServerTopology& used = *topology;
    d = std::make_unique<Private>(this, used, std::move(topology), gate, options, clock);
    d->connectParts();
}

WatchEngine::~WatchEngine() = default;

void WatchEngine::start()
{
    if (d->ownTopology)
        d->ownTopology->start();
    d->places.start();
    d->statusTimer.start();
    d->noteStatusChange();
}

void WatchEngine::stop()
{
    d->statusTimer.stop();
    d->places.stop();
    d->updateGroups();
    d->refreshStatus();
    d->statusDirty = true;
    d->noteChange();
    Q_EMIT statusChanged();
}

bool WatchEngine::hasDelta() const
{
    const LockBooks& books = d->books();
    return d->statusDirty || books.store->hasChanges() || !books.events->isEmpty();
}

LockDelta WatchEngine::takeDelta()
{
    LockDelta delta;
    d->updateGroups();
    d->refreshStatus();
    const LockBooks& books = d->books();
    books.store->takeChanges(delta);
    books.events->takeInto(delta);
    delta.status = d->status;
    d->statusDirty = false;
    d->announced = false;
    return delta;
}

LockSnapshot WatchEngine::snapshot() const
{
    d->updateGroups();
    d->refreshStatus();
    LockSnapshot result;
    result.locks = d->books().store->all();
    result.status = d->status;
    result.takenAt = d->clock.now();
    result.takenAtMs = d->clock.wallNow().toMSecsSinceEpoch();
    return result;
}

bool WatchEngine::isSettled() const { return d->places.isSettled(); }

const WatchStatus& WatchEngine::status() const
{
    d->refreshStatus();
    return d->status;
}

void WatchEngine::setVisibleLocks(const std::vector<LockId>& ids)
{
    d->places.forEach([&](WatchPlace& place) {
        if (place.watcher)
            place.watcher->verifier().setVisibleLocks(d->quorum ? d->quorum->onMaster(place.node, ids) : ids);
    });
}

void WatchEngine::verifyKeys(const QList<QByteArray>& keys)
{
    for (const QByteArray& key : keys) {
        for (WatchPlace* place : d->places.placesOf(key))
            place->watcher->verifier().verifyKeys({ key });
    }
}

void WatchEngine::useFamilies(const FamilyRegistry& registry) { d->places.useFamilies(registry); }

void WatchEngine::setVerifyRate(int keysPerSecond) { d->places.setVerifyRate(keysPerSecond); }

void WatchEngine::answerNotificationQuestion(bool enable)
{
    d->places.forEach([enable](WatchPlace& place) {
        if (place.watcher)
            place.watcher->answerNotificationQuestion(enable);
    });
}

void WatchEngine::refresh()
{
    d->topology.refresh();
    d->places.forEach([](WatchPlace& place) {
        if (place.watcher)
            place.watcher->refresh();
    });
}

} // namespace lockscope

#include "moc_watchengine.cpp"
