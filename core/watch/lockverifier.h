// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/holderwatch.h"
#include "watch/locktracker.h"
#include "watch/verifyqueue.h"
#include "watch/waiterwatch.h"
#include "watch/watchengine.h"

namespace lockscope {

/// Asks the server about single keys: those that a notification named, whose deadline has passed, that are on screen,
/// and, in turn, all known ones. Hands the answers to the tracker.
class LockVerifier final : public QObject {
    Q_OBJECT
public:
    LockVerifier(Connection& connection, const Clock& clock, LockTracker& tracker, const WatchOptions& options);

    [[nodiscard]] LoadBudget& budget() { return m_budget; }
    [[nodiscard]] const LoadBudget& budget() const { return m_budget; }
    [[nodiscard]] VerifyQueue& queue() { return m_queue; }
    [[nodiscard]] const VerifyQueue& queue() const { return m_queue; }

    /// The link is up: deadlines are watched and known locks read again.
    void start();
    /// The link is down: nothing is asked, and nothing leaves the table.
    void stop();
    /// `heardAll`: nothing can have happened unheard since the key was last read.
    void handleEvent(const KeyEvent& event, bool heardAll);
    /// Notifications tell how each lock ends.
    void setHearsVerbs(bool hears) { m_hearsVerbs = hears; }
    void setVerifyRate(int keysPerSecond) { m_budget.setLimits(LoadBudget::limitsAt(m_pace, keysPerSecond)); }
    /// How many changes of keys that are hardly locks were left to the next pass.
    [[nodiscard]] quint64 deferred() const { return m_deferred; }
    void verifyKeys(const QList<QByteArray>& keys);
    /// Reads a key that another node of the cluster has sent us here for. `asking`: it is only on its way here.
    void verifyMoved(const QByteArray& key, const ChangeHints& hints, bool asking);
    void setVisibleLocks(const std::vector<LockId>& ids);
    [[nodiscard]] ClientEvidence clientEvidence() const { return m_holders.evidence(); }

Q_SIGNALS:
    void changed(); ///< the tracker may have something new; often
    void readFailed(const lockscope::Error& error); ///< the server answered, but cannot now
    void overloaded(); ///< more keys change than can be read: a change was dropped, only a later pass can find it
    /// The key is on another node of the cluster, as `error` (MOVED, ASK) says.
    void elsewhere(const QByteArray& key, const lockscope::Error& error, const lockscope::ChangeHints& hints);
    void refused(const lockscope::Error& error); ///< some key or command is not permitted; we do without

private:
    void handleReading(const KeyReading& reading, const ChangeHints& hints);
    [[nodiscard]] bool isWorthReading(const KeyEvent& event);
    void handleTouch(const KeyEvent& event, bool heardAll);
    [[nodiscard]] bool hasRoomFor(QByteArrayView key);
    void refine(const KeyReading& reading);
    void armDeadlineTimer();
    void pokeDueLocks();
    void verifyInTurn();
    void verifyVisible(SteadyTime now);

    const Clock& m_clock;
    LockTracker& m_tracker;
    const bool m_follow;
    const bool m_explicitMatch;
    const Pace m_pace;
    const size_t m_backlogLimit;
    LoadBudget m_budget;
    VerifyQueue m_queue;
    WaiterWatch m_waiters;
    HolderWatch m_holders;
    QTimer m_deadlineTimer;
    QTimer m_turnTimer;
    std::vector<LockId> m_visible;
    std::optional<SteadyTime> m_armedFor;
    SteadyTime::duration m_bestRoundTrip = SteadyTime::duration::max();
    quint32 m_nextSlot = 0; ///< where the round of re-reading known locks stands
    quint64 m_deferred = 0;
    bool m_running = false;
    bool m_hearsVerbs = false;
};

} // namespace lockscope
