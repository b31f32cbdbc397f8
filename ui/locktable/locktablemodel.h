// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"
#include "table/lockcolumn.h"
#include "table/lockfilter.h"
#include "table/lockgroups.h"
#include "table/locktraces.h"

#include <QAbstractTableModel>
#include <QSet>

#include <memory>
#include <utility>

namespace lockscope {

/// The lock table for views: a thin adapter over LockView (core/table), which owns rows, order and filter. GUI thread.
class LockTableModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role {
        LockIdRole = Qt::UserRole + 1, ///< LockId
        SortValueRole, ///< the value that the column sorts by
    };

    explicit LockTableModel(const Clock& clock = SystemClock::instance(), QObject* parent = nullptr);
    ~LockTableModel() override;

    /// Brings the rows up to the delta; emits at most a few signals whatever its size. Its events tell how locks ended;
    /// its status, whether the connection stands.
    void apply(LockDelta&& delta);
    /// Holds structure still (rows neither come, go nor move) while something is aimed at; values go on.
    void setStill(bool still);
    [[nodiscard]] bool isStill() const;

    /// Holds values still, too: changes are taken in behind the rows, merged by lock. Time goes on, and a lock that
    /// ends is a ghost at once. A new filter or sort shows the present, and so does the end, at once.
    void setFrozen(bool frozen);
    [[nodiscard]] bool isFrozen() const;
    /// Locks whose change is held back.
    [[nodiscard]] qsizetype heldBackCount() const;

    /// Above some ten thousand rows, a filter or sort is worked out in a worker; until then rows stay as they are.
    void setFilter(const LockFilter& filter);
    [[nodiscard]] bool isArranging() const; ///< a worker is at it
    [[nodiscard]] LockSort sortSpec() const;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    [[nodiscard]] const LockRecord* recordAt(int row) const; ///< valid until the next apply(); null beyond the end
    [[nodiscard]] const LockRecord* record(LockId id) const; ///< null when it is gone; also of filtered rows
    [[nodiscard]] int rowOf(LockId id) const; ///< -1 when gone or filtered
    [[nodiscard]] qsizetype totalCount() const; ///< before the filter
    /// It ended, and its row is still there; it can't be selected.
    [[nodiscard]] bool isGhost(int row) const;
    [[nodiscard]] const LockEnding* ending(int row) const; ///< of a ghost; else null. Valid until the next apply()
    [[nodiscard]] LockCue cue(int row) const; ///< what has happened to it last
    [[nodiscard]] qsizetype liveRowCount() const; ///< rowCount() without ghosts
    /// How long the row of a lock that ended stays; zero (the default): until the next change of structure.
    void setGhostTime(Milliseconds time);
    /// The lock of this key was or is being released by us with force.
    void noteForced(const QByteArray& key);
    /// Key and token of each lock that this window holds itself.
    void setOwnTokens(const QSet<std::pair<QByteArray, QByteArray>>& tokens);
    [[nodiscard]] bool isOwn(const LockRecord& lock) const;
    [[nodiscard]] LinkState link() const; ///< by the last delta
    /// A count of all locks, filtered ones too, to be given to groupLocks() in any thread.
    [[nodiscard]] LockGroupJob groupJob(LockGrouping grouping) const;
    [[nodiscard]] SteadyTime now() const; ///< by the model's clock

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    void multiData(const QModelIndex& index, QModelRoleDataSpan roleDataSpan) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void countsChanged(); ///< rowCount() or totalCount() may have changed
    void structureAboutToChange(); ///< rows will come, go or move in the next few signals
    void structureChanged(); ///< they have
    void arrangingChanged(bool arranging);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
