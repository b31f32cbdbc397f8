// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "locks/keytype.h"
#include "locks/lockdoubts.h"
#include "locks/lockrhythm.h"

#include <QByteArray>
#include <QMetaType>
#include <QSharedData>
#include <QString>

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace lockscope {

/// Names one lock for as long as it is watched: a slot of the store and the generation of its tenant. A slot is used
/// again; the generation then tells that it is another lock.
struct LockId {
    quint32 slot = 0;
    quint32 generation = 0; ///< 0: no lock

    [[nodiscard]] bool isValid() const { return generation != 0; }
    friend bool operator==(const LockId&, const LockId&) = default;
    friend size_t qHash(const LockId& id, size_t seed = 0) noexcept
    {
        return ::qHash((quint64(id.generation) << 32) | id.slot, seed);
    }
};

/// Index into the family registry (families/familyregistry.h).
enum class FamilyId : quint8 { None = 0 };

enum class LockMode : quint8 { Exclusive, Read, Write, Semaphore };

enum class LockState : quint8 {
    Held, ///< alive, with a deadline
    NoTtl, ///< alive and will never expire by itself
    Due, ///< its local deadline has passed; the server was asked and has not answered yet
    Stale, ///< the connection was lost since it was last confirmed
    Quorum, ///< of independent masters: enough of them name the same holder
    Minority, ///< too few do: nobody holds it, whatever a client believes
};
/// `held`, `no_ttl`, `due`, `stale`, `quorum`, `minority`: the contract's JSON.
[[nodiscard]] QLatin1StringView lockStateName(LockState state);
[[nodiscard]] QLatin1StringView lockModeName(LockMode mode);

/// Deadline of a lock without TTL; sorts behind all others.
inline constexpr SteadyTime noDeadline = SteadyTime::max();
/// "Not known", for acquiredAt.
inline constexpr SteadyTime unknownTime = SteadyTime::min();

/// Longer TTLs (libraries write centuries for "for ever") count as this: clocks and dates must not overflow.
inline constexpr qint64 maximumTtlMs = 100LL * 365 * 24 * 3600 * 1000;

/// One of several holders (readers, permits), or the one of a lock that counts re-entries.
struct LockHolder {
    QByteArray token;
    qint64 ttlMs = -1; ///< what was left when the record was verified; -1: the key's own TTL, or none
    qint64 count = 1; ///< how often this holder has entered
    LockMode mode = LockMode::Exclusive;

    friend bool operator==(const LockHolder&, const LockHolder&) = default;
};

/// What one of several independent masters says of a lock.
struct LockVote {
    bool exists = false; ///< it has the key
    bool hasToken = false;
    bool isStale = false; ///< as it was when the master was last reached
    QByteArray token;
    SteadyTime deadline = noDeadline; ///< of the key on this master

    friend bool operator==(const LockVote&, const LockVote&) = default;
};

/// Who votes for whom, in a quorum group.
struct LockVotes {
    std::vector<LockVote> byNode; ///< indexed as WatchStatus::nodes
    int quorum = 0;
    int winning = 0; ///< votes for the record's token, stale ones included
    bool isSplit = false; ///< two holders or more, none of them with a quorum

    friend bool operator==(const LockVotes&, const LockVotes&) = default;
};

/// What only some locks have, so that the others need no room for it.
struct LockExtras {
    QString owner; ///< what the token tells of its holder, for people; empty where it tells nothing
    /// All holders, where there can be several or one counts; null where `token` says it all.
    std::shared_ptr<const std::vector<LockHolder>> holders;
    std::shared_ptr<const LockRhythm> rhythm; ///< how this holder renews; null while no renewal was seen
    std::shared_ptr<const LockDoubts> doubts; ///< what is known or odd beside; null where that is nothing
    std::shared_ptr<const LockVotes> votes; ///< in a quorum group: who votes for whom; else null

    friend bool operator==(const LockExtras&, const LockExtras&) = default; ///< by address, but for the owner
};

/// One word for all of a lock's extras: reads as an empty set of them where there are none. A value, shared until it
/// is changed.
class SharedExtras {
public:
    [[nodiscard]] const LockExtras* operator->() const { return m_node ? &m_node->extras : &none(); }
    [[nodiscard]] const LockExtras& operator*() const { return m_node ? m_node->extras : none(); }
    template <typename T> void set(T LockExtras::*member, std::type_identity_t<T> value)
    {
        if ((**this).*member == value)
            return;
        if (!m_node)
            m_node = new Node;
        m_node->extras.*member = std::move(value);
        if (std::as_const(m_node)->extras == none())
            m_node.reset();
    }

private:
    struct Node : QSharedData {
        LockExtras extras;
    };
    [[nodiscard]] static const LockExtras& none()
    {
        static const LockExtras nothing;
        return nothing;
    }

    QSharedDataPointer<Node> m_node;
};

/// One live lock as the watch knows it. A value; bytes are implicitly shared. A million of them are kept: what few
/// locks have belongs into the extras.
struct LockRecord {
    LockId id;
    QByteArray key;
    QByteArray token; ///< the holder's token; meaningless unless hasToken
    SharedExtras extras;
    SteadyTime deadline = noDeadline; ///< when the lease ends by the local steady clock
    SteadyTime firstSeen {}; ///< when we first saw this holder
    SteadyTime acquiredAt = unknownTime; ///< when it was seen to be acquired, or is known to have been
    SteadyTime verifiedAt {}; ///< when the server last confirmed token and TTL
    Milliseconds lease { 0 }; ///< longest TTL seen for this holder: the full length of its countdown bar
    quint32 renewals = 0; ///< seen extensions by the same holder
    float confidence = 0; ///< 0 to 1
    qint32 waiters = -1; ///< -1: not known
    qint32 database = 0;
    quint16 node = 0; ///< index into WatchStatus::nodes; in a quorum group the first one that votes for `token`
    FamilyId family = FamilyId::None;
    LockMode mode = LockMode::Exclusive;
    KeyType type = KeyType::String;
    LockState state = LockState::Held;
    bool hasToken = true;

    [[nodiscard]] bool hasDeadline() const { return deadline != noDeadline; }
    /// What is left of the lease at `now`, never negative; unspecified without a deadline.
    [[nodiscard]] Milliseconds remaining(SteadyTime now) const
    {
        return std::chrono::duration_cast<Milliseconds>(deadline > now ? deadline - now : SteadyTime::duration::zero());
    }
    /// Since acquiredAt, or since firstSeen where that is not known (then it is a lower bound).
    [[nodiscard]] SteadyTime heldSince() const { return acquiredAt != unknownTime ? acquiredAt : firstSeen; }
};

/// A record that the watch and its consumers own together, in any thread: one million locks are kept once, not once a
/// room. Nobody changes it any more; a change is another record.
class SharedLock {
public:
    struct Node : QSharedData {
        explicit Node(LockRecord value)
            : record(std::move(value))
        {
        }
        LockRecord record;
    };

    SharedLock() = default;
    // Implicit both ways, so that it is used like the record that it stands for.
    SharedLock(LockRecord record)
        : m_node(new Node(std::move(record)))
    {
    }
    explicit SharedLock(const QExplicitlySharedDataPointer<Node>& node)
        : m_node(node)
    {
    }
    operator const LockRecord&() const { return m_node->record; }
    [[nodiscard]] const LockRecord& operator*() const { return m_node->record; }
    [[nodiscard]] const LockRecord* operator->() const { return &m_node->record; }
    [[nodiscard]] explicit operator bool() const { return bool(m_node); }

private:
    QExplicitlySharedDataPointer<Node> m_node;
};

} // namespace lockscope

Q_DECLARE_METATYPE(lockscope::LockId)
