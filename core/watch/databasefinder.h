// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

#include <QObject>
#include <QTimer>

namespace lockscope {

/// Tells which databases of a server hold keys, once or again and again.
class DatabaseFinder final : public QObject {
    Q_OBJECT
public:
    DatabaseFinder(const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate, Milliseconds timeout,
        bool follow, QObject* parent = nullptr);
    ~DatabaseFinder() override;

    void start();
    void stop();
    [[nodiscard]] TrafficCounters traffic() const { return m_connection.traffic(); }

Q_SIGNALS:
    /// After each look; not at all where `refused` follows.
    void found(const QList<qint32>& databases);
    /// INFO is not permitted, or the server could not be reached (then, if it follows, it tries on).
    void failed(const lockscope::Error& error);

private:
    void ask();

    Connection m_connection;
    QTimer m_timer;
    const bool m_follow;
};

} // namespace lockscope
