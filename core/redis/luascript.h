// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

namespace lockscope {

/// A Lua script with the SHA1 that EVALSHA names it by. Made once, at start-up or on first use.
class LuaScript {
public:
    explicit LuaScript(QByteArray source);
    [[nodiscard]] const QByteArray& source() const { return m_source; }
    [[nodiscard]] const QByteArray& sha1() const { return m_sha1; } ///< 40 hexadecimal digits

private:
    QByteArray m_source;
    QByteArray m_sha1;
};

/// EVALSHA; on NOSCRIPT, which proves that nothing ran, once EVAL. `handler` is called exactly once.
void runScript(Connection& connection, const LuaScript& script, const QList<QByteArray>& keys,
    const QList<QByteArray>& arguments, ReplyHandler handler, Milliseconds timeout = Milliseconds(0));

} // namespace lockscope
