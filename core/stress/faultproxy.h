// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "redis/connectionuri.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <deque>
#include <memory>
#include <vector>

class QLocalSocket;

namespace lockscope {

/// Stands between the clients of a run and one server, on a loopback port of its own, and harms what passes: so that
/// any server can be tried, without a hand on it. Bytes pass unread; TLS stays end to end. One thread.
class FaultProxy final : public QObject {
    Q_OBJECT
public:
    enum class Mode : quint8 {
        Pass,
        Stall, ///< nothing passes; it does later
        DropAnswers, ///< commands pass, answers are thrown away; connections end with the mode
        Refuse, ///< connections are cut, new ones too
    };

    explicit FaultProxy(ConnectionSpec upstream, QObject* parent = nullptr);
    ~FaultProxy() override;
    [[nodiscard]] Status listen();
    /// How to reach the server through this proxy.
    [[nodiscard]] ConnectionSpec spec() const;
    void setMode(Mode mode);
    /// Each way, a fixed part and a random one on top of it; what is on its way keeps its order.
    void setDelay(Milliseconds delay, Milliseconds jitter);
    /// Another server from now on: connections are cut.
    void setUpstream(const ConnectionSpec& upstream);

private:
    class Pipe;
    void accept();
    void cutAll();

    ConnectionSpec m_upstream;
    QTcpServer m_server;
    Mode m_mode = Mode::Pass;
    Milliseconds m_delay { 0 };
    Milliseconds m_jitter { 0 };
    std::vector<Pipe*> m_pipes; // children
};

} // namespace lockscope
