// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/targetcard.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "common/badge.h"
#include "common/bytesview.h"
#include "common/locktext.h"
#include "deployment/acttext.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int maximumTokenCharacters = 80;

QLabel* makeValue(QWidget* parent, bool wraps = false)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(wraps);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString withColon(const QString& subject)
{
    return subject.endsWith(QLatin1Char('?')) ? subject : TargetCard::tr("%1:").arg(subject);
}

/// What each master of a quorum has, a line each.
ImpactLine mastersLine(const ReleaseCandidate& candidate)
{
    QStringList looks;
    for (const NodeLook& node : candidate.found.nodes)
        looks += nodeLookText(node);
    return { TargetCard::tr("Masters"), looks.join(QLatin1Char('\n')) };
}

void showOutcome(Badge* badge, ReleaseOutcome outcome)
{
    switch (outcome) {
    case ReleaseOutcome::Done:
        badge->setState(Tone::Positive, QStringLiteral("check"), TargetCard::tr("Done"));
        return;
    case ReleaseOutcome::Unneeded:
        badge->setState(Tone::Neutral, QStringLiteral("check"), TargetCard::tr("Nothing to do"));
        return;
    case ReleaseOutcome::NotSent:
        badge->setState(Tone::Neutral, QStringLiteral("pause"), TargetCard::tr("Not sent"));
        return;
    case ReleaseOutcome::Released:
        badge->setState(Tone::Positive, QStringLiteral("check"), TargetCard::tr("Released"));
        return;
    case ReleaseOutcome::AlreadyGone:
        badge->setState(Tone::Neutral, QStringLiteral("state-gone"), TargetCard::tr("Already gone"));
        return;
    case ReleaseOutcome::HolderChanged:
        badge->setState(Tone::Warning, QStringLiteral("warning"), TargetCard::tr("Holder changed"));
        return;
    case ReleaseOutcome::Refused:
        badge->setState(Tone::Danger, QStringLiteral("danger"), TargetCard::tr("Refused"));
        return;
    case ReleaseOutcome::OutcomeUnknown:
        badge->setState(Tone::Danger, QStringLiteral("help"), TargetCard::tr("Outcome unknown"));
        return;
    }
}

} // namespace

TargetCard::TargetCard(const ReleaseCandidate& candidate, QWidget* parent)
    : QFrame(parent)
    , m_candidate(candidate)
    , m_badge(new Badge(this))
    , m_note(makeValue(this, true))
    , m_key(new BytesView(this))
    , m_token(new BytesView(this))
    , m_fingerprint(makeValue(this))
    , m_owner(makeValue(this))
    , m_held(makeValue(this))
    , m_remaining(makeValue(this))
    , m_adopt(new QPushButton(tr("Release the new holder instead"), this))
    , m_lookAgain(new QPushButton(tr("Look again"), this))
    , m_difference(makeValue(this, true))
    , m_holders(new QComboBox(this))
    , m_form(new QFormLayout)
{
    setFrameShape(QFrame::StyledPanel);
    build();
    show(candidate, false);
}

