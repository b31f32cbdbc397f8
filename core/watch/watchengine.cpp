// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchengine.h"

#include "watch/nodewatcher.h"
#include "watch/ratemeter.h"

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto statusInterval = 250ms;

LockTracker::Options trackerOptions(const WatchOptions& options)
{
    LockTracker::Options result;
    result.explicitMatch = !options.matches.isEmpty();
    result.families = options.families;
    result.keepEvents = options.keepEvents;
    result.keepDeadlines = options.follow;
    if (options.registry)
        result.registry = options.registry;
    return result;
}

} // namespace

class WatchEngine::Private {
public:
    Private(WatchEngine* owner, const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate,
        const WatchOptions& options, const Clock& engineClock)
        : q(owner)
        , clock(engineClock)
        , tracker(engineClock, trackerOptions(options))
        , watcher(spec, gate, options, engineClock, tracker)
    {
        tracker.setPlace(spec.database, 0);
        status.nodes = { spec.endpoint().text() };
        status.database = spec.database;
        status.readOnly = gate->isReadOnly();
        this->gate = gate;
        statusTimer.setInterval(statusInterval);
        announceTimer.setSingleShot(true);
        announceTimer.setInterval(0);
    }

    void connectParts();
    void noteChange();
    void announce();
    void noteStatusChange();
    void refreshStatus();
    void tick();

    WatchEngine* q;
    const Clock& clock;
    std::shared_ptr<const CommandGate> gate;
    LockTracker tracker;
    NodeWatcher watcher;
    WatchStatus status;
    QTimer statusTimer;
    QTimer announceTimer; ///< signals leave at the end of the turn, never from within the work
    RateMeter eventMeter;
    RateMeter commandMeter;
    RateMeter byteMeter;
    SteadyTime statusSignalledAt {};
    bool statusDirty = false; ///< the consumer has not got the newest
    bool statusPending = false; ///< statusChanged() is owed
    bool announced = false;
};

void WatchEngine::Private::connectParts()
{
    QObject::connect(&watcher.verifier(), &LockVerifier::changed, q, [this] { noteChange(); });
    QObject::connect(&watcher, &NodeWatcher::statusChanged, q, [this] { noteStatusChange(); });
    QObject::connect(&watcher, &NodeWatcher::passCompleted, q, [this] {
        refreshStatus();
        Q_EMIT q->passCompleted();
    });
    QObject::connect(&watcher, &NodeWatcher::failed, q, [this](const Error& error) {
        refreshStatus();
        Q_EMIT q->failed(error);
    });
    QObject::connect(&statusTimer, &QTimer::timeout, q, [this] { tick(); });
    QObject::connect(&announceTimer, &QTimer::timeout, q, [this] { announce(); });
}

void WatchEngine::Private::noteChange()
{
    if (!announced && !announceTimer.isActive())
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
    if (!announced && q->hasDelta()) {
        announced = true;
        Q_EMIT q->deltaAvailable();
    }
    if (statusPending && clock.now() - statusSignalledAt >= statusInterval)
        tick();
}

void WatchEngine::Private::refreshStatus()
{
    watcher.fillStatus(status);
    status.locks = tracker.store().size();
    status.readOnly = gate->isReadOnly();
}

void WatchEngine::Private::tick()
{
    const SteadyTime now = clock.now();
    const TrafficCounters traffic = watcher.traffic();
    refreshStatus();
    const double rates[] = { status.eventsPerSecond, status.commandsPerSecond, status.bytesPerSecond };
    status.eventsPerSecond = eventMeter.update(now, watcher.eventsTotal());
    status.commandsPerSecond = commandMeter.update(now, traffic.commands);
    status.bytesPerSecond = byteMeter.update(now, traffic.bytesSent + traffic.bytesReceived);
    const bool moved = rates[0] != status.eventsPerSecond || rates[1] != status.commandsPerSecond
        || rates[2] != status.bytesPerSecond;
    if (!moved && !statusPending && !status.completeness.passRunning)
        return;
    statusPending = false;
    statusDirty = true;
    statusSignalledAt = now;
    noteChange();
    Q_EMIT q->statusChanged();
}

WatchEngine::WatchEngine(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, WatchOptions options,
    const Clock& clock, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, spec, gate, options, clock))
{
    d->connectParts();
}

WatchEngine::~WatchEngine() = default;

void WatchEngine::start()
{
    d->watcher.start();
    d->statusTimer.start();
    d->noteStatusChange();
}

void WatchEngine::stop()
{
    d->statusTimer.stop();
    d->watcher.stop();
    d->refreshStatus();
    d->statusDirty = true;
    d->noteChange();
    Q_EMIT statusChanged();
}

bool WatchEngine::hasDelta() const
{
    return d->statusDirty || d->tracker.store().hasChanges() || d->tracker.hasEvents();
}

LockDelta WatchEngine::takeDelta()
{
    LockDelta delta;
    d->refreshStatus();
    d->tracker.store().takeChanges(delta);
    d->tracker.takeEvents(delta);
    delta.status = d->status;
    d->statusDirty = false;
    d->announced = false;
    return delta;
}

LockSnapshot WatchEngine::snapshot() const
{
    d->refreshStatus();
    LockSnapshot result;
    const LockStore& store = d->tracker.store();
    result.locks.reserve(store.size());
    for (quint32 index = 0; index < store.slotCount(); ++index) {
        if (store.slot(index).alive)
            result.locks.push_back(store.slot(index).record);
    }
    result.status = d->status;
    result.takenAt = d->clock.now();
    result.takenAtMs = d->clock.wallNow().toMSecsSinceEpoch();
    return result;
}

const WatchStatus& WatchEngine::status() const
{
    d->refreshStatus();
    return d->status;
}

void WatchEngine::setVisibleLocks(const std::vector<LockId>& ids) { d->watcher.verifier().setVisibleLocks(ids); }

void WatchEngine::verifyKeys(const QList<QByteArray>& keys) { d->watcher.verifier().verifyKeys(keys); }

void WatchEngine::useFamilies(const FamilyRegistry& registry)
{
    d->tracker.setRegistry(registry);
    d->watcher.examineAnew();
}

void WatchEngine::answerNotificationQuestion(bool enable) { d->watcher.answerNotificationQuestion(enable); }

void WatchEngine::setVerifyRate(int keysPerSecond) { d->watcher.setVerifyRate(keysPerSecond); }

void WatchEngine::refresh() { d->watcher.refresh(); }

} // namespace lockscope

#include "moc_watchengine.cpp"
