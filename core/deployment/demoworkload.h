// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

#include <QObject>

#include <memory>
#include <vector>

namespace lockscope {

class DemoClient;
class DemoFamilies;

/// Live traffic for the sandbox: some sixty clients on one connection that take, renew, contend for, release and lose
/// locks like the services of a shop, 50 to 100 keyspace events a second, among keys that are no locks. Over several
/// servers they are Redlock clients, and what some have left behind shows what has no quorum. Lives in the engine
/// thread.
class DemoWorkload final : public QObject {
    Q_OBJECT
public:
    /// One server, or the masters of a quorum group.
    explicit DemoWorkload(const QList<ConnectionSpec>& specs, QObject* parent = nullptr);
    ~DemoWorkload() override;
    void start();

private:
    void populate(Connection& connection);
    void begin();
    void leaveTraces();

    std::vector<std::unique_ptr<Connection>> m_connections;
    std::vector<DemoClient*> m_clients; // children
    DemoFamilies* m_families; // child
    qsizetype m_populated = 0; // servers
};

} // namespace lockscope
