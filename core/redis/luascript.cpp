// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/luascript.h"

#include <QCryptographicHash>

namespace lockscope {

namespace {

Command scriptCommand(
    const QByteArray& name, const QByteArray& script, const QList<QByteArray>& keys, const QList<QByteArray>& arguments)
{
    QList<QByteArray> words { name, script, QByteArray::number(keys.size()) };
    words += keys;
    words += arguments;
    return Command(words);
}

} // namespace

LuaScript::LuaScript(QByteArray source)
    : m_source(std::move(source))
    , m_sha1(QCryptographicHash::hash(m_source, QCryptographicHash::Sha1).toHex())
{
}

void runScript(Connection& connection, const LuaScript& script, const QList<QByteArray>& keys,
    const QList<QByteArray>& arguments, ReplyHandler handler, Milliseconds timeout)
{
    auto withFallback = [&connection, source = script.source(), keys, arguments, handler = std::move(handler), timeout](
                            Result<ReplyView> reply) mutable {
        if (reply || reply.error().serverCode != "NOSCRIPT")
            handler(std::move(reply));
        else
            connection.send(scriptCommand("EVAL", source, keys, arguments), std::move(handler), timeout);
    };
    connection.send(scriptCommand("EVALSHA", script.sha1(), keys, arguments), std::move(withFallback), timeout);
}

} // namespace lockscope
