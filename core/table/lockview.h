// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"
#include "table/lockarranger.h"
#include "table/lockfilter.h"
#include "table/lockrows.h"
#include "table/locktraces.h"
#include "table/lockviewplan.h"

#include <optional>
#include <unordered_map>

namespace lockscope {

/// The sorted, filtered view of all locks, without widgets. Values are taken in at once; rows come, go and move only
/// when a plan is carried out. Between the two the order stays as it is on screen: a lock that ended keeps its row as a
/// ghost, one whose sort key changed stays where it was. Ghosts may be kept for a while longer. One thread; only the
/// arrangement it hands out may run in another.
class LockView {
public:
    LockView();

    // Values.
    /// Rows whose values changed on screen: [first, last], if any.
    using ChangedRows = std::optional<std::pair<int, int>>;
    /// Takes the delta in, its events for how locks ended: its reset must have been done by clear(). Costs O(changes),
    /// O(changes × log rows) for few.
    ChangedRows absorb(LockDelta&& delta, SteadyTime now);
    void clear();
    /// While frozen, rows show what they showed when it began, and which locks have ended since; all else is taken in
    /// behind it, merged by lock.
    void setFrozen(bool frozen) { m_isFrozen = frozen; }

    /// How long a lock that ended keeps its row; zero: until the next plan. The newest thousand of them, at most, and
    /// none once its slot has another lock, or when a new sort or filter comes into force.
    void setGhostTime(Milliseconds time) { m_ghostTime = time; }
    /// Lets go of ghosts that were kept long enough; their rows leave with the next plan. Returns whether some are
    /// left.
    bool expireGhosts(SteadyTime now);
    void noteForced(const QByteArray& key, SteadyTime now) { m_traces.noteForced(key, now); }

    // Structure.
    [[nodiscard]] bool hasPendingStructure() const { return !m_dirty.empty(); }
    /// Locks whose change is not shown, or not in its place, yet.
    [[nodiscard]] qsizetype pendingCount() const { return qsizetype(m_dirty.size()); }
    [[nodiscard]] LockViewPlan plan(SteadyTime now);
    // Carrying out a plan. Not bulk: removeRun for each removal from the last, insertRun for each insertion from the
    // first. Bulk: grow, permute, shrink. At last finish.
    void removeRun(const RowRun& run);
    void insertRun(const LockViewPlan& plan, const RowRun& run, qsizetype firstEntering);
    void grow(const LockViewPlan& plan); ///< rows at the end, copies of others for the moment
    void permute(LockViewPlan& plan); ///< takes `next`; where rows were more, the last ones are left over
    void shrink(qsizetype rows);
    void finish(LockViewPlan& plan);
    /// All at once, for those without a model.
    void carryOut(LockViewPlan plan);

    // Filter and sort.
    [[nodiscard]] LockSort sort() const { return m_order.sort(); } ///< in force
    [[nodiscard]] const LockFilter& filter() const { return m_filter; } ///< in force
    /// A job to be given to arrange() and then to adopt(); a later one makes it void.
    [[nodiscard]] LockArrangement beginArrangement(const LockFilter& filter, LockSort sort, SteadyTime now);
    /// Merges in what changed since the job began; carry the plan out at once.
    [[nodiscard]] LockViewPlan adopt(LockArrangement&& arrangement, SteadyTime now);
    /// Asks the filter again for `count` slots from `fromSlot` on, for what time alone changed; returns the slot to go
    /// on with, or 0 at the end.
    quint32 review(quint32 fromSlot, quint32 count, SteadyTime now);

