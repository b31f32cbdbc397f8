// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/acquiredialog.h"

#include "base/durationtext.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "operations/durationedit.h"
#include "operations/grantpanel.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace lockscope {

namespace {

constexpr int dialogWidth = 540;
constexpr Milliseconds defaultTtl { 30000 };
constexpr Milliseconds defaultRedlockTtl { 8000 }; // redsync's
constexpr std::chrono::milliseconds tickTime { 100 };

} // namespace

AcquireDialog::AcquireDialog(Deployment* deployment, HeldLocks* locks, const QByteArray& key, QWidget* parent)
    : QDialog(parent)
    , m_deployment(deployment)
    , m_locks(locks)
    , m_key(new QLineEdit(QString::fromUtf8(key), this))
    , m_ttl(new DurationEdit(tr("TTL"), Milliseconds(1), locks->masters() > 1 ? defaultRedlockTtl : defaultTtl, this))
    , m_wait(new DurationEdit(tr("Wait"), Milliseconds(0), Milliseconds(0), this))
    , m_fence(new QCheckBox(tr("With a &fencing token"), this))
    , m_renew(new QCheckBox(tr("Rene&w by itself until I release it"), this))
    , m_waiting(new QWidget(this))
    , m_progress(new QProgressBar(m_waiting))
    , m_waited(new QLabel(m_waiting))
    , m_stop(new QPushButton(tr("&Stop waiting"), m_waiting))
    , m_message(new MessageStrip(this))
    , m_grantBox(new QGroupBox(this))
    , m_grant(new GrantPanel(locks, m_grantBox))
    , m_acquire(new QPushButton(themedIcon(QStringLiteral("acquire")), tr("&Acquire"), this))
    , m_close(new QPushButton(tr("&Close"), this))
    , m_tick(new QTimer(this))
{
    build();
    connect(m_key, &QLineEdit::textChanged, this, &AcquireDialog::updateButtons);
    connect(m_acquire, &QPushButton::clicked, this, &AcquireDialog::acquire);
    connect(m_stop, &QPushButton::clicked, this, &AcquireDialog::stopWaiting);
    connect(m_close, &QPushButton::clicked, this, &AcquireDialog::reject);
    connect(m_tick, &QTimer::timeout, this, &AcquireDialog::showProgress);
    updateButtons();
}

void AcquireDialog::build()
{
    setWindowTitle(tr("Acquire a lock"));
    setMinimumWidth(dialogWidth);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Acquiring"));
    m_waited->setTextFormat(Qt::PlainText);
    m_wait->setObjectName(QStringLiteral("wait"));
    m_stop->setAutoDefault(false);
    auto* waiting = new QHBoxLayout(m_waiting);
    waiting->setContentsMargins(0, 0, 0, 0);
    auto* progress = new QVBoxLayout;
    progress->addWidget(m_waited);
    progress->addWidget(m_progress);
    waiting->addLayout(progress, 1);
    waiting->addWidget(m_stop);
    m_waiting->hide();
    m_grantBox->setTitle(tr("The lock you took"));
    auto* grantLayout = new QVBoxLayout(m_grantBox);
    grantLayout->addWidget(m_grant);
    m_grantBox->hide();
    buildForm();
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(m_acquire, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_close, QDialogButtonBox::RejectRole);
    m_acquire->setDefault(true);
    m_close->setAutoDefault(false);
    auto* box = static_cast<QVBoxLayout*>(layout());
    for (QWidget* widget : std::initializer_list<QWidget*> { m_waiting, m_message, m_grantBox })
        box->addWidget(widget);
    box->addStretch();
    box->addWidget(buttons);
}

