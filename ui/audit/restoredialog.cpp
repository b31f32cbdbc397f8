// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/restoredialog.h"

#include "audit/auditlabels.h"
#include "base/bytetext.h"
#include "base/errortext.h"
#include "common/environmentstrip.h"
#include "common/icons.h"
#include "common/locktext.h"
#include "common/messagestrip.h"
#include "deployment/deployment.h"

#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int dialogWidth = 600;

QLabel* factLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

RestoreDialog::RestoreDialog(Deployment* deployment, const AuditEntry& entry, QWidget* parent)
    : QDialog(parent)
    , m_deployment(deployment)
    , m_auditId(entry.id)
    , m_strip(new EnvironmentStrip(this))
    , m_message(new MessageStrip(this))
    , m_reason(new QLineEdit(this))
    , m_missing(new QLabel(this))
    , m_restore(new QPushButton(themedIcon(QStringLiteral("restore")), tr("&Restore"), this))
    , m_close(new QPushButton(tr("&Cancel"), this))
{
    build(entry);
    connect(m_reason, &QLineEdit::textChanged, this, &RestoreDialog::updateButtons);
    connect(m_restore, &QPushButton::clicked, this, &RestoreDialog::restore);
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(deployment, &Deployment::writeAccessChanged, this, &RestoreDialog::updateButtons);
    look();
}

void RestoreDialog::build(const AuditEntry& entry)
{
    setWindowTitle(tr("Restore a lock"));
    setMinimumWidth(dialogWidth);
    m_strip->setEnvironment(m_deployment->writeAccess().environment, m_deployment->title());
    auto* explanation = new QLabel(tr("Puts the key back with its old value and what is left of its TTL, only while "
                                      "nobody has the key. Its holder is not told; it may have given up meanwhile."),
        this);
    explanation->setWordWrap(true);
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setPlaceholderText(tr("why it comes back, for the audit log"));
    m_restore->setAutoDefault(false);
    m_close->setDefault(true);
    auto* form = new QFormLayout;
    form->addRow(tr("Key:"), factLabel(displayText(entry.key), this));
    form->addRow(tr("Token:"),
        factLabel(entry.outcomeFingerprint.isEmpty() ? entry.tokenFingerprint : entry.outcomeFingerprint, this));
    form->addRow(tr("Ended:"),
        factLabel(
            tr("%1 by %2: %3")
                .arg(wallTimeText(entry.atMs), displayText(entry.osUser.toUtf8()), displayText(entry.reason.toUtf8())),
            this));
    form->addRow(tr("Server:"),
        factLabel(QStringLiteral("%1, db %2").arg(displayText(entry.server.toUtf8())).arg(entry.database), this));
    form->addRow(tr("&Reason (required):"), m_reason);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(m_restore);
    buttons->addWidget(m_close);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_strip);
    layout->addWidget(explanation);
    layout->addLayout(form);
    layout->addWidget(m_message);
    layout->addStretch();
    layout->addLayout(buttons);
    m_reason->setFocus();
}

void RestoreDialog::keyPressEvent(QKeyEvent* event)
{
    // Enter neither confirms nor throws the text away, unless a button has the focus.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !qobject_cast<QPushButton*>(focusWidget()))
        return;
    QDialog::keyPressEvent(event);
}

RestoreRequest RestoreDialog::request(bool planOnly) const
{
    return { m_auditId, m_reason->text().trimmed(), false, planOnly };
}

void RestoreDialog::look()
{
    m_busy = true;
    updateButtons();
    onFinished(
        m_deployment->restore(request(true)), this, [this](const Result<RestoreResult>& plan) { showPlan(plan); });
}

void RestoreDialog::showPlan(const Result<RestoreResult>& plan)
{
    m_busy = false;
    m_possible = plan && plan->outcome == RestoreOutcome::Possible;
    if (!plan)
        m_message->showError(plan.error());
    else
        m_message->showMessage(m_possible ? Tone::Info : Tone::Warning, restoreOutcomeText(*plan));
    updateButtons();
}

void RestoreDialog::restore()
{
    if (!m_deployment || m_busy || !m_possible)
        return;
    m_busy = true;
    updateButtons();
    onFinished(m_deployment->restore(request(false)), this,
        [this](const Result<RestoreResult>& result) { showResult(result); });
}

void RestoreDialog::showResult(const Result<RestoreResult>& result)
{
    m_busy = false;
    m_finished = result.has_value();
    if (!result) {
        m_message->showError(result.error());
    } else {
        const bool well = result->outcome == RestoreOutcome::Restored;
        m_message->showMessage(well ? Tone::Positive : Tone::Warning, restoreOutcomeText(*result),
            result->error ? errorMessage(*result->error) : QString());
        Q_EMIT restored();
    }
    updateButtons();
}

void RestoreDialog::updateButtons()
{
    const bool refused = !m_deployment || m_deployment->isReadOnly();
    const bool reasoned = !m_reason->text().trimmed().isEmpty();
    // While it only looks, the operator may type: taking the focus away would leave it on a button.
    m_reason->setEnabled(!m_finished && !(m_busy && m_possible));
    m_restore->setVisible(!m_finished);
    m_restore->setEnabled(!m_busy && !m_finished && m_possible && !refused && reasoned);
    QString missing;
    if (m_busy)
        missing = tr("Waiting for the server's answer");
    else if (refused && m_deployment && m_deployment->writeAccess().needsArming())
        missing = tr("Production: arm the writes first");
    else if (refused)
        missing = tr("This connection is read-only");
    else if (m_possible && !reasoned)
        missing = tr("A reason is required");
    m_missing->setText(m_finished ? QString() : missing);
    m_close->setText(m_finished ? tr("&Close") : tr("&Cancel"));
}

} // namespace lockscope
