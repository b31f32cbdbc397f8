// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "audit/auditwindow.h"
#include "base/bytetext.h"
#include "common/messagestrip.h"
#include "common/settings.h"
#include "common/windowframe.h"
#include "connections/armstrip.h"
#include "deployment/deployment.h"
#include "operations/armdialog.h"
#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"

#include <QPushButton>

// What keeps production safe, and what tells afterwards who did what.

namespace lockscope {

namespace {

constexpr int maximumUndoKey = 80;

} // namespace

void MainWindow::buildSafety()
{
    m_windowFrame = new WindowFrame(this);
    m_armStrip = new ArmStrip(m_registry->action(ActionId::ArmWrites), SystemClock::instance(), this);
    connect(m_armStrip, &ArmStrip::disarmRequested, this, [this] {
        if (m_deployment)
            m_deployment->disarm();
    });
    connect(m_armStrip, &ArmStrip::expired, this, [this] {
        m_status.readOnly = m_deployment && m_deployment->isReadOnly();
        applyStatus(m_status);
    });
    connect(m_registry->action(ActionId::ArmWrites), &QAction::triggered, this, &MainWindow::openArm);
    connect(m_registry->action(ActionId::ShowAudit), &QAction::triggered, this, &MainWindow::openAudit);
    QPushButton* restore = m_undo->addButton(tr("&Restore…"));
    connect(restore, &QPushButton::clicked, this, [this] {
        openAudit();
        m_auditWindow->restoreEntry(m_undoId);
    });
    connect(m_forceRelease, &ForceReleaseController::finished, this, &MainWindow::offerUndo);
}

void MainWindow::showWriteAccess()
{
    const WriteAccess access
        = m_deployment ? m_deployment->writeAccess() : WriteAccess { m_choice.environment, m_choice.readOnly, {} };
    m_armStrip->setAccess(access);
    m_windowFrame->setEnvironment(access.environment);
    frameDialogs();
    m_registry->action(ActionId::ArmWrites)
        ->setEnabled(m_deployment && access.needsArming() && !access.isArmed(SystemClock::instance().now()));
}

void MainWindow::openArm()
{
    if (!m_deployment || !m_deployment->writeAccess().needsArming())
        return;
    if (!m_armDialog) {
        m_armDialog = new ArmDialog(m_deployment.get(), this);
        m_armDialog->setAttribute(Qt::WA_DeleteOnClose);
        m_armDialog->setModal(true);
    }
    m_armDialog->show();
    m_armDialog->raise();
}

AuditWindow* MainWindow::auditWindow() const { return m_auditWindow; }

void MainWindow::openAudit()
{
    if (!m_auditWindow) {
        m_auditWindow = new AuditWindow(m_options.auditFile, m_settings, this);
        m_auditWindow->setAttribute(Qt::WA_DeleteOnClose);
        m_auditWindow->setDeployment(m_deployment.get());
    } else {
        m_auditWindow->reload();
    }
    m_auditWindow->show();
    m_auditWindow->raise();
    m_auditWindow->activateWindow();
}

void MainWindow::offerUndo(const QList<ForceReleaseResult>& results)
{
    qsizetype count = 0;
    for (const ForceReleaseResult& result : results) {
        if (!result.canRestore)
            continue;
        m_undoId = result.auditId;
        ++count;
    }
    if (count == 0)
        return;
    const QString what
        = count == 1 ? displayText(results.first().target.key, maximumUndoKey) : tr("%Ln locks", nullptr, int(count));
    m_undo->showMessage(Tone::Info, tr("Force-released: %1.").arg(what),
        tr("It can be put back from the audit log while its key is free and its lease would still run."));
    if (m_auditWindow)
        m_auditWindow->reload();
}

} // namespace lockscope
