// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "deployment/deployment.h"
#include "lockdetails/lockdetailspanel.h"
#include "lockdetails/valueviewer.h"
#include "locktable/locktableview.h"
#include "server/serverpage.h"
#include "stresslab/stresslabwindow.h"
#include "table/lockgroups.h"

#include <algorithm>

// Windows beside the main one, and what leads from one lock to others.

namespace lockscope {

void MainWindow::wirePages()
{
    const auto on
        = [this](ActionId id, auto slot) { connect(m_registry->action(id), &QAction::triggered, this, slot); };
    on(ActionId::ShowServer, &MainWindow::openServer);
    on(ActionId::ShowStressLab, &MainWindow::openStressLab);
    on(ActionId::ShowValue, &MainWindow::openValue);
    on(ActionId::ShowHolder, &MainWindow::showAllOfHolder);
}

void MainWindow::openServer()
{
    if (!m_serverPage) {
        m_serverPage = new ServerPage(m_rates, this);
        m_serverPage->setDeployment(m_deployment.get());
        m_serverPage->setStatus(m_status);
        QAction* again = m_registry->action(ActionId::ShowServer);
        m_serverPage->addAction(again);
    }
    m_serverPage->show();
    m_serverPage->raise();
    m_serverPage->activateWindow();
}

void MainWindow::openStressLab()
{
    if (!m_stressLab) {
        m_stressLab = new StressLabWindow(m_settings, this);
        m_stressLab->addAction(m_registry->action(ActionId::ShowStressLab));
        tellPages();
    }
    m_stressLab->show();
    m_stressLab->raise();
    m_stressLab->activateWindow();
}

// What the other windows know of the connection.
void MainWindow::tellPages()
{
    if (m_serverPage)
        m_serverPage->setDeployment(m_deployment.get());
    if (!m_stressLab)
        return;
    LabConnection connection;
    if (m_deployment) {
        connection.servers = QList<ConnectionSpec> { m_choice.spec } + m_choice.furtherMasters;
        connection.title = m_deployment->title();
    }
    connection.production = m_choice.environment == Environment::Production;
    connection.readOnly = m_choice.readOnly;
    m_stressLab->setConnection(connection);
}

void MainWindow::openValue()
{
    const std::optional<LockRecord>& shown = m_details->lock();
    if (!m_deployment || !shown)
        return;
    auto* viewer = new ValueViewer(m_deployment.get(), shown->key, this, shown->database,
        shown->extras->votes ? QString() : m_status.nodeName(shown->node));
    viewer->setAttribute(Qt::WA_DeleteOnClose);
    viewer->show();
}

void MainWindow::showAllOfHolder()
{
    const std::optional<LockRecord>& shown = m_details->lock();
    if (!shown || !shown->hasToken)
        return;
    LockGroup holder;
    holder.name = shown->extras->owner.isEmpty() ? shown->token : shown->extras->owner.toUtf8();
    filterByGroup(lockGroupWord(holder, LockGrouping::Holder));
}

// The selected lock counts as seen, wherever it is: its details are on screen.
void MainWindow::tellVisibleLocks()
{
    if (!m_deployment)
        return;
    std::vector<LockId> ids = m_view->visibleLocks();
    const std::optional<LockRecord>& shown = m_details->lock();
    if (shown && !m_details->isGone() && std::find(ids.begin(), ids.end(), shown->id) == ids.end())
        ids.insert(ids.begin(), shown->id);
    m_deployment->setVisibleLocks(ids);
}

} // namespace lockscope
