// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/forcereleasedialog.h"

#include "common/bytesview.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "operations/releasecommand.h"
#include "operations/targetcard.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace lockscope {

ForceReleaseDialog::ForceReleaseDialog(const QList<LockRecord>& locks, qsizetype selectedCount, QWidget* parent)
    : QDialog(parent)
    , m_review(locks)
    , m_warning(new MessageStrip(this))
    , m_anyWarning(new MessageStrip(this))
    , m_explanation(new QLabel(this))
    , m_commandToggle(new QToolButton(this))
    , m_command(new QPlainTextEdit(this))
    , m_anyToken(new QCheckBox(tr("Release &whatever holds it, even if the holder changes until then"), this))
    , m_reason(new QLineEdit(this))
    , m_missing(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_release(new QPushButton(themedIcon(QStringLiteral("force-release")), tr("&Force-release"), this))
    , m_cancel(new QPushButton(tr("&Cancel"), this))
    , m_timer(new QTimer(this))
{
    build(selectedCount);
    wire();
    refresh();
}

ForceReleaseDialog::~ForceReleaseDialog() = default;

void ForceReleaseDialog::build(qsizetype selectedCount)
{
    const qsizetype count = m_review.count();
    setWindowTitle(count == 1 ? tr("Force-release a lock") : tr("Force-release %1 locks").arg(count));
    m_warning->showMessage(Tone::Warning, tr("This ends a lock that somebody else may still be using."),
        selectedCount > count ? tr("At most %1 locks at a time: the first %1 of the %2 selected are listed here.")
                                    .arg(count)
                                    .arg(selectedCount)
                              : tr("Its holder is not told, and goes on as if it held the lock."));
    m_explanation->setWordWrap(true);
    m_explanation->setTextFormat(Qt::PlainText);
    m_explanation->setText(releaseExplanation(m_review.at(0).seen.family));
    m_reason->setPlaceholderText(tr("why, for the audit log: a ticket, an incident, a name"));
    m_reason->setAccessibleName(tr("Reason"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Releasing"));
    m_progress->hide();
    // Return on any other widget falls back to Cancel, never to the release.
    m_release->setAutoDefault(false);
    m_cancel->setDefault(true);

    auto* form = new QFormLayout;
    form->addRow(tr("&Reason (required):"), m_reason);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(m_release);
    buttons->addWidget(m_cancel);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_warning);
    layout->addWidget(buildTargets(), 1);
    layout->addWidget(m_explanation);
    layout->addWidget(buildCommand());
    layout->addWidget(m_anyToken);
    layout->addWidget(m_anyWarning);
    layout->addLayout(form);
    layout->addWidget(m_progress);
    layout->addLayout(buttons);
    m_reason->setFocus();
    resize(680, count == 1 ? 460 : 640);
}

QWidget* ForceReleaseDialog::buildTargets()
{
    auto* list = new QWidget;
    auto* layout = new QVBoxLayout(list);
    layout->setContentsMargins(0, 0, 0, 0);
    for (qsizetype i = 0; i < m_review.count(); ++i) {
        auto* card = new TargetCard(m_review.at(i), list);
        layout->addWidget(card);
        m_cards.append(card);
    }
    layout->addStretch();
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Locks to release"));
    area->setWidget(list);
    return area;
}

QWidget* ForceReleaseDialog::buildCommand()
{
    m_commandToggle->setText(tr("Show the e&xact command"));
    m_commandToggle->setCheckable(true);
    m_commandToggle->setAutoRaise(true);
    m_commandToggle->setArrowType(Qt::RightArrow);
    m_commandToggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_command->setReadOnly(true);
    m_command->setFont(fixedFont());
    m_command->setTabChangesFocus(true);
    m_command->setAccessibleName(tr("Exact command"));
    m_command->setFixedHeight(m_command->fontMetrics().lineSpacing() * 7 + 12);
    m_command->hide();
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_commandToggle, 0, Qt::AlignLeft);
    layout->addWidget(m_command);
    return box;
}

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
    connect(m_reason, &QLineEdit::textChanged, this, &ForceReleaseDialog::refresh);
    connect(m_release, &QPushButton::clicked, this, &ForceReleaseDialog::confirm);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    for (qsizetype i = 0; i < m_cards.size(); ++i) {
        connect(m_cards[i], &TargetCard::adoptRequested, this, [this, i] {
            m_review.adopt(i);
            refresh();
        });
        connect(m_cards[i], &TargetCard::lookRequested, this, [this, i] {
            m_review.setPending(i);
            refresh();
            Q_EMIT lookRequested(i);
        });
    }
    connect(m_timer, &QTimer::timeout, this, [this] {
        for (TargetCard* card : std::as_const(m_cards))
            card->tick();
    });
    m_timer->start(std::chrono::milliseconds(200));
}

