// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "activity/activitypanel.h"
#include "common/clipboard.h"
#include "common/settings.h"
#include "connections/armstrip.h"
#include "connections/completenessstrip.h"
#include "connections/connectionstrip.h"
#include "deployment/deployment.h"
#include "lockdetails/lockcopy.h"
#include "lockdetails/lockdetailspanel.h"
#include "locktable/filterbar.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "locktable/viewsmenu.h"
#include "mainwindow/helpdialogs.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

// Menus, toolbar and what their actions do: the part of the main window that grows with every feature.

namespace lockscope {

namespace {

constexpr int toolIconSize = 18;

void addAll(QWidget* target, const ActionRegistry& registry, std::initializer_list<ActionId> ids)
{
    for (const ActionId id : ids)
        target->addAction(registry.action(id));
}

} // namespace

void MainWindow::buildMenus()
{
    QMenu* file = menuBar()->addMenu(tr("&Connection"));
    addAll(file, *m_registry,
        { ActionId::Connections, ActionId::Connect, ActionId::NewWindow, ActionId::FindLocks, ActionId::LockFamilies,
            ActionId::Refresh, ActionId::EnableNotifications });
    file->addSeparator();
    addAll(file, *m_registry, { ActionId::ArmWrites, ActionId::ShowAudit });
    file->addSeparator();
    file->addAction(m_registry->action(ActionId::Quit));

    QMenu* lock = menuBar()->addMenu(tr("&Lock"));
    addAll(lock, *m_registry,
        { ActionId::Acquire, ActionId::ForceRelease, ActionId::Look, ActionId::Why, ActionId::ShowValue,
            ActionId::ShowHolder });
    lock->addSeparator();
    lock->addActions(m_copyMenu->actions());

    QMenu* table = menuBar()->addMenu(tr("&Table"));
    addAll(table, *m_registry, { ActionId::Filter, ActionId::FocusTable });
    table->addSeparator();
    QMenu* columns = m_view->columnMenu();
    columns->setTitle(tr("&Columns shown"));
    table->addMenu(columns);
    QMenu* order = m_view->sortMenu();
    order->setTitle(tr("&Sort by"));
    table->addMenu(order);
    table->addMenu(m_viewsMenu);

    QMenu* view = menuBar()->addMenu(tr("&View"));
    addAll(view, *m_registry, { ActionId::PauseTable, ActionId::ShowEnded, ActionId::ReduceMotion });
    view->addSeparator();
    addAll(view, *m_registry,
        { ActionId::ShowDetails, ActionId::ShowActivity, ActionId::ShowGroups, ActionId::ShowHoldings,
            ActionId::ShowServer, ActionId::ShowDoctor, ActionId::ShowStressLab, ActionId::PauseActivity,
            ActionId::SelectedActivity });
    view->addSeparator();
    addAll(view, *m_registry, { ActionId::ThemeSystem, ActionId::ThemeLight, ActionId::ThemeDark });
    view->addSeparator();
    view->addAction(m_registry->action(ActionId::FullScreen));
    view->addMenu(makeWindowMenu());

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    addAll(help, *m_registry, { ActionId::Shortcuts, ActionId::About });
}

void MainWindow::buildToolBar()
{
    QToolBar* bar = addToolBar(tr("Actions"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setMovable(false);
    bar->setIconSize({ toolIconSize, toolIconSize });
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    addAll(bar, *m_registry, { ActionId::Acquire, ActionId::ForceRelease });
    bar->addSeparator();
    addAll(bar, *m_registry, { ActionId::PauseTable, ActionId::Refresh, ActionId::ChooseColumns });
    bar->addSeparator();
    bar->addAction(m_registry->action(ActionId::ShowStressLab));
    auto* filler = new QWidget(bar);
    filler->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(filler);
    auto* theme = new QToolButton(bar);
    theme->setText(tr("Theme"));
    theme->setIcon(m_registry->action(ActionId::ThemeSystem)->icon());
    theme->setToolTip(tr("Light, dark, or as the desktop says"));
    theme->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    theme->setPopupMode(QToolButton::InstantPopup);
    auto* themes = new QMenu(theme);
    addAll(themes, *m_registry, { ActionId::ThemeSystem, ActionId::ThemeLight, ActionId::ThemeDark });
    theme->setMenu(themes);
    bar->addWidget(theme);
    bar->addAction(m_registry->action(ActionId::Connect));
}

// A toolbar row of its own, so that the strips have the whole width of the window, docks or not.
void MainWindow::buildStrips()
{
    auto* strips = new QWidget(this);
    m_connection = new ConnectionStrip(m_registry->action(ActionId::EnableNotifications), strips);
    m_completeness = new CompletenessStrip(SystemClock::instance(), strips);
    auto* layout = new QVBoxLayout(strips);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_armStrip);
    layout->addWidget(m_connection);
    layout->addWidget(m_completeness);
    strips->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    addToolBarBreak();
    QToolBar* bar = addToolBar(tr("Connection"));
    bar->setObjectName(QStringLiteral("connectionBar"));
    bar->setMovable(false);
    // Always on screen: how complete the list is must not be hidden by a click.
    bar->toggleViewAction()->setEnabled(false);
    bar->addWidget(strips);
}

void MainWindow::buildLockMenu()
{
    m_copyMenu = new QMenu(tr("&Copy as"), this);
    addAll(m_copyMenu, *m_registry,
        { ActionId::CopyKey, ActionId::CopyToken, ActionId::CopyJson, ActionId::CopyRedisCli });
    m_lockMenu = new QMenu(this);
    addAll(m_lockMenu, *m_registry,
        { ActionId::ForceRelease, ActionId::Acquire, ActionId::Look, ActionId::Why, ActionId::ShowValue,
            ActionId::ShowHolder });
    m_lockMenu->addSeparator();
    m_lockMenu->addMenu(m_copyMenu);
}

void MainWindow::buildThemeActions()
{
    auto* group = new QActionGroup(this);
    for (const ThemeMode mode : { ThemeMode::System, ThemeMode::Light, ThemeMode::Dark }) {
        QAction* action = m_registry->action(ActionId(int(ActionId::ThemeSystem) + int(mode)));
        group->addAction(action);
        action->setChecked(mode == appliedTheme());
        connect(action, &QAction::triggered, this, [this, mode] { setTheme(int(mode)); });
    }
}

void MainWindow::setTheme(int mode)
{
    m_settings.setThemeMode(ThemeMode(mode));
    applyTheme(ThemeMode(mode));
}

void MainWindow::wireActions()
{
    const auto on
        = [this](ActionId id, auto slot) { connect(m_registry->action(id), &QAction::triggered, this, slot); };
    on(ActionId::Connect, &MainWindow::openConnect);
    on(ActionId::FindLocks, &MainWindow::openFindLocks);
    on(ActionId::LockFamilies, &MainWindow::openFamilies);
    on(ActionId::Acquire, &MainWindow::openAcquire);
    on(ActionId::ForceRelease, &MainWindow::openForceRelease);
    on(ActionId::Quit, [] { QApplication::closeAllWindows(); });
    on(ActionId::Refresh, [this] {
        if (m_deployment)
            m_deployment->refresh();
    });
    on(ActionId::Look, [this] { m_details->look(); });
    on(ActionId::Why, [this] {
        m_detailsDock->show();
        m_details->look();
        m_details->showExplanation();
    });
    on(ActionId::Filter, [this] { m_filterBar->focusSearch(); });
    on(ActionId::FocusTable, [this] { m_view->setFocus(Qt::ShortcutFocusReason); });
    on(ActionId::ChooseColumns,
        [this] { m_view->columnMenu()->popup(m_view->mapToGlobal(QPoint(0, m_view->height() / 8))); });
    on(ActionId::FullScreen, [this](bool full) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, full)); });
    on(ActionId::Shortcuts, [this] { showShortcuts(*m_registry, this); });
    on(ActionId::About, [this] { showAbout(this); });
    wireConnections();
    wireCopyActions();
    wireToggles();
}

