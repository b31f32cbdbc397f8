// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/serverinspector.h"

#include "redis/serverfacts.h"

namespace lockscope {

namespace {

qint64 number(QByteArrayView info, QByteArrayView name)
{
    bool ok = false;
    const qint64 value = infoField(info, name).toLongLong(&ok);
    return ok ? value : -1;
}

void readInfo(ServerReport& report, QByteArrayView info)
{
    const ServerName name = serverNameOf(info);
    report.flavour = name.flavour;
    report.version = name.version;
    report.role = infoField(info, "role");
    report.mode = infoField(info, "redis_mode");
    report.operatingSystem = infoField(info, "os");
    report.uptimeSeconds = number(info, "uptime_in_seconds");
    report.memoryPolicy = infoField(info, "maxmemory_policy");
    report.memoryLimitBytes = number(info, "maxmemory");
    report.memoryUsedBytes = number(info, "used_memory");
    report.evictedKeys = number(info, "evicted_keys");
    report.clients = number(info, "connected_clients");
    report.blockedClients = number(info, "blocked_clients");
    report.commandsPerSecond = number(info, "instantaneous_ops_per_sec");
    report.replicas = number(info, "connected_slaves");
    report.appendOnly = infoField(info, "aof_enabled");
}

} // namespace

void inspectServer(Connection& connection, const Clock& clock, UniqueFunction<void(Result<ServerReport>)> handler)
{
    const auto roundTrip = std::make_shared<SteadyTime::duration>();
    connection.send({ "PING" },
        [roundTrip, &clock, sentAt = clock.now()](const Result<ReplyView>&) { *roundTrip = clock.now() - sentAt; });
    connection.send(
        { "INFO" }, [roundTrip, &clock, handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
            if (!reply)
                return handler(fail(reply.error()));
            ServerReport report;
            report.roundTrip = *roundTrip;
            report.at = clock.now();
            readInfo(report, reply->bytes());
            handler(std::move(report));
        });
}

} // namespace lockscope
