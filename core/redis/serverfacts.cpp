// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/serverfacts.h"

namespace lockscope {

namespace {

// The answers come one after the other; the last one hands over what all have told.
struct Probe {
    ServerFacts facts;
    Status link; ///< the first sign that the link is gone
    UniqueFunction<void(Result<ServerFacts>)> handler;
};

QByteArray field(QByteArrayView info, QByteArrayView name)
{
    for (qsizetype begin = 0; begin < info.size();) {
        qsizetype end = info.indexOf('\n', begin);
        end = end < 0 ? info.size() : end;
        const QByteArrayView line = info.sliced(begin, end - begin).trimmed();
        if (line.size() > name.size() && line.startsWith(name) && line[name.size()] == ':')
            return line.sliced(name.size() + 1).toByteArray();
        begin = end + 1;
    }
    return {};
}

void readServerSection(ServerFacts& facts, QByteArrayView info)
{
    facts.flavour = "redis";
    facts.version = field(info, "redis_version");
    // Those that answer as Redis for the sake of old clients name themselves in a field of their own.
    for (const char* flavour : { "valkey", "dragonfly", "garnet", "kvrocks", "redict" }) {
        const QByteArray name = QByteArray(flavour) + "_version";
        const QByteArray version = field(info, name);
        if (version.isEmpty())
            continue;
        facts.flavour = flavour;
        facts.version = version;
    }
    if (const QByteArray serverName = field(info, "server_name"); !serverName.isEmpty())
        facts.flavour = serverName.toLower();
    facts.runId = field(info, "run_id");
    bool ok = false;
    const qint64 uptime = field(info, "uptime_in_seconds").toLongLong(&ok);
    facts.uptimeSeconds = ok ? uptime : -1;
}

void readConfig(ServerFacts& facts, ReplyView reply)
{
    facts.configReadable = true;
    if (reply.size() >= 2)
        facts.notifyFlags = reply.at(1).toByteArray();
}

bool meansLostLink(ErrorKind kind)
{
    return kind == ErrorKind::ConnectionLost || kind == ErrorKind::Timeout || kind == ErrorKind::Cancelled
        || kind == ErrorKind::OutcomeUnknown;
}

} // namespace

void probeServer(Connection& connection, UniqueFunction<void(Result<ServerFacts>)> handler, bool askConfig)
{
    const auto probe = std::make_shared<Probe>();
    probe->handler = std::move(handler);
    const auto ask
        = [&connection, probe](const Command& command, void (*read)(ServerFacts&, ReplyView), bool last = false) {
              connection.send(command, [probe, read, last](Result<ReplyView> reply) {
                  if (reply)
                      read(probe->facts, *reply);
                  else if (probe->link && meansLostLink(reply.error().kind))
                      probe->link = fail(reply.error());
                  if (!last)
                      return;
                  if (probe->link)
                      probe->handler(std::move(probe->facts));
                  else
                      probe->handler(fail(probe->link.error()));
              });
          };
    ask({ "INFO", "server" }, [](ServerFacts& facts, ReplyView reply) { readServerSection(facts, reply.bytes()); });
    ask({ "INFO", "replication" },
        [](ServerFacts& facts, ReplyView reply) { facts.role = field(reply.bytes(), "role"); });
    if (askConfig)
        ask({ "CONFIG", "GET", "notify-keyspace-events" }, readConfig);
    ask(
        { "DBSIZE" }, [](ServerFacts& facts, ReplyView reply) { facts.keysInDatabase = reply.toInteger(-1); }, true);
}

} // namespace lockscope
