// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/forcereleasedialog.h"

#include "common/bytesview.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "deployment/acttext.h"
#include "operations/actchoice.h"
#include "operations/releaselist.h"
#include "operations/reportbuttons.h"
#include "operations/targetcard.h"
#include "operations/typedconfirmation.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lockscope {

namespace {

bool areSame(const QList<ForceReleaseTarget>& one, const QList<ForceReleaseTarget>& other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
        [](const ForceReleaseTarget& a, const ForceReleaseTarget& b) {
            return a.key == b.key && a.expectedToken == b.expectedToken && a.anyToken == b.anyToken;
        });
}

bool isWell(const ForceReleaseResult& result)
{
    return result.outcome == ReleaseOutcome::Released || result.outcome == ReleaseOutcome::AlreadyGone
        || result.outcome == ReleaseOutcome::Done || result.outcome == ReleaseOutcome::Unneeded;
}

} // namespace

ForceReleaseDialog::ForceReleaseDialog(const QList<LockRecord>& locks, const Options& options, QWidget* parent)
    : QDialog(parent)
    , m_review(locks, options.maximum)
    , m_isProduction(options.environment == Environment::Production)
    , m_warning(new MessageStrip(this))
    , m_anyWarning(new MessageStrip(this))
    , m_card(new TargetCard(m_review.at(0)))
    , m_act(new ActChoice(this))
    , m_commandToggle(new QToolButton(this))
    , m_command(new QPlainTextEdit(this))
    , m_anyToken(new QCheckBox(tr("Release &whatever holds it, even if the holder changes until then"), this))
    , m_reason(new QLineEdit(this))
    , m_ticket(new QLineEdit(this))
    , m_confirmation(new TypedConfirmation(this))
    , m_confirmationLabel(new QLabel(this))
    , m_pace(new QDoubleSpinBox(this))
    , m_form(new QFormLayout)
    , m_missing(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_report(new ReportButtons(this))
    , m_handBack(new QPushButton(tr("Hand &back"), this))
    , m_stop(new QPushButton(tr("S&top"), this))
    , m_release(new QPushButton(themedIcon(QStringLiteral("force-release")), tr("&Force-release"), this))
    , m_cancel(new QPushButton(tr("&Cancel"), this))
    , m_timer(new QTimer(this))
{
    build(options);
    wire();
    refresh();
}

ForceReleaseDialog::~ForceReleaseDialog() = default;

void ForceReleaseDialog::wire()
{
    connect(m_commandToggle, &QToolButton::toggled, this, [this](bool shown) {
        m_commandToggle->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
        m_command->setVisible(shown);
    });
    connect(m_anyToken, &QCheckBox::toggled, this, [this](bool checked) {
        m_review.setAnyToken(checked);
        refresh();
    });
    connect(m_act, &ActChoice::changed, this, [this] {
        m_review.setAct(m_act->act());
        m_anyToken->setChecked(m_review.anyToken());
        refresh();
    });
    connect(m_reason, &QLineEdit::textChanged, this, &ForceReleaseDialog::refreshButtons);
    connect(m_confirmation, &QLineEdit::textChanged, this, &ForceReleaseDialog::refreshButtons);
    connect(m_release, &QPushButton::clicked, this, &ForceReleaseDialog::confirm);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stop->setEnabled(false);
        Q_EMIT stopRequested();
    });
    connect(m_handBack, &QPushButton::clicked, this, [this] {
        m_handBack->setEnabled(false);
        Q_EMIT handBackRequested();
    });
    connect(m_report, &ReportButtons::failed, m_warning, &MessageStrip::showError);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_timer, &QTimer::timeout, this, &ForceReleaseDialog::tick);
    m_timer->start(std::chrono::milliseconds(200));
    wireCard();
}

void ForceReleaseDialog::wireCard()
{
    const auto current = [this] { return m_list ? m_list->currentRow() : 0; };
    connect(m_card, &TargetCard::adoptRequested, this, [this, current] {
        m_review.adopt(current());
        refresh();
    });
    connect(m_card, &TargetCard::lookRequested, this, [this, current] {
        m_review.setPending(current());
        refresh();
        Q_EMIT lookRequested(current());
    });
    connect(m_card, &TargetCard::holderChosen, this, [this, current](const QByteArray& token) {
        m_review.choose(current(), token);
        refresh();
    });
    if (!m_list)
        return;
    connect(m_list, &ReleaseList::rowChanged, this, &ForceReleaseDialog::refreshCard);
    connect(m_list, &ReleaseList::excludedChanged, this, [this](qsizetype index, bool excluded) {
        m_review.setExcluded(index, excluded);
        refresh();
    });
}

