// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/tcptransport.h"

#include <QNetworkProxy>

namespace lockscope {

TcpTransport::TcpTransport(Endpoint endpoint)
    : m_endpoint(std::move(endpoint))
{
    configure(m_socket);
    connect(&m_socket, &QTcpSocket::connected, this, &Transport::opened);
    connect(&m_socket, &QTcpSocket::readyRead, this, &Transport::readable);
    connect(&m_socket, &QTcpSocket::errorOccurred, this, [this] { Q_EMIT closed(errorOf(m_socket, m_endpoint)); });
}

void TcpTransport::open() { m_socket.connectToHost(m_endpoint.host, m_endpoint.port); }

void TcpTransport::abort()
{
    m_socket.disconnect(this);
    m_socket.abort();
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
