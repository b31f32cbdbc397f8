// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/histogram.h"
#include "stress/stressconfig.h"

#include <QDateTime>
#include <QStringList>

#include <memory>

namespace lockscope {

// Times inside a run are nanoseconds since the start of its load, on one monotonic clock.

/// What went against the promise of a lock.
enum class ViolationKind : quint8 {
    Overlap, ///< two clients inside critical sections that exclude each other
    LostUpdate, ///< a write of the guarded value undid one of another section
    StaleWrite, ///< a holder of the past wrote after a newer one had begun, and nothing stopped it
    ForeignDelete, ///< a client deleted the lock of another
    ForeignRenewal, ///< a client prolonged the lock of another, or its own after the release
    FenceRegression, ///< a fencing token that is not larger than one given before
    Orphan, ///< a lock without a holder that did not end with its lease
    NotLinearizable, ///< no order of the operations explains the answers of the lock service
};
/// Stable snake_case name for JSON.
[[nodiscard]] QLatin1StringView violationName(ViolationKind kind);

/// Why it came to that, as far as the run can tell.
enum class ViolationCause : quint8 {
    Unknown,
    RefusalIgnored, ///< the server had said no
    LeaseTooShort, ///< the work took longer than the lease
    ClientPaused, ///< the client stood still past the end of its lease
    ClockJumped, ///< the client trusted a clock that had jumped
    DeletedByAnother, ///< somebody else had deleted the lock
    RenewedForAnother, ///< a renewal without a check of the token
    ServerLostData, ///< the server restarted empty, or a replica without the lock took over
    NoLease, ///< taken without a TTL
    GrantedTwice, ///< the lock service gave it to both
};
[[nodiscard]] QLatin1StringView causeName(ViolationCause cause);

struct ViolationParty {
    qint32 client = -1; ///< -1: nobody
    quint32 section = 0; ///< number of the section within its client
    QByteArray token;
    qint64 invoked = 0; ///< when it asked for the lock
    qint64 entered = 0;
    qint64 left = -1; ///< -1: not yet when this was written
    qint64 leaseEnd = 0;
    bool wasPaused = false; ///< a fault made it stand still inside
};

/// One violation. Overlap: `first` was inside when `second` entered; else `first` is who suffered, `second` who did it.
struct Violation {
    ViolationKind kind = ViolationKind::Overlap;
    ViolationCause cause = ViolationCause::Unknown;
    QByteArray key;
    ViolationParty first;
    ViolationParty second;
    qint32 culprit = -1; ///< the client that deleted the lock in between, where that was it
    qint64 from = 0;
    qint64 until = 0; ///< of the overlap; otherwise like `from`

