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
        std::optional<Error> error; ///< Refused: why
        QList<QByteArray> holders; ///< all of them, where there can be several
        QList<NodeLook> nodes; ///< Redlock: what each master has
        std::optional<ReleaseImpact> impact; ///< of one KEY
    };
    explicit ReleasePlan(QList<Item> items)
        : m_items(std::move(items))
    {
    }

    /// Locks that will be asked for; others are gone already or cannot be compared.
    [[nodiscard]] qsizetype targetCount() const;
    [[nodiscard]] ForceReleaseRequest request(const QString& reason, const QString& ticket) const;
    /// Outcomes that are known without sending anything.
    [[nodiscard]] QList<ForceReleaseResult> foregoneResults() const;
    /// The locks that are asked for, with what was seen of each.
    [[nodiscard]] const QList<Item>& items() const { return m_items; }
    /// The exit status if nothing changes.
    [[nodiscard]] int expectedStatus() const;
    [[nodiscard]] QByteArray text() const; ///< for people, a line a lock
    [[nodiscard]] QByteArray json() const; ///< `{"dry_run":true,"targets":[…]}`

private:
    [[nodiscard]] static bool isSent(const Item& item);

    QList<Item> m_items;
};

/// What the command line wants done to each lock.
struct WantedAct {
    LockAct act = LockAct::Release;
    qint64 ttlMs = -1;
    QByteArray newToken {}; ///< HandBack
    qint64 clientId = 0; ///< KillConnection; 0: the one client that the evidence names
    bool partly = false;
};
/// One key as a look found it; without an expected token: whoever holds it. Other acts than Release are bound to that
/// one's token.
[[nodiscard]] ReleasePlan planFor(
    const ReleaseImpact& impact, const std::optional<QByteArray>& expectedToken, const WantedAct& wanted);
/// All locks of a snapshot. Those whose token was not read are left out unless any token will do.
[[nodiscard]] ReleasePlan planFor(const LockSnapshot& snapshot, bool anyToken, const WantedAct& wanted);

[[nodiscard]] QByteArray resultsText(const QList<ForceReleaseResult>& results);
[[nodiscard]] QByteArray resultsJson(const QList<ForceReleaseResult>& results); ///< `{"results":[…]}`

} // namespace lockscope::cli
