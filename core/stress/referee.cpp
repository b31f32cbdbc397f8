// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/referee.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr qint64 second = 1'000'000'000;

/// How long after the loss of its holder a lock may still be taken: its lease, and once more for slow machines. A dead
/// waiter of a fair queue holds it up longer.
qint64 orphanLimit(const RunPlan& plan)
{
    const qint64 queue = plan.strategy->facts().wake == WakeStyle::Named ? 2 * plan.ttlNs + 6 * second : 0;
    return plan.ttlNs + std::max(plan.ttlNs, second) + queue;
}

} // namespace

Referee::Referee(const RunPlan& plan)
    : m_plan(plan)
    , m_orphanLimit(orphanLimit(plan))
    , m_keys(plan.keys.size())
{
    // The first entry of a key should not wait for memory; where there are very many keys, few are entered.
    if (m_keys.size() <= 200'000) {
        for (KeyState& key : m_keys)
            key.inside.reserve(1);
    }
}

qint64 Referee::fenceSeen(quint32 key)
{
    const std::lock_guard guard(mutexOf(key));
    return m_keys[key].fenceGranted;
}

Referee::Inside* Referee::find(KeyState& key, quint32 client, quint32 section)
{
    const auto found = std::find_if(key.inside.begin(), key.inside.end(),
        [&](const Inside& entry) { return entry.start.client == client && entry.start.section == section; });
    return found == key.inside.end() ? nullptr : &*found;
}

bool Referee::excludes(const KeyState& key, const SectionStart& start) const
{
    if (start.mode == LockMode::Permit)
        return key.inside.size() >= size_t(m_plan.config.permits);
    return std::any_of(key.inside.begin(), key.inside.end(), [&](const Inside& other) {
        return start.mode == LockMode::Exclusive || other.start.mode == LockMode::Exclusive;
    });
}

qint64 Referee::enter(const SectionStart& start)
{
    const std::lock_guard guard(mutexOf(start.key));
    KeyState& key = m_keys[start.key];
    const bool overlaps = !key.inside.empty() && excludes(key, start);
    const qint64 handover = key.inside.empty() && start.wantedSince < key.lastLeft ? start.entered - key.lastLeft : -1;
    Inside& entry = key.inside.emplace_back();
    entry.start = start;
    entry.versionRead = key.version;
    entry.order = ++key.entries;
    if (overlaps)
        reportOverlap(key, entry);
    if (start.fence >= 0)
        checkFence(key, entry);
    key.fenceGranted = std::max(key.fenceGranted, start.fence);
    key.fenceAtResource = std::max(key.fenceAtResource, start.fence);
    if (key.abandonedAt >= 0)
        settleOrphan(key, start.entered);
    return handover;
}

void Referee::reportOverlap(KeyState& key, Inside& entry)
{
    if (m_plan.strategy->facts().isFenced)
        return bump(m_counts.fencedOverlaps);
    bump(m_counts.overlaps);
    const auto conflicting = std::find_if(key.inside.begin(), key.inside.end(), [&](const Inside& other) {
        return &other != &entry
            && (entry.start.mode == LockMode::Exclusive || other.start.mode == LockMode::Exclusive
                || entry.start.mode == LockMode::Permit);
    });
    conflicting->isInViolation = true;
    entry.isInViolation = true;
    Violation violation;
    violation.kind = ViolationKind::Overlap;
    violation.key = m_plan.keys[entry.start.key];
    violation.first = party(*conflicting);
    violation.second = party(entry);
    violation.from = entry.start.entered;
    violation.until = -1;
    if (entry.start.refusalIgnored)
        violation.cause = ViolationCause::RefusalIgnored;
    if (key.deletedAt > conflicting->start.invoked && key.deleter != qint32(conflicting->start.client))
        violation.culprit = key.deleter;
    keep(std::move(violation));
}