void ForceReleaseDialog::setLook(qsizetype index, const Result<LockInspection>& inspection)
{
    // An answer that comes after the act has been sent must not change what was decided.
    if (m_sending || m_review.finished())
        return;
    m_review.setLook(index, inspection);
    onLooked();
}

void ForceReleaseDialog::setImpact(qsizetype index, const Result<ReleaseImpact>& impact)
{
    if (m_sending || m_review.finished())
        return;
    m_review.setImpact(index, impact);
    onLooked();
}

void ForceReleaseDialog::onLooked()
{
    if (m_rechecking && m_review.allLooked()) {
        m_rechecking = false;
        if (areSame(m_frozen, m_review.targets()))
            return send();
        m_differs = true;
    }
    refresh();
}

void ForceReleaseDialog::setTakenOver(const QHash<QByteArray, TakenOver>& taken)
{
    m_review.setTakenOver(taken);
    refresh();
}

void ForceReleaseDialog::setProgress(const QList<ForceReleaseResult>& results, qsizetype total)
{
    m_progress->setRange(0, int(total));
    m_progress->setValue(int(results.size()));
    m_missing->setText(tr("%1 of %2").arg(results.size()).arg(total));
}

void ForceReleaseDialog::setResults(const QList<ForceReleaseResult>& results)
{
    m_review.setResults(results);
    showFinished();
    const bool allWell = std::all_of(results.begin(), results.end(), isWell);
    m_warning->showMessage(allWell ? Tone::Positive : Tone::Warning, tr("Result: %1").arg(releaseSummary(results)));
}

void ForceReleaseDialog::setHandedBack(const QList<ForceReleaseResult>& results)
{
    m_review.replaceResults(results);
    setResults({});
    m_handBack->hide();
    const bool allWell = std::all_of(results.begin(), results.end(), isWell);
    m_warning->showMessage(
        allWell ? Tone::Positive : Tone::Warning, tr("Handing back: %1").arg(releaseSummary(results)));
}

void ForceReleaseDialog::setFailure(const Error& error)
{
    m_review.setFailure(error);
    showFinished();
    m_warning->showError(error);
}

void ForceReleaseDialog::setFollowing(Milliseconds window)
{
    m_followWindow = window;
    m_followUntil = SystemClock::instance().now() + window;
    m_progress->setRange(0, int(window.count()));
    m_progress->setVisible(true);
    m_missing->setText(tr("Looking who comes next\u2026"));
}

void ForceReleaseDialog::setNext(const QList<NextHolder>& next)
{
    m_followWindow = Milliseconds(0);
    m_review.setNext(next);
    refresh();
    m_report->setReport({ {}, m_reason->text().trimmed(), m_ticket->text().trimmed() }, m_review.results());
}

void ForceReleaseDialog::setRefusal(const QString& refusal)
{
    if (m_refusal == refusal)
        return;
    m_refusal = refusal;
    refresh();
}

void ForceReleaseDialog::keyPressEvent(QKeyEvent* event)
{
    // Enter while typing neither confirms nor throws the text away.
    const bool typing = m_reason->hasFocus() || m_ticket->hasFocus() || m_confirmation->hasFocus();
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && typing)
        return;
    QDialog::keyPressEvent(event);
}

void ForceReleaseDialog::confirm()
{
    const bool may = !m_sending && !m_rechecking && m_refusal.isEmpty() && isConfirmationTyped();
    if (!may || !m_review.isReady(m_reason->text()))
        return;
    const SteadyTime now = SystemClock::instance().now();
    if (!m_review.anyStale(now))
        return send();
    m_frozen = m_review.targets();
    m_rechecking = true;
    QList<qsizetype> stale;
    for (qsizetype i = 0; i < m_review.count(); ++i) {
        const bool meant = std::any_of(m_frozen.begin(), m_frozen.end(),
            [&](const ForceReleaseTarget& target) { return target.key == m_review.at(i).seen.key; });
        if (meant && m_review.at(i).isStale(now))
            stale.append(i);
    }
    for (const qsizetype index : std::as_const(stale))
        m_review.setPending(index);
    refresh();
    for (const qsizetype index : std::as_const(stale))
        Q_EMIT lookRequested(index);
}

