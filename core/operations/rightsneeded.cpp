// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/rightsneeded.h"

#include "base/bytetext.h"
#include "locks/families/lockfamily.h"

#include <QMap>

namespace lockscope {

namespace {

constexpr auto key = "\1"; ///< stands for the lock's key
constexpr auto channel = "\2"; ///< stands for the channel of the wake-up

/// Arguments with which the server accepts a command as complete.
const QMap<QByteArray, QList<QByteArray>>& completeArguments()
{
    static const QMap<QByteArray, QList<QByteArray>> table { { "TIME", {} }, { "TYPE", { key } }, { "GET", { key } },
        { "STRLEN", { key } }, { "GETRANGE", { key, "0", "1" } }, { "SET", { key, "v" } }, { "DEL", { key } },
        { "EXISTS", { key } }, { "PTTL", { key } }, { "PEXPIRE", { key, "1" } }, { "PEXPIREAT", { key, "1" } },
        { "PERSIST", { key } }, { "INCRBY", { key, "1" } }, { "HGET", { key, "f" } }, { "HSET", { key, "f", "v" } },
        { "HDEL", { key, "f" } }, { "HKEYS", { key } }, { "HLEN", { key } }, { "HEXISTS", { key, "f" } },
        { "LINDEX", { key, "0" } }, { "LPOP", { key } }, { "LPUSH", { key, "v" } }, { "ZSCORE", { key, "m" } },
        { "ZREM", { key, "m" } }, { "ZADD", { key, "1", "m" } }, { "ZRANGE", { key, "0", "0" } },
        { "ZREVRANGE", { key, "0", "0" } }, { "ZREMRANGEBYSCORE", { key, "0", "1" } }, { "SISMEMBER", { key, "m" } },
        { "SREM", { key, "m" } }, { "SADD", { key, "m" } }, { "SCARD", { key } }, { "SRANDMEMBER", { key } },
        { "PUBLISH", { channel, "m" } } };
    return table;
}

} // namespace

QList<QByteArray> commandsOfScript(QByteArrayView luaSource)
{
    constexpr QByteArrayView call = "redis.call('";
    QList<QByteArray> names;
    for (qsizetype at = luaSource.indexOf(call); at >= 0; at = luaSource.indexOf(call, at)) {
        at += call.size();
        const QByteArray name = luaSource.sliced(at, luaSource.indexOf('\'', at) - at).toByteArray();
        if (!names.contains(name))
            names.append(name);
    }
    return names;
}

QList<QList<QByteArray>> commandsNeeded(const LockFamily& family, LockAct act, const QByteArray& lock)
{
    if (act == LockAct::KillConnection)
        return { { "CLIENT", "KILL", "ID", "1" } };
    const ActRecipe recipe = family.actRecipe(act);
    if (!recipe.isPossible())
        return {};
    const ActCall call = actCall(family, act, { lock, {} });
    QList<QByteArray> eval { "EVAL", "return 1", QByteArray::number(call.keys.size()) };
    eval += call.keys;
    QList<QByteArray> evalSha = eval;
    evalSha[0] = "EVALSHA";
    evalSha[1] = QByteArray(40, '0');
    QList<QList<QByteArray>> needed { eval, evalSha };
    for (const QByteArray& name : commandsOfScript(recipe.luaSource)) {
        QList<QByteArray> words { name };
        for (const QByteArray& word : completeArguments().value(name))
            words.append(word == key ? lock : word == channel ? family.releaseArguments(lock).value(0) : word);
        needed.append(words);
    }
    return needed;
}

QString rightMissing(const QList<QByteArray>& command, QByteArrayView answer)
{
    if (answer == "OK")
        return {};
    static const QList<QByteArray> containers { "ACL", "CLIENT", "CONFIG", "MEMORY", "OBJECT", "PUBSUB", "SCRIPT" };
    const QString name = QString::fromLatin1(command.value(0).toLower());
    const bool isContainer = containers.contains(command.value(0));
    if (answer.contains("channel"))
        return QLatin1Char('&') + displayText(command.value(1), 80);
    const QByteArray whole = answer.toByteArray();
    if (whole.contains(" key") && !whole.contains("run the"))
        return QLatin1Char('~')
            + displayText(command.value(name.startsWith(QLatin1StringView("eval")) ? 3
                                  : isContainer                                    ? 2
                                                                                   : 1),
                80);
    return QLatin1Char('+') + name
        + (isContainer ? QLatin1Char('|') + QString::fromLatin1(command.value(1).toLower()) : QString());
}

} // namespace lockscope
