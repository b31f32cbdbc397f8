// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchplaces.h"

#include "base/logging.h"
#include "watch/statusmerge.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

/// A key that one node after the other sends away is asked for again after a while: they will agree.
constexpr quint8 mostHops = 4;
constexpr auto hopRest = 100ms;
/// When a cluster's new map is seen, its old one was true at most so long ago.
constexpr auto mapAge = 600ms;
constexpr int leastVerifyRate = 50;

LockTracker::Options trackerOptions(const WatchOptions& options, bool keysMove)
{
    LockTracker::Options result;
    result.explicitMatch = !options.matches.isEmpty();
    result.families = options.families;
    result.keepEvents = options.keepEvents;
    result.keepDeadlines = options.follow;
    result.keysMove = keysMove;
    if (options.registry)
        result.registry = options.registry;
    return result;
}

void add(TrafficCounters& sum, const TrafficCounters& part)
{
    sum.commands += part.commands;
    sum.bytesSent += part.bytesSent;
    sum.bytesReceived += part.bytesReceived;
    sum.reconnects += part.reconnects;
}

} // namespace

WatchPlaces::WatchPlaces(
    ServerTopology& topology, std::shared_ptr<const CommandGate> gate, WatchOptions options, const Clock& clock)
    : m_topology(topology)
    , m_gate(std::move(gate))
    , m_options(std::move(options))
    , m_clock(clock)
{
    connect(&m_topology, &ServerTopology::changed, this, &WatchPlaces::applyMap);
    connect(&m_topology, &ServerTopology::errorChanged, this, &WatchPlaces::statusChanged);
    if (m_topology.map().isKnown())
        applyMap();
}

WatchPlaces::~WatchPlaces() { blockSignals(true); }

void WatchPlaces::start()
{
    m_running = true;
    forEach([this](WatchPlace& place) { startWatcher(place, 0); });
    for (const auto& node : m_nodes)
        watchDatabases(*node);
}

void WatchPlaces::stop()
{
    m_running = false;
    for (const auto& node : m_nodes) {
        if (node->finder)
            node->finder->stop();
        for (const auto& place : node->places) {
            if (place->watcher)
                place->watcher->stop();
        }
    }
}

ConnectionSpec WatchPlaces::specOf(const WatchNode& node, qint32 database) const
{
    ConnectionSpec spec = node.master.spec;
    spec.database = database;
    return spec;
}

void WatchPlaces::applyMap()
{
    const TopologyMap& fresh = m_topology.map();
    const std::vector<int> nodeOf = matchMasters(fresh);
    const TopologyMap before = std::exchange(m_map, fresh);
    const std::vector<int> nodeBefore = std::exchange(m_nodeOf, nodeOf);
    for (size_t master = 0; master < nodeOf.size(); ++master) {
        const MasterNode& wanted = m_map.masters.at(qsizetype(master));
        if (nodeOf[master] < 0) {
            m_nodeOf[master] = int(m_nodes.size());
            addNode(wanted);
        } else {
            takeOver(*m_nodes[size_t(nodeOf[master])], wanted);
        }
    }
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        const bool stays = std::find(m_nodeOf.begin(), m_nodeOf.end(), int(i)) != m_nodeOf.end();
        if (!stays && m_nodes[i]->isMember)
            dropNode(*m_nodes[i]);
    }
    if (before.isKnown() && m_map.kind == Topology::Cluster)
        settleSlots(before, nodeBefore);
    Q_EMIT statusChanged();
}

void WatchPlaces::takeOver(WatchNode& node, const MasterNode& master)
{
    const bool isBack = !std::exchange(node.isMember, true);
    if (isBack || node.master.spec.endpoint() != master.spec.endpoint())
        moveNode(node, master);
    node.master = master;
    if (node.places.empty())
        addPlaces(node);
}

