// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/releasereview.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "common/locktext.h"
#include "deployment/acttext.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int maximumTokenCharacters = 60;
constexpr auto oldestLook = std::chrono::seconds(2);

bool isHeldWith(const LockInspection& found, const QByteArray& token)
{
    if (found.holders.empty())
        return found.token == token;
    return std::any_of(
        found.holders.begin(), found.holders.end(), [&](const LockHolder& holder) { return holder.token == token; });
}

QString doneText(const ForceReleaseResult& result)
{
    const auto text = [](const char* words) { return QCoreApplication::translate("lockscope::ReleaseReview", words); };
    switch (result.target.act) {
    case LockAct::Shorten:
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview", "The lease was shortened to %1."))
            .arg(durationText(Milliseconds(result.target.ttlMs)));
    case LockAct::AddTtl:
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview", "The lock has a TTL of %1 now."))
            .arg(durationText(Milliseconds(result.target.ttlMs)));
    case LockAct::TakeOver:
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview",
                        "You hold it for %1, with the token %2. It ends by itself, and can be handed back before."))
            .arg(durationText(Milliseconds(result.target.ttlMs)),
                tokenText(result.target.newToken, maximumTokenCharacters));
    case LockAct::HandBack:
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview", "Handed back to the old token."));
    case LockAct::KillConnection:
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview",
                        "The connection %1 was closed. The lock is as it was; the program may connect again."))
            .arg(displayText(result.target.clientAddress));
    case LockAct::Release:
        break;
    }
    return {};
}

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
    case ReleaseOutcome::Done:
        return QCoreApplication::translate("lockscope::ReleaseReview", "done");
    case ReleaseOutcome::Unneeded:
        return QCoreApplication::translate("lockscope::ReleaseReview", "nothing to do");
    case ReleaseOutcome::NotSent:
        return QCoreApplication::translate("lockscope::ReleaseReview", "not sent");
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

QByteArray ReleaseCandidate::expectedToken() const
{
    if (!chosen.isEmpty())
        return chosen;
    return adopted ? found.token : seen.token;
}

bool ReleaseCandidate::isStale(SteadyTime now) const
{
    const bool read = look != Look::Pending && look != Look::Failed;
    return !read || now - found.at > oldestLook;
}

