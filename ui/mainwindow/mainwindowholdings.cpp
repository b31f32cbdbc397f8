// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "common/messagestrip.h"
#include "locktable/locktablemodel.h"
#include "operations/heldlocks.h"
#include "operations/heldlocksquestion.h"
#include "operations/holdingspanel.h"

#include <QDockWidget>

// The locks that the operator holds: in the table, in their own panel, when one is lost, and before the window closes.

namespace lockscope {

namespace {

constexpr int noticeKeyLimit = 120;

} // namespace

void MainWindow::buildHoldings()
{
    m_holdings = new HoldingsPanel(m_heldLocks, this);
    m_holdingsDock = new QDockWidget(tr("My locks"), this);
    m_holdingsDock->setObjectName(QStringLiteral("holdingsDock"));
    m_holdingsDock->setWidget(m_holdings);
    addDockWidget(Qt::RightDockWidgetArea, m_holdingsDock);
    tabifyDockWidget(m_detailsDock, m_holdingsDock);
    m_holdingsDock->hide();
    connect(m_heldLocks, &HeldLocks::heldChanged, this, [this] { m_model->setOwnTokens(m_heldLocks->heldTokens()); });
    connect(m_heldLocks, &HeldLocks::lost, this, &MainWindow::showLoss);
    connect(m_heldLocks, &HeldLocks::changed, this, [this, last = quint64(0)](quint64 id) mutable {
        // Once for each that was taken: what is held must not be out of sight.
        if (id <= last)
            return;
        last = id;
        m_holdingsDock->show();
        m_holdingsDock->raise();
    });
}

void MainWindow::showLoss(quint64 id)
{
    const HeldLock* lock = m_heldLocks->find(id);
    if (!lock)
        return;
    const Error why = lock->error.value_or(makeError(ErrorKind::Expired));
    m_notice->showMessage(Tone::Danger,
        tr("You have lost the lock %1: %2").arg(displayText(lock->grant.key, noticeKeyLimit), errorMessage(why)),
        tr("Somebody else may hold it by now. Stop what you were doing under it."));
    m_holdingsDock->show();
    m_holdingsDock->raise();
    m_holdings->select(id);
}

void MainWindow::afterHeldLocks(std::function<void()> goOn)
{
    if (m_heldLocks->heldCount() == 0) {
        goOn();
        return;
    }
    if (m_heldLocksQuestion) {
        m_heldLocksQuestion->raise();
        m_heldLocksQuestion->activateWindow();
        return;
    }
    m_heldLocksQuestion = new HeldLocksQuestion(m_heldLocks, this);
    m_heldLocksQuestion->setAttribute(Qt::WA_DeleteOnClose);
    // From the event loop: whatever goes on may end this window.
    connect(m_heldLocksQuestion, &QDialog::accepted, this, std::move(goOn), Qt::QueuedConnection);
    m_heldLocksQuestion->open();
}

} // namespace lockscope
