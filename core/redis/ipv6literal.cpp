// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/ipv6literal.h"

#include <QHostAddress>

#include <algorithm>

namespace lockscope {

bool isIpv6Literal(const QString& text)
{
    const qsizetype percent = text.indexOf(QLatin1Char('%'));
    const QStringView number = QStringView(text).left(percent < 0 ? text.size() : percent);
    const QStringView zone = percent < 0 ? QStringView(u"0") : QStringView(text).mid(percent + 1);
    const auto isDigit = [](QChar c) { return QLatin1StringView("0123456789abcdefABCDEF:.").contains(c); };
    const auto isOfName
        = [](QChar c) { return c.unicode() < 0x80 && (c.isLetterOrNumber() || QLatin1StringView("._-").contains(c)); };
    QHostAddress address;
    return std::ranges::all_of(number, isDigit) && !zone.isEmpty() && std::ranges::all_of(zone, isOfName)
        && address.setAddress(text) && address.protocol() == QAbstractSocket::IPv6Protocol;
}

} // namespace lockscope
