// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/releasereview.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "common/locktext.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int maximumTokenCharacters = 60;

QString refusedText(const ForceReleaseResult& result)
{
    const QString text = QCoreApplication::translate("lockscope::ReleaseReview", "Refused; nothing was deleted.");
    if (!result.error)
        return text;
    return text + QLatin1Char(' ') + errorMessage(*result.error) + QStringLiteral(" (") + errorHint(*result.error)
        + QLatin1Char(')');
}

QString unknownText(const ForceReleaseResult& result)
{
    QString text = QCoreApplication::translate("lockscope::ReleaseReview",
        "Outcome unknown: the answer was lost after the command was sent. It is not sent again.");
    text += QLatin1Char(' ');
    if (!result.afterwards)
        return text
            + QCoreApplication::translate(
                "lockscope::ReleaseReview", "No later look was possible: look at the key before you decide.");
    if (!result.afterwards->exists)
        return text + QCoreApplication::translate("lockscope::ReleaseReview", "A later look found the key gone.");
    if (result.afterwards->token == result.target.expectedToken)
        return text
            + QCoreApplication::translate(
                "lockscope::ReleaseReview", "A later look found it still held with the same token.");
    return text
        + QCoreApplication::translate("lockscope::ReleaseReview", "A later look found another holder: %1.")
              .arg(tokenText(result.afterwards->token, maximumTokenCharacters));
}

QString outcomeWord(ReleaseOutcome outcome)
{
    switch (outcome) {
    case ReleaseOutcome::Released:
        return QCoreApplication::translate("lockscope::ReleaseReview", "released");
    case ReleaseOutcome::AlreadyGone:
        return QCoreApplication::translate("lockscope::ReleaseReview", "already gone");
    case ReleaseOutcome::HolderChanged:
        return QCoreApplication::translate("lockscope::ReleaseReview", "holder changed");
    case ReleaseOutcome::Refused:
        return QCoreApplication::translate("lockscope::ReleaseReview", "refused");
    case ReleaseOutcome::OutcomeUnknown:
        break;
    }
    return QCoreApplication::translate("lockscope::ReleaseReview", "outcome unknown");
}

} // namespace

bool ReleaseCandidate::isIncluded(bool anyToken) const
{
    switch (look) {
    case Look::Same:
        return anyToken || seen.hasToken;
    case Look::HolderChanged:
        return anyToken || (adopted && found.hasToken);
    case Look::Pending:
    case Look::Gone:
    case Look::Failed:
        break;
    }
    return false;
}

QByteArray ReleaseCandidate::expectedToken() const { return adopted ? found.token : seen.token; }

ReleaseReview::ReleaseReview(const QList<LockRecord>& locks)
{
    for (const LockRecord& lock : locks.mid(0, maximumTargets)) {
        ReleaseCandidate candidate;
        candidate.seen = lock;
        m_candidates.append(candidate);
    }
}

bool ReleaseReview::allLooked() const
{
    return std::none_of(m_candidates.begin(), m_candidates.end(),
        [](const ReleaseCandidate& candidate) { return candidate.look == ReleaseCandidate::Look::Pending; });
}

bool ReleaseReview::finished() const
{
    return std::any_of(m_candidates.begin(), m_candidates.end(),
        [](const ReleaseCandidate& candidate) { return candidate.result.has_value(); });
}

void ReleaseReview::setPending(qsizetype index)
{
    m_candidates[index].look = ReleaseCandidate::Look::Pending;
    m_candidates[index].adopted = false;
}

void ReleaseReview::setLook(qsizetype index, const Result<LockInspection>& inspection)
{
    ReleaseCandidate& candidate = m_candidates[index];
    candidate.error.reset();
    if (!inspection) {
        candidate.look = ReleaseCandidate::Look::Failed;
        candidate.error = inspection.error();
        return;
    }
    candidate.found = *inspection;
    const bool sameHolder = inspection->hasToken == candidate.seen.hasToken
        && (!inspection->hasToken || inspection->token == candidate.seen.token);
    if (!inspection->exists)
        candidate.look = ReleaseCandidate::Look::Gone;
    else
        candidate.look = sameHolder ? ReleaseCandidate::Look::Same : ReleaseCandidate::Look::HolderChanged;
}

