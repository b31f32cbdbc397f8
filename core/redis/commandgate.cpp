// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/commandgate.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

// Commands that change neither data, nor configuration, nor other clients, whatever their arguments. What can write
// with the right one stays out (SORT and GEORADIUS with STORE, GETEX, PFCOUNT, which rewrites its cached count), and so
// does what exists only for a side effect (TOUCH), runs code, forwards a message, or stops a server for long (KEYS).
const QSet<QByteArray>& CommandGate::knownReads()
{
    static const QSet<QByteArray> names { // our own connection
        "AUTH", "HELLO", "PING", "ECHO", "SELECT", "QUIT", "RESET", "READONLY", "READWRITE", "ASKING", "SUBSCRIBE",
        "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE", "CLIENT ID", "CLIENT INFO",
        "CLIENT LIST", "CLIENT GETNAME", "CLIENT SETNAME", "CLIENT SETINFO", "CLIENT TRACKING", "CLIENT TRACKINGINFO",
        "CLIENT CACHING", "CLIENT GETREDIR", "CLIENT NO-TOUCH", "CLIENT NO-EVICT", "CLIENT HELP", // keys
        "EXISTS", "TYPE", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "SCAN", "RANDOMKEY", "DBSIZE", "DUMP",
        "OBJECT ENCODING", "OBJECT IDLETIME", "OBJECT FREQ", "OBJECT REFCOUNT", "OBJECT HELP", "MEMORY USAGE",
        "MEMORY STATS", "MEMORY DOCTOR", "MEMORY HELP",
        // strings
        "GET", "MGET", "STRLEN", "GETRANGE", "SUBSTR", "GETBIT", "BITCOUNT", "BITPOS", "BITFIELD_RO", "LCS",
        // hashes, lists, sets, sorted sets
        "HGET", "HMGET", "HGETALL", "HKEYS", "HVALS", "HLEN", "HEXISTS", "HSTRLEN", "HSCAN", "HRANDFIELD", "HTTL",
        "HPTTL", "HEXPIRETIME", "HPEXPIRETIME", "LLEN", "LINDEX", "LRANGE", "LPOS", "SCARD", "SISMEMBER", "SMISMEMBER",
        "SMEMBERS", "SRANDMEMBER", "SSCAN", "SDIFF", "SINTER", "SINTERCARD", "SUNION", "ZCARD", "ZCOUNT", "ZLEXCOUNT",
        "ZSCORE", "ZMSCORE", "ZRANK", "ZREVRANK", "ZRANGE", "ZRANGEBYSCORE", "ZRANGEBYLEX", "ZREVRANGE",
        "ZREVRANGEBYSCORE", "ZREVRANGEBYLEX", "ZRANDMEMBER", "ZSCAN", "ZDIFF", "ZINTER", "ZINTERCARD", "ZUNION",
        // streams, geo
        "XLEN", "XRANGE", "XREVRANGE", "XREAD", "XPENDING", "XINFO STREAM", "XINFO GROUPS", "XINFO CONSUMERS",
        "XINFO HELP", "GEODIST", "GEOHASH", "GEOPOS", "GEORADIUS_RO", "GEORADIUSBYMEMBER_RO", "GEOSEARCH",
        // the server, as it tells of itself
        "INFO", "TIME", "ROLE", "LASTSAVE", "CONFIG GET", "CONFIG HELP", "COMMAND", "COMMAND COUNT", "COMMAND DOCS",
        "COMMAND GETKEYS", "COMMAND GETKEYSANDFLAGS", "COMMAND HELP", "COMMAND INFO", "COMMAND LIST", "ACL WHOAMI",
        "ACL DRYRUN", "ACL GETUSER", "ACL USERS", "ACL CAT", "ACL HELP", "SCRIPT EXISTS", "SCRIPT HELP",
        "FUNCTION LIST", "FUNCTION STATS", "FUNCTION HELP", "PUBSUB CHANNELS", "PUBSUB NUMPAT", "PUBSUB NUMSUB",
        "PUBSUB SHARDCHANNELS", "PUBSUB SHARDNUMSUB", "PUBSUB HELP", "SLOWLOG GET", "SLOWLOG LEN", "SLOWLOG HELP",
        "LATENCY LATEST", "LATENCY HISTORY", "LATENCY HISTOGRAM", "LATENCY DOCTOR", "LATENCY GRAPH", "LATENCY HELP",
        "MODULE LIST", "MODULE HELP",
        // Cluster and Sentinel
        "CLUSTER INFO", "CLUSTER NODES", "CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER MYID", "CLUSTER MYSHARDID",
        "CLUSTER KEYSLOT", "CLUSTER COUNTKEYSINSLOT", "CLUSTER GETKEYSINSLOT", "CLUSTER REPLICAS", "CLUSTER SLAVES",
        "CLUSTER LINKS", "CLUSTER COUNT-FAILURE-REPORTS", "CLUSTER HELP", "SENTINEL GET-MASTER-ADDR-BY-NAME",
        "SENTINEL MASTERS", "SENTINEL MASTER", "SENTINEL PRIMARIES", "SENTINEL PRIMARY",
        "SENTINEL GET-PRIMARY-ADDR-BY-NAME", "SENTINEL REPLICAS", "SENTINEL SLAVES", "SENTINEL SENTINELS",
        "SENTINEL CKQUORUM", "SENTINEL MYID", "SENTINEL HELP"
    };
    return names;
}

