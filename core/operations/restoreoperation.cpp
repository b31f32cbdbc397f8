// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/restoreoperation.h"

#include <algorithm>

namespace lockscope {

QLatin1StringView restoreOutcomeName(RestoreOutcome outcome)
{
    switch (outcome) {
    case RestoreOutcome::Restored:
        return QLatin1StringView("restored");
    case RestoreOutcome::Possible:
        return QLatin1StringView("possible");
    case RestoreOutcome::KeyExists:
        return QLatin1StringView("key_exists");
    case RestoreOutcome::Expired:
        return QLatin1StringView("expired");
    case RestoreOutcome::Refused:
        return QLatin1StringView("refused");
    case RestoreOutcome::OutcomeUnknown:
        break;
    }
    return QLatin1StringView("outcome_unknown");
}

qint64 remainingTtl(qint64 ttlMs, qint64 readAtMs, qint64 nowMs)
{
    if (ttlMs == -1)
        return -1;
    const qint64 passed = std::max<qint64>(nowMs - readAtMs, 0);
    return std::max<qint64>(ttlMs - passed, 0);
}

void sendRestore(Connection& connection, const QByteArray& key, qint64 ttlMs, const QByteArray& payload,
    UniqueFunction<void(RestoreOutcome, std::optional<Error>)> handler)
{
    // For RESTORE, 0 is "no TTL".
    const QByteArray ttl = QByteArray::number(std::max<qint64>(ttlMs, 0));
    connection.send(
        { "RESTORE", key, ttl, payload }, [handler = std::move(handler)](const Result<ReplyView>& reply) mutable {
            if (reply)
                return handler(RestoreOutcome::Restored, std::nullopt);
            if (reply.error().serverCode == "BUSYKEY")
                return handler(RestoreOutcome::KeyExists, std::nullopt);
            const bool unknown = reply.error().kind == ErrorKind::OutcomeUnknown;
            handler(unknown ? RestoreOutcome::OutcomeUnknown : RestoreOutcome::Refused, reply.error());
        });
}

} // namespace lockscope