/// Which of our nodes each master is; -1: a new one.
std::vector<int> WatchPlaces::matchMasters(const TopologyMap& fresh) const
{
    std::vector<int> nodeOf(size_t(fresh.masters.size()), -1);
    if (fresh.kind == Topology::Sentinel && !m_nodes.empty()) {
        nodeOf[0] = 0; // one master, wherever it is
        return nodeOf;
    }
    const auto isTaken
        = [&nodeOf](size_t i) { return std::find(nodeOf.begin(), nodeOf.end(), int(i)) != nodeOf.end(); };
    for (const bool byId : { true, false }) {
        for (size_t master = 0; master < nodeOf.size(); ++master) {
            const MasterNode& wanted = fresh.masters.at(qsizetype(master));
            for (size_t i = 0; i < m_nodes.size() && nodeOf[master] < 0; ++i) {
                const MasterNode& known = m_nodes[i]->master;
                const bool isIt = byId ? !wanted.id.isEmpty() && wanted.id == known.id
                                       : wanted.spec.endpoint() == known.spec.endpoint();
                if (isIt && !isTaken(i))
                    nodeOf[master] = int(i);
            }
        }
    }
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        const int successor = isTaken(i) ? -1 : successorOf(int(i), fresh, nodeOf);
        if (successor >= 0)
            nodeOf[size_t(successor)] = int(i);
    }
    return nodeOf;
}

/// The new master that has taken over the slots of a node that is none any more; -1: nobody.
int WatchPlaces::successorOf(int node, const TopologyMap& fresh, const std::vector<int>& nodeOf) const
{
    const auto place = std::find(m_nodeOf.begin(), m_nodeOf.end(), node);
    const TopologyMap& old = m_map; // not replaced yet
    if (place == m_nodeOf.end() || old.slotOwners.empty() || fresh.slotOwners.empty())
        return -1;
    const auto master = qint16(place - m_nodeOf.begin());
    std::vector<int> shares(nodeOf.size(), 0);
    for (size_t slot = 0; slot < old.slotOwners.size(); ++slot) {
        const qint16 owner = fresh.slotOwners[slot];
        if (old.slotOwners[slot] == master && owner >= 0 && nodeOf[size_t(owner)] < 0)
            ++shares[size_t(owner)];
    }
    const auto largest = std::max_element(shares.begin(), shares.end());
    return largest == shares.end() || *largest == 0 ? -1 : int(largest - shares.begin());
}

void WatchPlaces::addNode(const MasterNode& master)
{
    auto node = std::make_unique<WatchNode>();
    node->master = master;
    // The events of a group are taken in together, in their order; its tables are one a master.
    node->books = m_books;
    if (m_map.isQuorumGroup())
        node->books.store = std::make_shared<LockStore>();
    m_nodes.push_back(std::move(node));
    WatchNode& added = *m_nodes.back();
    Q_EMIT nodeAdded(int(m_nodes.size()) - 1);
    addPlaces(added);
}

void WatchPlaces::addPlaces(WatchNode& node)
{
    const QList<qint32>& wanted = m_options.databases.numbers;
    if (wanted.isEmpty())
        addPlace(node, node.master.spec.database);
    for (const qint32 database : wanted)
        addPlace(node, database);
    if (m_running)
        watchDatabases(node);
}

void WatchPlaces::watchDatabases(WatchNode& node)
{
    if (!m_options.databases.all || node.finder)
        return;
    node.databasesKnown = false;
    node.finder = std::make_unique<DatabaseFinder>(
        specOf(node, node.master.spec.database), m_gate, m_options.commandTimeout, m_options.follow);
    connect(node.finder.get(), &DatabaseFinder::found, this, [this, &node](const QList<qint32>& databases) {
        node.databasesKnown = true;
        for (const qint32 database : databases) {
            const bool known = std::any_of(node.places.begin(), node.places.end(),
                [database](const auto& place) { return place->database == database; });
            if (!known && node.places.size() < size_t(mostDatabases))
                addPlace(node, database);
        }
    });
    connect(node.finder.get(), &DatabaseFinder::failed, this, [this, &node](const Error& error) {
        qCInfo(logWatch).noquote() << "databases:" << error.detail;
        node.databasesKnown = true;
        Q_EMIT statusChanged();
    });
    node.finder->start();
}

void WatchPlaces::addPlace(WatchNode& node, qint32 database)
{
    const auto index = quint16(std::find_if(m_nodes.begin(), m_nodes.end(), [&node](const auto& candidate) {
        return candidate.get() == &node;
    }) - m_nodes.begin());
    node.places.push_back(std::make_unique<WatchPlace>(
        m_clock, trackerOptions(m_options, m_map.kind == Topology::Cluster), node.books, index, database));
    if (m_running)
        startWatcher(*node.places.back(), 0);
    Q_EMIT statusChanged();
}