bool CommandGate::isReadOnly() const { return !access().canWrite(m_clock.now()); }

WriteAccess CommandGate::access() const
{
    WriteAccess access { m_environment, m_readOnly.load(std::memory_order_relaxed), std::nullopt };
    const SteadyTime::rep until = m_armedUntil.load(std::memory_order_relaxed);
    if (until != notArmed)
        access.armedUntil = SteadyTime(SteadyTime::duration(until));
    return access;
}

Status CommandGate::arm(Milliseconds duration)
{
    return armUntil(m_clock.now() + std::clamp(duration, Milliseconds(0), longestArming));
}

Status CommandGate::armForGood() { return armUntil(SteadyTime::max()); }

Status CommandGate::armUntil(SteadyTime until)
{
    if (m_readOnly.load(std::memory_order_relaxed))
        return fail(ErrorKind::ReadOnly);
    if (m_environment != Environment::Production)
        return fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::Redis", "only a production connection has its writes armed"));
    m_armedUntil.store(until.time_since_epoch().count(), std::memory_order_relaxed);
    return {};
}

void CommandGate::disarm() { m_armedUntil.store(notArmed, std::memory_order_relaxed); }

tl::unexpected<Error> CommandGate::refusal(const QString& what) const
{
    const bool forGood = m_readOnly.load(std::memory_order_relaxed);
    const bool unarmed = !forGood && m_environment == Environment::Production;
    return fail(unarmed ? ErrorKind::NotArmed : ErrorKind::ReadOnly, what);
}

Status CommandGate::check(const Command& command) const
{
    if (!isReadOnly() || (isKnownRead(command.name()) && !isRefusedToo(command.name())))
        return {};
    if (isOfAKeptLease(command.wire()))
        return {};
    return refusal(QString::fromLatin1(command.name()));
}

Status CommandGate::checkWritable(const QString& request) const
{
    if (isReadOnly())
        return refusal(request);
    return {};
}

void CommandGate::keepLease(const OwnLease& lease)
{
    if (m_environment != Environment::Production)
        return;
    const SteadyTime now = m_clock.now();
    const std::lock_guard guard(m_mutex);
    m_leases.removeIf([&](const OwnLease& other) {
        return other.until <= now || (other.key == lease.key && other.token == lease.token);
    });
    m_leases.append(lease);
}

void CommandGate::dropLease(const QByteArray& key, const QByteArray& token)
{
    const std::lock_guard guard(m_mutex);
    m_leases.removeIf([&](const OwnLease& lease) { return lease.key == key && lease.token == token; });
}

bool CommandGate::keepsLease(const QByteArray& key, const QByteArray& token) const
{
    if (m_readOnly.load(std::memory_order_relaxed))
        return false;
    const SteadyTime now = m_clock.now();
    const std::lock_guard guard(m_mutex);
    return std::any_of(m_leases.begin(), m_leases.end(),
        [&](const OwnLease& lease) { return lease.key == key && lease.token == token && now < lease.until; });
}

bool CommandGate::isOfAKeptLease(const QByteArray& wire) const
{
    if (m_readOnly.load(std::memory_order_relaxed))
        return false;
    const SteadyTime now = m_clock.now();
    const std::lock_guard guard(m_mutex);
    return std::any_of(m_leases.begin(), m_leases.end(), [&](const OwnLease& lease) {
        return now < lease.until
            && std::any_of(lease.commands.begin(), lease.commands.end(),
                [&](const QByteArray& beginning) { return wire.startsWith(beginning); });
    });
}

bool CommandGate::isKnownRead(const QByteArray& name) { return knownReads().contains(name); }

void CommandGate::refuseAlso(const QSet<QByteArray>& names)
{
    const std::lock_guard guard(m_mutex);
    m_refusedToo += names;
}

bool CommandGate::isRefusedToo(const QByteArray& name) const
{
    const std::lock_guard guard(m_mutex);
    return m_refusedToo.contains(name);
}

} // namespace lockscope
