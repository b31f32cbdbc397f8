// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/acquiredialog.h"

#include "common/icons.h"
#include "common/messagestrip.h"
#include "operations/durationedit.h"
#include "operations/grantpanel.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {
constexpr int dialogWidth = 520;
constexpr Milliseconds defaultTtl { 30000 };
} // namespace

AcquireDialog::AcquireDialog(Deployment* deployment, const QByteArray& key, QWidget* parent)
    : QDialog(parent)
    , m_deployment(deployment)
    , m_key(new QLineEdit(QString::fromUtf8(key), this))
    , m_ttl(new DurationEdit(tr("TTL"), Milliseconds(1), defaultTtl, this))
    , m_wait(new DurationEdit(tr("Wait"), Milliseconds(0), Milliseconds(0), this))
    , m_progress(new QProgressBar(this))
    , m_message(new MessageStrip(this))
    , m_closeQuestion(new MessageStrip(this))
    , m_grantBox(new QGroupBox(this))
    , m_grant(new GrantPanel(deployment, m_grantBox))
    , m_acquire(new QPushButton(themedIcon(QStringLiteral("acquire")), tr("&Acquire"), this))
    , m_close(new QPushButton(tr("&Close"), this))
{
    build();
    connect(m_key, &QLineEdit::textChanged, this, &AcquireDialog::updateButtons);
    connect(m_acquire, &QPushButton::clicked, this, &AcquireDialog::acquire);
    connect(m_close, &QPushButton::clicked, this, &AcquireDialog::reject);
    connect(m_grant, &GrantPanel::heldChanged, this, [this](bool held) {
        if (!held)
            m_closeQuestion->clear();
        updateButtons();
    });
    updateButtons();
}

void AcquireDialog::build()
{
    setWindowTitle(tr("Acquire a lock"));
    setMinimumWidth(dialogWidth);
    m_key->setAccessibleName(tr("Key"));
    m_key->setPlaceholderText(tr("for example lock:maintenance"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Acquiring"));
    m_progress->hide();
    m_grantBox->setTitle(tr("The lock you took"));
    auto* grantLayout = new QVBoxLayout(m_grantBox);
    grantLayout->addWidget(m_grant);
    m_grantBox->hide();
    auto* explanation = new QLabel(tr("SET key token NX PX ttl: taken only if nobody holds it, with a fresh random "
                                      "token. It ends by itself after the TTL."),
        this);
    explanation->setWordWrap(true);

    QPushButton* release = m_closeQuestion->addButton(tr("Release a&nd close"));
    QPushButton* keep = m_closeQuestion->addButton(tr("Keep &it and close"));
    connect(release, &QPushButton::clicked, this, [this] {
        connect(
            m_grant, &GrantPanel::releaseFinished, this,
            [this](bool released) {
                if (released)
                    QDialog::reject();
            },
            Qt::SingleShotConnection);
        m_grant->release();
    });
    connect(keep, &QPushButton::clicked, this, [this] { QDialog::reject(); });

    auto* form = new QFormLayout;
    form->addRow(tr("&Key:"), m_key);
    form->addRow(tr("&TTL:"), m_ttl);
    form->addRow(tr("&Wait for it at most:"), m_wait);
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(m_acquire, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_close, QDialogButtonBox::RejectRole);
    m_acquire->setDefault(true);
    m_close->setAutoDefault(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(explanation);
    layout->addLayout(form);
    layout->addWidget(m_progress);
    layout->addWidget(m_message);
    layout->addWidget(m_grantBox);
    layout->addWidget(m_closeQuestion);
    layout->addStretch();
    layout->addWidget(buttons);
}

bool AcquireDialog::isHeld() const { return m_grant->isHeld(); }

void AcquireDialog::giveBack(const Result<AcquireGrant>& grant)
{
    if (grant && m_deployment)
        m_deployment->release({ grant->key, grant->token });
    deleteLater();
}

void AcquireDialog::reject()
{
    if (m_busy) {
        m_isAbandoned = true;
        if (m_deployment)
            m_deployment->cancelPending();
        hide();
        return;
    }
    if (!m_grant->isHeld()) {
        QDialog::reject();
        return;
    }
    m_closeQuestion->showMessage(
        Tone::Warning, tr("You still hold this lock."), tr("Kept, it ends by itself when its TTL is over."));
    growToFit();
}

void AcquireDialog::acquire()
{
    if (!m_deployment || m_busy)
        return;
    setBusy(true);
    m_message->clear();
    AcquireRequest request;
    request.key = m_key->text().toUtf8();
    request.ttl = m_ttl->duration();
    request.wait = m_wait->duration();
    onFinished(m_deployment->acquire(request), this, [this](const Result<AcquireGrant>& grant) { showAnswer(grant); });
}

void AcquireDialog::showAnswer(const Result<AcquireGrant>& grant)
{
    setBusy(false);
    if (m_isAbandoned)
        return giveBack(grant);
    if (!grant) {
        m_message->showError(grant.error());
        if (grant.error().kind == ErrorKind::Taken)
            m_message->showMessage(Tone::Warning, m_message->text(), tr("Give it a time to wait, or ask the holder."));
    } else {
        m_grantBox->show();
        m_grant->setGrant(*grant, m_ttl->duration());
    }
    growToFit();
}

// What has just appeared must not squeeze the rest.
void AcquireDialog::growToFit()
{
    layout()->activate();
    resize(width(), qMax(height(), layout()->totalHeightForWidth(width())));
}

void AcquireDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_progress->setVisible(busy);
    updateButtons();
}

void AcquireDialog::updateButtons()
{
    // One lock at a time: the one taken stays in view until it is over.
    const bool open = !m_busy && !m_grant->isHeld();
    m_key->setEnabled(open);
    m_ttl->setEnabled(open);
    m_wait->setEnabled(open);
    m_acquire->setEnabled(open && !m_key->text().isEmpty());
}

} // namespace lockscope
