// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// A pub/sub message. The views die with the call.
struct PubSubMessage {
    QByteArrayView pattern; ///< empty for SUBSCRIBE
    QByteArrayView channel;
    QByteArrayView payload; ///< empty where the body is no string
    ReplyView body; ///< the payload as it came: invalidations are an array of keys, or nil
};
using MessageHandler = UniqueFunction<void(const PubSubMessage&)>;

/// A connection in subscribed mode, with the same link, handshake and back-off as Connection. Reconnects by itself and
/// subscribes again; every `subscribed` after the first one means that messages were missed in between. One thread.
class Subscriber final : public QObject {
    Q_OBJECT
public:
    Subscriber(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options = {},
        QObject* parent = nullptr);
    ~Subscriber() override;

    /// Called for each message, on this object's thread, directly from the reader: must be quick.
    void setMessageHandler(MessageHandler handler);
    /// Opens the link and subscribes; `subscribed` follows when the server has confirmed every one.
    void open(const QList<QByteArray>& patterns, const QList<QByteArray>& channels = {});
    /// Has the server send the names of changed keys that begin with one of the prefixes (none: of all keys, in every
    /// database) to this very connection, as messages of `invalidationChannel`: CLIENT TRACKING in broadcasting mode,
    /// redirected to itself, so that neither end can die alone. The prefixes must not overlap. Where the server or the
    /// ACL refuses that, `lost` says so with Permission, NotSupported or Server.
    void openTracking(const QList<QByteArray>& prefixes);
    static constexpr const char* invalidationChannel = "__redis__:invalidate";
    void close();
    [[nodiscard]] bool isSubscribed() const;
    [[nodiscard]] Error lastError() const;
    [[nodiscard]] TrafficCounters traffic() const;
    /// Sends PING with a mark; `handler` is called when its answer came behind all messages queued before it, or with
    /// the error that prevented it.
    void mark(UniqueFunction<void(Status)> handler);

Q_SIGNALS:
    void subscribed();
    void lost(const lockscope::Error& error);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
