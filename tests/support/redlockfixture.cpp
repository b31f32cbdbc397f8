// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/redlockfixture.h"

#include <QCryptographicHash>
#include <QTest>

#include <algorithm>
#include <optional>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

ConnectionOptions linkOptions()
{
    ConnectionOptions options;
    options.backoffFirst = Milliseconds(10);
    options.backoffLimit = Milliseconds(50);
    options.commandTimeout = Milliseconds(2000);
    options.connectTimeout = Milliseconds(2000);
    return options;
}

template <typename T, typename Start> Result<T> awaitAnswer(Start start)
{
    std::optional<Result<T>> answer;
    start([&answer](Result<T> result) { answer = std::move(result); });
    if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 30000))
        return fail(ErrorKind::Internal, QStringLiteral("never answered"));
    return std::move(*answer);
}

qint64 runRedsync(BlockingClient& client, const QByteArray& source, const QList<QByteArray>& rest)
{
    const QByteArray sha = QCryptographicHash::hash(source, QCryptographicHash::Sha1).toHex();
    BlockingClient::Answer answer = client.run(QList<QByteArray> { "EVALSHA", sha, "1" } + rest);
    if (answer.type == '-')
        answer = client.run(QList<QByteArray> { "EVAL", source, "1" } + rest);
    return answer.number;
}

} // namespace

const QByteArray RedsyncClient::deleteScript = R"(
	local val = redis.call("GET", KEYS[1])
	if val == ARGV[1] then
		return redis.call("DEL", KEYS[1])
	elseif val == false then
		return -1
	else
		return 0
	end
)";

const QByteArray RedsyncClient::touchScript = R"(
	if redis.call("GET", KEYS[1]) == ARGV[1] then
		return redis.call("PEXPIRE", KEYS[1], ARGV[2])
	else
		return 0
	end
)";

bool RedsyncClient::lock(const QByteArray& name, const QByteArray& value, qint64 expiryMs)
{
    return m_client.run({ "SET", name, value, "PX", QByteArray::number(expiryMs), "NX" }).text == "OK";
}

qint64 RedsyncClient::unlock(const QByteArray& name, const QByteArray& value)
{
    return runRedsync(m_client, deleteScript, { name, value });
}

qint64 RedsyncClient::extend(const QByteArray& name, const QByteArray& value, qint64 expiryMs)
{
    return runRedsync(m_client, touchScript, { name, value, QByteArray::number(expiryMs) });
}

RedlockFixture::RedlockFixture(int masters, const Clock& clock)
    : m_clock(clock)
{
    for (int i = 0; i < masters; ++i) {
        auto server = SandboxServer::start();
        if (!server)
            qFatal("a server did not start");
        m_specs.push_back((*server)->spec());
        m_servers.push_back(std::move(*server));
    }
    rebuild();
}

RedlockFixture::~RedlockFixture()
{
    m_operations.reset();
    m_connections.clear();
    // A stopped server could not hear that it is to end.
    for (const auto& server : m_servers)
        server->resume();
}

void RedlockFixture::rebuild()
{
    m_operations.reset();
    m_connections.clear();
    QList<Connection*> masters;
    for (const ConnectionSpec& spec : m_specs) {
        m_connections.push_back(std::make_unique<Connection>(spec, std::make_shared<CommandGate>(), linkOptions()));
        m_connections.back()->open();
        masters.append(m_connections.back().get());
    }
    m_operations = std::make_unique<RedlockOperations>(masters, m_clock);
}

void RedlockFixture::reroute(int master, const ConnectionSpec& spec)
{
    m_specs[size_t(master)] = spec;
    rebuild();
}

bool RedlockFixture::waitUntilReady()
{
    return QTest::qWaitFor(
        [this] {
            return std::all_of(
                m_connections.begin(), m_connections.end(), [](const auto& link) { return link->isReady(); });
        },
        30000);
}

QByteArray RedlockFixture::ask(int master, const QList<QByteArray>& command)
{
    BlockingClient client(server(master).socketPath());
    const BlockingClient::Answer answer = client.run(command);
    if (answer.type == ':')
        return QByteArray::number(answer.number);
    return answer.type == 0 ? QByteArray("nil") : answer.text;
}

int RedlockFixture::votes(const QByteArray& key, const QByteArray& token)
{
    int votes = 0;
    for (int i = 0; i < size(); ++i)
        votes += server(i).processId() != 0 && tokenOn(i, key) == token;
    return votes;
}

Result<AcquireGrant> RedlockFixture::acquire(const AcquireRequest& request)
{
    return awaitAnswer<AcquireGrant>([&](auto handler) { operations().acquire(request, std::move(handler)); });
}

Result<AcquireGrant> RedlockFixture::extend(const ExtendRequest& request)
{
    return awaitAnswer<AcquireGrant>([&](auto handler) { operations().extend(request, std::move(handler)); });
}

Status RedlockFixture::release(const ReleaseRequest& request)
{
    return awaitAnswer<void>([&](auto handler) { operations().release(request, std::move(handler)); });
}

} // namespace lockscope
