// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "redis/sshtunnel.h"
#include "redis/transport.h"

#include <QSslSocket>

#include <memory>

namespace lockscope {

/// TLS over TCP, or through ssh (an endpoint with `via`): the peer is verified against its certificate and name, and
/// any doubt ends the link, unless the options say `insecure`.
class TlsTransport final : public Transport {
    Q_OBJECT
public:
    TlsTransport(Endpoint endpoint, TlsOptions options);

    void open() override;
    void abort() override;
    void flush() override { m_socket.flush(); }
    [[nodiscard]] qint64 unsentBytes() const override
    {
        return m_socket.bytesToWrite() + m_socket.encryptedBytesToWrite();
    }

protected:
    [[nodiscard]] QIODevice& device() override { return m_socket; }

private:
    [[nodiscard]] Status loadFiles();
    void handleError();
    void judge(const QList<QSslError>& errors);

    Endpoint m_endpoint;
    TlsOptions m_options;
    QSslSocket m_socket;
    std::unique_ptr<SshTunnel> m_tunnel;
    QString m_certificateFault;
};

} // namespace lockscope
