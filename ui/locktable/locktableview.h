// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "table/lockcolumn.h"

#include <QTableView>

#include <memory>
#include <vector>

namespace lockscope {

class LockTableModel;

/// The table of live locks: countdown bars from a frame clock, selection kept by lock and not by row, still while the
/// operator aims. Does no operation itself: it says what was asked for.
class LockTableView final : public QTableView {
    Q_OBJECT
public:
    explicit LockTableView(LockTableModel* model, QWidget* parent = nullptr);
    ~LockTableView() override;

    [[nodiscard]] QList<LockRecord> selectedLocks() const; ///< as on screen at this moment, tokens included
    [[nodiscard]] bool hasLiveSelection() const; ///< whether selectedLocks() has any; cheap
    [[nodiscard]] LockId currentLock() const; ///< invalid: none
    void selectLock(LockId id);
    [[nodiscard]] std::vector<LockId> visibleLocks() const;
    /// Holds rows and values still (Space); time and the watch go on.
    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const;

    /// Shown in the middle where there are no rows.
    void setEmptyText(const QString& title, const QString& detail = {});

    [[nodiscard]] QByteArray saveLayout() const; ///< columns: order, width, visibility, sort
    /// Shows a column by itself while it tells something, unless the operator has decided about it.
    void setColumnWanted(LockColumn column, bool wanted);
    void restoreLayout(const QByteArray& layout); ///< what is no layout of ours is ignored
    /// Shows this column and puts the largest first.
    void rankBy(LockColumn column);
    /// Menu with one checkable action a column; owned by the view.
    [[nodiscard]] QMenu* columnMenu() const;
    /// Menu that sorts by each column, up or down; owned by the view.
    [[nodiscard]] QMenu* sortMenu() const;

Q_SIGNALS:
    void currentLockChanged(lockscope::LockId id);
    void selectionCountChanged(int count);
    void selectedLocksChanged(); ///< others are selected, as many or not
    void selectionRefused(int limit); ///< more rows than that were to be selected
    void lockActivated(lockscope::LockId id); ///< double click or Enter
    void lockMenuRequested(const QPoint& globalPosition);
    void visibleLocksChanged(); ///< at most a few times a second
    void pausedChanged(bool paused);

public Q_SLOTS:
    /// The selected keys as text, one a line.
    void copyKeys() const;
    /// Not above some ten thousand rows: nobody can look through them before acting on them. Nor by mouse or Shift.
    void selectAll() override;

protected:
    void keyboardSearch(const QString& search) override;
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags command) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
