// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/uniquefunction.h"
#include "redis/command.h"
#include "redis/commandgate.h"
#include "redis/connectionuri.h"
#include "redis/reply.h"

#include <QObject>

#include <memory>

namespace lockscope {

/// Called exactly once for every command sent, on the connection's thread, also at shutdown. Error replies of the
/// server arrive as Error (errorFromReply), so the view is never an error on the top level. The view dies with the
/// call. The handler may send further commands, but must not delete the connection.
using ReplyHandler = UniqueFunction<void(Result<ReplyView>)>;

/// What a connection has done since it was made; feeds the load meter.
struct TrafficCounters {
    quint64 commands = 0;
    quint64 bytesSent = 0;
    quint64 bytesReceived = 0;
    quint64 reconnects = 0;
};

struct ConnectionOptions {
    QByteArray clientName = "lockscope"; ///< for CLIENT SETNAME, best effort
    Milliseconds connectTimeout { 5000 }; ///< resolve, connect, TLS and handshake together
    Milliseconds commandTimeout { 5000 }; ///< default deadline of a command
    Milliseconds pulse { 1500 }; ///< silence after which a PING asks for a sign of life; 0: never
    bool reconnect = true; ///< back off and try again when the link is lost
    Milliseconds backoffFirst { 50 };
    Milliseconds backoffLimit { 1000 }; ///< jittered; a server that came back is seen within this
};

/// One pipelined connection to one server: all commands of one event-loop turn leave in one write. Lives in, and is
/// used from, one thread. A command that was written and whose answer was lost ends as OutcomeUnknown unless it is a
/// known read (then ConnectionLost or Timeout); nothing is ever sent twice. Commands sent while the state is not Ready
/// fail at once with ConnectionLost and touch nothing.
class Connection final : public QObject {
    Q_OBJECT
public:
    enum class State : quint8 {
        Idle,
        Connecting,
        Securing,
        Authenticating,
        Selecting,
        Naming,
        Probing,
        Ready,
        BackingOff,
        Closed
    };
    Q_ENUM(State)

    /// `gate` is shared with the other connections of the deployment.
    Connection(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options = {},
        QObject* parent = nullptr);
    ~Connection() override; ///< fails what is pending with Cancelled (writes: OutcomeUnknown)

    void open();
    /// Ends the link and stays closed; pending handlers are called before it returns.
    void close();
    [[nodiscard]] State state() const;
    [[nodiscard]] bool isReady() const { return state() == State::Ready; }
    [[nodiscard]] const ConnectionSpec& spec() const;
    [[nodiscard]] TrafficCounters traffic() const;
    /// Why the link is down; meaningful in BackingOff and Closed.
    [[nodiscard]] Error lastError() const;
    /// Commands sent whose answer is still awaited.
    [[nodiscard]] qsizetype pendingCommands() const;
    /// Bytes handed to send() that the socket has not taken yet: background work pauses above 4 MiB.
    [[nodiscard]] qint64 unsentBytes() const;

    void send(const Command& command, ReplyHandler handler) { send(command, std::move(handler), Milliseconds(0)); }
    /// With a deadline of its own; 0 for the default.
    void send(const Command& command, ReplyHandler handler, Milliseconds timeout);

Q_SIGNALS:
    void stateChanged(lockscope::Connection::State state);
    void ready(); ///< the handshake is through and the first PING was answered
    void lost(const lockscope::Error& error); ///< was Ready, or could not become Ready; once per attempt

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
