// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/keytype.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace lockscope {

/// What an operator can do to a lock of somebody else's, from the gentlest on.
enum class LockAct : quint8 {
    Shorten, ///< the lease ends earlier; never later
    AddTtl, ///< a lock without TTL gets one
    TakeOver, ///< the operator's token takes the place of the holder's, for a time
    HandBack, ///< the holder's token comes back, if the operator's is still there
    Release,
    KillConnection, ///< closes a client's connection; the lock itself is not touched
};
inline constexpr int lockActCount = int(LockAct::KillConnection) + 1;

/// `shorten`, `add-ttl`, `take-over`, `hand-back`, `release`, `kill-connection`: the command line.
[[nodiscard]] QLatin1StringView lockActName(LockAct act);
[[nodiscard]] std::optional<LockAct> lockActByName(QStringView name);
/// Whether the act sets a lease: it needs a TTL.
[[nodiscard]] bool needsTtl(LockAct act);

/// What an act has to do for a family: one atomic script, or why it cannot be done. KEYS as
/// LockFamily::releaseKeys() gives them; ARGV[1] the expected token.
///
/// Release: ARGV[2] "1" for any token, ARGV[3…] as LockFamily::releaseArguments() gives them.
/// Others: ARGV[2] the TTL in ms (-1: none, for handing back), ARGV[3] the new token (taking over and handing back),
/// ARGV[4…] as releaseArguments() gives them.
///
/// It answers a flat array: ["released", token] | ["done", token, old TTL] | ["unneeded", token, TTL] | ["gone"] |
/// ["changed", token] | ["type", TYPE] | ["shared", holders] | ["reader"]. In a cluster the keys of other slots are
/// given as the lock's own key once more: `beside(i)` tells a real one.
struct ActRecipe {
    QByteArray luaSource; ///< empty: it cannot be done
    const char* explanation = ""; ///< what happens, for the dialog; translatable, context lockscope::Recipes
    const char* obstacle = ""; ///< why it cannot be done; translatable, context lockscope::Recipes

    [[nodiscard]] bool isPossible() const { return !luaSource.isEmpty(); }
};

/// The parts of which the scripts of a family are made whose lock is one key with one lease.
struct LeasedKey {
    KeyType type = KeyType::String;
    /// Lua: returns {'changed', …} where ARGV[1] does not hold KEYS[1], and leaves its token in `shown`.
    QByteArray compare;
    /// Lua: puts ARGV[3] in the place of ARGV[1]. The lease is set behind it.
    QByteArray swap;
    /// Lua: tells the waiters to look at the lease again; may be empty.
    QByteArray tell {};
    /// Lua: further keys that share the lock's lease, as a table; may be empty.
    QByteArray alsoLeased {};
};
/// The script of a lease act (not Release, not KillConnection).
[[nodiscard]] QByteArray leaseActScript(LockAct act, const LeasedKey& parts);
/// The same for a lock in a string key that holds the token and nothing else.
[[nodiscard]] QByteArray stringActScript(
    LockAct act, const QByteArray& alsoLeased = {}, const QByteArray& alsoSwap = {});

/// The same for holders in a sorted set whose scores are the ends of their leases. `adjust`: Lua behind the change,
/// which finds the new end in `ends` and the member in `member`.
[[nodiscard]] QByteArray deadlineActScript(LockAct act, const QByteArray& adjust = {});

/// `local function beside(i)`: whether KEYS[i] is a key of its own.
[[nodiscard]] QByteArray besideFunction();

/// The explanation that fits every family.
[[nodiscard]] const char* leaseActExplanation(LockAct act);

class LockFamily;
/// One command as it goes to the server.
struct ActCall {
    QByteArray source; ///< Lua
    QList<QByteArray> keys;
    QList<QByteArray> arguments;
};
/// What an act needs to know of its target.
struct ActSubject {
    QByteArray key;
    QByteArray expectedToken;
    bool anyToken = false; ///< Release only
    qint64 ttlMs = -1;
    QByteArray newToken {};
    bool otherSlots = false; ///< keys of other slots than the lock's are left out
};
/// The call of a possible act.
[[nodiscard]] ActCall actCall(const LockFamily& family, LockAct act, const ActSubject& subject);
/// The keys that the family would touch and that lie in another slot than the lock: out of reach of one script in a
/// cluster.
[[nodiscard]] QList<QByteArray> keysOfOtherSlots(const LockFamily& family, const QByteArray& key);
/// The slot of a key in a cluster: CRC16 of what stands between the first `{` and the next `}`, else of all.
[[nodiscard]] int keySlot(QByteArrayView key);

} // namespace lockscope
