// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockact.h"
#include "locks/keysample.h"
#include "locks/lockrecord.h"

#include <QList>

#include <optional>
#include <vector>

namespace lockscope {

struct Recognition {
    float confidence = 0; ///< 0: not of this family; from 0.9 on the shape alone is conclusive
    const char* rule = ""; ///< which rule matched, for the evidence line; translatable, context lockscope::Rules
};

/// What a key of a family says: who holds the lock, and how.
struct LockReading {
    LockMode mode = LockMode::Exclusive;
    /// The live ones; the first is the one that the table shows. Empty where the family stores none (a plain counting
    /// semaphore) or nobody holds it at this moment (then `held` tells which).
    std::vector<LockHolder> holders;
    bool held = true; ///< false: the key is there, but nobody has the lock
    std::optional<qint64> freePermits; ///< semaphores that store it
};

/// Something that a token tells of its holder.
struct OwnerHint {
    QByteArray name; ///< `host`, `pid`, `thread`, `created_at`, `uuid`…: the contract's `owner` fields
    QString value;
    const char* rule = ""; ///< which rule decoded it
};

/// A key beside the lock that belongs to it.
struct AuxiliaryKey {
    QByteArray key;
    const char* role = ""; ///< `waiter queue`, `fencing counter`…; translatable, context lockscope::Roles
};

/// Where it can be seen who waits for a lock.
struct WaiterSource {
    enum class Kind : quint8 {
        None, ///< nowhere: `reason` says why
        List, ///< exact and in order: LLEN, LRANGE of `name`
        SortedSet, ///< exact and in order: ZCARD, ZRANGE of `name`
        Channel, ///< PUBSUB NUMSUB (and SHARDNUMSUB) of `name`: counts client programs, not their threads
    };
    Kind kind = Kind::None;
    QByteArray name;
    const char* reason = ""; ///< translatable, context lockscope::Waiters
    /// List and SortedSet: where those are subscribed who stand in no queue, to be counted besides; empty: nowhere.
    QByteArray channel {};
};

/// What a notification says of a lock of a family, before anything is read.
enum class EventMeaning : quint8 {
    Nothing, ///< no change of holder or lease
    Acquired, ///< possibly: a holder came, or came once more (reentrancy)
    Extended, ///< the lease was set anew
    Released, ///< possibly: a holder left
};

/// A script that this library sends, by the SHA1 of its text: found in the server's script cache it proves that the
/// library has been here (lock-families reference, section 1.4).
struct ScriptFingerprint {
    const char* sha1 = ""; ///< 40 lower-case hexadecimal digits
    const char* script = ""; ///< `acquire`, `release`…
    const char* version = ""; ///< library and version that it was taken from
};

/// What a force-release has to do for a family: one atomic script. KEYS as releaseKeys() gives them, ARGV[1] the
/// expected token, ARGV[2] "1" for any token, ARGV[3…] as releaseArguments() gives them. It answers a flat array:
/// ["released", token] | ["gone"] | ["changed", token] | ["type", TYPE].
struct ReleaseRecipe {
    QByteArray luaSource;
    const char* explanation = ""; ///< what happens, for the dialog; translatable, context lockscope::Recipes
};

/// For the table of families in the documentation. English; Markdown in one line each.
struct FamilyFacts {
    const char* libraries = ""; ///< `redsync (Go)`
    const char* keys = ""; ///< what it leaves in Redis
    const char* token = ""; ///< what the token is, and what it tells
    const char* renewal = ""; ///< lease and renewal habits
    const char* afterwards = ""; ///< what a holder does that was force-released
};

/// One lock library: how to recognise what it leaves in Redis, and how to end it as the library would. Stateless, no
/// I/O, thread-safe.
class LockFamily {
public:
    virtual ~LockFamily() = default;
    [[nodiscard]] virtual QLatin1StringView name() const = 0; ///< `plain`: the contract's `family`
    [[nodiscard]] virtual FamilyFacts facts() const = 0;
    /// The only type of keys that it has to be asked about; nothing: all. Never changes.
    [[nodiscard]] virtual std::optional<KeyType> keyType() const { return {}; }
    /// Is called for each key whose holder is new, of keyType() or any: then it looks at the type first.
    [[nodiscard]] virtual Recognition recognise(const KeySample& sample) const = 0;
    /// `sample` was recognised. By default the value is the token of one exclusive holder.
    [[nodiscard]] virtual LockReading read(const KeySample& sample) const;
    /// By default what the token's shape alone tells.
    [[nodiscard]] virtual QList<OwnerHint> ownerHints(const QByteArray& token) const;
    /// Whether this key belongs to the family and is no lock itself; false by default. Decided by name and type alone.
    [[nodiscard]] virtual bool isAuxiliary(QByteArrayView key, KeyType type) const;
    /// None by default.
    [[nodiscard]] virtual QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const;
    /// By default nowhere, because waiters ask again and again and store nothing.
    [[nodiscard]] virtual WaiterSource waiters(const QByteArray& key) const;
    /// The counter of fencing tokens beside this lock; empty by default.
    [[nodiscard]] virtual QByteArray fencingCounter(const QByteArray& key) const;
    /// By the keyspace event's name (`set`, `hincrby`…). By default that of a string key.
    [[nodiscard]] virtual EventMeaning meaningOf(QByteArrayView event) const;
    /// None by default.
    [[nodiscard]] virtual QList<ScriptFingerprint> fingerprints() const;

    /// By default compare-and-delete of a string key.
    [[nodiscard]] virtual ReleaseRecipe releaseRecipe() const;
    /// The lock first; by default nothing else.
    [[nodiscard]] virtual QList<QByteArray> releaseKeys(const QByteArray& key) const;
    [[nodiscard]] virtual QList<QByteArray> releaseArguments(const QByteArray& key) const;
    /// Release: releaseRecipe(). KillConnection: never possible as a script. By default the others are those of a
    /// string key that holds the token.
    [[nodiscard]] virtual ActRecipe actRecipe(LockAct act) const;
    /// A fresh token for taking over from `holder`, in the form that the library writes, with as much of `who`
    /// (USER@HOST) as that allows. By default `lockscope-WHO-RANDOM`.
    [[nodiscard]] virtual QByteArray operatorToken(const QByteArray& holder, const QByteArray& who) const;
};

} // namespace lockscope
