// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/clustertopology.h"

#include "base/logging.h"
#include "redis/redistext.h"
#include "redis/retire.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto calmInterval = 500ms;
constexpr auto busyInterval = 100ms;
constexpr auto unsettledTime = 5s;
/// Rounds without news, while others meet that something has changed, after which another node is asked.
constexpr int mostFruitless = 10;

ConnectionOptions linkOptions(const TopologyOptions& options, const Endpoint& asked)
{
    ConnectionOptions result;
    result.clientName = options.clientName;
    // There are others to ask. Only ssh takes its time to get in, to any of them.
    const auto patience = asked.via.isEmpty() ? 1000ms : options.timeout;
    result.connectTimeout = std::min<Milliseconds>(options.timeout, patience);
    result.commandTimeout = std::min<Milliseconds>(options.timeout, 1000ms);
    result.reconnect = false;
    return result;
}

/// The slots that CLUSTER NODES shows as `[SLOT->-NODE]` (leaving) or `[SLOT-<-NODE]` (coming).
QSet<quint16> movingSlots(QByteArrayView nodes)
{
    QSet<quint16> result;
    for (qsizetype open = nodes.indexOf('['); open >= 0; open = nodes.indexOf('[', open + 1)) {
        const qsizetype end = nodes.indexOf('-', open);
        bool ok = false;
        const quint16 slot = end < 0 ? 0 : nodes.sliced(open + 1, end - open - 1).toByteArray().toUShort(&ok);
        if (ok && slot < clusterSlotCount)
            result.insert(slot);
    }
    return result;
}

} // namespace

Endpoint clusterNodeEndpoint(ReplyView node, const Endpoint& asked)
{
    Endpoint result;
    result.via = asked.via;
    result.port = quint16(node.at(1).toInteger());
    result.host = QString::fromUtf8(node.at(0).bytes());
    if (result.host == QLatin1Char('?')) {
        const ReplyView facts = node.at(3);
        for (qsizetype i = 0; i + 1 < facts.size(); i += 2) {
            if (facts.at(i).bytes() == "ip")
                result.host = QString::fromUtf8(facts.at(i + 1).bytes());
        }
    }
    if (result.host.isEmpty() || result.host == QLatin1Char('?'))
        result.host = asked.host;
    return result;
}

ClusterTopology::ClusterTopology(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, TopologyOptions options)
    : m_spec(std::move(spec))
    , m_gate(std::move(gate))
    , m_options(std::move(options))
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_connection && m_connection->isReady())
            ask();
        else if (!m_connection)
            connectNext();
    });
}

ClusterTopology::~ClusterTopology()
{
    blockSignals(true);
    stop();
}

void ClusterTopology::start()
{
    m_running = true;
    m_timer.start(0);
}

void ClusterTopology::stop()
{
    m_running = false;
    m_timer.stop();
    retire(m_connection);
}

void ClusterTopology::refresh()
{
    m_unsettledUntil = std::chrono::steady_clock::now() + unsettledTime;
    if (m_running && (m_timer.remainingTime() > busyInterval.count()))
        m_timer.start(busyInterval);
}

bool ClusterTopology::isUnsettled() const
{
    return std::chrono::steady_clock::now() < m_unsettledUntil || !map().movingSlots.isEmpty();
}

void ClusterTopology::connectNext()
{
    QList<Endpoint> candidates = m_spec.endpoints;
    for (const Endpoint& endpoint : m_known) {
        if (!candidates.contains(endpoint))
            candidates.append(endpoint);
    }
    m_asked = candidates.at(m_next++ % candidates.size());
    m_asking = false;
    m_connection = std::make_unique<Connection>(memberSpec(m_spec, m_asked), m_gate, linkOptions(m_options, m_asked));
    connect(m_connection.get(), &Connection::ready, this, &ClusterTopology::ask);
    connect(m_connection.get(), &Connection::lost, this, &ClusterTopology::handleLost);
    m_connection->open();
}

