// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/lockact.h"

#include "locks/families/lockfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr QLatin1StringView actNames[]
    = { QLatin1StringView("shorten"), QLatin1StringView("add-ttl"), QLatin1StringView("take-over"),
          QLatin1StringView("hand-back"), QLatin1StringView("release"), QLatin1StringView("kill-connection") };
static_assert(std::size(actNames) == lockActCount);

constexpr int slotCount = 16384;

/// CRC16/XMODEM, as the cluster specification wants it.
quint16 crc16(QByteArrayView bytes)
{
    quint16 crc = 0;
    for (const char byte : bytes) {
        crc ^= quint16(quint8(byte) << 8);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 0x8000) ? quint16((crc << 1) ^ 0x1021) : quint16(crc << 1);
    }
    return crc;
}

} // namespace

QLatin1StringView lockActName(LockAct act) { return actNames[size_t(act)]; }

std::optional<LockAct> lockActByName(QStringView name)
{
    for (size_t i = 0; i < std::size(actNames); ++i) {
        if (name == actNames[i])
            return LockAct(i);
    }
    return std::nullopt;
}

bool needsTtl(LockAct act)
{
    return act == LockAct::Shorten || act == LockAct::AddTtl || act == LockAct::TakeOver || act == LockAct::HandBack;
}

const char* leaseActExplanation(LockAct act)
{
    switch (act) {
    case LockAct::Shorten:
        return QT_TRANSLATE_NOOP("lockscope::Recipes",
            "The lease ends earlier, if this token still holds the lock; it never ends later than now. A holder that "
            "renews sets it back to its full length at its next renewal.");
    case LockAct::AddTtl:
        return QT_TRANSLATE_NOOP("lockscope::Recipes",
            "The lock gets a TTL, if this token still holds it and it has none. From then on it ends by itself.");
    case LockAct::TakeOver:
        return QT_TRANSLATE_NOOP("lockscope::Recipes",
            "A token of yours takes the place of the holder's, so that nobody else gets in while you study the case. "
            "It "
            "ends by itself at the time you give, and can be handed back before. The old holder goes on running, and "
            "learns of it only when it renews or releases.");
    case LockAct::HandBack:
        return QT_TRANSLATE_NOOP("lockscope::Recipes",
            "The old token comes back with what was left of its lease, if yours is still there. A holder that has "
            "noticed the loss meanwhile does not renew any more: then the lock ends with that lease.");
    case LockAct::KillConnection:
        return QT_TRANSLATE_NOOP("lockscope::Recipes",
            "Closes one client's connection by its id and address. The lock is not touched: it stays until its lease "
            "ends. The program may connect again at once and still believe that it holds the lock.");
    case LockAct::Release:
        break;
    }
    return "";
}

QList<QByteArray> keysOfOtherSlots(const LockFamily& family, const QByteArray& key)
{
    QList<QByteArray> others;
    for (const QByteArray& touched : family.releaseKeys(key)) {
        if (keySlot(touched) != keySlot(key))
            others.append(touched);
    }
    return others;
}

ActCall actCall(const LockFamily& family, LockAct act, const ActSubject& subject)
{
    ActCall call { family.actRecipe(act).luaSource, family.releaseKeys(subject.key), { subject.expectedToken } };
    if (subject.otherSlots) {
        for (QByteArray& key : call.keys) {
            if (keySlot(key) != keySlot(subject.key))
                key = subject.key;
        }
    }
    if (act == LockAct::Release) {
        call.arguments.append(subject.anyToken ? "1" : "0");
    } else {
        call.arguments.append(QByteArray::number(subject.ttlMs));
        call.arguments.append(subject.newToken);
    }
    call.arguments += family.releaseArguments(subject.key);
    return call;
}

int keySlot(QByteArrayView key)
{
    const qsizetype open = key.indexOf('{');
    const qsizetype close = open < 0 ? -1 : key.indexOf('}', open + 1);
    if (close > open + 1)
        key = key.sliced(open + 1, close - open - 1);
    return crc16(key) % slotCount;
}

} // namespace lockscope
