// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/messagestrip.h"
#include "deployment/deployment.h"
#include "deployment/familyfilewatcher.h"
#include "families/familiesdialog.h"
#include "mainwindow/mainwindow.h"

namespace lockscope {

namespace {

constexpr qsizetype mostFaults = 3;

} // namespace

void MainWindow::setFamilyFile(FamilyFileWatcher& file)
{
    m_familyFile = &file;
    m_registry->action(ActionId::LockFamilies)->setEnabled(true);
    connect(&file, &FamilyFileWatcher::installed, this, [this] {
        if (m_deployment)
            m_deployment->useNewFamilies();
    });
    connect(&file, &FamilyFileWatcher::loaded, this, &MainWindow::showFamilyFaults);
    showFamilyFaults();
}

void MainWindow::showFamilyFaults()
{
    if (m_familyFile->isGood()) {
        if (std::exchange(m_familyNotice, false))
            m_notice->clear();
        return;
    }
    QStringList faults = m_familyFile->faultTexts();
    const qsizetype more = faults.size() - mostFaults;
    faults = faults.mid(0, mostFaults);
    if (more > 0)
        faults += tr("and %Ln more", nullptr, int(more));
    m_familyNotice = true;
    m_notice->showMessage(Tone::Warning,
        m_familyFile->families() > 0 ? tr("Your families file has faults; what it declared before stays in use.")
                                     : tr("Your families file has faults and is not in use."),
        faults.join(QLatin1Char('\n')));
}

void MainWindow::openFamilies()
{
    if (!m_familyFile)
        return;
    if (!m_familiesDialog) {
        m_familiesDialog = new FamiliesDialog(*m_familyFile, m_deployment.get(), this);
        m_familiesDialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_familiesDialog->show();
    m_familiesDialog->raise();
    m_familiesDialog->activateWindow();
}

} // namespace lockscope
