// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/sshtunnel.h"
#include "redis/transport.h"

#include <QTcpSocket>

#include <functional>
#include <memory>

namespace lockscope {

/// Plain TCP, or (an endpoint with `via`) the same bytes through ssh.
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
    /// Puts the socket on top of ssh. `begin` is called when ssh runs, on `context`'s thread and not before this
    /// returns.
    static void openThrough(SshTunnel& tunnel, QTcpSocket& socket, Transport& context, std::function<void()> begin);
    /// The kind of a socket's error: not resolved, not reached, or lost.
    [[nodiscard]] static Error errorOf(const QTcpSocket& socket, const Endpoint& endpoint);

protected:
    [[nodiscard]] QIODevice& device() override { return m_socket; }

private:
    Endpoint m_endpoint;
    QTcpSocket m_socket;
    std::unique_ptr<SshTunnel> m_tunnel;
};

} // namespace lockscope