void Referee::checkFence(const KeyState&, const Inside& entry)
{
    if (entry.start.fence > entry.start.fenceSeen)
        return;
    bump(m_counts.fenceRegressions);
    Violation violation;
    violation.kind = ViolationKind::FenceRegression;
    violation.key = m_plan.keys[entry.start.key];
    violation.second = party(entry);
    violation.from = violation.until = entry.start.entered;
    keep(std::move(violation));
}

void Referee::leave(quint32 keyIndex, quint32 client, quint32 section, qint64 now, bool writes)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    KeyState& key = m_keys[keyIndex];
    Inside* entry = find(key, client, section);
    if (!entry)
        return;
    if (writes && entry->start.mode == LockMode::Exclusive)
        write(key, *entry, now);
    if (entry->isInViolation)
        closeViolations(*entry, now);
    *entry = key.inside.back();
    key.inside.pop_back();
    key.lastLeft = now;
}

bool Referee::writeIsBlocked(KeyState& key, const Inside& entry)
{
    if (!m_plan.strategy->facts().isFenced || entry.start.fence >= key.fenceAtResource)
        return false;
    bump(m_counts.staleWritesBlocked);
    return true;
}

// The counter becomes what was read at the entry, plus one: everything written in between is undone.
void Referee::write(KeyState& key, const Inside& entry, qint64 now)
{
    if (writeIsBlocked(key, entry))
        return;
    if (entry.order < key.entries)
        bump(m_counts.staleWritesLanded);
    if (entry.versionRead != key.version) {
        m_counts.lostUpdates.fetch_add(key.version - entry.versionRead, std::memory_order_relaxed);
        Violation violation;
        violation.kind = ViolationKind::LostUpdate;
        violation.key = m_plan.keys[entry.start.key];
        violation.first = party(key.writers[key.version % key.writers.size()]);
        violation.second = party(entry);
        violation.from = violation.until = now;
        keep(std::move(violation));
    }
    ++key.version;
    key.writers[key.version % key.writers.size()] = { entry.start.client, entry.start.section };
}

void Referee::closeViolations(const Inside& entry, qint64 now)
{
    const std::lock_guard guard(m_violationMutex);
    const auto isHers = [&](ViolationParty& party) {
        const bool same = party.client == qint32(entry.start.client) && party.section == entry.start.section;
        if (same)
            party.left = now;
        return same;
    };
    for (Violation& violation : m_violations) {
        if (violation.kind != ViolationKind::Overlap)
            continue;
        const bool first = isHers(violation.first);
        if ((isHers(violation.second) || first) && violation.until < 0)
            violation.until = now;
    }
}

void Referee::paused(quint32 keyIndex, quint32 client, quint32 section)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    if (Inside* entry = find(m_keys[keyIndex], client, section))
        entry->wasPaused = true;
}

void Referee::renewed(quint32 keyIndex, quint32 client, quint32 section, qint64 leaseEnd)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    if (Inside* entry = find(m_keys[keyIndex], client, section))
        entry->start.leaseEnd = leaseEnd;
}

void Referee::renewedBlindly(quint32 keyIndex, quint32 client, quint32 section, qint64 sent, qint64 now)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    for (const Inside& other : m_keys[keyIndex].inside) {
        if (other.start.client == client || other.start.entered >= sent)
            continue;
        bump(m_counts.foreignRenewals);
        Violation violation;
        violation.kind = ViolationKind::ForeignRenewal;
        violation.cause = ViolationCause::RenewedForAnother;
        violation.key = m_plan.keys[keyIndex];
        violation.first = party(other);
        violation.second = party(Writer { client, section });
        violation.from = sent;
        violation.until = now;
        keep(std::move(violation));
    }
}

