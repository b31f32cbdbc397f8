// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connectionuri.h"

namespace lockscope {

/// What one server's INFO replication says.
struct ReplicationFacts {
    struct Replica {
        Endpoint endpoint; ///< as its master names it
        bool online = false;
        qint64 offset = 0;
        qint64 lagSeconds = -1; ///< since its last sign of life; -1 where the master does not say
    };
    QByteArray role;
    QByteArray id; ///< `master_replid`: the same on a master and those who follow it
    qint64 offset = -1; ///< of the stream: written by a master, applied by a replica
    QList<Replica> replicas; ///< of a master
    bool isLinked = false; ///< a replica: hears its master, and has a whole copy
    qint64 silentSeconds = -1; ///< a replica: since the master's last word
};
[[nodiscard]] ReplicationFacts replicationFacts(QByteArrayView info);

} // namespace lockscope
