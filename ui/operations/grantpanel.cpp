// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/grantpanel.h"

#include "base/durationtext.h"
#include "common/badge.h"
#include "common/bytesview.h"
#include "common/clipboard.h"
#include "common/icons.h"
#include "common/messagestrip.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

namespace lockscope {

namespace {
constexpr int barSteps = 1000;
constexpr std::chrono::milliseconds tickTime { 100 };
} // namespace

GrantPanel::GrantPanel(Deployment* deployment, QWidget* parent)
    : QWidget(parent)
    , m_deployment(deployment)
    , m_badge(new Badge(this))
    , m_token(new BytesView(this))
    , m_validity(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_copy(new QPushButton(themedIcon(QStringLiteral("copy")), tr("Co&py token"), this))
    , m_extend(new QPushButton(themedIcon(QStringLiteral("extend")), tr("&Extend"), this))
    , m_release(new QPushButton(themedIcon(QStringLiteral("release")), tr("&Release"), this))
    , m_message(new MessageStrip(this))
    , m_timer(new QTimer(this))
{
    build();
    connect(m_copy, &QPushButton::clicked, this, [this] { copyBytes(m_grant.token); });
    connect(m_extend, &QPushButton::clicked, this, &GrantPanel::extend);
    connect(m_release, &QPushButton::clicked, this, &GrantPanel::release);
    connect(m_timer, &QTimer::timeout, this, &GrantPanel::tick);
}

void GrantPanel::build()
{
    m_token->setAccessibleName(tr("Token"));
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(8);
    m_bar->setRange(0, barSteps);
    m_bar->setAccessibleName(tr("Validity left"));
    m_validity->setTextFormat(Qt::PlainText);
    auto* validity = new QVBoxLayout;
    validity->setSpacing(3);
    validity->addWidget(m_validity);
    validity->addWidget(m_bar);
    auto* form = new QFormLayout;
    form->addRow(tr("State:"), m_badge);
    form->addRow(tr("Token:"), m_token);
    form->addRow(tr("Valid for:"), validity);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    for (QPushButton* button : { m_copy, m_extend, m_release }) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(form);
    layout->addLayout(buttons);
    layout->addWidget(m_message);
}

void GrantPanel::setGrant(const AcquireGrant& grant, Milliseconds extension)
{
    m_grant = grant;
    m_extension = extension;
    m_held = true;
    m_message->clear();
    m_badge->setState(Tone::Positive, QStringLiteral("state-held"), tr("Held by you"));
    m_token->setBytes(grant.token);
    m_extend->setText(tr("&Extend by %1").arg(durationText(extension)));
    m_extend->setEnabled(true);
    m_release->setEnabled(true);
    m_timer->start(tickTime);
    tick();
    Q_EMIT heldChanged(true);
}

bool GrantPanel::isHeld() const { return m_held; }

void GrantPanel::release()
{
    if (!m_deployment || !m_held)
        return;
    m_release->setEnabled(false);
    m_extend->setEnabled(false);
    onFinished(m_deployment->release({ m_grant.key, m_grant.token }), this, [this](const Result<void>& result) {
        if (result) {
            setEnded(tr("Released"));
            m_message->showMessage(Tone::Positive, tr("Released; others can take it now."));
        } else if (result.error().kind == ErrorKind::NotHeld) {
            setEnded(tr("No longer yours"));
            m_message->showError(result.error());
        } else {
            m_release->setEnabled(true);
            m_extend->setEnabled(true);
            m_message->showError(result.error());
        }
        Q_EMIT releaseFinished(!m_held);
    });
}

void GrantPanel::extend()
{
    if (!m_deployment)
        return;
    m_extend->setEnabled(false);
    onFinished(m_deployment->extend({ m_grant.key, m_grant.token, m_extension }), this,
        [this](const Result<AcquireGrant>& grant) {
            if (grant) {
                setGrant(*grant, m_extension);
                return;
            }
            if (grant.error().kind == ErrorKind::NotHeld)
                setEnded(tr("No longer yours"));
            else
                m_extend->setEnabled(m_held);
            m_message->showError(grant.error());
        });
}

void GrantPanel::tick()
{
    const SteadyTime now = SystemClock::instance().now();
    const auto left = std::chrono::duration_cast<Milliseconds>(m_grant.validUntil - now);
    if (left.count() <= 0) {
        setEnded(tr("Expired"));
        return;
    }
    m_validity->setText(durationText(left));
    m_bar->setValue(int(left.count() * barSteps / qMax<qint64>(1, m_grant.validity.count())));
}

void GrantPanel::setEnded(const QString& text)
{
    m_timer->stop();
    m_held = false;
    m_bar->setValue(0);
    m_validity->setText(tr("ended"));
    m_badge->setState(Tone::Neutral, QStringLiteral("state-gone"), text);
    m_extend->setEnabled(false);
    m_release->setEnabled(false);
    Q_EMIT heldChanged(false);
}

} // namespace lockscope
