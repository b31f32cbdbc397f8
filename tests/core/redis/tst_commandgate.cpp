// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/commandgate.h"
#include "redis/connection.h"
#include "redis/sandboxserver.h"
#include "support/testsupport.h"

#include <QHash>
#include <QSet>

using namespace lockscope;

namespace {

struct ServerCommand {
    QByteArray name; ///< as Command::name() has it
    QSet<QByteArray> flags;
    QSet<QByteArray> categories;
};

// Passes in read-only mode although the server does not flag it as a read: with the reason.
const QHash<QByteArray, const char*>& explainedExceptions()
{
    static const char* const ownLink = "changes our own connection only";
    static const char* const tells = "the server tells of itself, and nothing changes";
    static const QHash<QByteArray, const char*> list {
        { "AUTH", ownLink },
        { "HELLO", ownLink },
        { "PING", ownLink },
        { "ECHO", ownLink },
        { "SELECT", ownLink },
        { "QUIT", ownLink },
        { "RESET", ownLink },
        { "READONLY", ownLink },
        { "READWRITE", ownLink },
        { "ASKING", ownLink },
        { "SUBSCRIBE", ownLink },
        { "UNSUBSCRIBE", ownLink },
        { "PSUBSCRIBE", ownLink },
        { "PUNSUBSCRIBE", ownLink },
        { "SSUBSCRIBE", ownLink },
        { "SUNSUBSCRIBE", ownLink },
        { "CLIENT SETNAME", ownLink },
        { "CLIENT SETINFO", ownLink },
        { "CLIENT TRACKING", ownLink },
        { "CLIENT CACHING", ownLink },
        { "CLIENT NO-TOUCH", ownLink },
        { "CLIENT NO-EVICT", ownLink },
        { "CLIENT ID", tells },
        { "CLIENT INFO", tells },
        { "CLIENT LIST", tells },
        { "CLIENT GETNAME", tells },
        { "CLIENT TRACKINGINFO", tells },
        { "CLIENT GETREDIR", tells },
        { "INFO", tells },
        { "TIME", tells },
        { "ROLE", tells },
        { "LASTSAVE", tells },
        { "CONFIG GET", tells },
        { "COMMAND", tells },
        { "COMMAND COUNT", tells },
        { "COMMAND DOCS", tells },
        { "COMMAND GETKEYS", tells },
        { "COMMAND GETKEYSANDFLAGS", tells },
        { "COMMAND INFO", tells },
        { "COMMAND LIST", tells },
        { "ACL WHOAMI", tells },
        { "ACL DRYRUN", tells },
        { "ACL GETUSER", tells },
        { "ACL USERS", tells },
        { "ACL CAT", tells },
        { "SCRIPT EXISTS", tells },
        { "FUNCTION LIST", tells },
        { "FUNCTION STATS", tells },
        { "PUBSUB CHANNELS", tells },
        { "PUBSUB NUMPAT", tells },
        { "PUBSUB NUMSUB", tells },
        { "PUBSUB SHARDCHANNELS", tells },
        { "PUBSUB SHARDNUMSUB", tells },
        { "SLOWLOG GET", tells },
        { "SLOWLOG LEN", tells },
        { "LATENCY LATEST", tells },
        { "LATENCY HISTORY", tells },
        { "LATENCY HISTOGRAM", tells },
        { "LATENCY DOCTOR", tells },
        { "LATENCY GRAPH", tells },
        { "MODULE LIST", tells },
        { "MEMORY STATS", tells },
        { "MEMORY DOCTOR", tells },
        { "CLUSTER INFO", tells },
        { "CLUSTER NODES", tells },
        { "CLUSTER SLOTS", tells },
        { "CLUSTER SHARDS", tells },
        { "CLUSTER MYID", tells },
        { "CLUSTER MYSHARDID", tells },
        { "CLUSTER KEYSLOT", tells },
        { "CLUSTER COUNTKEYSINSLOT", tells },
        { "CLUSTER GETKEYSINSLOT", tells },
        { "CLUSTER REPLICAS", tells },
        { "CLUSTER SLAVES", tells },
        { "CLUSTER LINKS", tells },
        { "CLUSTER COUNT-FAILURE-REPORTS", tells },
    };
    return list;
}

constexpr const char* noLockInVectors = "no lock lives in a vector set (Redis 8)";

// Refused although the server flags it as a read: with the reason.
const QHash<QByteArray, const char*>& refusedReads()
{
    static const QHash<QByteArray, const char*> list {
        { "EVAL_RO", "runs code" },
        { "EVALSHA_RO", "runs code" },
        { "FCALL_RO", "runs code" },
        { "PFCOUNT", "rewrites its cached count" },
        { "TOUCH", "has a side effect only" },
        { "KEYS", "stops the server for long" },
        { "LOLWUT", "nobody needs it" },
        { "SORT_RO", "reads other keys than it names" },
        { "VCARD", noLockInVectors },
        { "VDIM", noLockInVectors },
        { "VEMB", noLockInVectors },
        { "VGETATTR", noLockInVectors },
        { "VINFO", noLockInVectors },
        { "VISMEMBER", noLockInVectors },
        { "VLINKS", noLockInVectors },
        { "VRANDMEMBER", noLockInVectors },
        { "VRANGE", noLockInVectors },
        { "VSIM", noLockInVectors },
    };
    return list;
}

QSet<QByteArray> words(ReplyView array)
{
    QSet<QByteArray> set;
    for (const ReplyView word : array)
        set += word.toByteArray();
    return set;
}

// An entry of COMMAND: name, arity, flags, first key, last key, step, categories, tips, key specifications,
// subcommands.
void collect(ReplyView entry, QList<ServerCommand>& commands)
{
    commands += { entry.at(0).toByteArray().replace('|', ' ').toUpper(), words(entry.at(2)), words(entry.at(6)) };
    for (const ReplyView subcommand : entry.at(9))
        collect(subcommand, commands);
}

} // namespace

class CommandGateTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCommandOfTheServerIsJudged();
    void namesAreReadFromTheBytes_data();
    void namesAreReadFromTheBytes();
    void writesAreRefused_data();
    void writesAreRefused();
    void nothingOfARefusedCommandIsSent();
};

void CommandGateTest::everyCommandOfTheServerIsJudged()
{
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    Connection connection((*server)->spec(), std::make_shared<const CommandGate>(true));
    connection.open();
    QTRY_VERIFY(connection.isReady());
    QList<ServerCommand> commands;
    connection.send({ "COMMAND" }, [&commands](Result<ReplyView> reply) {
        VERIFY_RESULT(reply);
        for (const ReplyView entry : *reply)
            collect(entry, commands);
    });
    QTRY_VERIFY(commands.size() > 300);

    QStringList wrong;
    for (const ServerCommand& command : std::as_const(commands)) {
        const bool passes = CommandGate::isKnownRead(command.name);
        const bool explained = explainedExceptions().contains(command.name);
        const bool flaggedRead = command.flags.contains("readonly");
        const bool help = command.name.endsWith(" HELP");
        const bool changes = command.flags.contains("write") || command.flags.contains("may_replicate");
        const bool powerful = command.flags.contains("admin") || command.categories.contains("@admin")
            || command.categories.contains("@dangerous");
        const auto complain = [&](const char* why) {
            wrong += QString::fromLatin1(command.name) + QStringLiteral(": ") + QString::fromLatin1(why);
        };
        if (passes && changes)
            complain("passes and can write");
        if (passes && powerful && !explained && !help)
            complain("passes, is powerful, and nobody explains why");
        if (passes && !flaggedRead && !explained && !help)
            complain("passes, is not flagged as a read, and nobody explains why");
        if (!passes && flaggedRead && !refusedReads().contains(command.name))
            complain("is a read and refused, and nobody explains why");
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

void CommandGateTest::namesAreReadFromTheBytes_data()
{
    QTest::addColumn<QList<QByteArray>>("words");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("plain") << QList<QByteArray> { "get", "KEY" } << QByteArray("GET");
    QTest::newRow("container") << QList<QByteArray> { "config", "Set", "a", "b" } << QByteArray("CONFIG SET");
    QTest::newRow("container alone") << QList<QByteArray> { "command" } << QByteArray("COMMAND");
    QTest::newRow("key named like a subcommand") << QList<QByteArray> { "SET", "get" } << QByteArray("SET");
    QTest::newRow("blank in a word") << QList<QByteArray> { "CONFIG GET" } << QByteArray("CONFIG GET");
    QTest::newRow("empty") << QList<QByteArray> {} << QByteArray();
}

void CommandGateTest::namesAreReadFromTheBytes()
{
    QFETCH(QList<QByteArray>, words);
    QFETCH(QByteArray, name);
    QCOMPARE(Command(words).name(), name);
}

void CommandGateTest::writesAreRefused_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char* line : { "SET k v", "DEL k", "EVAL s 0", "EVALSHA s 0", "EVAL_RO s 0", "EVALSHA_RO s 0",
             "FCALL f 0", "FCALL_RO f 0", "SCRIPT LOAD s", "SCRIPT FLUSH", "SCRIPT KILL", "GETEX k PERSIST", "GETDEL k",
             "GETSET k v", "SORT k STORE d", "SORT k", "GEORADIUS k 1 1 1 m STORE d", "PFCOUNT k", "TOUCH k", "MULTI",
             "EXEC", "PUBLISH c m", "SPUBLISH c m", "CONFIG SET a b", "CONFIG REWRITE", "CONFIG RESETSTAT", "CONFIG",
             "CLIENT KILL ID 1", "CLIENT PAUSE 1", "CLIENT REPLY OFF", "CLIENT UNBLOCK 1", "ACL SETUSER x", "ACL LOAD",
             "ACL LOG RESET", "DEBUG SLEEP 1", "DEBUG OBJECT k", "FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "SHUTDOWN",
             "MONITOR", "SAVE", "BGSAVE", "REPLICAOF NO ONE", "FAILOVER", "CLUSTER FAILOVER", "CLUSTER RESET",
             "SENTINEL FAILOVER m", "SENTINEL SET m a b", "SENTINEL RESET m", "SLOWLOG RESET", "LATENCY RESET",
             "MEMORY PURGE", "MODULE LOAD m", "FUNCTION LOAD x", "BLPOP k 0", "XREADGROUP GROUP g c STREAMS s 0",
             "RESTORE k 0 x", "MIGRATE h 1 k 0 1", "HELLOO", "GET ", "WAIT 1 0", "KEYS *" })
        QTest::newRow(line) << QByteArray(line);
}