/// What one server may be asked in all is shared by its databases.
int WatchPlaces::verifyRateOf(const WatchNode& node) const
{
    const auto databases = std::max<qsizetype>(m_options.databases.numbers.size(), qsizetype(node.places.size()));
    if (m_options.verifyRate <= 0 || databases <= 1)
        return m_options.verifyRate;
    return std::max(leastVerifyRate, m_options.verifyRate / int(databases));
}

void WatchPlaces::setVerifyRate(int keysPerSecond)
{
    m_options.verifyRate = keysPerSecond;
    forEach([this](WatchPlace& place) {
        if (place.watcher)
            place.watcher->setVerifyRate(verifyRateOf(*m_nodes[place.node]));
    });
}

void WatchPlaces::useFamilies(const FamilyRegistry& registry)
{
    m_options.registry = &registry;
    forEach([&registry](WatchPlace& place) {
        place.tracker.setRegistry(registry);
        if (place.watcher)
            place.watcher->examineAnew();
    });
}

void WatchPlaces::startWatcher(WatchPlace& place, qint64 gapSinceMs)
{
    const WatchNode& node = *m_nodes[place.node];
    WatchOptions options = m_options;
    options.verifyRate = verifyRateOf(node);
    place.failure.reset();
    place.watcher
        = std::make_unique<NodeWatcher>(specOf(node, place.database), m_gate, options, m_clock, place.tracker);
    NodeWatcher* watcher = place.watcher.get();
    connect(&watcher->verifier(), &LockVerifier::changed, this, &WatchPlaces::changed);
    connect(&watcher->verifier(), &LockVerifier::elsewhere, this,
        [this, &place](
            const QByteArray& key, const Error& error, const ChangeHints& hints) { route(place, key, error, hints); });
    connect(watcher, &NodeWatcher::statusChanged, this, [this, watcher] {
        if (watcher->link() == LinkState::Lost)
            m_topology.refresh();
        Q_EMIT statusChanged();
    });
    connect(watcher, &NodeWatcher::passCompleted, this, &WatchPlaces::passCompleted);
    connect(watcher, &NodeWatcher::failed, this, [this, &place](const Error& error) {
        place.failure = error;
        Q_EMIT placeFailed();
    });
    if (gapSinceMs > 0)
        watcher->assumeGap(gapSinceMs);
    watcher->start();
}

/// A failover: the locks stay what they were, until the new master has told.
void WatchPlaces::moveNode(WatchNode& node, const MasterNode& master)
{
    qCInfo(logWatch).noquote() << node.master.name() << "has been succeeded by" << master.name();
    const qint64 lastTrue = m_clock.wallNow().addMSecs(-mapAge.count()).toMSecsSinceEpoch();
    node.master = master;
    node.finder.reset();
    for (const auto& place : node.places) {
        const qint64 since = place->watcher && place->watcher->isGapOpen() ? place->watcher->gapSinceMs() : lastTrue;
        const bool wasWatched = place->watcher && place->watcher->wasEverWhole();
        place->watcher.reset();
        if (m_running)
            startWatcher(*place, wasWatched ? since : 0);
    }
    if (m_running)
        watchDatabases(node);
    Q_EMIT changed();
}

void WatchPlaces::dropNode(WatchNode& node)
{
    qCInfo(logWatch).noquote() << node.master.name() << "has left the cluster";
    node.isMember = false;
    node.finder.reset();
    LockStore& store = *node.books.store;
    for (const auto& place : node.places) {
        for (quint32 index = 0; index < store.slotCount(); ++index) {
            LockStore::Slot& slot = store.slot(index);
            if (!place->tracker.owns(slot))
                continue;
            // Its slots are somebody else's now, who will be read; without any, the lock is gone with its node.
            if (WatchPlace* heir = placeOnMaster(m_map.masterOf(slot.record().key), place->database))
                heir->tracker.adopt(slot);
            else
                store.edit(slot).state = LockState::Stale;
        }
    }
    node.places.clear();
    Q_EMIT changed();
}

