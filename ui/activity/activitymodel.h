// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockevent.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <deque>
#include <optional>

namespace lockscope {

enum class ActivityColumn : quint8 { Time, Event, Key, Token, Ttl };
inline constexpr int activityColumnCount = int(ActivityColumn::Ttl) + 1;

/// Which lock an activity list is about: the name outlives each tenant, so that hand-overs stay together.
struct ActivityFilter {
    QByteArray key;
    qint32 database = 0;
    quint16 node = 0;

    friend bool operator==(const ActivityFilter&, const ActivityFilter&) = default;
};

/// The newest events, newest first, in a ring of bounded size; of all locks or of one. Paused it keeps collecting and
/// shows nothing new until it goes on. More than anybody can read is shown some times a second only. GUI thread.
class ActivityModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int defaultCapacity = 5000;
    enum Role { KindRole = Qt::UserRole + 1 /**< int of LockEventKind */ };

    explicit ActivityModel(int capacity = defaultCapacity, QObject* parent = nullptr);

    /// Oldest first, as a delta carries them.
    void append(const std::vector<LockEvent>& events);
    void clear();
    /// Nothing: the events of every lock.
    void setFilter(const std::optional<ActivityFilter>& filter);
    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const { return m_paused; }
    [[nodiscard]] int waitingCount() const { return m_paused ? int(m_waiting.size()) : 0; } ///< collected while paused

    [[nodiscard]] const LockEvent* eventAt(int row) const; ///< null beyond the end

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] bool accepts(const LockEvent& event) const;
    void wait(const std::vector<LockEvent>& events);
    void show(const std::vector<LockEvent>& events);
    void refill();
    [[nodiscard]] QString textOf(const LockEvent& event, ActivityColumn column) const;
    [[nodiscard]] QString tipOf(const LockEvent& event, ActivityColumn column) const;

    const std::size_t m_capacity;
    std::deque<LockEvent> m_all; // oldest first, at most m_capacity
    std::deque<LockEvent> m_shown; // oldest first: those of m_all that the filter accepts
    std::vector<LockEvent> m_waiting; // arrived while paused or in a rush, oldest first, at most m_capacity
    QTimer m_rush; // runs while many arrive
    std::optional<ActivityFilter> m_filter;
    bool m_paused = false;
};

} // namespace lockscope
