// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sentinellink.h"

#include "redis/linkoptions.h"
#include "redis/retire.h"

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto askInterval = 1s;

ConnectionOptions sentinelOptions(const TopologyOptions& options)
{
    ConnectionOptions result = linkOptions(options.clientName, options.timeout);
    result.backoffLimit = 500ms;
    return result;
}

/// Sentinel answers in flat lists of field, value, field, value.
QByteArray fieldOf(ReplyView list, QByteArrayView name)
{
    for (auto part = list.begin(); part != list.end(); ++part) {
        const bool isIt = (*part).bytes() == name;
        if (++part == list.end())
            break;
        if (isIt)
            return (*part).toByteArray();
    }
    return {};
}

std::optional<Endpoint> endpointOf(const QByteArray& host, const QByteArray& port, const Endpoint& asked)
{
    bool ok = false;
    const quint16 number = port.toUShort(&ok);
    if (!ok || number == 0 || host.isEmpty())
        return {};
    return Endpoint { QString::fromUtf8(host), number, {}, asked.via };
}

} // namespace

SentinelLink::SentinelLink(const ConnectionSpec& spec, const Endpoint& endpoint,
    std::shared_ptr<const CommandGate> gate, const TopologyOptions& options)
    : m_spec(memberSpec(spec, endpoint))
    , m_name(spec.sentinelMaster.toUtf8())
    , m_endpoint(endpoint)
    , m_gate(std::move(gate))
    , m_options(options)
{
    m_spec.database = 0; // a Sentinel has none
    connect(&m_askTimer, &QTimer::timeout, this, &SentinelLink::ask);
}

SentinelLink::~SentinelLink()
{
    blockSignals(true);
    retire(m_connection);
    retire(m_subscriber);
}

void SentinelLink::open() { connectTo(m_spec); }

void SentinelLink::connectTo(const ConnectionSpec& spec)
{
    m_spec = spec;
    retire(m_connection);
    retire(m_subscriber);
    m_connection = std::make_unique<Connection>(m_spec, m_gate, sentinelOptions(m_options));
    connect(m_connection.get(), &Connection::ready, this, [this] {
        m_askTimer.start(askInterval);
        m_asking = false;
        ask();
        if (m_options.follow)
            m_subscriber->open({}, { "+switch-master", "+config-update-from", "+failover-end", "+sentinel" });
    });
    connect(m_connection.get(), &Connection::lost, this, &SentinelLink::handleLost);
    m_subscriber = std::make_unique<Subscriber>(m_spec, m_gate, sentinelOptions(m_options));
    m_subscriber->setMessageHandler([this](const PubSubMessage& /*message*/) { ask(); });
    // Whatever was published before it stood was missed.
    connect(m_subscriber.get(), &Subscriber::subscribed, this, &SentinelLink::ask);
    m_connection->open();
}

void SentinelLink::handleLost(const Error& error)
{
    m_askTimer.stop();
    m_asking = false;
    m_subscriber->close();
    const bool hasCredentials = !m_spec.password.isEmpty() || !m_spec.user.isEmpty();
    if (error.kind == ErrorKind::Authentication && hasCredentials && error.serverCode != "NOAUTH") {
        ConnectionSpec bare = m_spec;
        bare.user.clear();
        bare.password = Secret();
        QTimer::singleShot(0, this, [this, bare] { connectTo(bare); });
        return;
    }
    m_error = error;
    Q_EMIT told();
}

void SentinelLink::ask()
{
    if (m_asking || !m_connection->isReady())
        return;
    m_asking = true;
    m_connection->send({ "SENTINEL", "GET-MASTER-ADDR-BY-NAME", m_name },
        [this](const Result<ReplyView>& reply) { readMaster(reply); });
    m_connection->send(
        { "SENTINEL", "SENTINELS", m_name }, [this](const Result<ReplyView>& reply) { readOthers(reply); });
    m_connection->send({ "SENTINEL", "MASTER", m_name }, [this](const Result<ReplyView>& reply) { readEpoch(reply); });
}

void SentinelLink::readMaster(const Result<ReplyView>& reply)
{
    m_answer.reset();
    m_error.reset();
    if (reply && reply->size() >= 2)
        m_answer = endpointOf(reply->at(0).toByteArray(), reply->at(1).toByteArray(), m_endpoint);
    else if (!reply)
        m_error = reply.error();
}

void SentinelLink::readOthers(const Result<ReplyView>& reply)
{
    if (!reply)
        return;
    m_others.clear();
    for (const ReplyView sentinel : *reply) {
        if (const auto place = endpointOf(fieldOf(sentinel, "ip"), fieldOf(sentinel, "port"), m_endpoint))
            m_others.append(*place);
    }
}

void SentinelLink::readEpoch(const Result<ReplyView>& reply)
{
    m_asking = false;
    m_answered = m_answered || !m_error;
    if (!m_error)
        m_master = m_answer;
    // Where it may not be asked, all Sentinels count the same.
    if (reply)
        m_epoch = fieldOf(*reply, "config-epoch").toLongLong();
    Q_EMIT told();
}

} // namespace lockscope

#include "moc_sentinellink.cpp"
