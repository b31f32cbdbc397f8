// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/oldvalue.h"
#include "redis/environment.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace lockscope {

// The values of the audit log. None of them carries a token in the clear but AuditIntent::oldValue, which goes into the
// file and comes back for `restore` alone: no list, no export and no log has it.

/// The acts that are audited, as `action` names them.
namespace auditaction {
inline constexpr char forceRelease[] = "force_release";
inline constexpr char shorten[] = "shorten";
inline constexpr char addTtl[] = "add_ttl";
inline constexpr char takeOver[] = "take_over";
inline constexpr char handBack[] = "hand_back";
inline constexpr char killConnection[] = "kill_connection";
inline constexpr char acquire[] = "acquire";
inline constexpr char extend[] = "extend";
inline constexpr char release[] = "release";
inline constexpr char restore[] = "restore";
inline constexpr char writeArmed[] = "write_armed";
} // namespace auditaction

/// What an operator is about to do to one lock.
struct AuditIntent {
    QString redisUser;
    QString server; ///< `host:port` or socket path; several nodes of one lock separated by commas
    int database = 0;
    QByteArray action; ///< one of auditaction
    QByteArray family;
    QByteArray key;
    QString tokenFingerprint; ///< tokenFingerprint() of the token that was aimed at; empty for any token
    QString reason;
    QString ticket; ///< as the operator wrote it; may be empty
    QByteArray type; ///< Redis type of the key before the act; empty where it was not looked at
    QByteArray oldValue; ///< DUMP payload, at most maximumOldValueBytes
    OldValueState oldValueState = OldValueState::None;
    qint64 ttlMs = -2; ///< PTTL before the act: -1 no TTL, -2 unknown or no key
    qint64 valueReadAt = 0; ///< when type, oldValue and ttlMs were read: wall clock, ms since the epoch; 0 never
    qint64 relatedId = 0; ///< restore, hand_back: the entry that it undoes
    Environment environment = Environment::Unspecified;

    /// Takes type, value, TTL and time over from what was read before the act.
    void setOldValue(const OldValue& old);
};

/// What one server of several said.
struct AuditNodeResult {
    QString node; ///< `host:port` or socket path
    QByteArray outcome; ///< as AuditOutcome::outcome
    QString error;

    friend bool operator==(const AuditNodeResult&, const AuditNodeResult&) = default;
};

/// Who got the lock next: known only some seconds after the act.
struct AuditAftermath {
    qint64 intentId = 0;
    QString nextFingerprint; ///< of the next holder's token; empty: nobody within watchedMs
    qint64 afterMs = -1; ///< from the act to the next holder; -1 nobody
    qint64 watchedMs = 0; ///< how long somebody looked
};

/// What came of an intent.
struct AuditOutcome {
    qint64 intentId = 0;
    QByteArray outcome; ///< releaseOutcomeName(), restoreOutcomeName(), `done`, `armed` or `not_sent`
    QString tokenFingerprint; ///< of the token that was deleted or that holds it now
    QString error;
    QList<AuditNodeResult> nodes {}; ///< where the lock lives on several servers
    std::optional<AuditAftermath> aftermath {}; ///< where it is known already; else AuditLog::appendAftermaths()
};

/// One act as the log tells it afterwards: the intent and what came of it. Without the old value.
struct AuditEntry {
    qint64 id = 0; ///< of the intent: what `restore` takes
    qint64 atMs = 0; ///< wall clock, when the intent was written
    QString osUser;
    QString host;
    QString redisUser;
    QString server;
    int database = 0;
    QString action;
    QString family;
    QByteArray key;
    QString tokenFingerprint;
    QString reason;
    QString ticket;
    QString type;
    OldValueState oldValueState = OldValueState::None;
    qint64 ttlMs = -2;
    qint64 valueReadAt = 0;
    qint64 relatedId = 0;
    QString environment;
    QString outcome; ///< empty: none was written; the act may or may not have happened
    qint64 outcomeAtMs = 0;
    QString outcomeFingerprint;
    QString error;
    QList<AuditNodeResult> nodes;
    std::optional<AuditAftermath> aftermath;
    qint64 restoredBy = 0; ///< the entry that put it back; 0 none
};

/// Which entries are wanted; everything that is set must hold.
struct AuditQuery {
    std::optional<qint64> sinceMs; ///< wall clock, this moment included
    std::optional<qint64> untilMs; ///< this moment excluded
    QByteArray keyGlob; ///< `*`, `?`, `[…]` over the whole key; empty: all
    QString user; ///< OS user or Redis user
    QString action;
    QString outcome; ///< `unfinished`: none was written
    QString text; ///< in key, reason, ticket, user, host or server
    qint64 id = 0; ///< this one only
    int limit = -1; ///< the newest so many; -1 all
    qint64 beforeId = 0; ///< for pages: only older ones; 0 from the newest
};

/// What a walk along the chain found.
struct AuditVerdict {
    bool whole = false;
    qint64 rows = 0; ///< rows that fit: intents, outcomes and aftermaths
    qint64 entries = 0; ///< intents among them
    QByteArray head; ///< hash of the last row, hex: noted elsewhere it proves later that nothing was cut off
    qint64 badRow = 0; ///< the first row that does not fit; 0: none, or the fault is at the end
    QString fault; ///< what is wrong, for people; empty where it is whole
};

/// What `restore` needs of an entry: the only way that the old value leaves the file.
struct AuditOldValue {
    AuditEntry entry;
    QByteArray payload;
};

} // namespace lockscope
