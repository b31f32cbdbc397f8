// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/tcptransport.h"

#include <QNetworkProxy>

namespace lockscope {

TcpTransport::TcpTransport(Endpoint endpoint)
    : m_endpoint(std::move(endpoint))
{
    configure(m_socket);
    if (!m_endpoint.via.isEmpty())
        m_tunnel = std::make_unique<SshTunnel>(m_endpoint);
    connect(&m_socket, &QTcpSocket::connected, this, &Transport::opened);
    connect(&m_socket, &QTcpSocket::readyRead, this, &Transport::readable);
    connect(&m_socket, &QTcpSocket::errorOccurred, this, [this] {
        const Error error = errorOf(m_socket, m_endpoint);
        if (m_tunnel)
            m_tunnel->noteEnd(error);
        else
            Q_EMIT closed(error);
    });
}

void TcpTransport::open()
{
    if (m_tunnel)
        openThrough(*m_tunnel, m_socket, *this, [this] { Q_EMIT opened(); });
    else
        m_socket.connectToHost(m_endpoint.host, m_endpoint.port);
}

void TcpTransport::abort()
{
    m_socket.disconnect(this);
    m_socket.abort();
    if (m_tunnel)
        m_tunnel->stop();
}

void TcpTransport::openThrough(SshTunnel& tunnel, QTcpSocket& socket, Transport& context, std::function<void()> begin)
{
    connect(&tunnel, &SshTunnel::started, &context, std::move(begin));
    connect(&tunnel, &SshTunnel::ended, &context, &Transport::closed);
    connect(&socket, &QTcpSocket::readyRead, &tunnel, &SshTunnel::noteArrival);
    Result<qintptr> descriptor = tunnel.start();
    if (!descriptor) {
        // Never from inside open(): the caller is not ready for its end yet.
        QMetaObject::invokeMethod(
            &context, [&context, error = descriptor.error()] { Q_EMIT context.closed(error); }, Qt::QueuedConnection);
        return;
    }
    socket.setSocketDescriptor(*descriptor);
    socket.setReadBufferSize(readBufferSize);
}

void TcpTransport::configure(QTcpSocket& socket)
{
    // The system's web proxy is no way to a database.
    socket.setProxy(QNetworkProxy::NoProxy);
    socket.setReadBufferSize(readBufferSize);
    QObject::connect(&socket, &QTcpSocket::connected, &socket, [&socket] {
        socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
        socket.setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    });
}

Error TcpTransport::errorOf(const QTcpSocket& socket, const Endpoint& endpoint)
{
    ErrorKind kind = ErrorKind::ConnectionLost;
    switch (socket.error()) {
    case QAbstractSocket::HostNotFoundError:
        kind = ErrorKind::Resolve;
        break;
    case QAbstractSocket::ConnectionRefusedError:
    case QAbstractSocket::SocketAccessError:
    case QAbstractSocket::SocketResourceError:
    case QAbstractSocket::SocketTimeoutError:
    case QAbstractSocket::UnsupportedSocketOperationError:
        kind = ErrorKind::Connect;
        break;
    case QAbstractSocket::NetworkError:
        if (socket.state() != QAbstractSocket::ConnectedState && socket.state() != QAbstractSocket::ClosingState)
            kind = ErrorKind::Connect;
        break;
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        kind = ErrorKind::Tls;
        break;
    default:
        break;
    }
    return makeError(kind, socket.errorString(), endpoint.text());
}

} // namespace lockscope

#include "moc_tcptransport.cpp"