void CommandGateTest::writesAreRefused()
{
    QFETCH(QByteArray, line);
    // A trailing blank makes a word of its own: `GET ` below is one unknown name.
    const Command command(line == "GET " ? QList<QByteArray> { line } : line.split(' '));
    CommandGate gate(true);
    const Status refused = gate.check(command);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::ReadOnly);
    QVERIFY(refused.error().detail.contains(QString::fromLatin1(command.name())));
    gate.setReadOnly(false);
    VERIFY_RESULT(gate.check(command));
}

void CommandGateTest::nothingOfARefusedCommandIsSent()
{
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    VERIFY_RESULT(server);
    const auto gate = std::make_shared<CommandGate>(true);
    Connection connection((*server)->spec(), gate);
    connection.open();
    QTRY_VERIFY(connection.isReady());
    const TrafficCounters before = connection.traffic();
    std::optional<Error> refused;
    connection.send({ "SET", "k", "v" }, [&refused](Result<ReplyView> reply) { refused = reply.error(); });
    QVERIFY(refused);
    QCOMPARE(refused->kind, ErrorKind::ReadOnly);
    QCOMPARE(connection.traffic().commands, before.commands);
    QCOMPARE(connection.unsentBytes(), 0);
    QCOMPARE(connection.pendingCommands(), 0);
    qint64 keys = -1;
    connection.send({ "DBSIZE" }, [&keys](Result<ReplyView> reply) { keys = reply->toInteger(); });
    QTRY_COMPARE(keys, 0);
}

QTEST_GUILESS_MAIN(CommandGateTest)
#include "tst_commandgate.moc"
