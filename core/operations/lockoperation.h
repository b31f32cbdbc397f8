// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/families/lockfamily.h"
#include "locks/lockrecord.h"

#include <QHash>
#include <QList>
#include <QStringList>

#include <optional>

namespace lockscope {

// The requests and answers of the operations: values that cross threads.

/// Where a lock lives. By default where the connection points: its own database, and with several independent masters
/// all of them together (Redlock).
struct LockPlace {
    int database = -1; ///< -1: that of the URI
    QString node; ///< `host:port` or socket path of one master; empty: all there are

    friend bool operator==(const LockPlace&, const LockPlace&) = default;
};

/// What one master said to an acquire, an extension or a release.
enum class NodeVote : quint8 {
    Yes, ///< taken, prolonged or deleted
    Taken, ///< another token holds it
    Missing, ///< nobody holds it
    Failed, ///< no answer in time, or an error
};
/// `yes`, `taken`, `missing`, `failed`.
[[nodiscard]] QLatin1StringView nodeVoteName(NodeVote vote);

struct NodeAnswer {
    QString node;
    NodeVote vote = NodeVote::Failed;
    std::optional<Error> error; ///< Failed
    SteadyTime validUntil {}; ///< Yes to an acquire or an extension: the lease on this master, drift allowed for
};

struct AcquireRequest {
    QByteArray key;
    QByteArray token; ///< empty: a fresh randomToken()
    Milliseconds ttl { 30000 }; ///< 1 ms or more
    Milliseconds wait { 0 }; ///< how long to try while somebody else holds it
    bool fence = false; ///< with a fencing token from the counter beside the lock (locks/fencing.h)
    LockPlace place {};
    std::optional<QString> audit {}; ///< recorded, with this reason, before anything is sent; else not
};
struct AcquireGrant {
    QByteArray key;
    QByteArray token;
    Milliseconds ttl { 0 };
    Milliseconds validity { 0 }; ///< what was left of the TTL when the answer came, less the drift allowance
    SteadyTime validUntil {};
    std::optional<qint64> fence {}; ///< larger than that of every holder before
    QList<NodeAnswer> nodes {}; ///< Redlock: every master, in the order of the URIs
    LockPlace place {};
};

struct ExtendRequest {
    QByteArray key;
    QByteArray token;
    Milliseconds ttl { 30000 };
    LockPlace place {};
    std::optional<QString> audit {}; ///< as in AcquireRequest
};
struct ReleaseRequest {
    QByteArray key;
    QByteArray token;
    LockPlace place {};
    std::optional<QString> audit {}; ///< as in AcquireRequest
};
struct InspectRequest {
    QByteArray key;
    LockPlace place {};
};

/// One lock to be acted on, with the token that the operator saw.
struct ForceReleaseTarget {
    QByteArray key;
    FamilyId family = FamilyId::None;
    QByteArray expectedToken;
    bool anyToken = false; ///< explicit: whoever holds it now; Release only
    LockAct act = LockAct::Release;
    qint64 ttlMs = -1; ///< Shorten, AddTtl, TakeOver: the new lease, 1 ms or more; HandBack: -1 gives none
    QByteArray newToken {}; ///< TakeOver: the operator's (empty: made for it); HandBack: the one that comes back
    qint64 clientId = 0; ///< KillConnection: CLIENT ID
    QByteArray clientAddress {}; ///< KillConnection: `ip:port`; both must fit
    /// In a cluster: go on where keys of the family lie in other slots, and leave those alone.
    bool partly = false;
    LockPlace place {};
};
struct ForceReleaseRequest {
    QList<ForceReleaseTarget> targets;
    QString reason; ///< never empty
    QString ticket {}; ///< of the incident; may be empty
};
enum class ReleaseOutcome : quint8 {
    Released,
    Done, ///< any other act than Release did what it should
    Unneeded, ///< nothing had to be done: the lease is shorter already, or there is a TTL
    AlreadyGone,
    HolderChanged,
    Refused,
    NotSent, ///< stopped before its turn
    OutcomeUnknown
};
inline constexpr int releaseOutcomeCount = int(ReleaseOutcome::OutcomeUnknown) + 1;
/// `released`, `done`, `unneeded`, `already_gone`, `holder_changed`, `refused`, `not_sent`, `outcome_unknown`.
[[nodiscard]] QLatin1StringView releaseOutcomeName(ReleaseOutcome outcome);

/// A key beside the lock, that is there.
struct AuxiliaryFound {
    QByteArray key;
    QString role;
    QByteArray type; ///< Redis type
    qint64 ttlMs = -1; ///< -1 none
};

/// What one of several independent masters has under the key.
struct NodeLook {
    QString node;
    bool exists = false;
    bool hasToken = false;
    QByteArray token;
    qint64 ttlMs = -1; ///< -1: none
    std::optional<Error> error; ///< it could not be asked: nothing else counts
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
    QList<NodeLook> nodes {}; ///< Redlock: every master, in the order of the URIs
};

/// How the masters of a quorum stand to the holder that a look found.
struct LookedVotes {
    int winning = 0; ///< masters that have its token
    int quorum = 0; ///< how many it needs; 0: no quorum group
    bool isSplit = false; ///< two holders or more, none of them with a quorum
};
[[nodiscard]] LookedVotes lookedVotes(const LockInspection& seen);
/// The state as a list tells it: Held, NoTtl, Quorum or Minority; of what exists.
[[nodiscard]] LockState lookedState(const LockInspection& seen);
/// What a force-release would come to on each master, if nothing changes; none outside a quorum group. A master that
/// cannot be asked is Refused, with the error.
struct NodeForecast {
    NodeLook look;
    ReleaseOutcome outcome = ReleaseOutcome::Released;
};
[[nodiscard]] QList<NodeForecast> forecastNodes(const QList<NodeLook>& nodes, const ForceReleaseTarget& target);

/// How a force-release ended on one of several independent masters.
struct NodeRelease {
    QString node;
    ReleaseOutcome outcome = ReleaseOutcome::OutcomeUnknown;
    QByteArray token; ///< as in ForceReleaseResult
    std::optional<Error> error;
};

/// Who came after a lock was released.
struct NextHolder {
    enum class Kind : quint8 {
        Nobody, ///< nobody within watchedMs
        Other, ///< another token holds it
        SameAgain, ///< the token that was released holds it again: the old holder came back
        Unknown, ///< it could not be watched: `error`
    };
    Kind kind = Kind::Unknown;
    QByteArray key;
    QByteArray token; ///< Other, SameAgain
    QList<OwnerHint> owner {};
    qint64 afterMs = -1; ///< from the answer of the release to the look that found it
    qint64 watchedMs = 0;
    std::optional<Error> error {};
};
struct ForceReleaseResult {
    ForceReleaseTarget target;
    ReleaseOutcome outcome = ReleaseOutcome::OutcomeUnknown;
    QByteArray token; ///< Released: the one that was deleted; HolderChanged: the one that holds it now
    std::optional<Error> error; ///< Refused and OutcomeUnknown
    /// OutcomeUnknown: what a later look found, where one was possible.
    std::optional<LockInspection> afterwards;
    QList<NodeRelease> nodes {}; ///< Redlock: every master, in the order of the URIs; `outcome` sums them up
    qint64 oldTtlMs = -1; ///< Done, Unneeded: the lease before; -1 none
    QList<QByteArray> left; ///< keys of other slots that were left alone
    qint64 auditId = 0; ///< the entry that `restore` takes; 0: nothing was recorded
    bool canRestore = false; ///< the entry has the old value
    std::optional<NextHolder> next {}; ///< Released: who came next, where somebody watched for it
};

/// `nobody`, `other`, `same_again`, `unknown`.
[[nodiscard]] QLatin1StringView nextHolderName(NextHolder::Kind kind);

/// Which released locks are to be watched for their next holder.
struct FollowRequest {
    struct Lock {
        QByteArray key;
        QByteArray released; ///< the token that was released
        QList<QByteArray> others; ///< tokens that held it besides and still may
        qint64 auditId = 0; ///< the entry that keeps the answer; 0: none
        LockPlace place {};
    };
    QList<Lock> locks;
    Milliseconds window { 1000 }; ///< how long at most
    SteadyTime since {}; ///< when the release was answered
};

/// A connection that may be the holder's.
struct ClientSeen {
    qint64 id = 0;
    QByteArray address;
    QByteArray name;
    QByteArray command; ///< its last one
    qint64 ageSeconds = -1;
    qint64 idleSeconds = -1;
    QString why; ///< what ties it to the holder, for people

    friend bool operator==(const ClientSeen&, const ClientSeen&) = default;
};
/// What the server's list of clients tells of a holder.
struct HolderEvidence {
    enum class Verdict : quint8 {
        Unasked,
        Connected, ///< `clients` may be the holder's
        NotSeen, ///< no connection bears what the token tells: no proof that it is dead
        Undecidable, ///< the token tells nothing that a connection could bear
        NotPermitted, ///< this user may not see the list
    };
    Verdict verdict = Verdict::Unasked;
    qint64 connections = 0; ///< in the whole list
    QList<ClientSeen> clients {}; ///< the likeliest first
};

/// Everything that an operator should know before acting on a lock, read at one moment.
struct ReleaseImpact {
    LockInspection seen;
    HolderEvidence evidence;
    bool rightsKnown = false; ///< the server told what this user may do
    /// What this user lacks, as ACL SETUSER would grant it (`+publish`, `~key`, `&channel`); none: nothing.
    QHash<LockAct, QStringList> missingRights {};
    bool isCluster = false;
    QList<QByteArray> otherSlots {}; ///< in a cluster: keys of the family that one script cannot reach
};

} // namespace lockscope
