// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockgroups.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace lockscope {

class LockTableModel;

/// The locks put together by holder or by key prefix, with counters. Counted in a worker, at most once a second and
/// only while it is seen. Choosing a group asks for a filter word.
class GroupsPanel final : public QWidget {
    Q_OBJECT
public:
    /// `model` outlives the panel.
    explicit GroupsPanel(LockTableModel* model, QWidget* parent = nullptr);
    ~GroupsPanel() override;

    [[nodiscard]] LockGrouping grouping() const;
    void setGrouping(LockGrouping grouping);
    [[nodiscard]] QTreeWidget* tree() const { return m_tree; }
    /// No group is chosen any more: its word was taken out of the filter.
    void clearChoice();
    [[nodiscard]] QSize sizeHint() const override { return { 400, 400 }; }

Q_SIGNALS:
    void groupChosen(const QString& word); ///< click or Enter; for LockFilter
    void groupsShown(); ///< new counters are on screen

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void count();
    void cancel();
    void showGroups(const LockGroups& groups);
    QTreeWidgetItem* itemFor(const QByteArray& key, QTreeWidgetItem* parent);
    void showOthers(
        const QByteArray& parentName, QTreeWidgetItem* parent, quint64 groups, const LockGroupCounts& counts);
    void showSummary(const LockGroups& groups);
    void removeOld();
    void choose(QTreeWidgetItem* item);

    LockTableModel* m_model;
    QComboBox* m_mode;
    QTreeWidget* m_tree;
    QLabel* m_summary;
    QTimer m_next;
    std::shared_ptr<std::atomic_bool> m_cancelled; // of the running count; null: none
    QHash<QByteArray, QTreeWidgetItem*> m_items; // by group name; others by a name that no group has
    QSet<QByteArray> m_seen; // while showing
    QHash<QTreeWidgetItem*, QList<QTreeWidgetItem*>> m_new; // while showing, by parent: not in the tree yet
};

} // namespace lockscope
