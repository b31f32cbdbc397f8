// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/replicationfacts.h"

#include "redis/serverfacts.h"

namespace lockscope {

namespace {

constexpr int mostReplicas = 64;

/// `ip=127.0.0.1,port=6380,state=online,offset=14,lag=0` of INFO's slaveN.
ReplicationFacts::Replica replicaOf(const QByteArray& line)
{
    ReplicationFacts::Replica replica;
    for (const QByteArray& part : line.split(',')) {
        const qsizetype equals = part.indexOf('=');
        const QByteArray name = part.left(equals);
        const QByteArray value = part.mid(equals + 1);
        if (name == "ip")
            replica.endpoint.host = QString::fromUtf8(value);
        else if (name == "port")
            replica.endpoint.port = value.toUShort();
        else if (name == "state")
            replica.online = value == "online";
        else if (name == "offset")
            replica.offset = value.toLongLong();
        else if (name == "lag")
            replica.lagSeconds = value.toLongLong();
    }
    return replica;
}

qint64 numberOf(QByteArrayView info, QByteArrayView name)
{
    bool ok = false;
    const qint64 number = infoField(info, name).toLongLong(&ok);
    return ok ? number : -1;
}

} // namespace

ReplicationFacts replicationFacts(QByteArrayView info)
{
    ReplicationFacts facts;
    facts.role = infoField(info, "role");
    facts.id = infoField(info, "master_replid");
    const bool isReplica = facts.role == "slave";
    facts.offset = numberOf(info, isReplica ? "slave_repl_offset" : "master_repl_offset");
    facts.isLinked = isReplica && infoField(info, "master_link_status") == "up"
        && infoField(info, "master_sync_in_progress") != "1";
    facts.silentSeconds = numberOf(info, "master_last_io_seconds_ago");
    for (int i = 0; i < mostReplicas && !isReplica; ++i) {
        const QByteArray line = infoField(info, QByteArray("slave" + QByteArray::number(i)));
        if (!line.isEmpty())
            facts.replicas.append(replicaOf(line));
    }
    return facts;
}

} // namespace lockscope
