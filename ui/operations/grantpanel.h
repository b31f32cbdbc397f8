// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/heldlocks.h"

#include <QWidget>

class QCheckBox;
class QFormLayout;
class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace lockscope {

class Badge;
class BytesView;
class MessageStrip;

/// One lock that the operator has taken: token, fencing token, how long it is valid, on every master of a quorum too,
/// and the buttons to renew it, prolong it or give it back.
class GrantPanel final : public QWidget {
    Q_OBJECT
public:
    /// `locks` outlives it.
    explicit GrantPanel(HeldLocks* locks, QWidget* parent = nullptr);
    void setLock(quint64 id); ///< 0: none
    [[nodiscard]] quint64 lock() const { return m_id; }
    [[nodiscard]] bool isHeld() const;

private:
    void build();
    void buildButtons();
    void showLock();
    void tick();
    void showNodes(const HeldLock& lock);
    void showTimes(const HeldLock& lock);

    HeldLocks* m_locks;
    quint64 m_id = 0;
    Badge* m_badge;
    QLabel* m_key;
    BytesView* m_token;
    QLabel* m_fenceTitle;
    QLabel* m_fence;
    QLabel* m_validity;
    QProgressBar* m_bar;
    QLabel* m_nodesTitle;
    QWidget* m_nodes;
    QGridLayout* m_nodeGrid;
    QList<QLabel*> m_nodeTimes;
    QCheckBox* m_renew;
    QPushButton* m_copy;
    QPushButton* m_extend;
    QPushButton* m_release;
    MessageStrip* m_message;
    QTimer* m_timer;
};

} // namespace lockscope
