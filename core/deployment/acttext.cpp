// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/acttext.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "locks/families/familyregistry.h"

#include <QCoreApplication>
#include <QStringList>

namespace lockscope {

namespace {

constexpr int maximumTokenCharacters = 48;
constexpr int maximumKeyCharacters = 80;

QString impactText(const char* text) { return QCoreApplication::translate("lockscope::Impact", text); }
QString recipeText(const char* text) { return QCoreApplication::translate("lockscope::Recipes", text); }

// A lock that no family claimed is a string key with a value: the plain pattern.
const LockFamily& familyOf(FamilyId family)
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    return registry.family(family == FamilyId::None ? registry.byName("plain") : family);
}

/// Milliseconds matter here: a waiter that was woken comes within some dozens of them.
QString spanText(qint64 ms) { return ms < 1000 ? QStringLiteral("%1 ms").arg(ms) : durationText(Milliseconds(ms)); }

QString shortened(const QByteArray& token)
{
    const QString quoted = redisCliQuoted(token);
    if (quoted.size() <= maximumTokenCharacters)
        return quoted;
    return quoted.left(maximumTokenCharacters / 2) + QChar(0x2026) + quoted.right(maximumTokenCharacters / 2 - 1);
}

QString actCommand(const ForceReleaseTarget& target)
{
    if (target.act == LockAct::KillConnection)
        return QStringLiteral("CLIENT KILL ID %1 ADDR %2").arg(target.clientId).arg(displayText(target.clientAddress));
    const ActCall call = actCall(familyOf(target.family), target.act,
        { target.key, target.expectedToken, target.anyToken, target.ttlMs, target.newToken });
    QStringList words { QStringLiteral("EVAL"), redisCliQuoted(call.source), QString::number(call.keys.size()) };
    for (const QByteArray& key : call.keys)
        words += redisCliQuoted(key);
    for (qsizetype i = 0; i < call.arguments.size(); ++i) {
        const bool isToken = i == 0 || (i == 2 && target.act != LockAct::Release);
        const bool isNumber = i == 1;
        const QByteArray& argument = call.arguments.at(i);
        words += isToken ? shortened(argument) : isNumber ? QString::fromLatin1(argument) : redisCliQuoted(argument);
    }
    return words.join(QLatin1Char(' '));
}

ImpactLine evidenceLine(const HolderEvidence& evidence)
{
    const QString subject = impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Alive?"));
    switch (evidence.verdict) {
    case HolderEvidence::Verdict::Connected: {
        QStringList clients;
        for (const ClientSeen& client : evidence.clients.mid(0, 3))
            clients.append(impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "%1 %2 (%3), silent for %4"))
                               .arg(displayText(client.address), displayText(client.name, 60), client.why,
                                   durationText(std::chrono::seconds(client.idleSeconds))));
        if (evidence.clients.size() > clients.size())
            clients.append(QStringLiteral("…"));
        return { subject,
            impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Probably connected now: %1."))
                .arg(clients.join(QStringLiteral("; "))),
            true };
    }
    case HolderEvidence::Verdict::NotSeen:
        return { subject,
            impactText(QT_TRANSLATE_NOOP("lockscope::Impact",
                           "None of %1 connections bears this holder's name or address. That is a hint, no proof: "
                           "programs need not "
                           "name their connections."))
                .arg(evidence.connections) };
    case HolderEvidence::Verdict::Undecidable:
        return { subject,
            impactText(QT_TRANSLATE_NOOP("lockscope::Impact",
                           "Not known: the token tells nothing that could be found among %1 connections."))
                .arg(evidence.connections) };
    case HolderEvidence::Verdict::NotPermitted:
        return { subject,
            impactText(QT_TRANSLATE_NOOP(
                "lockscope::Impact", "Not known: this user may not see who is connected (+client|list).")) };
    case HolderEvidence::Verdict::Unasked:
        break;
    }
    return { subject, impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Not known: nobody was asked.")) };
}