    [[nodiscard]] bool hasParty(const ViolationParty& party) const
    {
        return (first.client == party.client && first.section == party.section)
            || (second.client == party.client && second.section == party.section);
    }
};

/// A fault that took place.
struct FaultMark {
    QByteArray name;
    QByteArray text; ///< as configured
    qint64 from = 0;
    qint64 until = -1; ///< -1: still going on
    qint32 client = -1; ///< the victim, where it is a client
    qint32 node = -1; ///< the victim, where it is a server
    qint64 recovered = -1; ///< first grant after its end; -1: none yet
};

/// One stretch in the life of a client.
struct LaneSpan {
    enum class Kind : quint8 { Waiting, Holding, Paused, Crashed };
    qint32 client = 0;
    quint32 key = 0;
    Kind kind = Kind::Holding;
    qint64 from = 0;
    qint64 until = 0; ///< of what goes on: the time of the snapshot
};

/// A stretch of time.
struct LaneStretch {
    qint64 from = 0;
    qint64 until = 0;
};
/// What one has to see of a violation: both sections, and a margin.
[[nodiscard]] LaneStretch violationStretch(const Violation& violation);

/// The stretches around one violation; null where none were kept. Shared, because many snapshots carry it.
using LaneScene = std::shared_ptr<const std::vector<LaneSpan>>;

/// The run in one tenth of a second (longer in long runs).
struct StressSample {
    qint64 at = 0; ///< its end
    quint64 sections = 0; ///< entered within it
    quint64 refused = 0;
    quint64 planned = 0; ///< open loop: sections that were due within it
    qint64 waitP50 = 0; ///< µs
    qint64 waitP99 = 0; ///< µs
    qint64 acquireP50 = 0; ///< µs: the granting attempt
    qint64 acquireP99 = 0; ///< µs
    qint32 waiting = 0; ///< clients that wait for a lock at its end
    quint64 violations = 0;
};

/// p50 to max in microseconds.
struct LatencySummary {
    quint64 count = 0;
    qint64 p50 = 0;
    qint64 p90 = 0;
    qint64 p99 = 0;
    qint64 p999 = 0;
    qint64 max = 0;
    [[nodiscard]] static LatencySummary of(const Histogram& histogram);
};

struct StressCounters {
    quint64 sections = 0; ///< critical sections entered
    quint64 attempts = 0; ///< asked for a lock
    quint64 refused = 0; ///< and it was taken
    quint64 timeouts = 0; ///< sections given up after `wait`
    quint64 lost = 0; ///< leases that ended before their release
    quint64 errors = 0; ///< commands that failed
    quint64 indeterminate = 0; ///< writes whose answer was lost: they may or may not have happened
    quint64 renewals = 0;
    quint64 planned = 0; ///< open loop: sections that were due
    quint64 crashes = 0; ///< clients that died on purpose
    quint64 overruns = 0; ///< sections that went on past their lease
    qint64 overrunTotal = 0; ///< µs
    qint64 overrunWorst = 0; ///< µs
    void add(const StressCounters& other);
};

/// What the oracles counted.
struct OracleCounts {
    quint64 overlaps = 0;
    quint64 fencedOverlaps = 0; ///< overlaps where a fencing token guards what is written: no violation
    quint64 lostUpdates = 0;
    quint64 staleWritesBlocked = 0; ///< they would have landed without fencing
    quint64 staleWritesLanded = 0;
    quint64 foreignDeletes = 0;
    quint64 foreignRenewals = 0;
    quint64 fenceRegressions = 0;
    quint64 orphans = 0; ///< locks left behind by clients that died or lost an answer
    quint64 stuckOrphans = 0; ///< of these, locks that outlived their lease
    qint64 orphanWorst = 0; ///< ns from the loss of the holder to the next grant
    [[nodiscard]] quint64 violations() const
    {
        return overlaps + lostUpdates + staleWritesLanded + foreignDeletes + foreignRenewals + fenceRegressions
            + stuckOrphans;
    }
};

/// Pulled some ten times a second while a run goes on. A value.
struct StressProgress {
    enum class Stage : quint8 { Preparing, Running, Stopping, Checking, Done };
    Stage stage = Stage::Preparing;
    qint64 elapsed = 0;
    StressCounters counters;
    OracleCounts oracle;
    double sectionsPerSecond = 0; ///< over the last second
    LatencySummary acquire; ///< the whole run so far
    LatencySummary wait;
    LatencySummary release;
    int waiting = 0; ///< clients that wait for a lock
    int holding = 0;
    int clients = 0;
    std::vector<StressSample> samples; ///< the whole run
    std::vector<LaneSpan> lanes; ///< recent stretches of the first clients, oldest first
    quint64 lanesSeen = 0; ///< how many there were in all: what is new in `lanes` are the last ones
    std::vector<LaneSpan> goingOn; ///< stretches of the first clients that have not ended
    std::vector<FaultMark> faults;
    std::vector<Violation> violations; ///< the first of them
    std::vector<LaneScene> scenes; ///< by violation; may be shorter: a scene is there when its time is over
};

/// What the check of the operations' order came to.
struct LinearizabilityVerdict {
    enum class Kind : quint8 { NotChecked, Linearizable, Violated, Undecided };
    Kind kind = Kind::NotChecked;
    quint64 operations = 0;
    quint64 keys = 0;
    qint64 microseconds = 0; ///< that the check took
    bool complete = true; ///< false: the history was longer than its limit
    QByteArray key; ///< of the counter-example
    QStringList counterExample; ///< the fewest operations that no order explains, one a line
};

/// The end of a run. A value.
struct StressReport {
    StressConfig config; ///< with the seed that was used
    QDateTime startedAt; ///< UTC
    qint64 elapsed = 0;
    StressCounters counters;
    OracleCounts oracle;
    Histogram acquire; ///< µs: the granting attempt; open loop: from the planned start where that was the first one
    Histogram acquireService; ///< µs: the granting attempt alone
    Histogram wait; ///< µs: from the (planned) start of a section to the lock
    Histogram release;
    Histogram handover; ///< µs: from the end of a section to the next one of a client that was waiting then
    double fairness = 1; ///< Jain's index over the clients' sections
    quint64 starvedClients = 0; ///< clients that wanted a lock and never got one
    qint64 longestWait = 0; ///< µs
    std::vector<Violation> violations; ///< the first of them
    std::vector<FaultMark> faults;
    std::vector<StressSample> samples;
    std::vector<LaneSpan> lanes; ///< around the first violation, else of the end
    std::vector<LaneScene> scenes; ///< by violation, as in StressProgress
    LinearizabilityVerdict linearizability;
    std::vector<QByteArray> history; ///< compact JSON objects: the operations around the first violation, else the last
    QList<QMap<QString, QString>> servers; ///< one a node: endpoint, version, what of its settings matters to locks
    qint64 keysLeft = 0; ///< keys of ours after the clean-up; -1: could not be checked
    bool interrupted = false; ///< stopped before its time
    QStringList notes; ///< what the reader of the figures has to know

    [[nodiscard]] quint64 violationCount() const
    {
        return oracle.violations() + (linearizability.kind == LinearizabilityVerdict::Kind::Violated ? 1 : 0);
    }
    [[nodiscard]] double sectionsPerSecond() const;
};

} // namespace lockscope
