// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QPointer>
#include <QSet>
#include <QTimer>

#include <utility>
#include <vector>

namespace lockscope {

enum class HoldState : quint8 {
    Held,
    Released, ///< by us
    Lost, ///< somebody else has it, it is gone, or it expired before it could be renewed
};

/// A lock that the operator has taken in this window.
struct HeldLock {
    quint64 id = 0; ///< names it for as long as it is listed
    AcquireGrant grant; ///< as it was prolonged last; its nodes with the last lease that each of them gave
    bool renews = false; ///< at a third of the TTL
    bool isBusy = false; ///< an extension or a release is under way
    HoldState state = HoldState::Held;
    std::optional<Error> error; ///< why the last extension or release failed, or why it was lost
    SteadyTime renewAt {};
};

/// The locks that the operator holds in this window, whatever dialog took them: renews them, prolongs and releases
/// them, and says when one is lost. Belongs to the window; GUI thread.
class HeldLocks final : public QObject {
    Q_OBJECT
public:
    explicit HeldLocks(QObject* parent = nullptr);

    /// Of another server from now on; what was held elsewhere is forgotten, and ends with its TTL.
    void setDeployment(Deployment* deployment);
    /// How many masters form the quorum here; 1 without one.
    [[nodiscard]] int masters() const;

    quint64 add(const AcquireGrant& grant, bool renews);
    [[nodiscard]] const std::vector<HeldLock>& locks() const { return m_locks; } ///< the newest last, ended ones too
    [[nodiscard]] const HeldLock* find(quint64 id) const; ///< null: not listed; valid until the next change
    [[nodiscard]] qsizetype heldCount() const;
    /// Key and token of each lock that is held.
    [[nodiscard]] QSet<std::pair<QByteArray, QByteArray>> heldTokens() const;

    void setRenews(quint64 id, bool renews);
    void extend(quint64 id);
    void release(quint64 id);
    /// allReleased() follows.
    void releaseAll();
    void forget(quint64 id); ///< one that has ended
    void forgetEnded();

Q_SIGNALS:
    void changed(quint64 id); ///< this one is another, new or gone
    void heldChanged(); ///< heldTokens() are others
    void lost(quint64 id); ///< without our doing; find() says why
    void releaseFinished(quint64 id, bool isReleased);
    void allReleased(bool isDone); ///< false: at least one release failed, and the lock is still listed as held

private:
    [[nodiscard]] HeldLock* entry(quint64 id);
    void onExtended(quint64 id, const Result<AcquireGrant>& grant);
    void onReleased(quint64 id, const Result<void>& result);
    void end(HeldLock& lock, HoldState state, const std::optional<Error>& error);
    void checkTimes();
    void schedule();

    QPointer<Deployment> m_deployment;
    std::vector<HeldLock> m_locks;
    quint64 m_nextId = 1;
    qsizetype m_releasing = 0; // of releaseAll()
    bool m_releasedAll = true;
    QTimer m_timer; // the next renewal or end
};

} // namespace lockscope
