// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/distributedlocktoken.h"

#include "base/randomtoken.h"

#include "base/bytetext.h"
#include "locks/families/elements.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr qsizetype guidLength = 32;
constexpr const char* machineRule
    = QT_TRANSLATE_NOOP("lockscope::Rules", "machine and process as DistributedLock writes them");

} // namespace

bool isDistributedLockToken(QByteArrayView bytes)
{
    const qsizetype guid = bytes.size() - guidLength;
    if (guid < 4 || bytes[guid - 1] != '_')
        return false;
    const QByteArrayView process = bytes.first(guid - 1);
    const qsizetype mark = process.lastIndexOf('_');
    return mark > 0 && isDigits(process.sliced(mark + 1), 10)
        && std::all_of(
            bytes.begin() + guid, bytes.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

QList<OwnerHint> distributedLockOwnerHints(const QByteArray& token)
{
    if (!isDistributedLockToken(token))
        return {};
    const QByteArray process = token.chopped(guidLength + 1);
    const qsizetype mark = process.lastIndexOf('_');
    return { { "host", displayText(process.first(mark), 80), machineRule },
        { "pid", QString::fromLatin1(process.sliced(mark + 1)), machineRule } };
}

QByteArray distributedLockOperatorToken(QByteArray who)
{
    for (char& c : who) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        c = plain ? c : '-';
    }
    return "lockscope-" + who + '_' + QByteArray::number(QCoreApplication::applicationPid()) + '_'
        + randomToken().first(32);
}

} // namespace lockscope
