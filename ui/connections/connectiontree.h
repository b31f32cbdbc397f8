// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/connectionbook.h"

#include <QTreeWidget>

namespace lockscope {

/// The saved connections in their groups. Shows a book; asks for changes, and makes none itself.
class ConnectionTree final : public QTreeWidget {
    Q_OBJECT
public:
    enum Column { NameColumn, EnvironmentColumn, ServerColumn, UsedColumn };

    explicit ConnectionTree(QWidget* parent = nullptr);
    /// Keeps what is selected and folded.
    void setBook(const ConnectionBook& book);
    /// Shows only what has this in its name, group, URI or note.
    void setFilter(const QString& text);
    void select(const QString& id);
    [[nodiscard]] QStringList selectedIds() const; ///< in the order of the tree
    [[nodiscard]] int shownCount() const;
    void setEmptyText(const QString& title, const QString& detail);

Q_SIGNALS:
    /// `before`: the id that they shall stand in front of; empty: at the group's end.
    void moveRequested(const QStringList& ids, const QString& group, const QString& before);

protected:
    void dropEvent(QDropEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fill();
    [[nodiscard]] QTreeWidgetItem* groupItem(const QString& group);
    void addConnection(const SavedConnection& connection);
    [[nodiscard]] bool filterItem(QTreeWidgetItem* item);

    ConnectionBook m_book;
    QHash<QString, QTreeWidgetItem*> m_groups;
    QString m_filter;
    QString m_emptyTitle;
    QString m_emptyDetail;
};

} // namespace lockscope
