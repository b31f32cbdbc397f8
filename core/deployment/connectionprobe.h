// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/serverfacts.h"

#include <QElapsedTimer>
#include <QList>

#include <memory>

class QHostInfo;

namespace lockscope {

/// One step of a connection test. A value.
struct ProbeStep {
    enum class Kind : quint8 { Resolve, Connect, Tls, Login, Ping, Role, Master, Capabilities };
    enum class State : quint8 { Running, Passed, Warned, Failed };
    Kind kind = Kind::Connect;
    State state = State::Running;
    QString server; ///< `host:port` or the socket path
    double milliseconds = 0; ///< what it took
    QString text; ///< what came out, for people
    QString hint; ///< what to do; empty where there is nothing to do
};
[[nodiscard]] QString probeStepTitle(ProbeStep::Kind kind);

/// Tries a connection step by step and explains what it sees: each master of a quorum, each named node of a cluster,
/// each Sentinel and the master that they name. Read-only; nothing is written to a server. Lives on one thread;
/// deleting it ends the test.
class ConnectionProbe final : public QObject {
    Q_OBJECT
public:
    /// `specs` with their passwords; `timeout` for each server.
    ConnectionProbe(const QList<ConnectionSpec>& specs, Milliseconds timeout, QObject* parent = nullptr);
    ~ConnectionProbe() override;

    void start();
    [[nodiscard]] const QList<ProbeStep>& steps() const { return m_steps; }

Q_SIGNALS:
    void changed(); ///< steps() says more
    void finished(bool usable); ///< once

private:
    void nextServer();
    void resolved(const QHostInfo& info);
    void connectServer();
    void showState(Connection::State state);
    void serverReady();
    void serverLost(const Error& error);
    void askSentinel();
    void showFacts(const ServerFacts& facts);
    void serverDone(bool passed);
    void begin(ProbeStep::Kind kind);
    void end(ProbeStep::State state, const QString& text, const QString& hint = {});

    struct Server {
        ConnectionSpec spec; // of one server
        bool isSentinel = false;
        bool mayFail = false; // others can stand in for it
    };
    QList<Server> m_queue;
    Server m_server;
    const QByteArray m_masterName;
    const ConnectionSpec m_first;
    const Milliseconds m_timeout;
    QList<ProbeStep> m_steps;
    QElapsedTimer m_stepTime;
    int m_lookup = -1;
    bool m_masterFound = false;
    int m_passed = 0;
    bool m_failed = false; // one that no other can stand in for
    std::unique_ptr<Connection> m_connection; // last: its handlers touch the rest
};

} // namespace lockscope
