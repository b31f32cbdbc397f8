// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/forcereleasecontroller.h"

#include "base/bytetext.h"
#include "operations/forcereleasedialog.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr int maximumKeyCharacters = 80;
constexpr qsizetype maximumKeys = 5;

QString keysText(const ForceReleaseRequest& request)
{
    QStringList keys;
    for (const ForceReleaseTarget& target : request.targets.first(std::min(request.targets.size(), maximumKeys)))
        keys.append(displayText(target.key, maximumKeyCharacters));
    if (request.targets.size() > maximumKeys)
        keys.append(QStringLiteral("…"));
    return keys.join(QStringLiteral(", "));
}

} // namespace

ForceReleaseController::ForceReleaseController(QWidget* window)
    : QObject(window)
    , m_window(window)
{
    updateRefusal();
}

void ForceReleaseController::setDeployment(Deployment* deployment)
{
    if (m_dialog)
        m_dialog->reject();
    m_deployment = deployment;
    m_link = LinkState::Closed;
    updateRefusal();
}

void ForceReleaseController::setStatus(const WatchStatus& status)
{
    m_link = status.link;
    updateRefusal();
}

QString ForceReleaseController::refusal() const
{
    if (!m_deployment)
        return tr("Not connected");
    if (m_deployment->isReadOnly() && m_deployment->writeAccess().needsArming())
        return tr("Production: arm the writes first");
    if (m_deployment->isReadOnly())
        return tr("This connection is read-only: nothing that writes is sent");
    if (m_link != LinkState::Ready)
        return tr("No connection to the server at the moment");
    return {};
}

void ForceReleaseController::open(const QList<LockRecord>& locks)
{
    if (locks.isEmpty() || !refusal().isEmpty())
        return;
    // A dialog that was just closed may not be deleted yet.
    if (m_dialog && m_dialog->isVisible()) {
        m_dialog->raise();
        m_dialog->activateWindow();
        return;
    }
    m_dialog = new ForceReleaseDialog(locks, locks.size(), m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialog->setModal(true);
    connect(m_dialog, &ForceReleaseDialog::lookRequested, this, &ForceReleaseController::look);
    connect(m_dialog, &ForceReleaseDialog::confirmed, this, &ForceReleaseController::send);
    m_dialog->show();
    for (qsizetype i = 0; m_dialog && i < m_dialog->review().count(); ++i)
        look(i);
}

void ForceReleaseController::look(qsizetype index)
{
    if (!m_deployment || !m_dialog)
        return;
    ForceReleaseDialog* dialog = m_dialog;
    onFinished(m_deployment->inspect(dialog->review().at(index).seen.key), dialog,
        [dialog, index](const Result<LockInspection>& inspection) { dialog->setLook(index, inspection); });
}

void ForceReleaseController::send(const ForceReleaseRequest& request)
{
    const QPointer<ForceReleaseDialog> dialog = m_dialog;
    if (!m_deployment) {
        if (dialog)
            dialog->setFailure(makeError(ErrorKind::Cancelled));
        return;
    }
    onFinished(m_deployment->forceRelease(request), this,
        [this, dialog, locks = keysText(request)](const Result<QList<ForceReleaseResult>>& results) {
            if (results)
                Q_EMIT finished(*results);
            const bool attended = dialog && dialog->isVisible();
            if (attended && results)
                dialog->setResults(*results);
            else if (attended)
                dialog->setFailure(results.error());
            else if (results)
                Q_EMIT finishedUnattended(*results);
            else
                Q_EMIT failedUnattended(results.error(), locks);
        });
}

void ForceReleaseController::updateRefusal()
{
    const QString now = refusal();
    if (m_dialog)
        m_dialog->setRefusal(now);
    if (now == m_refusal)
        return;
    m_refusal = now;
    Q_EMIT refusalChanged(now);
}

} // namespace lockscope
