// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/subscriber.h"
#include "watch/changelistener.h"
#include "watch/notifyflags.h"

namespace lockscope {

/// Hears the keyspace notifications of one database: by one narrow pattern a glob, for the server matches every pattern
/// against every event, or by exact channels, one a verb, where those cost it less; the globs are then matched here. So
/// they are beyond eight, where one wide pattern is cheaper.
class KeyspaceListener final : public ChangeListener {
    Q_OBJECT
public:
    KeyspaceListener(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options,
        QList<QByteArray> globs, EventHandler handler, QObject* parent = nullptr);

    /// `others`: the server publishes on the other channels as well; they are tried where the first are not permitted.
    void open(EventChannels channels, bool others);
    /// As they were asked for.
    [[nodiscard]] EventChannels channels() const { return m_channels; }
    void close() override;
    [[nodiscard]] bool isSubscribed() const override { return m_subscriber.isSubscribed(); }
    [[nodiscard]] TrafficCounters traffic() const override { return m_subscriber.traffic(); }

    static constexpr qsizetype maximumPatterns = 8;

private:
    enum class Spelling : quint8 { Keyspace, KeyspaceAnyDatabase, Keyevent };

    void openNext();
    [[nodiscard]] QList<QByteArray> patterns(const QByteArray& prefix) const;
    [[nodiscard]] QList<QByteArray> exactChannels() const;
    void receive(const PubSubMessage& message);
    void handleLoss(const Error& error);

    Subscriber m_subscriber;
    const qint32 m_database;
    const QList<QByteArray> m_globs;
    EventHandler m_handler;
    EventChannels m_channels = EventChannels::Keyspace;
    QList<Spelling> m_spellings; ///< still to be tried, the present one first
    bool m_filtering = false; ///< what comes is more than was asked for
};

} // namespace lockscope
