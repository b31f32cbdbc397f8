// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/transport.h"

#include <QTcpSocket>

namespace lockscope {

/// Plain TCP.
class TcpTransport final : public Transport {
    Q_OBJECT
public:
    explicit TcpTransport(Endpoint endpoint);

    void open() override;
    void abort() override;
    void flush() override { m_socket.flush(); }
    [[nodiscard]] qint64 unsentBytes() const override { return m_socket.bytesToWrite(); }

    /// What both TCP and TLS sockets are set to.
    static void configure(QTcpSocket& socket);
    /// The kind of a socket's error: not resolved, not reached, or lost.
    [[nodiscard]] static Error errorOf(const QTcpSocket& socket, const Endpoint& endpoint);

protected:
    [[nodiscard]] QIODevice& device() override { return m_socket; }

private:
    Endpoint m_endpoint;
    QTcpSocket m_socket;
};

} // namespace lockscope
