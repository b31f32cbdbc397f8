// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/lockrouter.h"

#include "operations/lockscripts.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace lockscope {

namespace {

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

/// ASKING counts for one command alone, and a script that is not cached there would need two.
void prepareAsk(Connection& connection)
{
    const auto ignored = [](const Result<ReplyView>& /*reply*/) {};
    for (const LuaScript* script : { &fencedAcquireScript(), &extendScript(), &releaseScript() })
        connection.send({ "SCRIPT", "LOAD", script->source() }, ignored);
    connection.send({ "ASKING" }, ignored);
}

} // namespace

LockRouter::LockRouter(
    ServerTopology& topology, std::shared_ptr<const CommandGate> gate, Milliseconds timeout, QObject* parent)
    : QObject(parent)
    , m_topology(topology)
    , m_gate(std::move(gate))
    , m_timeout(timeout)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &LockRouter::failOverdue);
    connect(&m_topology, &ServerTopology::changed, this, &LockRouter::onTopologyChanged);
    connect(&m_topology, &ServerTopology::failed, this, &LockRouter::failWaiting);
}

LockRouter::~LockRouter()
{
    m_isEnding = true;
    close();
    m_quorums.clear();
    m_sites.clear();
}

void LockRouter::withRoute(const QByteArray& key, const LockPlace& place, Task task)
{
    if (m_topology.map().isKnown())
        return follow(key, place, std::move(task));
    m_waiting.push_back({ key, place, std::move(task), SystemClock::instance().now() + m_timeout });
    if (!m_patience.isActive())
        m_patience.start(m_timeout);
}

void LockRouter::follow(const QByteArray& key, const LockPlace& place, Task task)
{
    const Result<Route> route = routeTo(key, place);
    if (!route)
        return task(fail(route.error()));
    if (route->quorum) {
        route->quorum->withMasters([route, task = std::move(task)]() mutable { task(route); });
        return;
    }
    route->site->withLink([route, task = std::move(task)](const Status& link) mutable {
        if (link)
            task(route);
        else
            task(fail(link.error()));
    });
}

void LockRouter::withRedirect(const Redirect& redirect, const LockPlace& place, Task task)
{
    ConnectionSpec spec = m_topology.map().masters.first().spec;
    spec.endpoints = { redirect.to };
    OperationSite* site = siteOf(spec, place.database);
    site->withLink([site, ask = redirect.ask, task = std::move(task)](const Status& link) mutable {
        if (!link)
            return task(fail(link.error()));
        if (ask)
            prepareAsk(site->connection());
        task(Route { site, nullptr });
    });
}

Result<LockRouter::Route> LockRouter::routeTo(const QByteArray& key, const LockPlace& place)
{
    const TopologyMap& map = m_topology.map();
    if (map.isQuorumGroup() && place.node.isEmpty())
        return Route { nullptr, quorumIn(place.database) };
    qsizetype master = -1;
    if (place.node.isEmpty() || map.kind == Topology::Cluster) {
        // In a cluster a key has only one place; a name that came from a screen may be out of date.
        master = map.masterOf(key);
    } else {
        const auto found = std::find_if(map.masters.begin(), map.masters.end(),
            [&place](const MasterNode& candidate) { return candidate.name() == place.node; });
        // A master that Sentinel has replaced has left its locks to the new one.
        const bool isFollowed = found == map.masters.end() && map.kind == Topology::Sentinel;
        master = isFollowed ? 0 : found == map.masters.end() ? -1 : found - map.masters.begin();
    }
    if (master < 0)
        return fail(map.kind == Topology::Cluster ? ErrorKind::Loading : ErrorKind::Usage,
            map.kind == Topology::Cluster
                ? operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "no master serves the slot of this key"))
                : operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "no connection leads to this server")),
            place.node);
    return Route { siteOf(map.masters.at(master).spec, place.database), nullptr };
}

void LockRouter::useFamilies(const FamilyRegistry& registry)
{
    m_families = &registry;
    for (const auto& [place, site] : m_sites)
        site->operations().useFamilies(registry);
}

