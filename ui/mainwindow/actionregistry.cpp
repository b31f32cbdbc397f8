// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/actionregistry.h"

#include "common/icons.h"

#include <QWidget>

namespace lockscope {

namespace {

enum class Group : quint8 { Connection, Lock, Table, View, Help };

struct ActionEntry {
    ActionId id;
    Group group;
    const char* name; ///< object name, stable
    const char* text; ///< context lockscope::ActionRegistry
    const char* icon; ///< empty: none
    const char* shortcuts; ///< separated by ", " as QKeySequence lists them
    const char* tip;
    bool checkable = false;
};

constexpr ActionEntry actionTable[actionCount] = {
    { ActionId::Connections, Group::Connection, "connections",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "C&onnections…"), "server", "Ctrl+Shift+O",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "The saved connections: add, change, try out and open them") },
    { ActionId::Connect, Group::Connection, "connect", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Connect…"),
        "connect", "Ctrl+O", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Watch another server") },
    { ActionId::NewWindow, Group::Connection, "newWindow",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "New &window…"), "", "Ctrl+Shift+K",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Watch a further server in a window of its own") },
    { ActionId::FindLocks, Group::Connection, "findLocks",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Find my locks…"), "search", "Ctrl+Shift+L",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Sample the keys for patterns that name locks") },
    { ActionId::LockFamilies, Group::Connection, "lockFamilies",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Lock families…"), "lock", "Ctrl+Shift+F",
        QT_TRANSLATE_NOOP(
            "lockscope::ActionRegistry", "The lock libraries that are known, and your own declarations") },
    { ActionId::Refresh, Group::Connection, "refresh", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Refresh"),
        "refresh", "F5", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Read the whole key space again now") },
    { ActionId::EnableNotifications, Group::Connection, "enableNotifications",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Enable notifications…"), "notifications", "Ctrl+Shift+N",
        QT_TRANSLATE_NOOP(
            "lockscope::ActionRegistry", "Ask before switching on keyspace notifications on the server") },
    { ActionId::ArmWrites, Group::Connection, "armWrites",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Ar&m writes…"), "arm", "Ctrl+Shift+W",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Let this window write to production for ten minutes at most") },
    { ActionId::ShowAudit, Group::Connection, "showAudit",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Audit log…"), "audit", "Ctrl+Shift+A",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "What operators did, why, and with what outcome") },
    { ActionId::Quit, Group::Connection, "quit", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Quit"), "quit",
        "Ctrl+Q", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Close Lockscope") },
    { ActionId::Acquire, Group::Lock, "acquire", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Acquire…"), "acquire",
        "Ctrl+N", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Take a lock yourself") },
    { ActionId::ForceRelease, Group::Lock, "forceRelease",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Force-release…"), "force-release", "Del, Ctrl+Shift+R",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "End the selected locks, after a look at who holds them") },
    { ActionId::Look, Group::Lock, "look", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Look again"), "refresh",
        "Ctrl+R", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Ask the server again about the selected lock") },
    { ActionId::Why, Group::Lock, "why", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Why this state?"), "help",
        "Ctrl+I",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Say why the lock is in its state, with the evidence") },
    { ActionId::ShowValue, Group::Lock, "showValue", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show the &value…"),
        "value", "Ctrl+U",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "What stands in the key, as text, bytes or elements") },
    { ActionId::ShowHolder, Group::Lock, "showHolder",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show all of this &holder"), "holder", "Ctrl+H",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Filter the table for everything that this holder has") },
    { ActionId::CopyKey, Group::Lock, "copyKey", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy &key"), "copy",
        "Ctrl+C", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy the key") },
    { ActionId::CopyToken, Group::Lock, "copyToken", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy &token"),
        "copy", "Ctrl+Shift+T", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy the holder's token") },
    { ActionId::CopyJson, Group::Lock, "copyJson", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy as &JSON"),
        "copy", "Ctrl+Shift+J",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy the lock as lockscope-cli lists it") },
    { ActionId::CopyRedisCli, Group::Lock, "copyRedisCli",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Copy as redis-cli co&mmands"), "copy", "Ctrl+Shift+X",
        QT_TRANSLATE_NOOP(
            "lockscope::ActionRegistry", "Copy commands that look at the lock and release it by compare-and-delete") },
    { ActionId::Filter, Group::Table, "filter", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "F&ilter"), "search",
        "Ctrl+F, Ctrl+L", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Type into the filter") },
    { ActionId::PauseTable, Group::Table, "pauseTable", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Pause"),
        "pause", "Ctrl+P",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Hold the table still; watching goes on (in the table: Space)"),
        true },
    { ActionId::OpenViews, Group::Table, "openViews", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Saved &views"),
        "star", "Ctrl+Shift+V", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Choose a saved view") },
    { ActionId::SaveView, Group::Table, "saveView", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Save this view…"),
        "star", "Ctrl+Shift+S",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Keep this filter, order and choice of columns under a name") },
    { ActionId::ChooseColumns, Group::Table, "chooseColumns",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "C&olumns"), "columns", "Ctrl+Shift+C",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Choose which columns are shown") },
    { ActionId::FocusTable, Group::Table, "focusTable",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Go to the table"), "", "Ctrl+T",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Put the keyboard focus into the table of locks") },
    { ActionId::ShowDetails, Group::View, "showDetails", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Details"),
        "details", "Ctrl+D",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show or hide the details of the selected lock"), true },
    { ActionId::ShowActivity, Group::View, "showActivity", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Activity"),
        "activity", "Ctrl+E",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show or hide the stream of recent events"), true },
    { ActionId::ShowGroups, Group::View, "showGroups", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Groups"),
        "groups", "Ctrl+G",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show or hide the locks by holder or by key prefix"), true },
    { ActionId::ShowServer, Group::View, "showServer", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Ser&ver"),
        "server", "Ctrl+Shift+I",
        QT_TRANSLATE_NOOP(
            "lockscope::ActionRegistry", "What the server is, how whole the picture is, and what we cost it") },
    { ActionId::ShowDoctor, Group::View, "showDoctor", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Docto&r"),
        "doctor", "Ctrl+Shift+D",
        QT_TRANSLATE_NOOP(
            "lockscope::ActionRegistry", "Whether this deployment is safe for locks, and what it allows") },
    { ActionId::ShowStressLab, Group::View, "showStressLab",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Stress la&b"), "lab", "Ctrl+Shift+B",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Try whether a lock strategy holds, and how fast it is") },
    { ActionId::ShowHoldings, Group::View, "showHoldings", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "M&y locks"),
        "acquire", "Ctrl+Shift+H",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show or hide the locks that you hold yourself"), true },
    { ActionId::PauseActivity, Group::View, "pauseActivity",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Pa&use activity"), "pause", "Ctrl+Shift+P",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Hold the stream of events still; events are kept"), true },
    { ActionId::SelectedActivity, Group::View, "selectedActivity",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Only the selected lock"), "state-held", "Ctrl+Shift+E",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Show only the events of the selected lock"), true },
    { ActionId::ShowEnded, Group::View, "showEnded", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Ended locks"),
        "state-gone", "Ctrl+Shift+G",
        QT_TRANSLATE_NOOP(
            "lockscope::ActionRegistry", "Keep the row of a lock that has ended for three seconds, struck out"),
        true },
    { ActionId::ReduceMotion, Group::View, "reduceMotion",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Reduce &motion"), "", "Ctrl+Alt+M",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Marks of what has changed stand still instead of fading"),
        true },
    { ActionId::ThemeSystem, Group::View, "themeSystem",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Theme: &system"), "theme", "Ctrl+Alt+0",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Light or dark as the desktop says"), true },
    { ActionId::ThemeLight, Group::View, "themeLight", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Theme: &light"),
        "", "Ctrl+Alt+1", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Always light"), true },
    { ActionId::ThemeDark, Group::View, "themeDark", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Theme: dar&k"), "",
        "Ctrl+Alt+2", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Always dark"), true },
    { ActionId::FullScreen, Group::View, "fullScreen", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Full screen"),
        "", "F11", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Fill the screen"), true },
    { ActionId::Shortcuts, Group::Help, "shortcuts",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&Keyboard shortcuts"), "keyboard", "F1",
        QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "All actions and their keys") },
    { ActionId::About, Group::Help, "about", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "&About Lockscope"), "info",
        "Shift+F1", QT_TRANSLATE_NOOP("lockscope::ActionRegistry", "Version and licence") },
};

QString withShortcut(const QString& tip, const QAction* action)
{
    return tip + QStringLiteral(" (") + action->shortcut().toString(QKeySequence::NativeText) + QLatin1Char(')');
}

} // namespace

ActionRegistry::ActionRegistry(QWidget* window)
    : QObject(window)
{
    for (const ActionEntry& entry : actionTable) {
        auto* action = new QAction(tr(entry.text), this);
        action->setObjectName(QString::fromLatin1(entry.name));
        action->setShortcuts(QKeySequence::listFromString(
            QString::fromLatin1(entry.shortcuts).replace(QStringLiteral(", "), QStringLiteral("; "))));
        action->setCheckable(entry.checkable);
        if (*entry.icon)
            action->setIcon(themedIcon(QString::fromLatin1(entry.icon)));
        action->setToolTip(withShortcut(tr(entry.tip), action));
        action->setStatusTip(tr(entry.tip));
        window->addAction(action);
        Q_ASSERT(m_actions.size() == qsizetype(entry.id));
        m_actions.append(action);
    }
}

QString ActionRegistry::group(ActionId id) const
{
    switch (actionTable[int(id)].group) {
    case Group::Connection:
        return tr("Connection");
    case Group::Lock:
        return tr("Lock");
    case Group::Table:
        return tr("Table");
    case Group::View:
        return tr("View");
    case Group::Help:
        break;
    }
    return tr("Help");
}

QString actionTitle(const QAction* action)
{
    QString text = action->text();
    text.remove(QLatin1Char('&'));
    text.remove(QChar(0x2026));
    return text;
}

} // namespace lockscope
