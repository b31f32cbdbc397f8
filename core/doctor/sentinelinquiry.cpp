// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/sentinelinquiry.h"

#include "redis/linkoptions.h"
#include "redis/retire.h"
#include "redis/servertopology.h"

#include <QTimer>

namespace lockscope {

SentinelInquiry::SentinelInquiry(
    ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, Milliseconds timeout, QObject* parent)
    : QObject(parent)
    , m_spec(std::move(spec))
    , m_gate(std::move(gate))
    , m_timeout(timeout)
{
    for (const Endpoint& endpoint : m_spec.endpoints)
        m_answers.push_back({ endpoint.text(), fail(ErrorKind::Cancelled) });
    m_isNoted.assign(m_answers.size(), false);
    m_awaited = m_answers.size();
    m_connections.resize(m_answers.size());
}

SentinelInquiry::~SentinelInquiry()
{
    blockSignals(true);
    m_isNoted.assign(m_answers.size(), true);
}

void SentinelInquiry::start()
{
    for (size_t i = 0; i < m_answers.size(); ++i) {
        ConnectionSpec spec = memberSpec(m_spec, m_spec.endpoints.at(qsizetype(i)));
        spec.database = 0; // a Sentinel has none
        ask(i, spec);
    }
}

void SentinelInquiry::ask(size_t index, const ConnectionSpec& spec)
{
    retire(m_connections[index]);
    m_connections[index] = std::make_unique<Connection>(spec, m_gate, oneTryOptions("lockscope-doctor", m_timeout));
    Connection* connection = m_connections[index].get();
    connect(connection, &Connection::ready, this, [this, index, connection] {
        connection->send(
            { "SENTINEL", "CKQUORUM", m_spec.sentinelMaster.toUtf8() }, [this, index](const Result<ReplyView>& reply) {
                note(index, reply ? Result<QByteArray>(reply->toByteArray()) : fail(reply.error()));
            });
    });
    connect(connection, &Connection::lost, this, [this, index](const Error& error) { handleLost(index, error); });
    connection->open();
}

void SentinelInquiry::handleLost(size_t index, const Error& error)
{
    ConnectionSpec bare = m_connections[index]->spec();
    const bool hasCredentials = !bare.password.isEmpty() || !bare.user.isEmpty();
    // They may be meant for the data servers alone.
    if (error.kind == ErrorKind::Authentication && hasCredentials && error.serverCode != "NOAUTH") {
        bare.user.clear();
        bare.password = Secret();
        QTimer::singleShot(0, this, [this, index, bare] { ask(index, bare); });
        return;
    }
    note(index, fail(error));
}

void SentinelInquiry::note(size_t index, Result<QByteArray> quorum)
{
    if (m_isNoted[index])
        return;
    m_isNoted[index] = true;
    m_answers[index].quorum = std::move(quorum);
    if (--m_awaited == 0)
        QTimer::singleShot(0, this, &SentinelInquiry::finished);
}

} // namespace lockscope

#include "moc_sentinelinquiry.cpp"
