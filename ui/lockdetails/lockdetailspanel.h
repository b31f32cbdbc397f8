// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QPointer>
#include <QWidget>

#include <optional>

class QAction;
class QLabel;
class QMenu;
class QStackedWidget;
class QTableView;
class QTimer;

namespace lockscope {

class ActivityModel;
class Badge;
class BytesView;
class LockFacts;
class RhythmStrip;
class MessageStrip;

/// Everything known of the selected lock. Stays with it when it goes, and says so, until another is selected.
class LockDetailsPanel final : public QWidget {
    Q_OBJECT
public:
    /// Owned by the window; shown here as buttons.
    struct Actions {
        QAction* acquire = nullptr;
        QAction* forceRelease = nullptr;
        QAction* look = nullptr;
        QAction* copyToken = nullptr;
        QAction* showValue = nullptr;
        QAction* showHolder = nullptr;
        QMenu* copyMenu = nullptr;
    };
    explicit LockDetailsPanel(const Actions& actions, QWidget* parent = nullptr);

    void setDeployment(Deployment* deployment);
    void appendEvents(const std::vector<LockEvent>& events);
    /// Another lock was selected; asks the server for the rest after a moment.
    void showLock(const LockRecord& record, const WatchStatus& status);
    /// The shown lock as it is now; null: it is gone.
    void updateLock(const LockRecord* record, const WatchStatus& status);
    void showNothing();
    /// Puts the keyboard on the words that say why it is in its state.
    void showExplanation();
    void look(); ///< asks the server again, at once
    [[nodiscard]] const std::optional<LockRecord>& lock() const { return m_record; }
    [[nodiscard]] bool isGone() const { return m_gone; }

private:
    QWidget* buildPage(const Actions& actions);
    QWidget* buildHolder(const Actions& actions);
    QWidget* buildRhythm();
    QWidget* buildSuspicions();
    QWidget* buildHistory();
    QWidget* buildEmptyPage();
    void refresh();
    void refreshHabits(SteadyTime now);
    void forgetSelections();
    void showOwner(const QList<OwnerHint>& hints);
    void showInspection(const Result<LockInspection>& inspection);
    [[nodiscard]] QString tokenNote() const;
    [[nodiscard]] QString reasonText(SteadyTime now) const;

    QPointer<Deployment> m_deployment;
    std::optional<LockRecord> m_record;
    WatchStatus m_status;
    bool m_gone = false;
    ActivityModel* m_history;
    QStackedWidget* m_pages;
    Badge* m_state;
    QLabel* m_reason;
    BytesView* m_key;
    BytesView* m_token;
    QLabel* m_fingerprint;
    QLabel* m_owner;
    QLabel* m_holders;
    QLabel* m_noHistory = nullptr;
    LockFacts* m_facts;
    RhythmStrip* m_rhythm;
    QLabel* m_rhythmWords;
    QLabel* m_suspicions;
    QWidget* m_suspicionBox = nullptr;
    QTimer* m_tick;
    QTimer* m_lookDelay;
};

} // namespace lockscope