void ForceReleaseDialog::setLook(qsizetype index, const Result<LockInspection>& inspection)
{
    // An answer that comes after the release has been sent must not change what was decided.
    if (m_sending || m_review.finished())
        return;
    m_review.setLook(index, inspection);
    refresh();
}

void ForceReleaseDialog::setResults(const QList<ForceReleaseResult>& results)
{
    m_review.setResults(results);
    showFinished();
    const bool allWell = std::all_of(results.begin(), results.end(), [](const ForceReleaseResult& result) {
        return result.outcome == ReleaseOutcome::Released || result.outcome == ReleaseOutcome::AlreadyGone;
    });
    m_warning->showMessage(allWell ? Tone::Positive : Tone::Warning, tr("Result: %1").arg(releaseSummary(results)));
}

void ForceReleaseDialog::setFailure(const Error& error)
{
    m_review.setFailure(error);
    showFinished();
    m_warning->showError(error);
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
    // Enter while typing the reason neither confirms nor throws the text away.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_reason->hasFocus())
        return;
    QDialog::keyPressEvent(event);
}

void ForceReleaseDialog::confirm()
{
    if (m_sending || !m_refusal.isEmpty() || !m_review.isReady(m_reason->text()))
        return;
    m_sending = true;
    refresh();
    Q_EMIT confirmed({ m_review.targets(), m_reason->text().trimmed() });
}

void ForceReleaseDialog::refresh()
{
    const bool open = !m_sending && !m_review.finished();
    for (qsizetype i = 0; i < m_cards.size(); ++i) {
        m_cards[i]->show(m_review.at(i), m_review.anyToken());
        m_cards[i]->setBusy(m_sending);
    }
    const QList<ForceReleaseTarget> targets = m_review.targets();
    m_command->setPlainText(releaseCommands(targets));
    if (m_review.anyToken())
        m_anyWarning->showMessage(Tone::Danger,
            tr("The token is not compared: a holder who takes the lock in the next moment loses it, too."));
    else
        m_anyWarning->clear();
    m_anyToken->setEnabled(open);
    m_reason->setEnabled(open);
    m_progress->setVisible(m_sending);
    m_release->setEnabled(open && m_refusal.isEmpty() && m_review.isReady(m_reason->text()));
    m_release->setToolTip(m_refusal);
    QString missing;
    if (!m_refusal.isEmpty())
        missing = m_refusal;
    else if (!m_review.allLooked())
        missing = tr("Waiting for the server's answer");
    else if (targets.isEmpty())
        missing = tr("Nothing to release");
    else if (m_reason->text().trimmed().isEmpty())
        missing = tr("A reason is required");
    m_missing->setText(open ? missing : m_sending ? tr("Releasing…") : QString());
    // What was sent cannot be called back: closing only looks away, and the result is told in the window.
    m_cancel->setText(open ? tr("&Cancel") : tr("&Close"));
}

void ForceReleaseDialog::showFinished()
{
    m_sending = false;
    refresh();
    m_release->hide();
    m_anyToken->hide();
    m_anyWarning->clear();
    m_cancel->setFocus();
}

} // namespace lockscope