void MainWindow::wireCopyActions()
{
    // What is copied is the shown lock: it is on screen, tokens included, even where the row has just gone.
    const auto copy = [this](ActionId id, auto text) {
        connect(m_registry->action(id), &QAction::triggered, this, [this, text] {
            if (const std::optional<LockRecord>& record = m_details->lock())
                text(*record);
        });
    };
    copy(ActionId::CopyKey, [this](const LockRecord& record) {
        if (m_view->selectedLocks().size() > 1)
            m_view->copyKeys();
        else
            copyBytes(record.key);
    });
    copy(ActionId::CopyToken, [](const LockRecord& record) { copyBytes(record.token); });
    copy(ActionId::CopyJson,
        [this](const LockRecord& record) { copyText(lockJsonText(record, m_status, SystemClock::instance())); });
    copy(ActionId::CopyRedisCli, [this](const LockRecord& record) { copyText(lockRedisCliText(record, m_status)); });
}

void MainWindow::wireToggles()
{
    const auto bind = [this](ActionId id, QDockWidget* dock) {
        QAction* action = m_registry->action(id);
        action->setChecked(true);
        connect(action, &QAction::toggled, dock, &QWidget::setVisible);
        // A hidden window hides its docks, too; that is not the operator's wish.
        connect(dock->toggleViewAction(), &QAction::toggled, action, &QAction::setChecked);
    };
    bind(ActionId::ShowDetails, m_detailsDock);
    bind(ActionId::ShowActivity, m_activityDock);
    bind(ActionId::ShowGroups, m_groupsDock);
    bind(ActionId::ShowHoldings, m_holdingsDock);
    QAction* pause = m_registry->action(ActionId::PauseTable);
    connect(pause, &QAction::toggled, m_view, &LockTableView::setPaused);
    connect(m_view, &LockTableView::pausedChanged, pause, &QAction::setChecked);
    connect(m_view, &LockTableView::pausedChanged, this, &MainWindow::showPause);
}

} // namespace lockscope