ImpactLine waitersLine(const LockInspection& seen)
{
    const QString subject = impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Waiting"));
    if (seen.waiters < 0 && seen.waitersReason.isEmpty())
        return { subject,
            impactText(QT_TRANSLATE_NOOP("lockscope::Impact",
                "Not known: no lock library is recognised here, so nothing tells how others wait.")) };
    if (seen.waiters < 0)
        return { subject, impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Not known: %1")).arg(seen.waitersReason) };
    if (seen.waiters == 0)
        return { subject, impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Nobody is seen to wait.")) };
    QStringList first;
    for (const QByteArray& waiter : seen.firstWaiters.mid(0, 3))
        first.append(displayText(waiter, 60));
    const QString count = impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "%1 waiting")).arg(seen.waiters);
    return { subject, first.isEmpty() ? count : count + QStringLiteral(": ") + first.join(QStringLiteral(", ")) };
}

ImpactLine fencingLine(const LockInspection& seen)
{
    const QString subject = impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Fencing"));
    if (seen.fence)
        return { subject,
            impactText(QT_TRANSLATE_NOOP("lockscope::Impact",
                           "The fencing counter stands at %1 and stays: whoever checks it can refuse the old holder."))
                .arg(*seen.fence) };
    return { subject,
        impactText(QT_TRANSLATE_NOOP("lockscope::Impact",
            "None is seen: if the old holder still runs, nothing keeps it from writing beside the next one.")) };
}

QString listed(const QList<QByteArray>& keys)
{
    QStringList names;
    for (const QByteArray& key : keys)
        names.append(displayText(key, maximumKeyCharacters));
    return names.join(QStringLiteral(", "));
}

} // namespace

QString actTitle(LockAct act)
{
    switch (act) {
    case LockAct::Shorten:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Shorten the lease"));
    case LockAct::AddTtl:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Add the missing TTL"));
    case LockAct::TakeOver:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Take over for a time"));
    case LockAct::HandBack:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Hand back"));
    case LockAct::KillConnection:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Close the holder's connection"));
    case LockAct::Release:
        break;
    }
    return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Release"));
}

QString actExplanation(FamilyId family, LockAct act) { return recipeText(familyOf(family).actRecipe(act).explanation); }

QString actObstacle(FamilyId family, LockAct act)
{
    const char* obstacle = familyOf(family).actRecipe(act).obstacle;
    return *obstacle ? recipeText(obstacle) : QString();
}

QString actCommands(const QList<ForceReleaseTarget>& targets)
{
    QStringList lines;
    for (const ForceReleaseTarget& target : targets)
        lines += actCommand(target);
    return lines.join(QLatin1Char('\n'));
}

QList<ImpactLine> impactLines(const ReleaseImpact& impact)
{
    if (!impact.seen.exists)
        return {};
    QList<ImpactLine> lines { evidenceLine(impact.evidence), waitersLine(impact.seen), fencingLine(impact.seen) };
    lines.append({ impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Afterwards")),
        QCoreApplication::translate("lockscope::Afterwards", familyOf(impact.seen.family).facts().afterwards)
            .remove(QLatin1Char('`')) });
    if (!impact.otherSlots.isEmpty())
        lines.append({ impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Cluster")),
            impactText(QT_TRANSLATE_NOOP("lockscope::Impact",
                           "These keys of the lock lie in other slots, so no single script reaches all: %1. They are "
                           "left alone, and "
                           "who waits there is not woken."))
                .arg(listed(impact.otherSlots)),
            true });
    return lines;
}

QString releaseOutcomeText(ReleaseOutcome outcome)
{
    switch (outcome) {
    case ReleaseOutcome::Released:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "released"));
    case ReleaseOutcome::Done:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "done"));
    case ReleaseOutcome::Unneeded:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "nothing to do"));
    case ReleaseOutcome::AlreadyGone:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "already gone"));
    case ReleaseOutcome::HolderChanged:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "another holder, left alone"));
    case ReleaseOutcome::Refused:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "refused"));
    case ReleaseOutcome::NotSent:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "not sent"));
    case ReleaseOutcome::OutcomeUnknown:
        break;
    }
    return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "outcome unknown"));
}

