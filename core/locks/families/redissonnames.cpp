// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/redissonnames.h"

#include "locks/families/elements.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>
#include <QUuid>

namespace lockscope {

namespace {

constexpr qsizetype uuidLength = 36;
constexpr const char* clientRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "Redisson's client id: the same in all locks of one process");
constexpr const char* threadRule = QT_TRANSLATE_NOOP("lockscope::Rules", "Java thread id behind Redisson's client id");

} // namespace

QByteArray redissonTagged(const QByteArray& name) { return name.contains('{') ? name : '{' + name + '}'; }

QByteArray redissonPrefixed(const char* prefix, const QByteArray& name)
{
    return QByteArray(prefix) + ':' + redissonTagged(name);
}

QByteArray redissonLockChannel(const QByteArray& name) { return redissonPrefixed("redisson_lock__channel", name); }

bool isRedissonHolder(QByteArrayView bytes)
{
    return bytes.size() > uuidLength + 1 && bytes[uuidLength] == ':' && isDigits(bytes.sliced(uuidLength + 1))
        && isDashedUuid(bytes.first(uuidLength));
}

QByteArray redissonOperatorToken() { return QUuid::createUuid().toByteArray(QUuid::WithoutBraces) + ":0"; }

QList<OwnerHint> redissonOwnerHints(const QByteArray& token)
{
    const qsizetype end = token.indexOf(':', uuidLength + 1);
    const QByteArray holder = token.left(end < 0 ? token.size() : end);
    if (!isRedissonHolder(holder))
        return {};
    return { { "uuid", QString::fromLatin1(holder.first(uuidLength)), clientRule },
        { "thread", QString::fromLatin1(holder.sliced(uuidLength + 1)), threadRule } };
}

} // namespace lockscope