void Referee::deletedBlindly(quint32 keyIndex, quint32 client, quint32 section, qint64 sent, qint64 now)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    KeyState& key = m_keys[keyIndex];
    key.deleter = qint32(client);
    key.deletedAt = now;
    // Its owner had it before the command was sent, and has not given it back since: it was its lock that went.
    for (const Inside& other : key.inside) {
        if (other.start.client == client || other.start.entered >= sent || other.start.leaseEnd <= now)
            continue;
        bump(m_counts.foreignDeletes);
        Violation violation;
        violation.kind = ViolationKind::ForeignDelete;
        violation.cause = ViolationCause::DeletedByAnother;
        violation.key = m_plan.keys[keyIndex];
        violation.first = party(other);
        violation.second = party(Writer { client, section });
        violation.culprit = qint32(client);
        violation.from = sent;
        violation.until = now;
        keep(std::move(violation));
    }
}

void Referee::abandoned(quint32 keyIndex, quint32 client, quint32 section, qint64 now)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    KeyState& key = m_keys[keyIndex];
    if (Inside* entry = find(key, client, section)) {
        if (entry->isInViolation)
            closeViolations(*entry, now);
        *entry = key.inside.back();
        key.inside.pop_back();
    }
    bump(m_counts.orphans);
    key.abandonedAt = now;
    key.abandonedBy = { client, section };
    key.isStuck = false;
}

void Referee::settleOrphan(KeyState& key, qint64 now)
{
    const qint64 took = now - key.abandonedAt;
    qint64 worst = m_counts.orphanWorst.load(std::memory_order_relaxed);
    while (took > worst && !m_counts.orphanWorst.compare_exchange_weak(worst, took, std::memory_order_relaxed)) { }
    key.abandonedAt = -1;
    key.isStuck = false;
}

void Referee::refused(quint32 keyIndex, quint32 client, quint32 section, qint64 now)
{
    const std::lock_guard guard(mutexOf(keyIndex));
    KeyState& key = m_keys[keyIndex];
    if (key.abandonedAt < 0 || key.isStuck || !key.inside.empty() || now - key.abandonedAt < m_orphanLimit)
        return;
    key.isStuck = true;
    bump(m_counts.stuckOrphans);
    Violation violation;
    violation.kind = ViolationKind::Orphan;
    violation.cause = ViolationCause::NoLease;
    violation.key = m_plan.keys[keyIndex];
    violation.first = party(Writer { client, section });
    violation.second = party(key.abandonedBy);
    violation.from = key.abandonedAt;
    violation.until = now;
    keep(std::move(violation));
}

ViolationParty Referee::party(const Inside& entry) const
{
    const SectionStart& start = entry.start;
    ViolationParty party;
    party.client = qint32(start.client);
    party.section = start.section;
    party.token = m_plan.token(start.client, start.section);
    party.invoked = start.invoked;
    party.entered = start.entered;
    party.leaseEnd = start.leaseEnd;
    party.wasPaused = entry.wasPaused;
    return party;
}

ViolationParty Referee::party(const Writer& writer) const
{
    ViolationParty party;
    party.client = qint32(writer.client);
    party.section = writer.section;
    party.token = m_plan.token(writer.client, writer.section);
    return party;
}

void Referee::keep(Violation violation)
{
    const std::lock_guard guard(m_violationMutex);
    if (m_violations.size() < mostKept)
        m_violations.push_back(std::move(violation));
}

OracleCounts Referee::counts() const
{
    const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
    OracleCounts counts;
    counts.overlaps = read(m_counts.overlaps);
    counts.fencedOverlaps = read(m_counts.fencedOverlaps);
    counts.lostUpdates = read(m_counts.lostUpdates);
    counts.staleWritesBlocked = read(m_counts.staleWritesBlocked);
    counts.staleWritesLanded = read(m_counts.staleWritesLanded);
    counts.foreignDeletes = read(m_counts.foreignDeletes);
    counts.foreignRenewals = read(m_counts.foreignRenewals);
    counts.fenceRegressions = read(m_counts.fenceRegressions);
    counts.orphans = read(m_counts.orphans);
    counts.stuckOrphans = read(m_counts.stuckOrphans);
    counts.orphanWorst = read(m_counts.orphanWorst);
    return counts;
}

std::vector<Violation> Referee::violations() const
{
    const std::lock_guard guard(m_violationMutex);
    return m_violations;
}

} // namespace lockscope