void TargetCard::build()
{
    m_key->setMaximumLines(4);
    m_key->setAccessibleName(tr("Key"));
    m_token->setMaximumLines(3);
    m_token->setAccessibleName(tr("Holder token"));
    m_key->setBytes(m_candidate.seen.key);
    m_token->setBytes(m_candidate.seen.token);
    m_token->setVisible(m_candidate.seen.hasToken);
    m_fingerprint->setText(m_candidate.seen.hasToken
            ? tr("fingerprint %1").arg(tokenFingerprint(m_candidate.seen.token))
            : tr("The value is no token; it can only be released whatever holds it."));
    for (QPushButton* button : { m_adopt, m_lookAgain }) {
        button->setAutoDefault(false);
        button->hide();
    }
    m_form->addRow(tr("Key:"), m_key);
    m_form->addRow(tr("Holder, as seen:"), m_token);
    m_form->addRow(QString(), m_fingerprint);
    if (!m_candidate.seen.extras->owner.isEmpty())
        m_form->addRow(tr("Owner:"), m_owner);
    m_owner->setVisible(!m_candidate.seen.extras->owner.isEmpty());
    m_owner->setText(m_candidate.seen.extras->owner);
    m_form->addRow(tr("Held for:"), m_held);
    m_form->addRow(tr("Remaining:"), m_remaining);
    m_form->addRow(tr("Only this holder:"), m_holders);
    m_holders->setAccessibleName(tr("Which of the holders"));
    m_holders->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_holders->setMinimumContentsLength(24);
    m_difference->setAccessibleName(tr("What has changed"));
    m_difference->hide();

    auto* status = new QHBoxLayout;
    status->addWidget(m_badge, 0, Qt::AlignTop);
    status->addWidget(m_note, 1, Qt::AlignTop);
    status->addWidget(m_adopt, 0, Qt::AlignTop);
    status->addWidget(m_lookAgain, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(m_form);
    layout->addLayout(status);
    layout->addWidget(m_difference);
    layout->addStretch(1);
    connect(m_holders, &QComboBox::activated, this,
        [this](int index) { Q_EMIT holderChosen(m_holders->itemData(index).toByteArray()); });
    connect(m_adopt, &QPushButton::clicked, this, &TargetCard::adoptRequested);
    connect(m_lookAgain, &QPushButton::clicked, this, &TargetCard::lookRequested);
}

void TargetCard::show(const ReleaseCandidate& candidate, bool anyToken)
{
    m_candidate = candidate;
    if (candidate.result)
        showResult(*candidate.result);
    else
        showLook(candidate, anyToken);
    showHolders(candidate);
    showImpact(candidate);
    showDifference(candidate);
    tick();
}

void TargetCard::showHolders(const ReleaseCandidate& candidate)
{
    const bool read = candidate.look == ReleaseCandidate::Look::Same;
    const std::vector<LockHolder> holders = read ? candidate.found.holders : std::vector<LockHolder>();
    const bool several = holders.size() > 1 && !candidate.result;
    m_form->labelForField(m_holders)->setVisible(several);
    m_holders->setVisible(several);
    if (!several)
        return;
    const QSignalBlocker quiet(m_holders);
    m_holders->clear();
    for (const LockHolder& holder : holders) {
        m_holders->addItem(tokenText(holder.token, maximumTokenCharacters), holder.token);
        if (holder.token == candidate.expectedToken())
            m_holders->setCurrentIndex(m_holders->count() - 1);
    }
}

void TargetCard::showImpact(const ReleaseCandidate& candidate)
{
    QList<ImpactLine> lines;
    if (candidate.impact && !candidate.result)
        lines = impactLines(*candidate.impact);
    if (!candidate.found.nodes.isEmpty() && !candidate.result)
        lines.append(mastersLine(candidate));
    while (m_impact.size() < lines.size()) {
        m_impact.append(makeValue(this, true));
        auto* subject = new QLabel(this);
        subject->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::MinimumExpanding);
        subject->setAlignment(Qt::AlignLeading | Qt::AlignTop); // beside the first line of several
        m_form->addRow(subject, m_impact.last());
    }
    for (qsizetype i = 0; i < m_impact.size(); ++i) {
        auto* subject = qobject_cast<QLabel*>(m_form->labelForField(m_impact.at(i)));
        const bool isUsed = i < lines.size();
        subject->setVisible(isUsed);
        m_impact.at(i)->setVisible(isUsed);
        if (!isUsed)
            continue;
        subject->setText(withColon(lines.at(i).subject));
        m_impact.at(i)->setText(lines.at(i).text);
        m_impact.at(i)->setAccessibleName(lines.at(i).subject);
        QFont font = this->font();
        font.setBold(lines.at(i).worrying);
        m_impact.at(i)->setFont(font);
    }
}

