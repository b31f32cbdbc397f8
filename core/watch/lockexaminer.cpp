// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/lockexaminer.h"

#include <algorithm>

namespace lockscope {

using namespace std::chrono_literals;

LeaseEnd leaseEndOf(const KeyReading& reading, const LeaseTimes& times)
{
    const auto halfRoundTrip = (reading.receivedAt - reading.sentAt) / 2;
    const auto instantOf = [&](qint64 ttlMs) {
        // A TTL of centuries must not overflow the clock.
        const auto ttl = Milliseconds(std::min(ttlMs, maximumTtlMs));
        return ttlMs < 0 ? noDeadline : reading.receivedAt - halfRoundTrip + ttl;
    };
    LeaseEnd result;
    result.at = instantOf(times.ttlMs);
    result.pokeAt = instantOf(times.nextMs);
    // PTTL comes in whole milliseconds: it adds one to the uncertainty.
    if (times.ttlMs >= 0)
        result.uncertainty = std::chrono::duration_cast<std::chrono::microseconds>(halfRoundTrip) + 1ms;
    return result;
}

LockExaminer::LockExaminer(const FamilyRegistry& registry, QList<FamilyId> families, bool explicitMatch)
    : m_registry(&registry)
    , m_families(std::move(families))
    , m_explicitMatch(explicitMatch)
{
}

FamilyMatch LockExaminer::recognise(const KeyReading& reading, const LockRecord* known) const
{
    KeySample sample = reading.sample;
    sample.explicitMatch = m_explicitMatch;
    if (known) {
        sample.renewed = known->renewals > 0;
        sample.longestTtlMs = known->lease.count();
    }
    const FamilyMatch match = m_registry->recognise(sample, m_served);
    const bool wanted = m_families.isEmpty() || m_families.contains(match.id);
    return wanted ? match : FamilyMatch();
}

LockReading LockExaminer::readAs(FamilyId family, const KeyReading& reading) const
{
    if (reading.sample.type == KeyType::String && !isTokenKnown(reading))
        return {}; // somebody holds it; who, cannot be read
    return m_registry->family(family).read(reading.sample);
}

bool LockExaminer::isStill(LockLook& look, const LockRecord& known) const
{
    if (known.type != look.reading.sample.type)
        return false;
    look.match = { known.family, { known.confidence, "" } };
    look.lock = readAs(known.family, look.reading);
    // A string that names nobody could have become anything.
    const bool isTelling = known.type != KeyType::String || !look.lock.holders.empty();
    return isTelling && look.lock.held && compareHolders(known, look.lock) != HolderChange::Replaced;
}

bool LockExaminer::examine(LockLook& look, const LockRecord* known) const
{
    if (!known || !isStill(look, *known)) {
        look.match = recognise(look.reading, nullptr);
        if (look.match.id == FamilyId::None)
            return false;
        look.lock = readAs(look.match.id, look.reading);
    }
    look.deadline = leaseEndOf(look.reading, leaseTimes(look.reading.sample.ttlMs, look.lock.holders));
    return look.lock.held;
}

} // namespace lockscope