void ReleaseReview::adopt(qsizetype index)
{
    if (m_candidates[index].look == ReleaseCandidate::Look::HolderChanged)
        m_candidates[index].adopted = true;
}

QList<ForceReleaseTarget> ReleaseReview::targets() const
{
    QList<ForceReleaseTarget> targets;
    for (const ReleaseCandidate& candidate : m_candidates) {
        if (candidate.isIncluded(m_anyToken))
            targets.append({ candidate.seen.key, candidate.seen.family,
                m_anyToken ? QByteArray() : candidate.expectedToken(), m_anyToken });
    }
    return targets;
}

void ReleaseReview::setResults(const QList<ForceReleaseResult>& results)
{
    qsizetype next = 0;
    for (ReleaseCandidate& candidate : m_candidates) {
        if (candidate.isIncluded(m_anyToken) && next < results.size())
            candidate.result = results.at(next++);
    }
}

void ReleaseReview::setFailure(const Error& error)
{
    for (ReleaseCandidate& candidate : m_candidates) {
        if (!candidate.isIncluded(m_anyToken))
            continue;
        ForceReleaseResult result;
        result.target = { candidate.seen.key, candidate.seen.family, candidate.expectedToken(), m_anyToken };
        result.outcome
            = error.kind == ErrorKind::OutcomeUnknown ? ReleaseOutcome::OutcomeUnknown : ReleaseOutcome::Refused;
        result.error = error;
        candidate.result = result;
    }
}

bool ReleaseReview::isReady(const QString& reason) const
{
    return allLooked() && !reason.trimmed().isEmpty() && !targets().isEmpty();
}

QString releaseResultText(const ForceReleaseResult& result)
{
    switch (result.outcome) {
    case ReleaseOutcome::Released:
        return QCoreApplication::translate(
            "lockscope::ReleaseReview", "Released. The row goes as soon as the server reports it.");
    case ReleaseOutcome::AlreadyGone:
        return QCoreApplication::translate("lockscope::ReleaseReview", "Already gone; nothing was deleted.");
    case ReleaseOutcome::HolderChanged:
        return QCoreApplication::translate("lockscope::ReleaseReview", "Not released: now held with another token, %1.")
            .arg(tokenText(result.token, maximumTokenCharacters));
    case ReleaseOutcome::Refused:
        return refusedText(result);
    case ReleaseOutcome::OutcomeUnknown:
        break;
    }
    return unknownText(result);
}

QString releaseResultLines(const QList<ForceReleaseResult>& results)
{
    constexpr qsizetype maximumLines = 5;
    constexpr int maximumKeyCharacters = 80;
    QStringList lines;
    for (const ForceReleaseResult& result : results.first(std::min(results.size(), maximumLines)))
        lines.append(
            displayText(result.target.key, maximumKeyCharacters) + QStringLiteral(": ") + releaseResultText(result));
    if (results.size() > maximumLines)
        lines.append(QStringLiteral("…"));
    return lines.join(QLatin1Char('\n'));
}

QString releaseSummary(const QList<ForceReleaseResult>& results)
{
    QStringList parts;
    for (const ReleaseOutcome outcome : { ReleaseOutcome::Released, ReleaseOutcome::AlreadyGone,
             ReleaseOutcome::HolderChanged, ReleaseOutcome::Refused, ReleaseOutcome::OutcomeUnknown }) {
        const auto count = std::count_if(results.begin(), results.end(),
            [outcome](const ForceReleaseResult& result) { return result.outcome == outcome; });
        if (count > 0)
            parts += QStringLiteral("%1 %2").arg(count).arg(outcomeWord(outcome));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace lockscope