void ClusterTopology::handleLost(const Error& error)
{
    retire(m_connection);
    if (!m_running)
        return;
    ++m_failures;
    // One node that is away says nothing of the cluster; when nobody answered, that is worth telling.
    if (m_failures >= std::max(m_spec.endpoints.size(), m_known.size())) {
        const bool refused = error.kind == ErrorKind::Authentication || error.kind == ErrorKind::Permission
            || error.kind == ErrorKind::NotSupported || error.kind == ErrorKind::Server || error.kind == ErrorKind::Ssh;
        setError(error);
        if (refused && !map().isKnown())
            Q_EMIT failed(error);
    }
    m_timer.start(m_failures > m_known.size() + m_spec.endpoints.size() ? Milliseconds(calmInterval) : 20ms);
}

void ClusterTopology::ask()
{
    if (std::exchange(m_asking, true))
        return;
    m_fresh.reset();
    m_connection->send({ "CLUSTER", "SLOTS" }, [this](const Result<ReplyView>& reply) { readSlots(reply); });
    m_connection->send({ "CLUSTER", "NODES" }, [this](const Result<ReplyView>& reply) { readNodes(reply); });
}

void ClusterTopology::readSlots(const Result<ReplyView>& reply)
{
    if (!reply) {
        if (reply.error().kind == ErrorKind::Cancelled || reply.error().kind == ErrorKind::ConnectionLost)
            return;
        // "This instance has cluster support disabled", or no right to ask.
        Error error = reply.error();
        QTimer::singleShot(0, this, [this, error] { handleLost(error); });
        return;
    }
    TopologyMap fresh;
    fresh.kind = Topology::Cluster;
    fresh.slotOwners.assign(clusterSlotCount, -1);
    QList<Endpoint> known;
    std::vector<ReplyView> ranges;
    for (const ReplyView range : *reply)
        ranges.push_back(range);
    std::sort(ranges.begin(), ranges.end(),
        [](ReplyView a, ReplyView b) { return a.at(0).toInteger() < b.at(0).toInteger(); });
    for (const ReplyView range : ranges) {
        const qint64 first = range.at(0).toInteger(-1);
        const qint64 last = std::min<qint64>(range.at(1).toInteger(-1), clusterSlotCount - 1);
        if (range.size() < 3 || first < 0)
            continue;
        for (qsizetype i = 2; i < range.size(); ++i)
            known.append(clusterNodeEndpoint(range.at(i), m_asked));
        MasterNode node { memberSpec(m_spec, clusterNodeEndpoint(range.at(2), m_asked)),
            range.at(2).at(2).toByteArray() };
        qsizetype owner = fresh.masters.indexOf(node);
        if (owner < 0) {
            owner = fresh.masters.size();
            fresh.masters.append(std::move(node));
        }
        for (qint64 slot = first; slot <= last; ++slot)
            fresh.slotOwners[size_t(slot)] = qint16(owner);
    }
    if (!known.isEmpty())
        m_known = known;
    m_fresh = std::move(fresh);
}

void ClusterTopology::readNodes(const Result<ReplyView>& reply)
{
    m_asking = false;
    if (!m_fresh || !m_running)
        return;
    TopologyMap fresh = std::move(*std::exchange(m_fresh, std::nullopt));
    if (reply)
        fresh.movingSlots = movingSlots(reply->bytes());
    m_failures = 0;
    if (!fresh.isKnown()) {
        setError(makeError(ErrorKind::Loading, RedisText::tr("the cluster serves no slots yet"), m_asked.text()));
    } else {
        setError(std::nullopt);
        m_fruitless = fresh == map() ? m_fruitless + 1 : 0;
        setMap(std::move(fresh));
    }
    schedule();
}

void ClusterTopology::schedule()
{
    if (!m_running || (!m_options.follow && map().isKnown()))
        return;
    const bool unsettled = isUnsettled();
    // The one that we ask may be cut off from the others, and be the last to know.
    if (unsettled && map().movingSlots.isEmpty() && m_fruitless > mostFruitless) {
        m_fruitless = 0;
        retire(m_connection);
    }
    m_timer.start(unsettled ? Milliseconds(busyInterval) : Milliseconds(calmInterval));
}

} // namespace lockscope

#include "moc_clustertopology.cpp"
