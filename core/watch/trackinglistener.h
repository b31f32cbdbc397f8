// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/subscriber.h"
#include "watch/changelistener.h"

namespace lockscope {

/// Hears by CLIENT TRACKING in broadcasting mode which keys change: it needs no CONFIG and costs the server least, but
/// brings no verb and no database, and what changed within one turn of the server is one message. The server tells by
/// prefixes; the globs are matched here.
class TrackingListener final : public ChangeListener {
    Q_OBJECT
public:
    TrackingListener(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options,
        QList<QByteArray> globs, EventHandler handler, QObject* parent = nullptr);

    void open();
    void close() override;
    [[nodiscard]] bool isSubscribed() const override { return m_subscriber.isSubscribed(); }
    [[nodiscard]] TrafficCounters traffic() const override { return m_subscriber.traffic(); }

private:
    void receive(const PubSubMessage& message);
    void handleLoss(const Error& error);

    Subscriber m_subscriber;
    const qint32 m_database;
    const QList<QByteArray> m_globs;
    EventHandler m_handler;
};

/// The prefixes that cover these globs: their literal heads, none within another (the server refuses that), at most 32.
/// None: some glob may match anything, and all keys have to be tracked.
[[nodiscard]] QList<QByteArray> trackingPrefixes(const QList<QByteArray>& globs);

} // namespace lockscope
