// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QHash>
#include <QList>
#include <QObject>

namespace lockscope {

/// Everything that the main window can do. Each has a text, a shortcut and a group for the list of shortcuts.
enum class ActionId : quint8 {
    Connections,
    Connect,
    NewWindow,
    FindLocks,
    LockFamilies,
    Refresh,
    EnableNotifications,
    ArmWrites,
    ShowAudit,
    Quit,
    Acquire,
    ForceRelease,
    Look,
    Why,
    ShowValue,
    ShowHolder,
    CopyKey,
    CopyToken,
    CopyJson,
    CopyRedisCli,
    Filter,
    PauseTable,
    OpenViews,
    SaveView,
    ChooseColumns,
    FocusTable,
    ShowDetails,
    ShowActivity,
    ShowGroups,
    ShowServer,
    ShowDoctor,
    ShowStressLab,
    ShowHoldings,
    PauseActivity,
    SelectedActivity,
    ShowEnded,
    ReduceMotion,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    FullScreen,
    Shortcuts,
    About,
};
inline constexpr int actionCount = int(ActionId::About) + 1;

/// Makes all actions once, from one table; menus, toolbar, context menu and the list of shortcuts take them from here.
class ActionRegistry final : public QObject {
    Q_OBJECT
public:
    /// The actions are added to `window`, so that their shortcuts work wherever the focus is in it.
    explicit ActionRegistry(QWidget* window);

    [[nodiscard]] QAction* action(ActionId id) const { return m_actions.at(qsizetype(id)); }
    [[nodiscard]] const QList<QAction*>& actions() const { return m_actions; }
    /// Heading of the group that the action is listed under.
    [[nodiscard]] QString group(ActionId id) const;

private:
    QList<QAction*> m_actions; // by ActionId
};

/// Plain text of an action, without mnemonic and dots.
[[nodiscard]] QString actionTitle(const QAction* action);

} // namespace lockscope
