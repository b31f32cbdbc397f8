// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/faultproxy.h"

#include <QLocalSocket>
#include <QNetworkProxy>
#include <QRandomGenerator>
#include <QTimer>

#include <algorithm>

namespace lockscope {

namespace {

constexpr qint64 chunkSize = 64 * 1024;

} // namespace

/// One connection of a client, and its other half to the server.
class FaultProxy::Pipe final : public QObject {
public:
    Pipe(FaultProxy& proxy, QTcpSocket* client);
    void pump();
    void end();

private:
    struct Chunk {
        SteadyTime due;
        QByteArray bytes;
    };
    /// What is on its way in one direction.
    struct Lane {
        QIODevice* from = nullptr;
        QIODevice* to = nullptr;
        bool carriesAnswers = false;
        std::deque<Chunk> chunks;
        SteadyTime lastDue;
    };
    void connectUpstream(const ConnectionSpec& upstream);
    void watch();
    void take(Lane& lane);
    void pass(Lane& lane, SteadyTime now);

    FaultProxy& m_proxy;
    QTcpSocket* const m_client;
    QIODevice* m_server = nullptr;
    std::array<Lane, 2> m_lanes;
    QTimer m_due;
    bool m_isEnding = false;
};

FaultProxy::Pipe::Pipe(FaultProxy& proxy, QTcpSocket* client)
    : QObject(&proxy)
    , m_proxy(proxy)
    , m_client(client)
{
    m_client->setParent(this);
    m_client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connectUpstream(proxy.m_upstream);
    m_lanes[0] = { m_client, m_server, false, {}, {} };
    m_lanes[1] = { m_server, m_client, true, {}, {} };
    m_due.setSingleShot(true);
    m_due.setTimerType(Qt::PreciseTimer);
    connect(&m_due, &QTimer::timeout, this, &Pipe::pump);
    connect(m_client, &QIODevice::readyRead, this, &Pipe::pump);
    connect(m_client, &QAbstractSocket::disconnected, this, &Pipe::end);
}

void FaultProxy::Pipe::connectUpstream(const ConnectionSpec& upstream)
{
    if (upstream.link == LinkKind::Unix) {
        auto* socket = new QLocalSocket(this);
        m_server = socket;
        connect(socket, &QLocalSocket::connected, this, &Pipe::pump);
        connect(socket, &QLocalSocket::disconnected, this, &Pipe::end);
        connect(socket, &QLocalSocket::errorOccurred, this, &Pipe::end);
        socket->connectToServer(upstream.endpoint().path);
    } else {
        auto* socket = new QTcpSocket(this);
        m_server = socket;
        socket->setProxy(QNetworkProxy::NoProxy);
        connect(socket, &QTcpSocket::connected, this, [this, socket] {
            socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            pump();
        });
        connect(socket, &QTcpSocket::disconnected, this, &Pipe::end);
        connect(socket, &QTcpSocket::errorOccurred, this, &Pipe::end);
        socket->connectToHost(upstream.endpoint().host, upstream.endpoint().port);
    }
    connect(m_server, &QIODevice::readyRead, this, &Pipe::pump);
}

void FaultProxy::Pipe::pump()
{
    if (m_isEnding)
        return;
    const SteadyTime now = std::chrono::steady_clock::now();
    SteadyTime next = SteadyTime::max();
    for (Lane& lane : m_lanes) {
        take(lane);
        pass(lane, now);
        if (!lane.chunks.empty())
            next = std::min(next, lane.chunks.front().due);
    }
    if (next > now && next != SteadyTime::max())
        m_due.start(std::chrono::ceil<Milliseconds>(next - now));
}

void FaultProxy::Pipe::take(Lane& lane)
{
    if (m_proxy.m_mode == Mode::Stall)
        return; // it waits in the socket
    while (lane.from->isOpen() && lane.from->bytesAvailable() > 0) {
        QByteArray bytes = lane.from->read(chunkSize);
        if (lane.carriesAnswers && m_proxy.m_mode == Mode::DropAnswers)
            continue;
        Milliseconds delay = m_proxy.m_delay;
        if (m_proxy.m_jitter.count() > 0)
            delay += Milliseconds(QRandomGenerator::global()->bounded(int(m_proxy.m_jitter.count()) + 1));
        lane.lastDue = std::max(lane.lastDue, std::chrono::steady_clock::now() + delay);
        lane.chunks.push_back({ lane.lastDue, std::move(bytes) });
    }
}

void FaultProxy::Pipe::pass(Lane& lane, SteadyTime now)
{
    const auto* local = qobject_cast<const QLocalSocket*>(lane.to);
    const auto* remote = qobject_cast<const QAbstractSocket*>(lane.to);
    const bool isConnected
        = local ? local->state() == QLocalSocket::ConnectedState : remote->state() == QAbstractSocket::ConnectedState;
    while (isConnected && !lane.chunks.empty() && (lane.chunks.front().due <= now || m_proxy.m_delay.count() == 0)) {
        lane.to->write(lane.chunks.front().bytes);
        lane.chunks.pop_front();
    }
}

void FaultProxy::Pipe::end()
{
    if (std::exchange(m_isEnding, true))
        return;
    m_client->abort();
    if (auto* local = qobject_cast<QLocalSocket*>(m_server))
        local->abort();
    else if (auto* remote = qobject_cast<QAbstractSocket*>(m_server))
        remote->abort();
    std::erase(m_proxy.m_pipes, this);
    deleteLater();
}

FaultProxy::FaultProxy(ConnectionSpec upstream, QObject* parent)
    : QObject(parent)
    , m_upstream(std::move(upstream))
{
    connect(&m_server, &QTcpServer::newConnection, this, &FaultProxy::accept);
}

FaultProxy::~FaultProxy() { cutAll(); }

Status FaultProxy::listen()
{
    m_server.setProxy(QNetworkProxy::NoProxy);
    if (m_server.listen(QHostAddress::LocalHost))
        return {};
    return fail(ErrorKind::Connect, m_server.errorString());
}

ConnectionSpec FaultProxy::spec() const
{
    ConnectionSpec spec = m_upstream;
    // The certificate stays that of the server behind.
    if (spec.link == LinkKind::Tls && spec.tls.serverName.isEmpty())
        spec.tls.serverName = spec.endpoint().host;
    if (spec.link == LinkKind::Unix)
        spec.link = LinkKind::Tcp;
    spec.endpoints = { Endpoint { QStringLiteral("127.0.0.1"), m_server.serverPort(), {} } };
    return spec;
}

void FaultProxy::accept()
{
    while (QTcpSocket* const client = m_server.nextPendingConnection()) {
        if (m_mode == Mode::Refuse) {
            client->abort();
            client->deleteLater();
            continue;
        }
        m_pipes.push_back(new Pipe(*this, client));
    }
}

void FaultProxy::setMode(Mode mode)
{
    const Mode former = std::exchange(m_mode, mode);
    if (mode == Mode::Refuse || former == Mode::DropAnswers)
        cutAll();
    for (Pipe* pipe : std::vector<Pipe*>(m_pipes))
        pipe->pump();
}

void FaultProxy::setDelay(Milliseconds delay, Milliseconds jitter)
{
    m_delay = delay;
    m_jitter = jitter;
    for (Pipe* pipe : std::vector<Pipe*>(m_pipes))
        pipe->pump();
}

void FaultProxy::setUpstream(const ConnectionSpec& upstream)
{
    m_upstream = upstream;
    cutAll();
}

void FaultProxy::cutAll()
{
    for (Pipe* pipe : std::vector<Pipe*>(m_pipes))
        pipe->end();
}

} // namespace lockscope

#include "moc_faultproxy.cpp"
