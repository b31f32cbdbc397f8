// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "activity/activitymodel.h"
#include "locks/lockrecord.h"

#include <QWidget>

class QLabel;
class QTableView;
class QToolButton;
class QAction;

namespace lockscope {

/// The stream of recent events: all locks, or only the selected one; can be paused.
class ActivityPanel final : public QWidget {
    Q_OBJECT
public:
    /// The two actions belong to the caller and are shown as buttons; both checkable.
    ActivityPanel(ActivityModel* model, QAction* pauseAction, QAction* selectedOnlyAction, QWidget* parent = nullptr);

    /// The selected lock, or none; matters while "only the selected lock" is on.
    void setSelectedLock(const std::optional<ActivityFilter>& lock);
    [[nodiscard]] QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);
    [[nodiscard]] QTableView* view() const { return m_view; }

Q_SIGNALS:
    void keyActivated(const QByteArray& key, qint32 database, quint16 node); ///< double click or Enter on an event

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void applyFilter();
    void updateHint();

    ActivityModel* m_model;
    QAction* m_pauseAction;
    QAction* m_selectedOnlyAction;
    QTableView* m_view;
    QLabel* m_hint;
    std::optional<ActivityFilter> m_selected;
};

} // namespace lockscope
