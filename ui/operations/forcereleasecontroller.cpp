// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/forcereleasecontroller.h"

#include "base/bytetext.h"
#include "deployment/pacedrelease.h"
#include "deployment/safetysettings.h"
#include "operations/forcereleasedialog.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr int maximumKeyCharacters = 80;
constexpr qsizetype maximumKeys = 5;
constexpr qsizetype mostWeighed = 10;

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
    m_taken.clear();
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
    ForceReleaseDialog::Options options;
    options.selectedCount = locks.size();
    options.maximum = SafetySettings::read().maximumLocksPerAct;
    options.environment = m_deployment->writeAccess().environment;
    m_dialog = new ForceReleaseDialog(locks, options, m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialog->setModal(true);
    m_dialog->setTakenOver(m_taken);
    connect(m_dialog, &ForceReleaseDialog::lookRequested, this, &ForceReleaseController::look);
    connect(m_dialog, &ForceReleaseDialog::confirmed, this, &ForceReleaseController::send);
    connect(m_dialog, &ForceReleaseDialog::handBackRequested, this, &ForceReleaseController::handBack);
    connect(m_dialog, &ForceReleaseDialog::stopRequested, this, [this] {
        if (m_release)
            m_release->stop();
    });
    m_dialog->show();
    for (qsizetype i = 0; m_dialog && i < m_dialog->review().count(); ++i)
        look(i);
}

void ForceReleaseController::look(qsizetype index)
{
    if (!m_deployment || !m_dialog)
        return;
    ForceReleaseDialog* dialog = m_dialog;
    const LockRecord& seen = dialog->review().at(index).seen;
    const InspectRequest request { seen.key, { seen.database, {} } };
    // All that can be known of a lock costs dozens of commands.
    if (dialog->review().count() <= mostWeighed)
        onFinished(m_deployment->weigh(request), dialog,
            [dialog, index](const Result<ReleaseImpact>& impact) { dialog->setImpact(index, impact); });
    else
        onFinished(m_deployment->inspect(request), dialog,
            [dialog, index](const Result<LockInspection>& inspection) { dialog->setLook(index, inspection); });
}

void ForceReleaseController::send(const ForceReleaseRequest& request, double perSecond)
{
    const QPointer<ForceReleaseDialog> dialog = m_dialog;
    if (!m_deployment) {
        if (dialog)
            dialog->setFailure(makeError(ErrorKind::Cancelled));
        return;
    }
    m_lastRequest = request;
    auto* release = new PacedRelease(*m_deployment, request, perSecond, this);
    m_release = release;
    connect(release, &PacedRelease::progressed, this, [release, dialog] {
        if (dialog && release->isRunning())
            dialog->setProgress(release->results(), release->total());
    });
    connect(release, &PacedRelease::finished, this, [this, release, dialog] {
        release->deleteLater();
        onFinishedRelease(release, dialog);
    });
    release->start();
}

void ForceReleaseController::onFinishedRelease(PacedRelease* release, const QPointer<ForceReleaseDialog>& dialog)
{
    const QList<ForceReleaseResult>& results = release->results();
    const bool acted = std::any_of(results.begin(), results.end(), [](const ForceReleaseResult& result) {
        return result.outcome == ReleaseOutcome::Released || result.outcome == ReleaseOutcome::Done;
    });
    const bool failedWholly = release->failure() && !acted;
    if (!failedWholly) {
        rememberTakenOver(results);
        Q_EMIT finished(results);
    }
    const bool attended = dialog && dialog->isVisible();
    if (attended && failedWholly)
        dialog->setFailure(*release->failure());
    else if (attended)
        dialog->setResults(results);
    else if (failedWholly)
        Q_EMIT failedUnattended(*release->failure(), keysText(m_lastRequest));
    else
        Q_EMIT finishedUnattended(results);
    if (!failedWholly)
        follow(results, dialog);
}

void ForceReleaseController::rememberTakenOver(const QList<ForceReleaseResult>& results)
{
    for (const ForceReleaseResult& result : results) {
        if (result.outcome != ReleaseOutcome::Done)
            continue;
        if (result.target.act == LockAct::TakeOver)
            m_taken.insert(result.target.key, { result.target.newToken, result.token, result.oldTtlMs });
        else if (result.target.act == LockAct::HandBack)
            m_taken.remove(result.target.key);
    }
}

// Also where nobody looks any more: the audit log keeps what was seen.
void ForceReleaseController::follow(
    const QList<ForceReleaseResult>& results, const QPointer<ForceReleaseDialog>& dialog)
{
    FollowRequest request;
    request.window = m_followWindow;
    request.since = SystemClock::instance().now();
    for (const ForceReleaseResult& result : results) {
        if (result.outcome != ReleaseOutcome::Released)
            continue;
        FollowRequest::Lock lock { result.target.key, result.token, {}, result.auditId, result.target.place };
        for (qsizetype i = 0; dialog && i < dialog->review().count(); ++i) {
            const ReleaseCandidate& candidate = dialog->review().at(i);
            for (const LockHolder& holder : candidate.found.holders) {
                if (candidate.seen.key == lock.key && holder.token != lock.released)
                    lock.others.append(holder.token);
            }
        }
        request.locks.append(lock);
    }
    if (request.locks.isEmpty() || !m_deployment || m_followWindow.count() == 0)
        return;
    if (dialog)
        dialog->setFollowing(m_followWindow);
    onFinished(m_deployment->follow(request), this, [dialog](const Result<QList<NextHolder>>& next) {
        if (dialog)
            dialog->setNext(next ? *next : QList<NextHolder>());
    });
}

void ForceReleaseController::handBack()
{
    const QPointer<ForceReleaseDialog> dialog = m_dialog;
    if (!dialog || !m_deployment)
        return;
    ForceReleaseRequest request;
    request.reason = m_lastRequest.reason;
    request.ticket = m_lastRequest.ticket;
    for (const ForceReleaseResult& result : dialog->review().results()) {
        const auto taken = m_taken.constFind(result.target.key);
        if (taken == m_taken.cend())
            continue;
        ForceReleaseTarget target = result.target;
        target.act = LockAct::HandBack;
        target.expectedToken = taken->operatorToken;
        target.newToken = taken->oldToken;
        target.ttlMs = taken->oldTtlMs;
        request.targets.append(target);
    }
    onFinished(m_deployment->forceRelease(request), this,
        [this, dialog, locks = keysText(request)](const Result<QList<ForceReleaseResult>>& results) {
            if (results)
                rememberTakenOver(*results);
            if (dialog && results)
                dialog->setHandedBack(*results);
            else if (!results)
                Q_EMIT failedUnattended(results.error(), locks);
            else
                Q_EMIT finishedUnattended(*results);
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
