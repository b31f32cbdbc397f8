// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "operations/restorerequest.h"
#include "redis/connection.h"

namespace lockscope {

/// What an old value has left of its TTL now: never more than it had, also where the wall clock went back. -1 no TTL,
/// 0 nothing.
[[nodiscard]] qint64 remainingTtl(qint64 ttlMs, qint64 readAtMs, qint64 nowMs);

/// RESTORE without REPLACE: the key comes back if it is free, in one atomic step of the server. `ttlMs` 1 or more, or
/// -1 for none. Answers outcome and error only; the handler is called exactly once, and nothing is sent twice.
void sendRestore(Connection& connection, const QByteArray& key, qint64 ttlMs, const QByteArray& payload,
    UniqueFunction<void(RestoreOutcome, std::optional<Error>)> handler);

} // namespace lockscope
