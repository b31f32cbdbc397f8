// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/subscriber.h"
#include "watch/keyevent.h"

#include <QObject>

namespace lockscope {

/// Hears the keyspace notifications of one database. One narrow pattern a glob, for the server matches every pattern
/// against every event; beyond eight one wide pattern is cheaper, and the globs are matched here.
class KeyspaceListener final : public QObject {
    Q_OBJECT
public:
    /// Must be quick; the view in the event dies with the call.
    using EventHandler = UniqueFunction<void(const KeyEvent&)>;

    KeyspaceListener(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options,
        QList<QByteArray> globs, EventHandler handler, QObject* parent = nullptr);

    void open();
    void close();
    [[nodiscard]] bool isSubscribed() const { return m_subscriber.isSubscribed(); }
    [[nodiscard]] TrafficCounters traffic() const { return m_subscriber.traffic(); }

Q_SIGNALS:
    void subscribed(); ///< also after each reconnect: what happened in between was missed
    void lost(const lockscope::Error& error);
    void denied(const lockscope::Error& error); ///< the ACL allows none of our patterns; closed

private:
    [[nodiscard]] QList<QByteArray> patterns() const;
    void receive(const PubSubMessage& message);
    void handleLoss(const Error& error);

    Subscriber m_subscriber;
    const qint32 m_database;
    const QList<QByteArray> m_globs;
    EventHandler m_handler;
    bool m_anyDatabase = false;
};

} // namespace lockscope
