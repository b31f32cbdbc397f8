// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/scanreplica.h"

#include "base/durationtext.h"
#include "base/errortext.h"
#include "base/logging.h"
#include "redis/linkoptions.h"
#include "redis/retire.h"
#include "redis/servertopology.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto pollInterval = 20ms;
constexpr auto compareInterval = 1s;

} // namespace

ScanReplica::ScanReplica(Connection& master, const Clock& clock, Milliseconds commandTimeout, QObject* parent)
    : QObject(parent)
    , m_master(master)
    , m_clock(clock)
    , m_timeout(commandTimeout)
{
    m_source.wanted = true;
    m_poll.setSingleShot(true);
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this, &ScanReplica::askReplica);
    m_compare.setInterval(compareInterval);
    connect(&m_compare, &QTimer::timeout, this, &ScanReplica::compare);
}

ScanReplica::~ScanReplica()
{
    blockSignals(true);
    ++m_round;
    const auto last = std::move(m_link);
}

/// Whoever waits for an answer there finds another link, or none.
void ScanReplica::dropLink()
{
    std::unique_ptr<ReplicaLink> old = std::move(m_link);
    retire(old);
}

void ScanReplica::choose(Handler handler)
{
    ++m_round;
    m_poll.stop();
    m_handler = std::move(handler);
    if (m_link && !m_link->connection().isReady())
        dropLink();
    if (m_clock.now() < m_restUntil) {
        conclude(nullptr);
        return;
    }
    m_master.send({ "INFO", "replication" }, [this, round = m_round](const Result<ReplyView>& reply) {
        if (round == m_round)
            readMaster(reply);
    });
}

void ScanReplica::readMaster(const Result<ReplyView>& reply)
{
    m_candidates.clear();
    if (!reply) {
        tryNext(errorMessage(reply.error()));
        return;
    }
    m_masterFacts = replicationFacts(reply->bytes());
    if (m_masterFacts.id.isEmpty() || m_masterFacts.offset < 0) {
        tryNext(tr("the server does not tell how its replicas fare"));
        return;
    }
    QString why = tr("the master names no replica that is online");
    for (ReplicationFacts::Replica replica : std::as_const(m_masterFacts.replicas)) {
        replica.endpoint.via = m_master.spec().endpoint().via;
        if (replica.online && replica.lagSeconds <= m_limits.lagSeconds)
            m_candidates.append(replica);
        else if (replica.online)
            why = tr("%1 has not answered its master for %2 s").arg(replica.endpoint.text()).arg(replica.lagSeconds);
    }
    // Who has served already goes on; of others the one that is least behind.
    const auto isOurs = [this](const ReplicationFacts::Replica& replica) {
        return m_link && m_link->connection().isReady() && replica.endpoint == m_endpoint;
    };
    std::stable_sort(m_candidates.begin(), m_candidates.end(),
        [&](const auto& a, const auto& b) { return isOurs(a) != isOurs(b) ? isOurs(a) : a.offset > b.offset; });
    tryNext(why);
}

void ScanReplica::tryNext(const QString& why)
{
    m_poll.stop();
    if (m_candidates.isEmpty()) {
        m_source.whyMaster = why;
        m_restUntil = m_clock.now() + m_limits.rest;
        conclude(nullptr);
        return;
    }
    const ReplicationFacts::Replica next = m_candidates.takeFirst();
    if (m_link && m_link->connection().isReady() && next.endpoint == m_endpoint) {
        m_catchUpUntil = m_clock.now() + m_limits.patience;
        askReplica();
    } else {
        open(next.endpoint);
    }
}

void ScanReplica::open(const Endpoint& endpoint)
{
    dropLink();
    m_endpoint = endpoint;
    const auto timeout = std::min(m_timeout, endpoint.via.isEmpty() ? m_limits.patience : m_timeout);
    m_link = std::make_unique<ReplicaLink>(
        memberSpec(m_master.spec(), endpoint), oneTryOptions("lockscope-scan", timeout), m_clock);
    Connection& connection = m_link->connection();
    connect(&connection, &Connection::ready, this, [this] {
        // A node of a cluster sends readers away without it; others do not know it.
        m_link->connection().send({ "READONLY" }, [](const Result<ReplyView>&) {});
        m_catchUpUntil = m_clock.now() + m_limits.patience;
        askReplica();
    });
    connect(&connection, &Connection::lost, this, &ScanReplica::handleLost);
    connection.open();
}

void ScanReplica::handleLost(const Error& error)
{
    if (m_handler)
        tryNext(name() + QStringLiteral(": ") + errorTitle(error.kind));
    else
        reject(name() + QStringLiteral(": ") + errorTitle(error.kind));
}