OperationSite* LockRouter::siteOf(ConnectionSpec spec, int database)
{
    if (database >= 0)
        spec.database = database;
    std::unique_ptr<OperationSite>& site = m_sites[{ spec.endpoint().text(), spec.database }];
    if (!site) {
        site = std::make_unique<OperationSite>(spec, m_gate, m_timeout);
        if (m_families)
            site->operations().useFamilies(*m_families);
        connect(site.get(), &OperationSite::idle, this, &LockRouter::checkIdle);
        // Whoever was the master may not be it any more.
        connect(&site->connection(), &Connection::lost, &m_topology, &ServerTopology::refresh);
    }
    return site.get();
}

QuorumSites* LockRouter::quorumIn(int database)
{
    std::unique_ptr<QuorumSites>& quorum = m_quorums[database];
    if (!quorum) {
        QList<OperationSite*> sites;
        for (const MasterNode& master : m_topology.map().masters)
            sites.append(siteOf(master.spec, database));
        quorum = std::make_unique<QuorumSites>(sites);
        connect(quorum.get(), &QuorumSites::idle, this, &LockRouter::checkIdle);
    }
    return quorum.get();
}

void LockRouter::onTopologyChanged()
{
    dropLostSites();
    m_patience.stop();
    for (Waiting& waiting : std::exchange(m_waiting, {}))
        follow(waiting.key, waiting.place, std::move(waiting.task));
}

// What is awaited from a server that is no master any more ends as on a lost link.
void LockRouter::dropLostSites()
{
    const TopologyMap& map = m_topology.map();
    if (map.isQuorumGroup())
        return;
    for (auto entry = m_sites.begin(); entry != m_sites.end();) {
        if (map.indexOf(entry->second->spec().endpoint()) >= 0) {
            ++entry;
            continue;
        }
        entry->second->close();
        entry->second.release()->deleteLater();
        entry = m_sites.erase(entry);
    }
}

void LockRouter::failWaiting(const Error& error)
{
    m_patience.stop();
    for (Waiting& waiting : std::exchange(m_waiting, {}))
        waiting.task(fail(error));
    checkIdle();
}

void LockRouter::failOverdue()
{
    const SteadyTime now = SystemClock::instance().now();
    const auto waits = std::partition_point(
        m_waiting.begin(), m_waiting.end(), [now](const Waiting& waiting) { return waiting.until <= now; });
    std::vector<Waiting> overdue(std::make_move_iterator(m_waiting.begin()), std::make_move_iterator(waits));
    m_waiting.erase(m_waiting.begin(), waits);
    if (!m_waiting.empty())
        m_patience.start(std::chrono::ceil<Milliseconds>(m_waiting.front().until - now));
    for (Waiting& waiting : overdue)
        waiting.task(fail(m_topology.error().value_or(makeError(ErrorKind::Timeout))));
}

void LockRouter::cancelPending()
{
    failWaiting(makeError(ErrorKind::Cancelled));
    for (const auto& [database, quorum] : m_quorums)
        quorum->cancelPending();
    for (const auto& [where, site] : m_sites)
        site->cancelPending();
}

void LockRouter::close()
{
    failWaiting(makeError(ErrorKind::Cancelled));
    for (const auto& [where, site] : m_sites)
        site->close();
}

void LockRouter::checkIdle()
{
    if (!m_isEnding && isIdle())
        Q_EMIT idle();
}

bool LockRouter::isIdle() const
{
    const auto isAtRest = [](const auto& entry) { return entry.second->isIdle(); };
    return m_waiting.empty() && std::all_of(m_sites.begin(), m_sites.end(), isAtRest)
        && std::all_of(m_quorums.begin(), m_quorums.end(), isAtRest);
}

TrafficCounters LockRouter::traffic() const
{
    TrafficCounters sum;
    for (const auto& [where, site] : m_sites) {
        const TrafficCounters part = site->connection().traffic();
        sum.commands += part.commands;
        sum.bytesSent += part.bytesSent;
        sum.bytesReceived += part.bytesReceived;
        sum.reconnects += part.reconnects;
    }
    return sum;
}

} // namespace lockscope
