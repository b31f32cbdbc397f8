// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "redis/command.h"
#include "redis/writeaccess.h"

#include <QList>
#include <QSet>

#include <atomic>
#include <mutex>

namespace lockscope {

/// What prolongs and ends one lease of our own, and can do nothing else: commands that compare the token before they
/// act.
struct OwnLease {
    QByteArray key;
    QByteArray token;
    /// How they begin on the wire, with the count of all arguments, up to the token.
    QList<QByteArray> commands;
    SteadyTime until {}; ///< when the lease ends by itself
};

/// The one door to the server: asked by every Connection and Subscriber before a byte is sent. Closed, it lets pass
/// what is on an allow-list of commands that cannot change data, configuration or other clients, less what the server
/// itself flags as a write; scripts, functions and unknown names are refused. It is closed where the connection is
/// read-only, and where it is marked production and nobody has armed the writes. What was taken while they were armed
/// may be kept and given back when they are not any more: to let a lock run out under its holder is no safety. Shared
/// by all connections of a deployment; thread-safe.
class CommandGate {
public:
    /// `clock` outlives the gate; arming ends by its steady time.
    explicit CommandGate(bool readOnly = false, Environment environment = Environment::Unspecified,
        const Clock& clock = SystemClock::instance())
        : m_clock(clock)
        , m_environment(environment)
        , m_readOnly(readOnly)
    {
    }

    /// Whether it is closed at this moment.
    [[nodiscard]] bool isReadOnly() const;
    void setReadOnly(bool readOnly) { m_readOnly.store(readOnly, std::memory_order_relaxed); }
    [[nodiscard]] Environment environment() const { return m_environment; }
    [[nodiscard]] WriteAccess access() const;

    /// Opens a production gate for `duration`, at most longestArming, from now on; arming again begins anew. Errors:
    /// ReadOnly where the connection is so for good, Usage where there is nothing to arm.
    [[nodiscard]] Status arm(Milliseconds duration);
    /// For a program that does one thing and ends (lockscope-cli --arm): open until then.
    [[nodiscard]] Status armForGood();
    void disarm();

    /// Lets the commands of this lease pass until it ends, also when nobody arms the writes; never where the connection
    /// is read-only. Again for the same key and token: with its new end. Production only; elsewhere nothing is closed.
    void keepLease(const OwnLease& lease);
    void dropLease(const QByteArray& key, const QByteArray& token);
    [[nodiscard]] bool keepsLease(const QByteArray& key, const QByteArray& token) const;

    /// Nothing, or an Error of kind ReadOnly or NotArmed that names the command.
    [[nodiscard]] Status check(const Command& command) const;
    /// Why a write would not pass at this moment; the error names `request`, what somebody has asked for.
    [[nodiscard]] Status checkWritable(const QString& request = {}) const;
    /// Whether a command of this name (`Command::name()`) is known to change nothing. What is not is treated as a
    /// write: its lost answer is OutcomeUnknown.
    [[nodiscard]] static bool isKnownRead(const QByteArray& name);
    /// The names that isKnownRead() knows.
    [[nodiscard]] static const QSet<QByteArray>& knownReads();

    /// Takes the names that a server flags as writes off the allow-list, for this deployment.
    void refuseAlso(const QSet<QByteArray>& names);

private:
    [[nodiscard]] Status armUntil(SteadyTime until);
    [[nodiscard]] tl::unexpected<Error> refusal(const QString& what) const;
    [[nodiscard]] bool isRefusedToo(const QByteArray& name) const;
    [[nodiscard]] bool isOfAKeptLease(const QByteArray& wire) const;

    static constexpr SteadyTime::rep notArmed = std::numeric_limits<SteadyTime::rep>::min();

    const Clock& m_clock;
    const Environment m_environment;
    std::atomic<bool> m_readOnly;
    std::atomic<SteadyTime::rep> m_armedUntil { notArmed };
    mutable std::mutex m_mutex;
    QSet<QByteArray> m_refusedToo; // under m_mutex
    QList<OwnLease> m_leases; // under m_mutex
};

} // namespace lockscope
