// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockcolumn.h"

#include <QByteArray>
#include <QObject>
#include <QSet>

class QHeaderView;
class QMenu;
class QTableView;

namespace lockscope {

/// Widths, order and visibility of the table's columns, and the sort indicator. Until the operator gives the Key column
/// a width, it takes what the others leave; where that is little, those without a width of the operator's give way.
class LockTableLayout final : public QObject {
    Q_OBJECT
public:
    /// The view must have its model.
    explicit LockTableLayout(QTableView* view);

    [[nodiscard]] QByteArray save() const;
    /// False, and nothing changed, if it is no layout.
    bool restore(const QByteArray& saved);
    void reset();
    /// Shows a column by itself while it tells something (`wanted`), unless the operator has decided about it.
    void setWanted(LockColumn column, bool wanted);
    [[nodiscard]] QMenu* menu() const { return m_menu; }
    [[nodiscard]] QMenu* sortMenu() const { return m_sortMenu; }
    /// Shows this column and puts the largest first.
    void rankBy(int column);
    /// Gives the Key column the remaining width, and takes from the others where that is too little.
    void fit();

private:
    void buildMenu();
    void buildSortMenu();
    void updateMenu();
    void sectionResized(int section, int before, int after);
    [[nodiscard]] bool isShown(int section) const;
    [[nodiscard]] int charactersWide(int characters) const;
    /// The operator's width, or the default.
    [[nodiscard]] int wantedWidth(int section) const;
    void giveWay(int missing);

    QTableView* m_view;
    QHeaderView* m_header;
    QMenu* m_menu;
    QMenu* m_sortMenu;
    QSet<int> m_shownByItself; ///< not saved as the operator's choice
    QSet<int> m_sizedByHand;
    bool m_isKeyFitted = true;
    bool m_isChanging = false; // by us, not by hand
};

} // namespace lockscope