    // Reading.
    /// All locks, for jobs in other threads; see LockRows.
    [[nodiscard]] std::shared_ptr<const LockRows> rows() const { return m_rows; }
    [[nodiscard]] qsizetype rowCount() const { return qsizetype(m_slots.size()); }
    [[nodiscard]] qsizetype totalCount() const { return m_rows->count(); }
    [[nodiscard]] const LockRecord* recordAt(qsizetype row) const; ///< as shown; null beyond the end
    [[nodiscard]] const LockRecord* record(LockId id) const { return m_rows->find(id); }
    [[nodiscard]] qsizetype rowOf(LockId id) const; ///< -1 when not shown
    /// Its row after the plan, -1 if it will have none; only for bulk plans.
    [[nodiscard]] qsizetype rowOf(LockId id, const LockViewPlan& plan) const;
    /// Shown, but no longer among the living.
    [[nodiscard]] bool isGhost(qsizetype row) const;
    [[nodiscard]] qsizetype ghostCount() const { return m_traces.endingCount(); }
    [[nodiscard]] const LockEnding* ending(qsizetype row) const; ///< of a ghost; else null
    [[nodiscard]] LockCue cue(qsizetype row, SteadyTime now) const;

private:
    enum Flag : quint8 { InOrder = 1, Dirty = 2, Shadowed = 4, Leaving = 8, Touched = 16, Arranged = 32, Resting = 64 };

    bool takeRemoved(LockId id, SteadyTime now); ///< whether a row on screen became a ghost
    [[nodiscard]] bool isWorthAGhost(const LockRecord& record, SteadyTime now) const;
    void rest(LockId id);
    void letGo(LockId id);
    void takeChanged(SharedLock&& lock, SteadyTime now, std::vector<quint32>& values);
    void markDirty(quint32 slot);
    void touch(quint32 slot);
    void shadow(quint32 slot); ///< keeps what its row shows now
    [[nodiscard]] ChangedRows rowsOf(const std::vector<quint32>& slots) const;

    /// What the slot's row is sorted by: the value that its lock had when it was placed.
    [[nodiscard]] const LockRecord& placed(quint32 slot) const;
    /// What it will be sorted by after a plan.
    [[nodiscard]] const LockRecord& placedNext(quint32 slot) const;
    /// What stands somewhere in the order, or is to.
    struct Sought {
        const LockRecord* record = nullptr;
        quint64 rank = 0; ///< of the record
        quint32 slot = 0;
    };
    /// For each of the sought, the first of `rows` that does not stand before it. The rows must be sorted by m_ranks
    /// and the records that `recordOf` gives. `fences` are theirs, or empty.
    template <typename RecordOf>
    [[nodiscard]] std::vector<qsizetype> lowerBounds(const std::vector<quint32>& rows,
        const std::vector<quint64>& fences, const std::vector<Sought>& sought, RecordOf recordOf) const;
    [[nodiscard]] std::vector<qsizetype> lowerBounds(
        const std::vector<quint64>& fences, const std::vector<Sought>& sought) const;
    /// The ranks of some rows at even distances, where so many searches make it worth it; else empty.
    [[nodiscard]] std::vector<quint64> fencesFor(size_t searches) const;
    [[nodiscard]] qsizetype rowOfPlaced(quint32 slot) const;
    /// Marks what leaves, collects what enters; returns whether a lock does both.
    bool classifyDirty(std::vector<quint32>& leaving, std::vector<quint32>& entering, SteadyTime now);
    void sortEntering(LockViewPlan& plan) const; ///< by their present records, and ranks them
    [[nodiscard]] std::vector<qsizetype> rowsLeaving(
        const std::vector<quint32>& leaving, const std::vector<quint64>& fences) const;
    [[nodiscard]] std::vector<Sought> soughtOf(const LockViewPlan& plan) const; ///< those that enter

    std::shared_ptr<LockRows> m_rows;
    std::vector<quint32> m_slots; // the rows: sorted by placed()
    std::vector<quint32> m_scratch; // the memory of the former order, for the next
    std::vector<quint8> m_flags; // by slot
    std::vector<quint64> m_ranks; // by slot, of placed(): nearly all comparisons need no record
    std::vector<quint32> m_dirty; // slots whose place or membership may have to change
    std::unordered_map<quint32, SharedLock> m_shadows; // what rows were sorted by, or show, where m_rows has moved on
    std::vector<quint32> m_touched; // slots changed since the last arrangement began
    LockTraces m_traces;
    std::deque<LockId> m_resting; // ghosts that are kept, oldest first; some have gone already
    Milliseconds m_ghostTime { 0 };
    std::shared_ptr<std::atomic_bool> m_arrangementCancelled;
    LockFilter m_filter;
    LockOrder m_order;
    bool m_isFrozen = false;
};

} // namespace lockscope
