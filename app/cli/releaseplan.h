// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockdelta.h"
#include "operations/lockoperation.h"

namespace lockscope::cli {

/// What a force-release is going to do, as seen at one moment: a frozen set of locks, each with the token it was seen
/// with. A value.
class ReleasePlan {
public:
    struct Item {
        ForceReleaseTarget target;
        ReleaseOutcome expected = ReleaseOutcome::Released; ///< what it comes to if nothing changes
        QByteArray tokenNow;
        bool hasToken = false;
        QString owner;
        qint64 ttlMs = -1;
    };
    explicit ReleasePlan(QList<Item> items)
        : m_items(std::move(items))
    {
    }

    /// Locks that will be asked for; others are gone already or cannot be compared.
    [[nodiscard]] qsizetype targetCount() const;
    [[nodiscard]] ForceReleaseRequest request(const QString& reason) const;
    /// Outcomes that are known without sending anything.
    [[nodiscard]] QList<ForceReleaseResult> foregoneResults() const;
    /// The exit status if nothing changes.
    [[nodiscard]] int expectedStatus() const;
    [[nodiscard]] QByteArray text() const; ///< for people, a line a lock
    [[nodiscard]] QByteArray json() const; ///< `{"dry_run":true,"targets":[…]}`

private:
    [[nodiscard]] static bool isSent(const Item& item);

    QList<Item> m_items;
};

/// One key as a look found it; without an expected token: whoever holds it.
[[nodiscard]] ReleasePlan planFor(const LockInspection& seen, const std::optional<QByteArray>& expectedToken);
/// All locks of a snapshot. Those whose token was not read are left out unless any token will do.
[[nodiscard]] ReleasePlan planFor(const LockSnapshot& snapshot, bool anyToken);

[[nodiscard]] QByteArray resultsText(const QList<ForceReleaseResult>& results);
[[nodiscard]] QByteArray resultsJson(const QList<ForceReleaseResult>& results); ///< `{"results":[…]}`

} // namespace lockscope::cli
