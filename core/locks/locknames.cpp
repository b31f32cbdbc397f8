// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/lockevent.h"

namespace lockscope {

QLatin1StringView lockStateName(LockState state)
{
    switch (state) {
    case LockState::Held:
        return QLatin1StringView("held");
    case LockState::NoTtl:
        return QLatin1StringView("no_ttl");
    case LockState::Due:
        return QLatin1StringView("due");
    case LockState::Quorum:
        return QLatin1StringView("quorum");
    case LockState::Minority:
        return QLatin1StringView("minority");
    case LockState::Stale:
        break;
    }
    return QLatin1StringView("stale");
}

QLatin1StringView lockModeName(LockMode mode)
{
    switch (mode) {
    case LockMode::Exclusive:
        return QLatin1StringView("exclusive");
    case LockMode::Read:
        return QLatin1StringView("read");
    case LockMode::Write:
        return QLatin1StringView("write");
    case LockMode::Semaphore:
        break;
    }
    return QLatin1StringView("semaphore");
}

QLatin1StringView lockEventSourceName(LockEventSource source)
{
    switch (source) {
    case LockEventSource::Notification:
        return QLatin1StringView("notification");
    case LockEventSource::Verify:
        return QLatin1StringView("verify");
    case LockEventSource::Pass:
        return QLatin1StringView("pass");
    case LockEventSource::Tracking:
        break;
    }
    return QLatin1StringView("tracking");
}

QLatin1StringView lockEventName(LockEventKind kind)
{
    switch (kind) {
    case LockEventKind::Found:
        return QLatin1StringView("found");
    case LockEventKind::Acquired:
        return QLatin1StringView("acquired");
    case LockEventKind::Renewed:
        return QLatin1StringView("renewed");
    case LockEventKind::HolderChanged:
        return QLatin1StringView("holder_changed");
    case LockEventKind::Released:
        return QLatin1StringView("released");
    case LockEventKind::Expired:
        return QLatin1StringView("expired");
    case LockEventKind::Evicted:
        return QLatin1StringView("evicted");
    case LockEventKind::LostTtl:
        return QLatin1StringView("lost_ttl");
    case LockEventKind::Gap:
        break;
    }
    return QLatin1StringView("gap");
}

QLatin1StringView keyTypeName(KeyType type)
{
    switch (type) {
    case KeyType::String:
        return QLatin1StringView("string");
    case KeyType::Hash:
        return QLatin1StringView("hash");
    case KeyType::List:
        return QLatin1StringView("list");
    case KeyType::Set:
        return QLatin1StringView("set");
    case KeyType::SortedSet:
        return QLatin1StringView("zset");
    case KeyType::Other:
        break;
    }
    return QLatin1StringView("other");
}

KeyType keyTypeByName(QByteArrayView name)
{
    for (KeyType type : { KeyType::String, KeyType::Hash, KeyType::List, KeyType::Set, KeyType::SortedSet }) {
        if (QLatin1StringView(name.data(), name.size()) == keyTypeName(type))
            return type;
    }
    return KeyType::Other;
}

} // namespace lockscope
