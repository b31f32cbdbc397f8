// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/transport.h"

#include <QLocalSocket>

namespace lockscope {

/// A Unix domain socket.
class UnixTransport final : public Transport {
    Q_OBJECT
public:
    explicit UnixTransport(Endpoint endpoint);

    void open() override;
    void abort() override;
    void flush() override { m_socket.flush(); }
    [[nodiscard]] qint64 unsentBytes() const override { return m_socket.bytesToWrite(); }

protected:
    [[nodiscard]] QIODevice& device() override { return m_socket; }

private:
    [[nodiscard]] Error error() const;

    Endpoint m_endpoint;
    QLocalSocket m_socket;
    bool m_opened = false;
};

} // namespace lockscope