QString nodeLookText(const NodeLook& look)
{
    QString text = look.node + QStringLiteral(": ");
    if (look.error)
        return text + errorTitle(look.error->kind);
    if (!look.exists)
        return text + impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "nothing"));
    text += look.hasToken ? displayText(look.token, maximumTokenCharacters)
                          : impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "a value that is no token"));
    return text + QStringLiteral(", ")
        + (look.ttlMs < 0 ? impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "no TTL"))
                          : durationText(Milliseconds(look.ttlMs)));
}

QString nodeForecastText(const NodeForecast& forecast)
{
    const QString look = nodeLookText(forecast.look);
    switch (forecast.outcome) {
    case ReleaseOutcome::Released:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "%1 (to be released)")).arg(look);
    case ReleaseOutcome::Done:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "%1 (to be done)")).arg(look);
    case ReleaseOutcome::AlreadyGone:
        return look;
    case ReleaseOutcome::Refused:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "%1 (cannot be asked)")).arg(look);
    default:
        return QStringLiteral("%1 (%2)").arg(look, releaseOutcomeText(forecast.outcome));
    }
}

QString nodeReleaseText(const NodeRelease& release)
{
    QString text = release.node + QStringLiteral(": ") + releaseOutcomeText(release.outcome);
    if (release.outcome == ReleaseOutcome::HolderChanged)
        text += QStringLiteral(" (") + displayText(release.token, maximumTokenCharacters) + QLatin1Char(')');
    if (release.error)
        text += QStringLiteral(": ") + errorMessage(*release.error);
    return text;
}

QString missingRightsText(const ReleaseImpact& impact, LockAct act)
{
    const QStringList missing = impact.missingRights.value(act);
    if (missing.isEmpty())
        return {};
    return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "This user lacks the right: %1"))
        .arg(missing.join(QLatin1Char(' ')));
}

QString nextHolderText(const NextHolder& next)
{
    const QString watched = spanText(next.watchedMs);
    const QString after = spanText(next.afterMs);
    QStringList hints;
    for (const OwnerHint& hint : next.owner.mid(0, 2))
        hints.append(QString::fromLatin1(hint.name) + QLatin1Char(' ') + hint.value);
    QString who = displayText(next.token, maximumTokenCharacters);
    if (!hints.isEmpty())
        who += QStringLiteral(" (") + hints.join(QStringLiteral(", ")) + QLatin1Char(')');
    switch (next.kind) {
    case NextHolder::Kind::Other:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Next holder after %1: %2")).arg(after, who);
    case NextHolder::Kind::SameAgain:
        return impactText(
            QT_TRANSLATE_NOOP("lockscope::Impact", "The old holder took it again after %1: it is still running."))
            .arg(after);
    case NextHolder::Kind::Nobody:
        return impactText(QT_TRANSLATE_NOOP("lockscope::Impact", "Nobody took it within %1.")).arg(watched);
    case NextHolder::Kind::Unknown:
        break;
    }
    return impactText(
        QT_TRANSLATE_NOOP("lockscope::Impact", "It is not known who came next: the lock could not be read."));
}

QString confirmationFingerprint(const QList<ForceReleaseTarget>& targets)
{
    if (targets.size() == 1 && !targets.first().anyToken)
        return tokenFingerprint(targets.first().expectedToken);
    QByteArray all;
    for (const ForceReleaseTarget& target : targets) {
        all += QByteArray::number(target.key.size()) + ':' + target.key;
        all += QByteArray::number(target.expectedToken.size()) + ':' + target.expectedToken;
    }
    return tokenFingerprint(all);
}

} // namespace lockscope
