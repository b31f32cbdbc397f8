// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "common/environmentstrip.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "common/windowframe.h"
#include "connections/connectdialog.h"
#include "connections/connectionopener.h"
#include "connections/connectionsdialog.h"
#include "connections/passwordwait.h"
#include "connections/secretstore.h"

#include <QApplication>
#include <QBoxLayout>
#include <QChildEvent>
#include <QDialog>
#include <QMenu>

// Which server the window watches, and further windows.

namespace lockscope {

void MainWindow::setConnections(const ConnectionBookFile& book, SecretStore& secrets)
{
    m_book = &book;
    m_secrets = &secrets;
    m_registry->action(ActionId::Connections)->setEnabled(true);
    m_registry->action(ActionId::NewWindow)->setEnabled(true);
}

void MainWindow::openConnections()
{
    if (!m_book)
        return;
    if (m_connectionsDialog) {
        m_connectionsDialog->raise();
        m_connectionsDialog->activateWindow();
        return;
    }
    m_connectionsDialog = new ConnectionsDialog(*m_book, *m_secrets, this);
    m_connectionsDialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_connectionsDialog, &ConnectionsDialog::chosen, this,
        [this](const ConnectionChoice& choice, const QString& note) {
            afterHeldLocks([this, choice, note] { connectNoted(choice, note); });
        });
    connect(m_connectionsDialog, &ConnectionsDialog::chosenForNewWindow, this, &MainWindow::newWindowRequested);
    connect(m_connectionsDialog, &ConnectionsDialog::otherRequested, this, [this] {
        m_connectionsDialog->accept();
        openConnect();
    });
    m_connectionsDialog->show();
}

void MainWindow::connectSaved(const SavedConnection& connection)
{
    auto* wait = new PasswordWait(m_notice, this);
    wait->begin(connection.passwordSource);
    openSaved(connection, *m_secrets, this, [this, wait](const OpenedConnection& opened) {
        wait->end();
        wait->deleteLater();
        connectNoted(opened.choice, opened.note);
    });
}

void MainWindow::connectNoted(const ConnectionChoice& choice, const QString& note)
{
    ConnectionChoice wanted = choice;
    wanted.listen = m_settings.listenChoice();
    connectTo(wanted);
    if (!note.isEmpty())
        m_notice->showMessage(Tone::Warning, tr("The password of this connection could not be had."), note);
}

void MainWindow::openConnect()
{
    afterHeldLocks([this] {
        auto* dialog = new ConnectDialog(m_settings.recentUris(), m_choice, m_options.alwaysReadOnly, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setEnvironments([this](const ConnectionSpec& spec) { return m_settings.environmentOf(spec); });
        connect(dialog, &ConnectDialog::chosen, this, [this](const ConnectionChoice& choice) {
            m_settings.setListenChoice(choice.listen);
            connectTo(choice);
        });
        dialog->open();
    });
}

void MainWindow::wireConnections()
{
    QAction* connections = m_registry->action(ActionId::Connections);
    QAction* newWindow = m_registry->action(ActionId::NewWindow);
    connections->setEnabled(false);
    newWindow->setEnabled(false);
    connect(connections, &QAction::triggered, this, &MainWindow::openConnections);
    connect(newWindow, &QAction::triggered, this, [this] { Q_EMIT newWindowRequested(std::nullopt, QString()); });
}

// A dialog of this window acts where the window acts, so it says so, too: whatever dialog is added one day.
void MainWindow::childEvent(QChildEvent* event)
{
    QMainWindow::childEvent(event);
    if (!event->polished() || m_choice.environment == Environment::Unspecified)
        return;
    if (auto* dialog = qobject_cast<QDialog*>(event->child()))
        frameDialog(dialog);
}

void MainWindow::frameDialog(QDialog* dialog) const
{
    // These are about another server.
    if (qobject_cast<ConnectDialog*>(dialog) || qobject_cast<ConnectionsDialog*>(dialog))
        return;
    auto* frame = dialog->findChild<WindowFrame*>(QString(), Qt::FindDirectChildrenOnly);
    if (!frame)
        frame = new WindowFrame(dialog);
    frame->setEnvironment(m_choice.environment);
    auto* strip = dialog->findChild<EnvironmentStrip*>();
    auto* layout = qobject_cast<QVBoxLayout*>(dialog->layout());
    if (!strip && layout) {
        strip = new EnvironmentStrip(dialog);
        layout->insertWidget(0, strip);
    }
    if (strip)
        strip->setEnvironment(m_choice.environment, strip->detail());
}

void MainWindow::frameDialogs() const
{
    for (QDialog* dialog : findChildren<QDialog*>(Qt::FindDirectChildrenOnly)) {
        if (dialog->isVisible())
            frameDialog(dialog);
    }
}

QMenu* MainWindow::makeWindowMenu()
{
    auto* menu = new QMenu(tr("&Windows"), this);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (QWidget* widget : QApplication::topLevelWidgets()) {
            auto* window = qobject_cast<MainWindow*>(widget);
            if (!window)
                continue;
            QAction* action = menu->addAction(window->windowTitle().replace(QLatin1Char('&'), QStringLiteral("&&")));
            action->setCheckable(true);
            action->setChecked(window == this);
            connect(action, &QAction::triggered, window, [window] {
                window->raise();
                window->activateWindow();
            });
        }
    });
    return menu;
}

} // namespace lockscope
