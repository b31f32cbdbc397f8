// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "locks/watchstatus.h"
#include "operations/lockoperation.h"

#include <QWidget>

#include <array>
#include <optional>

class QFormLayout;
class QLabel;

namespace lockscope {

class LeaseBar;

/// The table of facts of one lock: what the watch knows, and what a look found besides.
class LockFacts final : public QWidget {
    Q_OBJECT
public:
    explicit LockFacts(QWidget* parent = nullptr);

    /// The instants and what moves with the time.
    void show(const LockRecord& record, const WatchStatus& status, SteadyTime now, bool gone);
    /// Nothing: no look has been answered yet.
    void showLook(const std::optional<LockInspection>& inspection);
    void showLookError(const Error& error);
    /// The texts are about another lock, or another state: what was selected in them is let go.
    void forgetSelections();

private:
    enum Row : quint8 {
        Remaining,
        Votes,
        Lease,
        Held,
        Acquired,
        FirstSeen,
        Renewals,
        Connection,
        Confirmed,
        Family,
        Mode,
        Place,
        Value,
        Idle,
        Waiters,
        Fence,
        Beside,
        rowCount
    };
    void set(Row row, const QString& text);

    std::array<QLabel*, rowCount> m_values {};
    QFormLayout* m_form = nullptr;
    LeaseBar* m_bar;
    QString m_rule;
    std::optional<LockInspection> m_look; ///< the last one of this lock
};

} // namespace lockscope
