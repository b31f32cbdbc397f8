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
/// locks like the services of a shop, 50 to 100 keyspace events a second, among keys that are no locks. Lives in the
/// engine thread.
class DemoWorkload final : public QObject {
    Q_OBJECT
public:
    explicit DemoWorkload(const ConnectionSpec& spec, QObject* parent = nullptr);
    ~DemoWorkload() override;
    void start();

private:
    void populate();

    Connection m_connection;
    std::vector<DemoClient*> m_clients; // children
    DemoFamilies* m_families; // child
    bool m_populated = false;
};

} // namespace lockscope
