// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/serverfacts.h"

#include "base/bytetext.h"

namespace lockscope {

namespace {

constexpr int longestWord = 64;

// The answers come one after the other; the last one hands over what all have told.
struct Probe {
    ServerFacts facts;
    Status link; ///< the first sign that the link is gone
    UniqueFunction<void(Result<ServerFacts>)> handler;
};

void readServerSection(ServerFacts& facts, QByteArrayView info)
{
    const ServerName name = serverNameOf(info);
    facts.flavour = name.flavour;
    facts.version = name.version;
    facts.runId = infoField(info, "run_id");
    bool ok = false;
    const qint64 uptime = infoField(info, "uptime_in_seconds").toLongLong(&ok);
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

QByteArray infoField(QByteArrayView info, QByteArrayView name)
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

ServerName serverNameOf(QByteArrayView info)
{
    ServerName server { "redis", infoField(info, "redis_version") };
    // Those that answer as Redis for the sake of old clients name themselves in a field of their own.
    for (const char* flavour : { "valkey", "dragonfly", "garnet", "kvrocks", "redict" }) {
        const QByteArray name = QByteArray(flavour) + "_version";
        if (const QByteArray version = infoField(info, name); !version.isEmpty())
            server = { flavour, version };
    }
    if (infoField(info, "executable").endsWith("keydb-server"))
        server.flavour = "keydb";
    if (const QByteArray serverName = infoField(info, "server_name"); !serverName.isEmpty())
        server.flavour = serverName.toLower();
    // Words to show, whoever wrote them.
    server.flavour = displayText(server.flavour, longestWord).toUtf8();
    server.version = displayText(server.version, longestWord).toUtf8();
    return server;
}

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
    ask({ "INFO", "replication" }, [](ServerFacts& facts, ReplyView reply) {
        facts.role = displayText(infoField(reply.bytes(), "role"), longestWord).toUtf8();
    });
    if (askConfig)
        ask({ "CONFIG", "GET", "notify-keyspace-events" }, readConfig);
    ask(
        { "DBSIZE" }, [](ServerFacts& facts, ReplyView reply) { facts.keysInDatabase = reply.toInteger(-1); }, true);
}

} // namespace lockscope
