// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locktable/savedviews.h"

#include <QMenu>

namespace lockscope {

/// The saved views as a menu: apply, save, manage. The first nine answer to Ctrl+1 … Ctrl+9 wherever the focus is in
/// the window.
class ViewsMenu final : public QMenu {
    Q_OBJECT
public:
    /// `save` is shown at the end; `window` carries the shortcuts and is the parent of the dialogs. `views` outlives
    /// the menu.
    ViewsMenu(SavedViews& views, QAction* save, QWidget* window);

    /// Asks for a name and saves what `present` says then, under it.
    void askToSave(const SavedView& present);
    void openManager();

Q_SIGNALS:
    void viewChosen(const lockscope::SavedView& view);

private:
    void rebuild();

    SavedViews& m_views;
    QAction* m_save;
    QWidget* m_window;
    QList<QAction*> m_entries;
};

} // namespace lockscope
