// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/fencing.h"

#include "base/randomtoken.h"

#include <QStringBuilder>

#include <algorithm>

namespace lockscope {

namespace {

constexpr auto suffix = ":fence";
constexpr auto prefix = "fence-";
constexpr qsizetype prefixSize = 6;
constexpr qsizetype randomDigits = 40;

/// As a cluster reads it: what stands between the first `{` and the first `}` after it, if that is anything.
bool hasHashTag(QByteArrayView key)
{
    const qsizetype open = key.indexOf('{');
    return open >= 0 && key.indexOf('}', open) > open + 1;
}

bool isHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

} // namespace

QByteArray fencingCounterKey(const QByteArray& key)
{
    const QByteArray tagged = hasHashTag(key) ? key : QByteArray('{' + key + '}');
    return tagged + suffix;
}

bool isFencingCounterKey(QByteArrayView key) { return key.endsWith(suffix) && hasHashTag(key); }

QByteArray fencedToken(qint64 fence) { return prefix + QByteArray::number(fence) + '-' + randomToken(); }

std::optional<qint64> fenceOfToken(QByteArrayView token)
{
    if (!token.startsWith(prefix) || token.size() < prefixSize + 1 + 1 + randomDigits)
        return {};
    const QByteArrayView random = token.last(randomDigits);
    const QByteArrayView number = token.sliced(prefixSize, token.size() - prefixSize - randomDigits - 1);
    bool isNumber = false;
    const qint64 fence = number.toLongLong(&isNumber);
    const bool ours = isNumber && fence > 0 && token[token.size() - randomDigits - 1] == '-'
        && std::all_of(random.begin(), random.end(), isHexDigit);
    return ours ? std::optional(fence) : std::nullopt;
}

} // namespace lockscope
