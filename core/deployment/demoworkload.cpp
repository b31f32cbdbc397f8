// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/demoworkload.h"

#include "deployment/democlient.h"
#include "deployment/demofamilies.h"

#include <QTimer>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

using Token = DemoRole::Token;
using Roles = std::vector<DemoRole>;

QByteArray numbered(const char* name, int number) { return QByteArray(name) + QByteArray::number(number); }

void addOrders(Roles& roles)
{
    // Held for some seconds with a TTL that suffices: the everyday case.
    for (int i = 0; i < 18; ++i) {
        roles.push_back({ numbered("lock:orders:", 4711 + i), i % 2 ? Token::Uuid : Token::WorkerName,
            numbered("worker-", 1 + i % 9), 15s, 4s, 3s });
    }
}

void addFastOnes(Roles& roles)
{
    for (int i = 0; i < 8; ++i)
        roles.push_back({ numbered("lock:stock:sku-", 100 + i), Token::Hex, {}, 2s, 250ms, 250ms });
}

void addRenewing(Roles& roles)
{
    static constexpr const char* jobs[]
        = { "lock:cron:nightly-backup", "lock:cron:reindex-search", "lock:leader:scheduler", "lock:leader:mailer",
              "lock:report:quarterly", "lock:import:supplier-17", "lock:video:transcode:88121", "lock:etl:warehouse" };
    int i = 0;
    for (const char* job : jobs)
        roles.push_back({ job, i++ % 2 ? Token::Base64 : Token::HostAndPid, numbered("batch-", i), 9s, 90s, 2s, true });
}

void addContended(Roles& roles)
{
    // Several clients want each of these: the holder changes hands all the time.
    for (int i = 0; i < 12; ++i) {
        static constexpr const char* keys[]
            = { "lock:invoice:2026-11", "lock:payment:gateway", "lock:warehouse:dock-3" };
        roles.push_back({ keys[i % 3], Token::WorkerName, numbered("api-", 1 + i), 8s, 1500ms, 400ms });
    }
}

void addLongHeld(Roles& roles)
{
    for (int i = 0; i < 8; ++i)
        roles.push_back({ numbered("lock:tenant:", 31 + i) + ":migration", Token::Uuid, {}, 10min, 5min, 10s });
}

void addTroubled(Roles& roles)
{
    // One that will never expire by itself, and some whose holder crashes: nobody releases, the TTL ends it.
    roles.push_back({ "lock:deploy:production", Token::HostAndPid, "ci-runner-2", 0s, 30min, 20s });
    for (int i = 0; i < 5; ++i) {
        roles.push_back(
            { numbered("lock:session-cleanup:", i), Token::Base64, {}, 12s, 11s, 4s, false, DemoRole::End::Expire });
    }
}

Roles allRoles()
{
    Roles roles;
    addOrders(roles);
    addFastOnes(roles);
    addRenewing(roles);
    addContended(roles);
    addLongHeld(roles);
    addTroubled(roles);
    return roles;
}

} // namespace

DemoWorkload::DemoWorkload(const QList<ConnectionSpec>& specs, QObject* parent)
    : QObject(parent)
{
    // A gate of its own: watching read-only must not stop the traffic that is watched.
    const auto gate = std::make_shared<CommandGate>();
    QList<Connection*> servers;
    for (const ConnectionSpec& spec : specs) {
        m_connections.push_back(
            std::make_unique<Connection>(spec, gate, ConnectionOptions { .clientName = "lockscope-demo" }));
        Connection* server = m_connections.back().get();
        servers.append(server);
        // Once only: what comes back after a restart is empty, as a restarted server is.
        connect(
            server, &Connection::ready, this, [this, server] { populate(*server); }, Qt::SingleShotConnection);
    }
    for (DemoRole& role : allRoles())
        m_clients.push_back(new DemoClient(servers, std::move(role), this));
    m_families = new DemoFamilies(*servers.first(), specs.first(), this);
}

DemoWorkload::~DemoWorkload() = default;

void DemoWorkload::start()
{
    for (const auto& connection : m_connections)
        connection->open();
}

void DemoWorkload::populate(Connection& connection)
{
    // What every real server is full of, so that finding the locks means something.
    const auto ignore = [](const Result<ReplyView>&) {};
    for (int i = 0; i < 400; ++i) {
        connection.send({ "SET", numbered("cache:product:", i), QByteArray(200, 'x'), "EX", "86400" }, ignore);
        connection.send({ "HSET", numbered("session:", i), "user", QByteArray::number(i), "theme", "dark" }, ignore);
        connection.send({ "SET", numbered("counter:visits:", i), QByteArray::number(i * 37) }, ignore);
    }
    connection.send({ "RPUSH", "queue:mail", "a", "b", "c" }, ignore);
    if (++m_populated == qsizetype(m_connections.size()))
        begin();
}

void DemoWorkload::begin()
{
    if (m_connections.size() > 1)
        leaveTraces();
    for (DemoClient* client : m_clients)
        client->start();
    m_families->start();
}

/// Of clients that died between two masters.
void DemoWorkload::leaveTraces()
{
    const auto set = [this](size_t server, const char* key, const char* token, const char* ttlMs) {
        m_connections[server]->send({ "SET", key, token, "PX", ttlMs }, [](const Result<ReplyView>&) {});
    };
    set(0, "lock:ledger:close-day", "worker-4:2207:1764063000123", "540000");
    set(0, "lock:warehouse:dock-9", "api-2:911:1764063011771", "420000");
    set(1, "lock:warehouse:dock-9", "api-5:1408:1764063011775", "421000");
}

} // namespace lockscope
