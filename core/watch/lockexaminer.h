// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyregistry.h"
#include "locks/lockholders.h"
#include "watch/keyreading.h"

namespace lockscope {

/// When a lease ends by the local clock, as one reading measured it.
struct LeaseEnd {
    SteadyTime at = noDeadline;
    SteadyTime pokeAt = noDeadline; ///< when the first of several holders may drop out; else `at`
    std::chrono::microseconds uncertainty { 0 }; ///< ±
};
[[nodiscard]] LeaseEnd leaseEndOf(const KeyReading& reading, const LeaseTimes& times);

/// Whether the value was read, and is short enough for a token.
[[nodiscard]] inline bool isTokenKnown(const KeyReading& reading)
{
    return reading.hasValue && reading.sample.value.size() <= maximumTokenBytes;
}

/// A reading with what its family makes of it.
struct LockLook {
    const KeyReading& reading;
    const ChangeHints& hints;
    FamilyMatch match;
    LockReading lock;
    LeaseEnd deadline;
};

/// Tells whose lock a reading shows, and who holds it. No state but what it was told of the server; one thread.
class LockExaminer {
public:
    /// `registry` outlives it; `families`: only these, none: all; `explicitMatch`: the operator named the keys.
    LockExaminer(const FamilyRegistry& registry, QList<FamilyId> families, bool explicitMatch);

    void setServed(const FamilySet& families) { m_served = families; }
    void setRegistry(const FamilyRegistry& registry) { m_registry = &registry; }
    /// Completes a look at a key that is there, of a lock that is known already or not (null). False: it is no lock, or
    /// nobody holds it.
    [[nodiscard]] bool examine(LockLook& look, const LockRecord* known) const;
    /// `known`: its habits count as evidence.
    [[nodiscard]] FamilyMatch recognise(const KeyReading& reading, const LockRecord* known) const;

private:
    [[nodiscard]] LockReading readAs(FamilyId family, const KeyReading& reading) const;
    [[nodiscard]] bool isStill(LockLook& look, const LockRecord& known) const;

    const FamilyRegistry* m_registry;
    const QList<FamilyId> m_families;
    FamilySet m_served;
    const bool m_explicitMatch;
};

} // namespace lockscope
