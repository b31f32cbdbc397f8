// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/armdialog.h"

#include "common/environmentstrip.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "deployment/deployment.h"

#include <QComboBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {
constexpr int dialogWidth = 520;
constexpr int minuteMs = 60'000;
} // namespace

ArmDialog::ArmDialog(Deployment* deployment, QWidget* parent)
    : QDialog(parent)
    , m_deployment(deployment)
    , m_reason(new QLineEdit(this))
    , m_duration(new QComboBox(this))
    , m_message(new MessageStrip(this))
    , m_arm(new QPushButton(themedIcon(QStringLiteral("arm")), tr("&Arm writes"), this))
    , m_cancel(new QPushButton(tr("&Cancel"), this))
{
    build();
    connect(m_reason, &QLineEdit::textChanged, this, &ArmDialog::updateButtons);
    connect(m_arm, &QPushButton::clicked, this, &ArmDialog::arm);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    updateButtons();
}

void ArmDialog::build()
{
    setWindowTitle(tr("Arm writes"));
    setMinimumWidth(dialogWidth);
    auto* strip = new EnvironmentStrip(this);
    strip->setEnvironment(m_deployment->writeAccess().environment, m_deployment->title());
    auto* explanation = new QLabel(tr("Until the time is over this window can change locks on this server. Each act "
                                      "still asks for itself. The reason goes into the audit log."),
        this);
    explanation->setWordWrap(true);
    m_reason->setPlaceholderText(tr("why: a ticket, an incident, a name"));
    m_reason->setAccessibleName(tr("Reason"));
    for (const int minutes : { 2, 5, 10 })
        m_duration->addItem(tr("%Ln minutes", nullptr, minutes), minutes * minuteMs);
    m_duration->setCurrentIndex(m_duration->count() - 1);
    m_duration->setAccessibleName(tr("Time"));
    m_arm->setAutoDefault(false);
    m_cancel->setDefault(true);
    auto* form = new QFormLayout;
    form->addRow(tr("&Reason (required):"), m_reason);
    form->addRow(tr("&For:"), m_duration);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_arm);
    buttons->addWidget(m_cancel);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(strip);
    layout->addWidget(explanation);
    layout->addLayout(form);
    layout->addWidget(m_message);
    layout->addLayout(buttons);
    m_reason->setFocus();
}

void ArmDialog::keyPressEvent(QKeyEvent* event)
{
    // Enter neither confirms nor throws the text away, unless a button has the focus.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !qobject_cast<QPushButton*>(focusWidget()))
        return;
    QDialog::keyPressEvent(event);
}

void ArmDialog::arm()
{
    if (!m_deployment || m_busy)
        return;
    m_busy = true;
    updateButtons();
    m_message->clear();
    ArmRequest request;
    request.reason = m_reason->text().trimmed();
    request.duration = Milliseconds(m_duration->currentData().toInt());
    onFinished(m_deployment->arm(request), this, [this](const Result<WriteAccess>& armed) {
        m_busy = false;
        updateButtons();
        if (armed)
            accept();
        else
            m_message->showError(armed.error());
    });
}

void ArmDialog::updateButtons()
{
    m_reason->setEnabled(!m_busy);
    m_duration->setEnabled(!m_busy);
    m_arm->setEnabled(m_deployment && !m_busy && !m_reason->text().trimmed().isEmpty());
}

} // namespace lockscope