void AcquireDialog::buildForm()
{
    const int masters = m_locks->masters();
    auto* explanation = new QLabel(masters > 1
            ? tr("A Redlock on %1 independent masters: taken if more than half of them give it in time. It ends by "
                 "itself after the TTL.")
                  .arg(masters)
            : tr("SET key token NX PX ttl: taken only if nobody holds it, with a fresh random token. It ends by itself "
                 "after the TTL."),
        this);
    explanation->setWordWrap(true);
    m_key->setAccessibleName(tr("Key"));
    m_key->setPlaceholderText(tr("for example lock:maintenance"));
    m_fence->setToolTip(tr("A number from a counter beside the lock, larger than that of every holder before: what "
                           "guards the resource can refuse whoever comes late."));
    m_renew->setToolTip(tr("At a third of the TTL, while this window is open. Without it the lock ends with its TTL."));
    m_renew->setChecked(true);
    auto* form = new QFormLayout;
    form->addRow(tr("&Key:"), m_key);
    form->addRow(tr("&TTL:"), m_ttl);
    form->addRow(tr("Wait for it at &most:"), m_wait);
    form->addRow(QString(), m_fence);
    form->addRow(QString(), m_renew);
    auto* box = new QVBoxLayout(this);
    box->addWidget(explanation);
    box->addLayout(form);
}

void AcquireDialog::giveBack(const Result<AcquireGrant>& grant)
{
    if (grant && m_deployment)
        m_deployment->release(
            { grant->key, grant->token, grant->place, QStringLiteral("given back: nobody waited for it any more") });
    deleteLater();
}

void AcquireDialog::reject()
{
    if (!m_busy) {
        QDialog::reject();
        return;
    }
    m_isAbandoned = true;
    stopWaiting();
    hide();
}

void AcquireDialog::stopWaiting()
{
    m_stop->setEnabled(false);
    if (m_deployment)
        m_deployment->cancelPending();
}

void AcquireDialog::acquire()
{
    if (!m_deployment || m_busy)
        return;
    AcquireRequest request;
    request.key = m_key->text().toUtf8();
    request.ttl = m_ttl->duration();
    request.wait = m_wait->duration();
    request.fence = m_fence->isChecked();
    request.audit = QStringLiteral("taken by hand in the window");
    m_message->clear();
    m_since.start();
    setBusy(true);
    onFinished(m_deployment->acquire(request), this, [this](const Result<AcquireGrant>& grant) { showAnswer(grant); });
}

void AcquireDialog::showAnswer(const Result<AcquireGrant>& grant)
{
    setBusy(false);
    if (m_isAbandoned)
        return giveBack(grant);
    if (grant) {
        m_grant->setLock(m_locks->add(*grant, m_renew->isChecked()));
        m_grantBox->show();
    } else if (grant.error().kind == ErrorKind::Cancelled) {
        m_message->showMessage(Tone::Info, tr("You stopped waiting. Nothing was taken."));
    } else {
        m_message->showError(grant.error());
        if (grant.error().kind == ErrorKind::Taken)
            m_message->showMessage(Tone::Warning, m_message->text(), tr("Give it a time to wait, or ask the holder."));
    }
    growToFit();
}

void AcquireDialog::showProgress()
{
    const Milliseconds wait = m_wait->duration();
    const Milliseconds passed(m_since.elapsed());
    if (wait.count() == 0) {
        m_progress->setRange(0, 0);
        m_waited->setText(tr("Asking the server…"));
        return;
    }
    m_progress->setRange(0, int(std::min<qint64>(wait.count(), std::numeric_limits<int>::max())));
    m_progress->setValue(int(std::min<qint64>(passed.count(), m_progress->maximum())));
    m_waited->setText(
        tr("Somebody else holds it; waiting for %1 of at most %2").arg(durationText(passed), durationText(wait)));
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
    m_waiting->setVisible(busy);
    m_stop->setEnabled(busy);
    if (busy) {
        showProgress();
        m_tick->start(tickTime);
    } else {
        m_tick->stop();
    }
    updateButtons();
}

void AcquireDialog::updateButtons()
{
    for (QWidget* input : std::initializer_list<QWidget*> { m_key, m_ttl, m_wait, m_fence, m_renew })
        input->setEnabled(!m_busy);
    m_acquire->setEnabled(!m_busy && !m_key->text().isEmpty());
}

} // namespace lockscope
