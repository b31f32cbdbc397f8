// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/unixtransport.h"

namespace lockscope {

UnixTransport::UnixTransport(Endpoint endpoint)
    : m_endpoint(std::move(endpoint))
{
    m_socket.setReadBufferSize(readBufferSize);
    connect(&m_socket, &QLocalSocket::connected, this, [this] {
        m_opened = true;
        Q_EMIT opened();
    });
    connect(&m_socket, &QLocalSocket::readyRead, this, &Transport::readable);
    connect(&m_socket, &QLocalSocket::errorOccurred, this, [this] { Q_EMIT closed(error()); });
}

void UnixTransport::open() { m_socket.connectToServer(m_endpoint.path); }

void UnixTransport::abort()
{
    m_socket.disconnect(this);
    m_socket.abort();
}

Error UnixTransport::error() const
{
    return makeError(
        m_opened ? ErrorKind::ConnectionLost : ErrorKind::Connect, m_socket.errorString(), m_endpoint.text());
}

} // namespace lockscope

#include "moc_unixtransport.cpp"