void TargetCard::showDifference(const ReleaseCandidate& candidate)
{
    QStringList changes;
    const bool same = candidate.look == ReleaseCandidate::Look::Same && !candidate.result;
    if (same && candidate.seen.hasDeadline() && candidate.found.ttlMs < 0)
        changes.append(tr("It has lost its TTL since you looked: it will never end by itself."));
    if (same && !candidate.seen.hasDeadline() && candidate.found.ttlMs >= 0)
        changes.append(tr("It has got a TTL since you looked: it ends by itself."));
    if (same && candidate.seen.hasDeadline() && candidate.found.ttlMs >= 0
        && candidate.found.at + Milliseconds(candidate.found.ttlMs) > candidate.seen.deadline + std::chrono::seconds(1))
        changes.append(tr("It was renewed since you looked: its holder, or something that renews for it, is alive."));
    m_difference->setText(changes.join(QLatin1Char('\n')));
    m_difference->setVisible(!changes.isEmpty());
}

void TargetCard::tick()
{
    const SteadyTime now = SystemClock::instance().now();
    m_held->setText(tr("%1; renewals seen: %2").arg(heldText(m_candidate.seen, now)).arg(m_candidate.seen.renewals));
    LockRecord current = m_candidate.seen;
    // The look is younger than the row.
    if (m_candidate.look == ReleaseCandidate::Look::Same)
        current.deadline
            = m_candidate.found.ttlMs < 0 ? noDeadline : m_candidate.found.at + Milliseconds(m_candidate.found.ttlMs);
    m_remaining->setText(remainingText(current, now));
}

void TargetCard::setBusy(bool busy)
{
    m_adopt->setEnabled(!busy);
    m_lookAgain->setEnabled(!busy);
    m_holders->setEnabled(!busy);
}

void TargetCard::showLook(const ReleaseCandidate& candidate, bool anyToken)
{
    using Look = ReleaseCandidate::Look;
    m_adopt->setVisible(
        candidate.look == Look::HolderChanged && !candidate.adopted && !anyToken && candidate.found.hasToken);
    m_lookAgain->setVisible(candidate.look == Look::Failed);
    const QString newHolder = tokenText(candidate.found.token, maximumTokenCharacters);
    switch (candidate.look) {
    case Look::Pending:
        m_badge->setState(Tone::Info, QStringLiteral("link-connecting"), tr("Looking"));
        m_note->setText(tr("Asking the server who holds it now\u2026"));
        return;
    case Look::Same:
        m_badge->setState(Tone::Positive, QStringLiteral("check"), tr("As you saw it"));
        m_note->setText(tr("Still held with this token."));
        return;
    case Look::HolderChanged:
        m_badge->setState(Tone::Warning, QStringLiteral("warning"), tr("Holder changed"));
        m_note->setText(candidate.adopted ? tr("The new holder will be released: %1").arg(newHolder)
                : anyToken                ? tr("Held by %1 now; it will be released whatever holds it.").arg(newHolder)
                           : tr("The holder changed since you looked: %1. It is not released unless you choose so.")
                                 .arg(newHolder));
        return;
    case Look::Gone:
        m_badge->setState(Tone::Neutral, QStringLiteral("state-gone"), tr("Gone"));
        m_note->setText(tr("The key is gone since you looked; there is nothing to release."));
        return;
    case Look::Failed:
        m_badge->setState(Tone::Danger, QStringLiteral("danger"), tr("Not read"));
        m_note->setText(tr("It could not be read, so it is not released: %1")
                            .arg(candidate.error ? errorMessage(*candidate.error) : QString()));
        return;
    }
}

void TargetCard::showResult(const ForceReleaseResult& result)
{
    m_adopt->hide();
    m_lookAgain->hide();
    showOutcome(m_badge, result.outcome);
    QStringList lines { releaseResultText(result) };
    for (const NodeRelease& node : result.nodes)
        lines += nodeReleaseText(node);
    m_note->setText(lines.join(QLatin1Char('\n')));
}

} // namespace lockscope
