// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

namespace lockscope {

/// A transition of one lock (or of the stream itself: Gap), as the contract's watch events name them.
enum class LockEventKind : quint8 { Found, Acquired, Renewed, HolderChanged, Released, Expired, Evicted, LostTtl, Gap };
[[nodiscard]] QLatin1StringView lockEventName(LockEventKind kind);

/// How we came to know: the server named the change, or (tracking) the key alone; a read of that key, or a pass over
/// the key space.
enum class LockEventSource : quint8 { Notification, Verify, Pass, Tracking };
/// `notification`, `verify`, `pass`, `tracking`.
[[nodiscard]] QLatin1StringView lockEventSourceName(LockEventSource source);

struct LockEvent {
    qint64 atMs = 0; ///< wall clock, ms since the epoch
    qint64 sinceMs = 0; ///< Gap: when the stream broke
    LockEventKind kind = LockEventKind::Found;
    LockEventSource source = LockEventSource::Notification;
    FamilyId family = FamilyId::None;
    qint32 database = 0;
    quint16 node = 0;
    LockId id;
    QByteArray key;
    QByteArray token; ///< of the holder after the transition (before it for Released, Expired, Evicted)
    QByteArray previousToken; ///< HolderChanged
    bool hasToken = false; ///< an empty token is one, too
    bool hasPreviousToken = false;
    qint64 ttlMs = -1; ///< -1: none
    /// False where the kind is a conclusion: a read found a lock gone, or in other hands, and nobody said how that
    /// came.
    bool certain = true;
};

} // namespace lockscope
