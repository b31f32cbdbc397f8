// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/servertopology.h"
#include "redis/subscriber.h"

#include <QTimer>

namespace lockscope {

/// One Sentinel: asked once a second, and at once when it publishes that something about a master has changed. A
/// Sentinel that refuses the credentials of the URI is tried without any: they may be meant for the data servers alone.
class SentinelLink final : public QObject {
    Q_OBJECT
public:
    SentinelLink(const ConnectionSpec& spec, const Endpoint& endpoint, std::shared_ptr<const CommandGate> gate,
        const TopologyOptions& options);
    ~SentinelLink() override;

    void open();
    void ask();
    [[nodiscard]] const Endpoint& endpoint() const { return m_endpoint; }
    [[nodiscard]] const std::optional<Endpoint>& master() const { return m_master; } ///< as it said last
    [[nodiscard]] qint64 epoch() const { return m_epoch; } ///< of the configuration that says so
    [[nodiscard]] bool hasAnswered() const { return m_answered; }
    /// Why it cannot tell; nothing while it can, and before the first answer.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] const QList<Endpoint>& others() const { return m_others; } ///< further Sentinels that it knows

Q_SIGNALS:
    void told(); ///< something of the above is new or confirmed

private:
    void connectTo(const ConnectionSpec& spec);
    void handleLost(const Error& error);
    void readMaster(const Result<ReplyView>& reply);
    void readEpoch(const Result<ReplyView>& reply);
    void readOthers(const Result<ReplyView>& reply);

    ConnectionSpec m_spec;
    const QByteArray m_name;
    const Endpoint m_endpoint;
    const std::shared_ptr<const CommandGate> m_gate;
    const TopologyOptions m_options;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<Subscriber> m_subscriber;
    QTimer m_askTimer;
    std::optional<Endpoint> m_master;
    std::optional<Endpoint> m_answer; ///< of the round under way
    qint64 m_epoch = -1;
    std::optional<Error> m_error;
    QList<Endpoint> m_others;
    bool m_asking = false;
    bool m_answered = false;
};

} // namespace lockscope
