// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QByteArray>

namespace lockscope {

/// What a server says of itself at this moment, for the server page. What it does not tell is empty or -1.
struct ServerReport {
    QByteArray flavour; ///< `redis`, `valkey`…
    QByteArray version;
    QByteArray role; ///< `master`, `slave`
    QByteArray mode; ///< `standalone`, `cluster`, `sentinel`
    QByteArray operatingSystem;
    qint64 uptimeSeconds = -1;
    QByteArray memoryPolicy; ///< maxmemory-policy
    qint64 memoryLimitBytes = -1; ///< maxmemory; 0: none
    qint64 memoryUsedBytes = -1;
    qint64 evictedKeys = -1;
    qint64 clients = -1;
    qint64 blockedClients = -1;
    qint64 commandsPerSecond = -1; ///< of all clients
    qint64 replicas = -1;
    QByteArray appendOnly; ///< `0`, `1`
    SteadyTime::duration roundTrip {}; ///< of a PING before it
    SteadyTime at {};
};

} // namespace lockscope
