// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/heldlocks.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace lockscope {

class GrantPanel;

/// The locks that the operator holds: a list with what is left of each, and the one chosen in full below.
class HoldingsPanel final : public QWidget {
    Q_OBJECT
public:
    /// `locks` outlives it.
    explicit HoldingsPanel(HeldLocks* locks, QWidget* parent = nullptr);
    void select(quint64 id);

private:
    void build();
    void updateLock(quint64 id);
    void fill(QTreeWidgetItem& item, const HeldLock& lock) const;
    void tick();
    void updateState();
    [[nodiscard]] QTreeWidgetItem* itemOf(quint64 id) const;

    HeldLocks* m_locks;
    QTreeWidget* m_list;
    QLabel* m_empty;
    GrantPanel* m_grant;
    QPushButton* m_releaseAll;
    QPushButton* m_forget;
    QTimer* m_timer;
};

} // namespace lockscope
