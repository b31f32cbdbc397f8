// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/serverlink.h"

#include "base/logging.h"
#include "redis/handshake.h"

#include <QRandomGenerator>

#include <algorithm>

namespace lockscope {

namespace {

// How long one turn of the event loop may go on reading: other sockets, timers and threads' messages wait meanwhile.
constexpr Milliseconds readBudget { 2 };
constexpr Milliseconds sshRefusalPause { 20'000 };
constexpr qsizetype earlyFlush = 1024 * 1024;

} // namespace

ServerLink::ServerLink(LinkUser& user, ConnectionSpec spec, std::shared_ptr<const CommandGate> gate,
    ConnectionOptions options, qsizetype tailLimit)
    : m_user(user)
    , m_spec(std::move(spec))
    , m_gate(std::move(gate))
    , m_options(std::move(options))
    , m_tailLimit(tailLimit)
    , m_endpoint(m_spec.endpoint().text())
    , m_connectTimer(this)
    , m_backoffTimer(this)
{
    m_connectTimer.setSingleShot(true);
    m_backoffTimer.setSingleShot(true);
    connect(&m_backoffTimer, &QTimer::timeout, this, &ServerLink::connectNow);
    connect(&m_connectTimer, &QTimer::timeout, this, [this] {
        const bool inTls = m_state == State::Securing;
        drop(makeError(inTls                   ? ErrorKind::Tls
                : m_state == State::Connecting ? ErrorKind::Connect
                                               : ErrorKind::Timeout,
            QStringLiteral("no answer within %1 ms").arg(m_options.connectTimeout.count()), m_endpoint));
    });
}

ServerLink::~ServerLink() { takeDown(); }

void ServerLink::open()
{
    if (m_state != State::Idle && m_state != State::Closed)
        return;
    m_failedAttempts = 0;
    connectNow();
}

void ServerLink::close()
{
    if (m_state == State::Closed)
        return;
    takeDown();
    m_lastError = makeError(ErrorKind::Cancelled, QStringLiteral("closed"), m_endpoint);
    setState(State::Closed);
}

void ServerLink::drop(const Error& error)
{
    if (!m_transport)
        return;
    const bool wasReady = m_state == State::Ready;
    const bool livedLong = wasReady && std::chrono::steady_clock::now() - m_readySince >= m_options.backoffLimit;
    takeDown();
    m_lastError = error;
    if (livedLong)
        m_failedAttempts = 0;
    qCInfo(logRedis).noquote() << m_endpoint << "lost:" << errorName(error.kind) << error.detail;
    const quint64 generation = m_generation;
    if (m_options.reconnect)
        backOff();
    else
        setState(State::Closed);
    if (generation == m_generation)
        m_user.linkLost(error);
}

Status ServerLink::append(const Command& command)
{
    // Without a gate nothing passes: that somebody forgot it must not open the server.
    if (!m_gate)
        return fail(ErrorKind::Internal, QStringLiteral("a link without a gate"), m_endpoint);
    if (const Status allowed = m_gate->check(command); !allowed)
        return allowed;
    ++m_traffic.commands;
    m_outgoing += command.wire();
    if (m_reading)
        return {}; // the end of this reading writes everything
    if (m_outgoing.size() >= earlyFlush) {
        flush();
    } else if (!m_flushQueued) {
        m_flushQueued = true;
        QMetaObject::invokeMethod(this, &ServerLink::flush, Qt::QueuedConnection);
    }
    return {};
}

qint64 ServerLink::unsentBytes() const { return m_outgoing.size() + (m_transport ? m_transport->unsentBytes() : 0); }

void ServerLink::connectNow()
{
    ++m_generation;
    m_reader = std::make_unique<RespReader>(m_tailLimit);
    m_transport = Transport::make(m_spec);
    connect(m_transport.get(), &Transport::securing, this, [this] { setState(State::Securing); });
    connect(m_transport.get(), &Transport::opened, this, &ServerLink::advance);
    connect(m_transport.get(), &Transport::readable, this, [this] { readAvailable(false); });
    connect(m_transport.get(), &Transport::closed, this, &ServerLink::transportClosed);
    m_connectTimer.start(m_options.connectTimeout);
    const quint64 generation = m_generation;
    setState(State::Connecting);
    if (generation == m_generation)
        m_transport->open();
}

void ServerLink::setState(State state)
{
    if (state == m_state)
        return;
    Q_ASSERT(handshake::isAllowed(m_state, state));
    qCDebug(logRedis).noquote() << m_endpoint << m_state << "->" << state;
    m_state = state;
    m_user.linkStateChanged(state);
}

// One step of the handshake is done: go to the next state and send what it asks.
void ServerLink::advance()
{
    const quint64 generation = m_generation;
    const State state = handshake::next(m_state, m_spec, m_options);
    if (state == State::Ready) {
        m_connectTimer.stop();
        m_readySince = std::chrono::steady_clock::now();
        if (std::exchange(m_wasReady, true))
            ++m_traffic.reconnects;
    }
    setState(state);
    if (generation != m_generation)
        return;
    if (state == State::Ready) {
        m_user.linkReady();
        return;
    }
    if (const Status sent = append(handshake::command(state, m_spec, m_options)); !sent)
        drop(sent.error());
}

void ServerLink::handshakeReply(ReplyView reply)
{
    if (const Status judged = handshake::judge(m_state, reply, m_endpoint); !judged)
        drop(judged.error());
    else
        advance();
}

void ServerLink::readAvailable(bool everything)
{
    if (m_reading || !m_transport)
        return;
    m_reading = true;
    readOnce(everything);
    m_reading = false;
    m_retiredReaders.clear();
    if (m_closedWhileReading) {
        const std::unique_ptr<Error> error = std::move(m_closedWhileReading);
        drop(*error);
        return;
    }
    // The last reading of a link that has ended: what was asked for meanwhile never leaves.
    if (!everything)
        flush();
}

void ServerLink::readOnce(bool everything)
{
    const quint64 generation = m_generation;
    RespReader& reader = *m_reader;
    const SteadyTime until = std::chrono::steady_clock::now() + readBudget;
    for (unsigned replies = 0; generation == m_generation;) {
        switch (reader.next()) {
        case RespReader::Progress::Reply:
            if (m_state == State::Ready)
                m_user.linkReplied(reader.reply());
            else
                handshakeReply(reader.reply());
            if (++replies % 64 == 0 && !everything && std::chrono::steady_clock::now() > until) {
                if (!std::exchange(m_continuationQueued, true)) {
                    const auto goOn = [this] {
                        m_continuationQueued = false;
                        readAvailable(false);
                    };
                    QMetaObject::invokeMethod(this, goOn, Qt::QueuedConnection);
                }
                return;
            }
            break;
        case RespReader::Progress::NeedMore:
            if (!fetch(generation))
                return;
            break;
        case RespReader::Progress::Broken: {
            Error error = reader.error();
            error.endpoint = m_endpoint;
            drop(error);
            return;
        }
        }
    }
}

bool ServerLink::fetch(quint64 generation)
{
    const qint64 size = m_transport->read(m_chunk.data(), qint64(m_chunk.size()));
    if (size <= 0 || generation != m_generation)
        return false;
    m_traffic.bytesReceived += quint64(size);
    m_lastReceived = std::chrono::steady_clock::now();
    m_reader->feed(QByteArrayView(m_chunk.data(), size));
    return true;
}

void ServerLink::transportClosed(const Error& error)
{
    if (m_reading) {
        m_closedWhileReading = std::make_unique<Error>(error);
        return;
    }
    // What the server said last is often the reason why it closed.
    const quint64 generation = m_generation;
    readAvailable(true);
    if (generation == m_generation)
        drop(error);
}

void ServerLink::flush()
{
    m_flushQueued = false;
    if (m_outgoing.isEmpty() || !m_transport || m_reading)
        return;
    m_traffic.bytesSent += quint64(m_outgoing.size());
    m_transport->write(m_outgoing);
    m_outgoing.resize(0);
    m_transport->flush();
}

void ServerLink::takeDown()
{
    ++m_generation;
    m_connectTimer.stop();
    m_backoffTimer.stop();
    m_outgoing.clear();
    m_closedWhileReading.reset();
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->abort();
        // Often one of the socket's own signals brought us here.
        m_transport.release()->deleteLater();
    }
    if (m_reader)
        m_retiredReaders.push_back(std::move(m_reader));
    if (!m_reading)
        m_retiredReaders.clear();
}

void ServerLink::backOff()
{
    const Milliseconds delay = backoffDelay();
    m_backoffTimer.start(delay);
    setState(State::BackingOff);
}

// Doubles from attempt to attempt; the random half keeps many clients of a restarted server apart.
Milliseconds ServerLink::backoffDelay()
{
    const int attempt = std::min(m_failedAttempts++, 16);
    Milliseconds longest = std::min(m_options.backoffFirst * (1 << attempt), m_options.backoffLimit);
    if (handshake::isPermanent(m_lastError.kind))
        longest = m_options.backoffLimit;
    // A guarded host shuts out whoever knocks too often with the wrong key.
    if (m_lastError.kind == ErrorKind::Ssh)
        longest = std::max(longest, sshRefusalPause);
    return longest / 2 + Milliseconds(QRandomGenerator::global()->bounded(int(longest.count()) / 2 + 1));
}

} // namespace lockscope

#include "moc_serverlink.cpp"
