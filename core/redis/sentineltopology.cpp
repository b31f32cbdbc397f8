// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sentineltopology.h"

#include "base/logging.h"
#include "redis/handshake.h"
#include "redis/linkoptions.h"
#include "redis/redistext.h"
#include "redis/retire.h"
#include "redis/sentinellink.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto roleRetry = 100ms;
constexpr size_t mostSentinels = 32;

bool isRefusal(const Error& error)
{
    return error.kind == ErrorKind::Authentication || error.kind == ErrorKind::Permission
        || error.kind == ErrorKind::Ssh;
}

} // namespace

SentinelTopology::SentinelTopology(
    ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, TopologyOptions options)
    : m_spec(std::move(spec))
    , m_gate(std::move(gate))
    , m_options(std::move(options))
{
    m_retry.setSingleShot(true);
    m_judgeSoon.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, [this] {
        if (m_candidate && m_candidate->isReady())
            m_candidate->send({ "ROLE" }, [this](const Result<ReplyView>& reply) { handleRole(reply); });
    });
    connect(&m_judgeSoon, &QTimer::timeout, this, &SentinelTopology::judge);
}

SentinelTopology::~SentinelTopology()
{
    blockSignals(true);
    stop();
}

void SentinelTopology::start()
{
    m_running = true;
    for (const Endpoint& endpoint : m_spec.endpoints)
        addSentinel(endpoint);
}

void SentinelTopology::stop()
{
    m_running = false;
    m_retry.stop();
    m_judgeSoon.stop();
    retire(m_candidate);
    m_candidatePlace.reset();
    m_sentinels.clear();
}

void SentinelTopology::refresh()
{
    for (const auto& sentinel : m_sentinels)
        sentinel->ask();
}

void SentinelTopology::addSentinel(const Endpoint& endpoint)
{
    const bool known = std::any_of(
        m_sentinels.begin(), m_sentinels.end(), [&](const auto& sentinel) { return sentinel->endpoint() == endpoint; });
    if (known || m_sentinels.size() >= mostSentinels)
        return;
    m_sentinels.push_back(std::make_unique<SentinelLink>(m_spec, endpoint, m_gate, m_options));
    SentinelLink* added = m_sentinels.back().get();
    // Judging may add Sentinels and end the asking: not from within one's answer.
    connect(added, &SentinelLink::told, this, [this] { m_judgeSoon.start(0); });
    QTimer::singleShot(0, added, [added] { added->open(); });
}

const SentinelLink* SentinelTopology::best() const
{
    const SentinelLink* result = nullptr;
    for (const auto& sentinel : m_sentinels) {
        if (!sentinel->error() && sentinel->master() && (!result || sentinel->epoch() > result->epoch()))
            result = sentinel.get();
    }
    return result;
}

void SentinelTopology::judge()
{
    if (!m_running)
        return;
    for (size_t i = 0; i < m_sentinels.size(); ++i) {
        const QList<Endpoint> others = m_sentinels[i]->others();
        for (const Endpoint& endpoint : others)
            addSentinel(endpoint);
    }
    const SentinelLink* const chosen = best();
    if (!chosen) {
        handleRefusal();
        return;
    }
    if (m_master == chosen->master()) {
        setError(std::nullopt);
        retire(m_candidate);
        m_candidatePlace.reset();
    } else if (m_candidatePlace != chosen->master()) {
        verify(*chosen->master());
    }
}

// None of them names a master: some may still be silent, some unreachable, and some may not tell us.
void SentinelTopology::handleRefusal()
{
    const Error* refusal = nullptr;
    const Error* fault = nullptr;
    size_t ignorant = 0;
    for (const auto& sentinel : m_sentinels) {
        if (const auto& error = sentinel->error())
            (isRefusal(*error) ? refusal : fault) = &*error;
        else if (sentinel->hasAnswered())
            ++ignorant;
        else
            return; // its answer is still to come
    }
    const Error unknown = makeError(
        ErrorKind::Server, RedisText::tr("Sentinel knows no master of the name %1").arg(m_spec.sentinelMaster));
    const Error& worst = ignorant > 0 ? unknown : fault ? *fault : *refusal;
    if (!fault && !map().isKnown())
        Q_EMIT failed(worst);
    setError(worst);
}

void SentinelTopology::verify(const Endpoint& candidate)
{
    qCInfo(logRedis).noquote() << "Sentinel names" << candidate.text();
    retire(m_candidate);
    m_retry.stop();
    m_candidatePlace = candidate;
    ConnectionOptions options = linkOptions(m_options.clientName, m_options.timeout);
    options.backoffLimit = 200ms;
    m_candidate = std::make_unique<Connection>(memberSpec(m_spec, candidate), m_gate, options);
    connect(m_candidate.get(), &Connection::ready, this, [this] { m_retry.start(0); });
    connect(m_candidate.get(), &Connection::lost, this, [this](const Error& error) {
        // Who refuses us, or speaks no TLS, will tell it better to those who come to work.
        if (handshake::isPermanent(error.kind))
            handleRole(fail(error));
        else
            setError(error);
    });
    m_candidate->open();
}

void SentinelTopology::handleRole(const Result<ReplyView>& reply)
{
    if (!m_candidatePlace)
        return;
    const bool isOther = reply && reply->at(0).bytes() != "master";
    const bool isUnsure = !reply && !handshake::isPermanent(reply.error().kind);
    if (isOther || isUnsure) {
        m_retry.start(roleRetry);
        return;
    }
    m_master = std::exchange(m_candidatePlace, std::nullopt);
    retire(m_candidate);
    setError(std::nullopt);
    TopologyMap map;
    map.kind = Topology::Sentinel;
    map.masters = { MasterNode { memberSpec(m_spec, *m_master), {} } };
    setMap(std::move(map));
}

} // namespace lockscope

#include "moc_sentineltopology.cpp"
