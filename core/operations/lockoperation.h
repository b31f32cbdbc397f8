// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/families/lockfamily.h"
#include "locks/lockrecord.h"

#include <QList>

#include <optional>

namespace lockscope {

// The requests and answers of the operations: values that cross threads.

struct AcquireRequest {
    QByteArray key;
    QByteArray token; ///< empty: a fresh randomToken()
    Milliseconds ttl { 30000 }; ///< 1 ms or more
    Milliseconds wait { 0 }; ///< how long to try while somebody else holds it
};
struct AcquireGrant {
    QByteArray key;
    QByteArray token;
    Milliseconds ttl { 0 };
    Milliseconds validity { 0 }; ///< what was left of the TTL when the answer came, less the drift allowance
    SteadyTime validUntil {};
};

struct ExtendRequest {
    QByteArray key;
    QByteArray token;
    Milliseconds ttl { 30000 };
};
struct ReleaseRequest {
    QByteArray key;
    QByteArray token;
};

/// One lock to be ended, with the token that the operator saw.
struct ForceReleaseTarget {
    QByteArray key;
    FamilyId family = FamilyId::None;
    QByteArray expectedToken;
    bool anyToken = false; ///< explicit: whoever holds it now
};
struct ForceReleaseRequest {
    QList<ForceReleaseTarget> targets;
    QString reason; ///< never empty
};
enum class ReleaseOutcome : quint8 { Released, AlreadyGone, HolderChanged, Refused, OutcomeUnknown };
/// `released`, `already_gone`, `holder_changed`, `refused`, `outcome_unknown`.
[[nodiscard]] QLatin1StringView releaseOutcomeName(ReleaseOutcome outcome);

/// A key beside the lock, that is there.
struct AuxiliaryFound {
    QByteArray key;
    QString role;
    QByteArray type; ///< Redis type
    qint64 ttlMs = -1; ///< -1 none
};

/// What a look at the key found: the current truth of one lock, for dialogs, `show`, and to settle an unknown outcome.
struct LockInspection {
    bool exists = false;
    QByteArray key;
    QByteArray type; ///< Redis type; `none` where it is gone
    LockMode mode = LockMode::Exclusive;
    bool held = true; ///< false: the key is there, but nobody has the lock
    QByteArray token; ///< the first holder's
    bool hasToken = false;
    std::vector<LockHolder> holders; ///< all of them where there can be several
    quint64 elements = 0; ///< of a hash, list, set or sorted set
    std::optional<qint64> freePermits; ///< of a semaphore that stores them
    qint64 waiters = -1; ///< -1: not known, `waitersReason` says why
    QString waitersReason;
    QList<QByteArray> firstWaiters; ///< the head of an exact queue
    std::optional<qint64> fence; ///< the fencing counter, where the family keeps one
    QList<AuxiliaryFound> auxiliary;
    qint64 valueBytes = 0; ///< STRLEN: larger than maximumTokenBytes means that no token was read
    qint64 ttlMs = -1; ///< until nobody holds it any more; -1 none
    qint64 idleSeconds = -1; ///< OBJECT IDLETIME; -1 unknown
    FamilyId family = FamilyId::None;
    float confidence = 0;
    QString rule; ///< why that family
    QList<OwnerHint> owner;
    int database = 0;
    QString node;
    SteadyTime at {};
    qint64 atMs = 0; ///< wall clock
};

struct ForceReleaseResult {
    ForceReleaseTarget target;
    ReleaseOutcome outcome = ReleaseOutcome::OutcomeUnknown;
    QByteArray token; ///< Released: the one that was deleted; HolderChanged: the one that holds it now
    std::optional<Error> error; ///< Refused and OutcomeUnknown
    /// OutcomeUnknown: what a later look found, where one was possible.
    std::optional<LockInspection> afterwards;
    qint64 auditId = 0; ///< the entry that `restore` takes; 0: nothing was recorded
    bool canRestore = false; ///< the entry has the old value
};

} // namespace lockscope
