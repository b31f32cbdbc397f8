// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/tcpproxy.h"

#include <QLocalSocket>
#include <QTcpSocket>

namespace lockscope {

struct TcpProxy::Link {
    std::unique_ptr<QTcpSocket> client;
    std::unique_ptr<QLocalSocket> server;
};

TcpProxy::TcpProxy(const QString& socketPath)
    : m_path(socketPath)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &TcpProxy::deliver);
    connect(&m_server, &QTcpServer::newConnection, this, &TcpProxy::accept);
    m_server.listen(QHostAddress::LocalHost);
}

TcpProxy::~TcpProxy() = default;

ConnectionSpec TcpProxy::spec() const
{
    ConnectionSpec spec;
    spec.endpoints = { { QStringLiteral("127.0.0.1"), m_server.serverPort(), {} } };
    return spec;
}

void TcpProxy::accept()
{
    while (QTcpSocket* client = m_server.nextPendingConnection()) {
        auto link = std::make_shared<Link>();
        client->setParent(nullptr);
        link->client.reset(client);
        link->server = std::make_unique<QLocalSocket>();
        link->server->connectToServer(m_path);
        connect(client, &QTcpSocket::readyRead, this, [this, link = std::weak_ptr(link)] {
            if (const auto open = link.lock())
                post(open, true, open->client->readAll());
        });
        connect(link->server.get(), &QLocalSocket::readyRead, this, [this, link = std::weak_ptr(link)] {
            if (const auto open = link.lock())
                post(open, false, open->server->readAll());
        });
        connect(client, &QTcpSocket::disconnected, this, [link = std::weak_ptr(link)] {
            if (const auto open = link.lock())
                open->server->disconnectFromServer();
        });
        connect(link->server.get(), &QLocalSocket::disconnected, this, [link = std::weak_ptr(link)] {
            if (const auto open = link.lock())
                open->client->disconnectFromHost();
        });
        m_links.push_back(std::move(link));
    }
}

void TcpProxy::post(const std::shared_ptr<Link>& link, bool toServer, const QByteArray& bytes)
{
    m_parcels.push_back({ link, toServer, bytes, std::chrono::steady_clock::now() + m_delay });
    deliver();
}

void TcpProxy::deliver()
{
    const auto now = std::chrono::steady_clock::now();
    while (!m_stalled && !m_parcels.empty() && m_parcels.front().due <= now) {
        const Parcel parcel = std::move(m_parcels.front());
        m_parcels.pop_front();
        const auto link = parcel.link.lock();
        if (!link || !link->client->isOpen() || !link->server->isOpen())
            continue;
        if (parcel.toServer)
            link->server->write(parcel.bytes);
        else
            link->client->write(parcel.bytes);
    }
    if (!m_stalled && !m_parcels.empty())
        m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(m_parcels.front().due - now));
}

void TcpProxy::setStalled(bool stalled)
{
    m_stalled = stalled;
    deliver();
}

void TcpProxy::cut()
{
    for (const auto& link : m_links)
        link->client->abort();
}

} // namespace lockscope
