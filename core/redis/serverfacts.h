// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// What a server says of itself and lets us do; probed after every connect. A value.
struct ServerFacts {
    QByteArray flavour; ///< `redis`, `valkey`, `dragonfly`…
    QByteArray version; ///< as the server writes it
    QByteArray role; ///< `master`, `slave`
    QByteArray runId;
    qint64 uptimeSeconds = -1;
    bool configReadable = false; ///< CONFIG GET answered
    QByteArray notifyFlags; ///< value of notify-keyspace-events, where readable
    qint64 keysInDatabase = -1; ///< DBSIZE
};

/// A field of an INFO answer; empty where it has none.
[[nodiscard]] QByteArray infoField(QByteArrayView info, QByteArrayView name);
struct ServerName {
    QByteArray flavour;
    QByteArray version;
};
/// By the server section of INFO.
[[nodiscard]] ServerName serverNameOf(QByteArrayView info);

/// Asks INFO server, INFO replication, CONFIG GET notify-keyspace-events and DBSIZE in one write. What is refused stays
/// unknown; only a lost link is an error. `askConfig`: false leaves CONFIG out, for somebody who may not and need not.
void probeServer(Connection& connection, UniqueFunction<void(Result<ServerFacts>)> handler, bool askConfig = true);

} // namespace lockscope