void ForceReleaseDialog::send()
{
    m_sending = true;
    m_differs = false;
    m_progress->setRange(0, 0);
    refresh();
    Q_EMIT confirmed(
        { m_review.targets(), m_reason->text().trimmed(), m_ticket->text().trimmed() }, m_list ? m_pace->value() : 0);
}

void ForceReleaseDialog::refresh()
{
    m_act->update(m_review);
    if (m_list)
        m_list->show(m_review);
    refreshCard();
    m_command->setPlainText(actCommands(m_review.targets()));
    if (m_review.anyToken())
        m_anyWarning->showMessage(Tone::Danger,
            tr("The token is not compared: a holder who takes the lock in the next moment loses it, too."));
    else if (m_differs && !m_review.finished())
        m_anyWarning->showMessage(Tone::Warning,
            tr("It has changed since you looked. Nothing was sent: look at the difference, and confirm again."));
    else
        m_anyWarning->clear();
    refreshConfirmation();
    refreshButtons();
}

void ForceReleaseDialog::refreshCard()
{
    m_card->show(m_review.at(m_list ? m_list->currentRow() : 0), m_review.anyToken());
    m_card->setBusy(m_sending || m_rechecking);
}

void ForceReleaseDialog::refreshConfirmation()
{
    if (m_isProduction)
        m_confirmationLabel->setText(m_review.targetCount() == 1
                ? tr("the last four characters of the fingerprint %1").arg(confirmationFingerprint(m_review.targets()))
                : tr("the last four characters of %1, the fingerprint of all these locks and tokens")
                      .arg(confirmationFingerprint(m_review.targets())));
}

bool ForceReleaseDialog::isConfirmationTyped() const
{
    if (!m_isProduction)
        return true;
    const QString expected = confirmationFingerprint(m_review.targets()).right(confirmationLength);
    return m_confirmation->text().compare(expected, Qt::CaseInsensitive) == 0;
}

QString ForceReleaseDialog::missing() const
{
    if (!m_refusal.isEmpty())
        return m_refusal;
    if (!m_review.allLooked())
        return tr("Waiting for the server's answer");
    if (m_review.targetCount() == 0)
        return tr("Nothing to release");
    if (m_reason->text().trimmed().isEmpty())
        return tr("A reason is required");
    return isConfirmationTyped() ? QString() : tr("The four characters are missing");
}

void ForceReleaseDialog::refreshButtons()
{
    const bool open = !m_sending && !m_rechecking && !m_review.finished();
    const bool isRelease = m_review.act().act == LockAct::Release;
    if (m_list)
        m_list->setBusy(!open);
    m_anyToken->setVisible(isRelease && !m_review.finished());
    for (QWidget* input :
        std::initializer_list<QWidget*> { m_anyToken, m_reason, m_ticket, m_confirmation, m_pace, m_act })
        input->setEnabled(open);
    const bool following = m_followWindow.count() > 0;
    m_progress->setVisible(m_sending || m_rechecking || following);
    m_stop->setVisible(m_sending && m_list);
    m_release->setText(isRelease ? tr("&Force-release") : actTitle(m_review.act().act));
    m_release->setEnabled(open && m_refusal.isEmpty() && isConfirmationTyped() && m_review.isReady(m_reason->text()));
    m_release->setToolTip(m_refusal);
    if (!following)
        m_missing->setText(open ? missing() : m_sending ? tr("Releasing\u2026") : QString());
    const QList<ForceReleaseResult> results = m_review.results();
    m_handBack->setVisible(std::any_of(results.begin(), results.end(), [](const ForceReleaseResult& result) {
        return result.target.act == LockAct::TakeOver && result.outcome == ReleaseOutcome::Done;
    }));
    // What was sent cannot be called back: closing only looks away, and the result is told in the window.
    m_cancel->setText(open ? tr("&Cancel") : tr("&Close"));
}

void ForceReleaseDialog::showFinished()
{
    m_sending = false;
    m_rechecking = false;
    refresh();
    m_release->hide();
    m_anyWarning->clear();
    m_act->hide();
    m_report->setReport({ {}, m_reason->text().trimmed(), m_ticket->text().trimmed() }, m_review.results());
    m_cancel->setFocus();
}

void ForceReleaseDialog::tick()
{
    m_card->tick();
    if (m_followWindow.count() > 0) {
        const auto left
            = std::chrono::duration_cast<Milliseconds>(m_followUntil - SystemClock::instance().now()).count();
        m_progress->setValue(int(std::clamp<qint64>(m_followWindow.count() - left, 0, m_followWindow.count())));
    }
}

} // namespace lockscope