ReleaseReview::ReleaseReview(const QList<LockRecord>& locks, int maximum)
{
    for (const LockRecord& lock : locks.mid(0, maximum)) {
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
        && (!inspection->hasToken || isHeldWith(*inspection, candidate.seen.token));
    if (!candidate.chosen.isEmpty() && !isHeldWith(*inspection, candidate.chosen))
        candidate.chosen.clear();
    if (!inspection->exists)
        candidate.look = ReleaseCandidate::Look::Gone;
    else
        candidate.look = sameHolder ? ReleaseCandidate::Look::Same : ReleaseCandidate::Look::HolderChanged;
}

void ReleaseReview::setImpact(qsizetype index, const Result<ReleaseImpact>& impact)
{
    m_candidates[index].impact.reset();
    if (!impact)
        return setLook(index, tl::unexpected(impact.error()));
    m_candidates[index].impact = *impact;
    setLook(index, impact->seen);
}

void ReleaseReview::adopt(qsizetype index)
{
    if (m_candidates[index].look == ReleaseCandidate::Look::HolderChanged)
        m_candidates[index].adopted = true;
}

void ReleaseReview::setAct(const ReleaseAct& act)
{
    m_act = act;
    if (act.act != LockAct::Release)
        m_anyToken = false;
}

bool ReleaseReview::isIncluded(const ReleaseCandidate& candidate) const
{
    return !candidate.excluded && candidate.isIncluded(m_anyToken) && obstacleFor(candidate, m_act.act).isEmpty();
}

QString ReleaseReview::obstacleFor(const ReleaseCandidate& candidate, LockAct act) const
{
    const auto text = [](const char* words) { return QCoreApplication::translate("lockscope::ReleaseReview", words); };
    if (const QString obstacle = actObstacle(candidate.seen.family, act); !obstacle.isEmpty())
        return obstacle;
    if (candidate.impact) {
        if (const QString missing = missingRightsText(*candidate.impact, act); !missing.isEmpty())
            return missing;
    }
    if (act == LockAct::AddTtl && candidate.look == ReleaseCandidate::Look::Same && candidate.found.ttlMs >= 0)
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview", "It has a TTL already."));
    const auto taken = m_taken.constFind(candidate.seen.key);
    if (act == LockAct::HandBack && (taken == m_taken.cend() || taken->operatorToken != candidate.expectedToken()))
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview", "You have not taken it over in this window."));
    if (act == LockAct::KillConnection && (!candidate.impact || candidate.impact->evidence.clients.isEmpty()))
        return text(QT_TRANSLATE_NOOP("lockscope::ReleaseReview", "Nothing tells which connection is the holder's."));
    return {};
}

QString ReleaseReview::obstacle(LockAct act) const
{
    if (act == LockAct::KillConnection && count() > 1)
        return QCoreApplication::translate("lockscope::ReleaseReview", "One lock at a time.");
    QString first;
    for (const ReleaseCandidate& candidate : m_candidates) {
        const QString obstacle = obstacleFor(candidate, act);
        if (obstacle.isEmpty())
            return {};
        if (first.isEmpty())
            first = obstacle;
    }
    return first;
}

ForceReleaseTarget ReleaseReview::targetFor(const ReleaseCandidate& candidate) const
{
    ForceReleaseTarget target { candidate.seen.key, candidate.seen.family,
        m_anyToken ? QByteArray() : candidate.expectedToken(), m_anyToken };
    target.act = m_act.act;
    target.ttlMs = m_act.ttlMs;
    target.partly = m_act.partly;
    target.place.database = candidate.seen.database;
    if (m_act.act == LockAct::HandBack) {
        const TakenOver taken = m_taken.value(candidate.seen.key);
        target.newToken = taken.oldToken;
        target.ttlMs = taken.oldTtlMs;
    }
    if (m_act.act == LockAct::KillConnection) {
        target.clientId = m_act.client.id;
        target.clientAddress = m_act.client.address;
    }
    return target;
}

QList<ForceReleaseTarget> ReleaseReview::targets() const
{
    QList<ForceReleaseTarget> targets;
    for (const ReleaseCandidate& candidate : m_candidates) {
        if (isIncluded(candidate))
            targets.append(targetFor(candidate));
    }
    return targets;
}

qsizetype ReleaseReview::targetCount() const
{
    return std::count_if(m_candidates.begin(), m_candidates.end(),
        [this](const ReleaseCandidate& candidate) { return isIncluded(candidate); });
}

QList<qsizetype> ReleaseReview::releasedIndexes() const
{
    QList<qsizetype> indexes;
    for (qsizetype i = 0; i < count(); ++i) {
        if (at(i).result && at(i).result->outcome == ReleaseOutcome::Released)
            indexes.append(i);
    }
    return indexes;
}

void ReleaseReview::setNext(const QList<NextHolder>& next)
{
    const QList<qsizetype> indexes = releasedIndexes();
    for (qsizetype i = 0; i < std::min(indexes.size(), next.size()); ++i)
        m_candidates[indexes.at(i)].result->next = next.at(i);
}

QList<ForceReleaseResult> ReleaseReview::results() const
{
    QList<ForceReleaseResult> results;
    for (const ReleaseCandidate& candidate : m_candidates) {
        if (candidate.result)
            results.append(*candidate.result);
    }
    return results;
}

bool ReleaseReview::anyStale(SteadyTime now) const
{
    return std::any_of(m_candidates.begin(), m_candidates.end(),
        [&](const ReleaseCandidate& candidate) { return isIncluded(candidate) && candidate.isStale(now); });
}

void ReleaseReview::setResults(const QList<ForceReleaseResult>& results)
{
    qsizetype next = 0;
    for (ReleaseCandidate& candidate : m_candidates) {
        if (isIncluded(candidate) && next < results.size())
            candidate.result = results.at(next++);
    }
}

void ReleaseReview::replaceResults(const QList<ForceReleaseResult>& results)
{
    for (const ForceReleaseResult& result : results) {
        for (ReleaseCandidate& candidate : m_candidates) {
            if (candidate.seen.key == result.target.key)
                candidate.result = result;
        }
    }
}

void ReleaseReview::setFailure(const Error& error)
{
    for (ReleaseCandidate& candidate : m_candidates) {
        if (!isIncluded(candidate))
            continue;
        ForceReleaseResult result;
        result.target = targetFor(candidate);
        result.outcome
            = error.kind == ErrorKind::OutcomeUnknown ? ReleaseOutcome::OutcomeUnknown : ReleaseOutcome::Refused;
        result.error = error;
        candidate.result = result;
    }
}

bool ReleaseReview::isReady(const QString& reason) const
{
    return allLooked() && !reason.trimmed().isEmpty() && targetCount() > 0;
}

QString releaseResultText(const ForceReleaseResult& result)
{
    switch (result.outcome) {
    case ReleaseOutcome::Done:
        return doneText(result);
    case ReleaseOutcome::Unneeded:
        return QCoreApplication::translate(
            "lockscope::ReleaseReview", "Nothing had to be done: its lease is as short, or it has a TTL.");
    case ReleaseOutcome::NotSent:
        return QCoreApplication::translate("lockscope::ReleaseReview", "Not sent: stopped before its turn.");
    case ReleaseOutcome::Released:
        if (result.next)
            return QCoreApplication::translate("lockscope::ReleaseReview", "Released. %1")
                .arg(nextHolderText(*result.next));
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
    for (const ReleaseOutcome outcome : { ReleaseOutcome::Released, ReleaseOutcome::Done, ReleaseOutcome::Unneeded,
             ReleaseOutcome::AlreadyGone, ReleaseOutcome::HolderChanged, ReleaseOutcome::Refused,
             ReleaseOutcome::NotSent, ReleaseOutcome::OutcomeUnknown }) {
        const auto count = std::count_if(results.begin(), results.end(),
            [outcome](const ForceReleaseResult& result) { return result.outcome == outcome; });
        if (count > 0)
            parts += QStringLiteral("%1 %2").arg(count).arg(outcomeWord(outcome));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace lockscope
