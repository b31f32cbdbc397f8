// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/respreader.h"
#include "redis/transport.h"

#include <QTimer>

#include <array>
#include <memory>
#include <vector>

namespace lockscope {

/// Who uses a ServerLink. Called directly, on the link's thread; may close the link, never delete it.
class LinkUser {
public:
    virtual void linkStateChanged(Connection::State state) = 0;
    /// The handshake is through: replies come from now on.
    virtual void linkReady() = 0;
    /// An answer of the server, errors included; the view dies with the call.
    virtual void linkReplied(ReplyView reply) = 0;
    /// The link is down (state BackingOff, or Closed without reconnecting), or could not come up.
    virtual void linkLost(const Error& error) = 0;

protected:
    ~LinkUser() = default;
};

/// What Connection and Subscriber have in common: the socket, the handshake, the reader, one write a turn, and coming
/// back after a loss. Knows nothing about requests.
class ServerLink final : public QObject {
    Q_OBJECT
public:
    using State = Connection::State;

    ServerLink(LinkUser& user, ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options,
        qsizetype tailLimit);
    ~ServerLink() override;

    void open();
    /// Ends the link without a word to the user but the change of state.
    void close();
    /// Ends the link as lost: linkLost() follows, and the next attempt where wanted.
    void drop(const Error& error);
    /// Puts a command into the write of this turn, if the gate lets it pass.
    Status append(const Command& command);

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const ConnectionSpec& spec() const { return m_spec; }
    [[nodiscard]] const ConnectionOptions& options() const { return m_options; }
    [[nodiscard]] const QString& endpoint() const { return m_endpoint; }
    [[nodiscard]] const Error& lastError() const { return m_lastError; }
    [[nodiscard]] const TrafficCounters& traffic() const { return m_traffic; }
    [[nodiscard]] qint64 unsentBytes() const;
    /// Bytes handed to the socket over the whole life: what is beyond was never sent.
    [[nodiscard]] quint64 writtenPosition() const { return m_traffic.bytesSent; }
    [[nodiscard]] quint64 appendedPosition() const { return m_traffic.bytesSent + quint64(m_outgoing.size()); }
    [[nodiscard]] SteadyTime lastReceived() const { return m_lastReceived; }

private:
    void connectNow();
    void setState(State state);
    void advance();
    void handshakeReply(ReplyView reply);
    void readAvailable(bool everything);
    void readOnce(bool everything);
    [[nodiscard]] bool fetch(quint64 generation);
    void transportClosed(const Error& error);
    void flush();
    void takeDown();
    void backOff();
    [[nodiscard]] Milliseconds backoffDelay();

    LinkUser& m_user;
    const ConnectionSpec m_spec;
    const std::shared_ptr<const CommandGate> m_gate;
    const ConnectionOptions m_options;
    const qsizetype m_tailLimit;
    const QString m_endpoint;

    State m_state = State::Idle;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<RespReader> m_reader;
    std::vector<std::unique_ptr<RespReader>> m_retiredReaders; ///< their replies may still be in a handler's hands
    quint64 m_generation = 0; ///< counts links, so that code that called a handler sees that its link is gone
    bool m_reading = false;
    bool m_continuationQueued = false;
    bool m_flushQueued = false;
    QByteArray m_outgoing;
    std::unique_ptr<Error> m_closedWhileReading;
    SteadyTime m_lastReceived;
    SteadyTime m_readySince;
    TrafficCounters m_traffic;
    Error m_lastError;
    int m_failedAttempts = 0;
    bool m_wasReady = false;
    QTimer m_connectTimer;
    QTimer m_backoffTimer;
    std::array<char, 16 * 1024> m_chunk;
};

} // namespace lockscope
