// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sshdestination.h"

#include "redis/ipv6literal.h"
#include "redis/redistext.h"

#include <algorithm>

namespace lockscope {

namespace {

bool isWord(const QString& text, const char* further)
{
    const auto isGood = [further](QChar c) {
        return (c.unicode() < 0x80 && c.isLetterOrNumber()) || QLatin1StringView(further).contains(c);
    };
    return !text.isEmpty() && !text.startsWith(QLatin1Char('-')) && std::ranges::all_of(text, isGood);
}

} // namespace

QString SshDestination::text() const
{
    QString result = user.isEmpty() ? QString() : QString(user + QLatin1Char('@'));
    result += host.contains(QLatin1Char(':')) ? QString(QLatin1Char('[') + host + QLatin1Char(']')) : host;
    return port == 0 ? result : QString(result + QLatin1Char(':') + QString::number(port));
}

QStringList SshDestination::arguments() const
{
    QStringList result;
    if (!user.isEmpty())
        result << QStringLiteral("-l") << user;
    if (port != 0)
        result << QStringLiteral("-p") << QString::number(port);
    return result << QStringLiteral("--") << host;
}

Result<SshDestination> parseSshDestination(const QString& text)
{
    const auto wrong = fail(ErrorKind::Usage,
        RedisText::tr("ssh is [USER@]HOST[:PORT], the host a name, an address, or an alias of your ssh configuration"));
    SshDestination result;
    const qsizetype at = text.lastIndexOf(QLatin1Char('@'));
    result.user = at < 0 ? QString() : text.left(at);
    if (at >= 0 && !isWord(result.user, "._-+@"))
        return wrong;

    const QString place = text.mid(at + 1);
    const qsizetype bracket = place.startsWith(QLatin1Char('[')) ? place.indexOf(QLatin1Char(']')) : -1;
    const qsizetype colon = place.indexOf(QLatin1Char(':'), std::max<qsizetype>(bracket, 0));
    result.host = bracket > 0 ? place.mid(1, bracket - 1) : place.left(colon < 0 ? place.size() : colon);
    if (bracket > 0 ? !isIpv6Literal(result.host) || (colon < 0 ? place.size() : colon) != bracket + 1
                    : !isWord(result.host, "._-"))
        return wrong;
    if (colon < 0)
        return result;
    bool ok = false;
    result.port = place.mid(colon + 1).toUShort(&ok);
    if (!ok || result.port == 0)
        return wrong;
    return result;
}

} // namespace lockscope
