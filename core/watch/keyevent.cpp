// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/keyevent.h"

#include <array>

namespace lockscope {

namespace {

struct NamedVerb {
    QByteArrayView name;
    KeyVerb verb;
};

// The frequent ones first.
constexpr std::array namedVerbs {
    NamedVerb { "set", KeyVerb::Set },
    NamedVerb { "expire", KeyVerb::ExpireSet },
    NamedVerb { "del", KeyVerb::Deleted },
    NamedVerb { "expired", KeyVerb::Expired },
    NamedVerb { "new", KeyVerb::Ignored },
    NamedVerb { "evicted", KeyVerb::Evicted },
    NamedVerb { "keymiss", KeyVerb::Ignored },
    NamedVerb { "rename_from", KeyVerb::MovedAway },
    NamedVerb { "rename_to", KeyVerb::Arrived },
    NamedVerb { "move_from", KeyVerb::MovedAway },
    NamedVerb { "move_to", KeyVerb::Arrived },
    NamedVerb { "restore", KeyVerb::Arrived },
    NamedVerb { "copy_to", KeyVerb::Arrived },
};

struct VerbPrefix {
    const char* prefix;
    KeyVerb verb;
};

constexpr std::array verbPrefixes {
    VerbPrefix { "hincr", KeyVerb::ElementSet },
    VerbPrefix { "hset", KeyVerb::ElementSet },
    VerbPrefix { "hdel", KeyVerb::ElementRemoved },
    VerbPrefix { "hexpired", KeyVerb::ElementRemoved },
    VerbPrefix { "hexpire", KeyVerb::ElementSet },
    VerbPrefix { "hpersist", KeyVerb::ElementSet },
    VerbPrefix { "zadd", KeyVerb::ElementSet },
    VerbPrefix { "zincr", KeyVerb::ElementSet },
    VerbPrefix { "zrem", KeyVerb::ElementRemoved },
    VerbPrefix { "zpop", KeyVerb::ElementRemoved },
    VerbPrefix { "sadd", KeyVerb::ElementSet },
    VerbPrefix { "srem", KeyVerb::ElementRemoved },
    VerbPrefix { "spop", KeyVerb::ElementRemoved },
    VerbPrefix { "lpush", KeyVerb::ElementSet },
    VerbPrefix { "rpush", KeyVerb::ElementSet },
    VerbPrefix { "lset", KeyVerb::ElementSet },
    VerbPrefix { "linsert", KeyVerb::ElementSet },
    VerbPrefix { "lpop", KeyVerb::ElementRemoved },
    VerbPrefix { "rpop", KeyVerb::ElementRemoved },
    VerbPrefix { "lrem", KeyVerb::ElementRemoved },
    VerbPrefix { "ltrim", KeyVerb::ElementRemoved },
    VerbPrefix { "xadd", KeyVerb::OtherType },
    VerbPrefix { "xdel", KeyVerb::OtherType },
    VerbPrefix { "xtrim", KeyVerb::OtherType },
    VerbPrefix { "xgroup", KeyVerb::OtherType },
    VerbPrefix { "xsetid", KeyVerb::OtherType },
};

} // namespace

KeyVerb keyVerb(QByteArrayView name)
{
    for (const NamedVerb& known : namedVerbs) {
        if (known.name == name)
            return known.verb;
    }
    for (const VerbPrefix& known : verbPrefixes) {
        if (name.startsWith(known.prefix))
            return known.verb;
    }
    return KeyVerb::Other;
}

QList<QByteArray> lockVerbs()
{
    return { "del", "expired", "evicted", "rename_from", "rename_to", "move_from", "move_to", "restore", "copy_to",
        "expire", "persist", "set", "append", "setrange", "incrby", "incrbyfloat", "hset", "hincrby", "hincrbyfloat",
        "hdel", "hexpire", "hexpired", "hpersist", "sadd", "srem", "spop", "sinterstore", "sunionstore", "sdiffstore",
        "zadd", "zincr", "zrem", "zpopmin", "zpopmax", "zremrangebyscore", "zremrangebyrank", "zremrangebylex",
        "zrangestore", "zunionstore", "zinterstore", "zdiffstore", "lpush", "rpush", "lset", "linsert", "lpop", "rpop",
        "lrem", "ltrim", "sortstore" };
}

std::optional<KeyEvent> parseKeyspaceMessage(QByteArrayView channel, QByteArrayView payload)
{
    constexpr QByteArrayView keyspace("__keyspace@");
    constexpr QByteArrayView keyevent("__keyevent@");
    static_assert(keyspace.size() == keyevent.size());
    const bool isKeyevent = channel.startsWith(keyevent);
    if (!isKeyevent && !channel.startsWith(keyspace))
        return {};
    qint32 database = 0;
    qsizetype position = keyspace.size();
    for (; position < channel.size() && channel[position] >= '0' && channel[position] <= '9'; ++position) {
        if (database > 1'000'000)
            return {};
        database = database * 10 + (channel[position] - '0');
    }
    const QByteArrayView rest = channel.sliced(position);
    if (position == keyspace.size() || !rest.startsWith("__:"))
        return {};
    const QByteArrayView name = rest.sliced(3);
    return KeyEvent { database, isKeyevent ? payload : name, keyVerb(isKeyevent ? name : payload) };
}

} // namespace lockscope