void ScanReplica::askReplica()
{
    m_link->connection().send(
        { "INFO", "replication" },
        [this, round = m_round, link = m_link.get()](const Result<ReplyView>& reply) {
            if (round == m_round && link == m_link.get() && m_handler)
                judgeReplica(reply);
        },
        m_limits.patience);
}

/// Why it cannot be used at all; empty: it can.
QString ScanReplica::faultOf(const ReplicationFacts& replica) const
{
    if (replica.role != "slave" || replica.id != m_masterFacts.id)
        return tr("%1 is no replica of this master").arg(name());
    if (!replica.isLinked)
        return tr("%1 does not hear its master, or is being filled anew").arg(name());
    return {};
}

void ScanReplica::judgeReplica(const Result<ReplyView>& reply)
{
    if (!reply) {
        if (m_link->connection().isReady()) // else handleLost() goes on
            tryNext(name() + QStringLiteral(": ") + errorTitle(reply.error().kind));
        return;
    }
    const ReplicationFacts replica = replicationFacts(reply->bytes());
    if (const QString fault = faultOf(replica); !fault.isEmpty()) {
        tryNext(fault);
        return;
    }
    note(replica);
    if (*m_source.lagBytes == 0)
        conclude(m_link.get());
    else if (m_clock.now() < m_catchUpUntil)
        m_poll.start();
    else
        tryNext(
            tr("%1 is behind: in %2 it has not got what the master had").arg(name(), durationText(m_limits.patience)));
}

void ScanReplica::note(const ReplicationFacts& replica)
{
    m_source.lagBytes = std::max<qint64>(0, m_masterFacts.offset - replica.offset);
    m_source.silentSeconds = replica.silentSeconds;
    for (const ReplicationFacts::Replica& known : std::as_const(m_masterFacts.replicas)) {
        if (known.endpoint.host == m_endpoint.host && known.endpoint.port == m_endpoint.port)
            m_source.lagSeconds = known.lagSeconds >= 0 ? std::optional(known.lagSeconds) : std::nullopt;
    }
}

void ScanReplica::conclude(ReplicaLink* chosen)
{
    m_poll.stop();
    if (chosen) {
        m_source.replica = name();
        m_source.whyMaster.clear();
        m_compare.start();
    } else {
        useMaster(m_source.whyMaster);
        dropLink();
    }
    Q_EMIT changed();
    Handler handler = std::exchange(m_handler, {});
    handler(chosen);
}

void ScanReplica::reject(const QString& why)
{
    qCInfo(logWatch).noquote() << "passes leave the replica:" << why;
    m_restUntil = m_clock.now() + m_limits.rest;
    ++m_round;
    useMaster(why);
    Q_EMIT unfit();
    if (!m_handler)
        dropLink();
    Q_EMIT changed();
}

void ScanReplica::stop()
{
    ++m_round;
    m_handler = {};
    m_candidates.clear();
    m_restUntil = {};
    dropLink();
    useMaster({});
    Q_EMIT changed();
}

void ScanReplica::useMaster(const QString& why)
{
    m_poll.stop();
    m_compare.stop();
    m_source = { true, {}, {}, {}, {}, why };
}

/// Keeps the lag up to date, and finds a replica that has stopped following.
void ScanReplica::compare()
{
    if (m_handler || !m_link)
        return;
    m_master.send({ "INFO", "replication" }, [this, round = m_round](const Result<ReplyView>& reply) {
        if (reply && round == m_round && !m_handler && m_link)
            compareWith(replicationFacts(reply->bytes()));
    });
}

void ScanReplica::compareWith(const ReplicationFacts& master)
{
    m_masterFacts = master;
    const auto answer = [this, round = m_round, link = m_link.get()](const Result<ReplyView>& reply) {
        if (round != m_round || m_handler || link != m_link.get())
            return;
        if (!reply) {
            if (link->connection().isReady())
                reject(name() + QStringLiteral(": ") + errorTitle(reply.error().kind));
            return;
        }
        const ReplicationFacts replica = replicationFacts(reply->bytes());
        const ScanSource before = m_source;
        note(replica);
        if (const QString fault = faultOf(replica); !fault.isEmpty())
            reject(fault);
        else if (m_source.lagSeconds.value_or(0) > m_limits.lagSeconds)
            reject(tr("%1 has not answered its master for %2 s").arg(name()).arg(*m_source.lagSeconds));
        else if (m_source != before)
            Q_EMIT changed();
    };
    m_link->connection().send({ "INFO", "replication" }, answer, m_limits.patience);
}

} // namespace lockscope

#include "moc_scanreplica.cpp"
