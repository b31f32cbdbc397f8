// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/lockcopy.h"

#include "base/bytetext.h"
#include "deployment/lockjson.h"

#include <QJsonDocument>

#include <algorithm>

namespace lockscope {

namespace {

constexpr const char* releaseLua
    = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end";

QString shellQuoted(QString text)
{
    text.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + text + QLatin1Char('\'');
}

bool isPlain(const QByteArray& bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
}

// `-h host -p port` or `-s path`; the host may be an IPv6 literal in brackets.
QString nodeOptions(const QString& node)
{
    if (node.startsWith(QLatin1Char('/')))
        return QStringLiteral(" -s ") + shellQuoted(node);
    const qsizetype colon = node.lastIndexOf(QLatin1Char(':'));
    if (colon < 0)
        return {};
    QString host = node.left(colon);
    if (host.startsWith(QLatin1Char('[')) && host.endsWith(QLatin1Char(']')))
        host = host.mid(1, host.size() - 2);
    return QStringLiteral(" -h ") + shellQuoted(host) + QStringLiteral(" -p ") + node.mid(colon + 1);
}

} // namespace

QString lockRedisCliText(const LockRecord& record, const WatchStatus& status)
{
    // Bytes that a shell cannot carry go as redis-cli's own quoting.
    const bool quoted = !isPlain(record.key) || !isPlain(record.token);
    const auto argument = [quoted](const QByteArray& bytes) {
        return shellQuoted(quoted ? redisCliQuoted(bytes) : QString::fromLatin1(bytes));
    };
    QString client = QStringLiteral("redis-cli") + nodeOptions(status.nodeName(record.node)) + QStringLiteral(" -n ")
        + QString::number(record.database);
    if (quoted)
        client += QStringLiteral(" --quoted-input");
    const QString key = argument(record.key);
    QStringList lines { client + QStringLiteral(" GET ") + key, client + QStringLiteral(" PTTL ") + key };
    if (record.hasToken)
        lines += client + QStringLiteral(" EVAL ") + argument(releaseLua) + QStringLiteral(" 1 ") + key
            + QLatin1Char(' ') + argument(record.token);
    return lines.join(QLatin1Char('\n'));
}

QString lockJsonText(const LockRecord& record, const WatchStatus& status, const Clock& clock)
{
    return QString::fromUtf8(QJsonDocument(lockToJson(record, status, clock)).toJson(QJsonDocument::Indented));
}

} // namespace lockscope