/// Slots have moved: those who have lost or got some look through their keys again, for not every way of moving tells.
void WatchPlaces::settleSlots(const TopologyMap& before, const std::vector<int>& nodeBefore)
{
    std::vector<bool> touched(m_nodes.size(), false);
    const size_t count = std::min(before.slotOwners.size(), m_map.slotOwners.size());
    for (size_t slot = 0; slot < count; ++slot) {
        const qint16 owner = m_map.slotOwners[slot];
        const qint16 last = before.slotOwners[slot];
        const int now = owner < 0 ? -1 : m_nodeOf[size_t(owner)];
        const int then = last < 0 ? -1 : nodeBefore[size_t(last)];
        if (now == then)
            continue;
        for (const int node : { now, then }) {
            if (node >= 0)
                touched[size_t(node)] = true;
        }
    }
    for (size_t i = 0; i < touched.size(); ++i) {
        for (const auto& place : m_nodes[i]->places) {
            if (touched[i] && place->watcher)
                place->watcher->refresh();
        }
    }
}

WatchPlace* WatchPlaces::placeOnMaster(int master, qint32 database) const
{
    if (master < 0 || size_t(master) >= m_nodeOf.size())
        return nullptr;
    for (const auto& place : m_nodes[size_t(m_nodeOf[size_t(master)])]->places) {
        if (place->database == database)
            return place.get();
    }
    return nullptr;
}

void WatchPlaces::route(const WatchPlace& from, const QByteArray& key, const Error& error, ChangeHints hints)
{
    const std::optional<Redirect> redirect = redirectOf(error, m_nodes[from.node]->master.spec.endpoint());
    if (!redirect || !redirect->ask)
        m_topology.refresh();
    WatchPlace* place = redirect ? placeOnMaster(m_map.indexOf(redirect->to), from.database) : nullptr;
    if (!place)
        return; // the next map knows it, and its node will be read as a whole
    if (++hints.hops <= mostHops) {
        place->watcher->verifier().verifyMoved(key, hints, redirect->ask);
        return;
    }
    hints.hops = 0;
    QTimer::singleShot(hopRest, place->watcher.get(),
        [watcher = place->watcher.get(), key, hints] { watcher->verifier().verifyMoved(key, hints, false); });
}

std::vector<WatchPlace*> WatchPlaces::placesOf(QByteArrayView key) const
{
    std::vector<WatchPlace*> result;
    const int master = m_map.kind == Topology::Cluster ? m_map.masterOf(key) : -1;
    forEach([&](WatchPlace& place) {
        if (place.watcher && (master < 0 || m_nodeOf[size_t(master)] == place.node))
            result.push_back(&place);
    });
    return result;
}

bool WatchPlaces::isSettled() const
{
    size_t whole = 0;
    for (const auto& node : m_nodes) {
        if (!node->databasesKnown)
            return false;
        for (const auto& place : node->places) {
            if (!place->watcher || !place->isSettled())
                return false;
            whole += place->watcher->isWhole() ? 1 : 0;
            // Of one server a part is not to be taken for all that there is to get.
            if (m_map.masters.size() == 1 && !place->watcher->isWhole())
                return false;
        }
    }
    return whole > 0;
}

void WatchPlaces::fillStatus(WatchStatus& status) const
{
    QList<WatchStatus> all;
    status.nodes.clear();
    status.databases.clear();
    for (const auto& node : m_nodes) {
        QList<WatchStatus> parts;
        for (const auto& place : node->places) {
            WatchStatus& part = parts.emplace_back();
            if (place->watcher)
                place->watcher->fillStatus(part);
            if (!status.databases.contains(place->database))
                status.databases.append(place->database);
        }
        WatchStatus sum;
        mergeStatus(sum, parts);
        sum.completeness.complete = sum.completeness.complete && node->databasesKnown;
        status.nodes.append(nodeStatusOf(sum, node->master.name()));
        status.nodes.last().isMember = node->isMember;
        if (!node->isMember)
            status.nodes.last().link = LinkState::Closed;
        if (node->isMember)
            all.append(sum);
    }
    std::sort(status.databases.begin(), status.databases.end());
    mergeStatus(status, all);
    status.quorum = isQuorumGroup() ? int(quorum()) : 0;
    const std::optional<Error>& error = m_topology.error();
    if (error && !m_map.isKnown())
        status.link = LinkState::Lost;
    if (error && !status.error)
        status.error = error;
}

TrafficCounters WatchPlaces::traffic() const
{
    TrafficCounters sum;
    for (const auto& node : m_nodes) {
        if (node->finder)
            add(sum, node->finder->traffic());
    }
    forEach([&sum](const WatchPlace& place) {
        if (place.watcher)
            add(sum, place.watcher->traffic());
    });
    return sum;
}

} // namespace lockscope

#include "moc_watchplaces.cpp"
