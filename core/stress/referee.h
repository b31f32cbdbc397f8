// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/runplan.h"
#include "stress/stressreport.h"

#include <array>
#include <atomic>
#include <mutex>

namespace lockscope {

/// A client that enters its critical section.
struct SectionStart {
    quint32 client = 0;
    quint32 section = 0;
    quint32 key = 0;
    LockMode mode = LockMode::Exclusive;
    bool refusalIgnored = false;
    qint64 wantedSince = 0;
    qint64 invoked = 0;
    qint64 entered = 0;
    qint64 leaseEnd = 0;
    qint64 fence = -1;
    qint64 fenceSeen = -1; ///< fenceSeen() when it asked for the lock
};

/// Watches all sections of all threads as they happen and knows what must not. A section lies between the answer that
/// granted the lock and the sending of its release, on one monotonic clock: what overlaps here did overlap. Guards a
/// counter for each key that every exclusive section reads at its start and writes at its end. Any thread; a lock a
/// stripe of keys, held for a handful of instructions.
class Referee {
public:
    explicit Referee(const RunPlan& plan);

    /// The largest fencing token of the key that a client had got by now.
    [[nodiscard]] qint64 fenceSeen(quint32 key);
    /// Answers the ns since the last section on this key ended, if this client was waiting then, else -1.
    qint64 enter(const SectionStart& start);
    /// `writes`: the work was finished; false: given up, because the lock was lost.
    void leave(quint32 key, quint32 client, quint32 section, qint64 now, bool writes);
    /// A fault makes the holder stand still from now on.
    void paused(quint32 key, quint32 client, quint32 section);
    /// The holder renewed: its lease ends later.
    void renewed(quint32 key, quint32 client, quint32 section, qint64 leaseEnd);
    /// A renewal that compared no token, sent at `sent`, succeeded.
    void renewedBlindly(quint32 key, quint32 client, quint32 section, qint64 sent, qint64 now);
    /// A deletion that compared no token, sent at `sent`, succeeded.
    void deletedBlindly(quint32 key, quint32 client, quint32 section, qint64 sent, qint64 now);
    /// The client died, or an answer was lost: the lock may be held by nobody.
    void abandoned(quint32 key, quint32 client, quint32 section, qint64 now);
    /// A client was refused.
    void refused(quint32 key, quint32 client, quint32 section, qint64 now);

    [[nodiscard]] OracleCounts counts() const;
    /// The first ones, up to `mostKept`.
    [[nodiscard]] std::vector<Violation> violations() const;
    static constexpr size_t mostKept = 200;

private:
    struct Inside {
        SectionStart start;
        quint64 versionRead = 0;
        quint64 order = 0; ///< of entry
        bool isInViolation = false;
        bool wasPaused = false;
    };
    struct Writer {
        quint32 client = 0;
        quint32 section = 0;
    };
    struct KeyState {
        std::vector<Inside> inside;
        quint64 entries = 0;
        quint64 version = 0; ///< of the guarded counter: how many writes it took
        std::array<Writer, 4> writers {}; ///< the last ones, by version
        qint64 lastLeft = -1;
        qint64 fenceGranted = -1;
        qint64 fenceAtResource = -1;
        qint32 deleter = -1; ///< who deleted without comparing, and when its answer came
        qint64 deletedAt = -1;
        qint64 abandonedAt = -1;
        Writer abandonedBy;
        bool isStuck = false;
    };

    [[nodiscard]] std::mutex& mutexOf(quint32 key) { return m_mutexes[key % m_mutexes.size()]; }
    [[nodiscard]] bool excludes(const KeyState& key, const SectionStart& start) const;
    void reportOverlap(KeyState& key, Inside& second);
    void checkFence(const KeyState& key, const Inside& entry);
    void write(KeyState& key, const Inside& entry, qint64 now);
    [[nodiscard]] bool writeIsBlocked(KeyState& key, const Inside& entry);
    void closeViolations(const Inside& entry, qint64 now);
    void settleOrphan(KeyState& key, qint64 now);
    [[nodiscard]] ViolationParty party(const Inside& entry) const;
    [[nodiscard]] ViolationParty party(const Writer& writer) const;
    void keep(Violation violation);
    static void bump(std::atomic<quint64>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] Inside* find(KeyState& key, quint32 client, quint32 section);

    struct Counts {
        std::atomic<quint64> overlaps { 0 };
        std::atomic<quint64> fencedOverlaps { 0 };
        std::atomic<quint64> lostUpdates { 0 };
        std::atomic<quint64> staleWritesBlocked { 0 };
        std::atomic<quint64> staleWritesLanded { 0 };
        std::atomic<quint64> foreignDeletes { 0 };
        std::atomic<quint64> foreignRenewals { 0 };
        std::atomic<quint64> fenceRegressions { 0 };
        std::atomic<quint64> orphans { 0 };
        std::atomic<quint64> stuckOrphans { 0 };
        std::atomic<qint64> orphanWorst { 0 };
    };

    const RunPlan& m_plan;
    const qint64 m_orphanLimit; ///< ns
    std::array<std::mutex, 64> m_mutexes;
    std::vector<KeyState> m_keys;
    Counts m_counts;
    mutable std::mutex m_violationMutex;
    std::vector<Violation> m_violations;
};

} // namespace lockscope
