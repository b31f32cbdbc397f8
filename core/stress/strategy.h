// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/luascript.h"
#include "stress/lockanswer.h"

#include <QCoreApplication>

#include <memory>

namespace lockscope {

enum class LockMode : quint8 { Exclusive, Read, Permit };
/// The three things that a client does with a lock.
enum class LockPhase : quint8 { Acquire, Release, Renew };

/// How a phase ended.
struct LockOutcome {
    enum class Kind : quint8 {
        Done,
        Refused, ///< acquire: taken; release and renew: not held any more
        Failed, ///< proven not to have happened
        Unknown, ///< a write whose answer was lost
    };
    Kind kind = Kind::Done;
    qint64 fence = -1; ///< acquire: the fencing token, where the strategy has one
    qint64 holderTtl = -1; ///< acquire, refused: ms that the holder's lease goes on; -1: not told
    bool refusalIgnored = false; ///< acquire: the server said no, and the strategy goes on nevertheless
    bool mustRevoke = false; ///< acquire, refused: some servers may keep the token
    bool comparedToken = true; ///< release, renew: the server did it only for its holder
    ErrorKind error = ErrorKind::Internal;

    [[nodiscard]] static LockOutcome done() { return {}; }
    [[nodiscard]] static LockOutcome refused(qint64 holderTtl = -1);
    /// Unknown, or Failed.
    [[nodiscard]] static LockOutcome from(const LockAnswer& failure);
};

/// A virtual client as its strategy sees it. Everything that one section needs and that may not live in the strategy,
/// which has no state.
class LockSession {
public:
    struct Ballot {
        int asked = 0;
        int yes = 0;
        int no = 0;
        int unknown = 0;
        bool asking = false; ///< commands are still being handed over
        bool decided = false;
    };

    virtual ~LockSession() = default;
    [[nodiscard]] virtual const QByteArray& key() const = 0;
    [[nodiscard]] virtual const QByteArray& fenceKey() const = 0;
    [[nodiscard]] virtual const QByteArray& queueKey() const = 0; ///< fair: waiters in order; read-write: the readers
    [[nodiscard]] virtual const QByteArray& timeoutKey() const = 0; ///< fair: when a waiter counts as gone
    [[nodiscard]] virtual const QByteArray& wakeChannel() const = 0;
    [[nodiscard]] virtual const QByteArray& token() const = 0;
    [[nodiscard]] virtual const QByteArray& ttlText() const = 0; ///< ms
    [[nodiscard]] virtual qint64 ttl() const = 0; ///< ms
    [[nodiscard]] virtual const QByteArray& permitsText() const = 0;
    [[nodiscard]] virtual LockMode mode() const = 0;
    [[nodiscard]] virtual int nodeCount() const = 0;
    /// Own clock, ms: where a simulated jump of the clock shows.
    [[nodiscard]] virtual qint64 clockMs() const = 0;
    [[nodiscard]] virtual qint64 acquireStartedMs() const = 0; ///< by the own clock
    [[nodiscard]] virtual Ballot& ballot(LockPhase phase) = 0;
    /// A number below `bound` from the client's own random stream.
    [[nodiscard]] virtual int random(int bound) = 0;

    /// Sends; the answer comes to Strategy::onAnswer with this step and node, unless the phase is over by then.
    virtual void send(LockPhase phase, int node, int step, std::initializer_list<QByteArrayView> arguments) = 0;
    /// EVALSHA; a server that does not know the script gets it and is asked again.
    virtual void sendScript(LockPhase phase, int node, int step, const LuaScript& script,
        std::initializer_list<QByteArrayView> keysAndArguments, int keyCount)
        = 0;
    /// Calls Strategy::onTimer after a while.
    virtual void later(LockPhase phase, int step, Milliseconds delay) = 0;
    /// The phase is over. Exactly once.
    virtual void finish(LockPhase phase, const LockOutcome& outcome) = 0;
};

enum class WakeStyle : quint8 {
    Poll, ///< waiters try again after a random pause
    One, ///< a message wakes the waiter that has waited longest
    Named, ///< a message carries the token of the one to wake
    All, ///< a message wakes everybody who waits for the key
};

/// What people read of a strategy, in the CLI's help, the GUI and the book.
struct StrategyFacts {
    const char* name; ///< as on the command line
    const char* summary; ///< translatable, context lockscope::Stress
    const char* promises; ///< translatable
    const char* doesNot; ///< translatable
    bool isSafe = true; ///< false: shows what goes wrong
    bool usesQuorum = false; ///< over all servers; the others use one
    bool heedsLease = false; ///< leaves its section when the lease has ended by its own clock
    bool isFenced = false; ///< what it writes is guarded by a fencing token
    bool alwaysRenews = false;
    bool renewsAfterRelease = false; ///< forgets to stop its timer
    bool takesNoLease = false;
    bool mayRefuseFreeLock = false; ///< a refusal does not prove that somebody holds it
    int ttlDivisor = 1; ///< takes this part of the TTL only
    WakeStyle wake = WakeStyle::Poll;
    LockMode mode = LockMode::Exclusive; ///< Read: some sections only read
    const char* demonstration = ""; ///< options of a run that shows its point
};

/// A way to lock, without state: one object serves all clients of all threads.
class Strategy {
public:
    explicit Strategy(const StrategyFacts& facts)
        : m_facts(facts)
    {
    }
    virtual ~Strategy() = default;
    Strategy(const Strategy&) = delete;
    Strategy& operator=(const Strategy&) = delete;
    [[nodiscard]] const StrategyFacts& facts() const { return m_facts; }

    virtual void begin(LockPhase phase, LockSession& session) const = 0;
    virtual void onAnswer(
        LockPhase phase, LockSession& session, int step, int node, const LockAnswer& answer) const = 0;
    virtual void onTimer(LockPhase phase, LockSession& session, int step) const;
    /// What it runs, so that each server knows it before the load begins.
    [[nodiscard]] virtual std::vector<const LuaScript*> scripts() const = 0;

private:
    const StrategyFacts m_facts;
};

} // namespace lockscope
