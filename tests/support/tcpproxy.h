// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connectionuri.h"

#include <QByteArray>
#include <QObject>
#include <QTcpServer>
#include <QTimer>

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

class QLocalSocket;
class QTcpSocket;

namespace lockscope {

/// A link that behaves as badly as a test wants: a TCP port that passes everything on to a server's Unix socket, and
/// back, after a delay; or holds everything back. Lives in the test's own event loop.
class TcpProxy final : public QObject {
    Q_OBJECT
public:
    explicit TcpProxy(const QString& socketPath);
    ~TcpProxy() override;

    [[nodiscard]] ConnectionSpec spec() const;
    /// Each way, for what comes from now on.
    void setDelay(std::chrono::milliseconds delay) { m_delay = delay; }
    /// True: nothing is passed on in either direction until it is false again.
    void setStalled(bool stalled);
    /// Ends every link.
    void cut();

private:
    struct Link;
    struct Parcel {
        std::weak_ptr<Link> link;
        bool toServer;
        QByteArray bytes;
        std::chrono::steady_clock::time_point due;
    };
    void accept();
    void post(const std::shared_ptr<Link>& link, bool toServer, const QByteArray& bytes);
    void deliver();

    const QString m_path;
    QTcpServer m_server;
    std::vector<std::shared_ptr<Link>> m_links;
    std::deque<Parcel> m_parcels;
    std::chrono::milliseconds m_delay { 0 };
    bool m_stalled = false;
    QTimer m_timer;
};

} // namespace lockscope
