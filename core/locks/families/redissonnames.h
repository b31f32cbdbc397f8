// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

namespace lockscope {

/// How Redisson names the keys and channels beside a lock: the lock's name becomes the hash tag, unless it has one.

/// `PREFIX:{NAME}`, or `PREFIX:NAME` where the name has a brace of its own.
[[nodiscard]] QByteArray redissonPrefixed(const char* prefix, const QByteArray& name);
/// `{NAME}`, or `NAME` where the name has a brace of its own: what `:SUFFIX` follows.
[[nodiscard]] QByteArray redissonTagged(const QByteArray& name);
/// Locks' own channel: `redisson_lock__channel:{NAME}`.
[[nodiscard]] QByteArray redissonLockChannel(const QByteArray& name);

/// `CLIENT_UUID:THREAD_ID`.
/// A fresh holder of nobody's: its thread is 0, which Java never gives.
[[nodiscard]] QByteArray redissonOperatorToken();
[[nodiscard]] bool isRedissonHolder(QByteArrayView bytes);
/// The client's UUID and the thread of a holder, whatever stands behind it (`:write`).
[[nodiscard]] QList<OwnerHint> redissonOwnerHints(const QByteArray& token);

} // namespace lockscope
