// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/releaseplan.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "base/jsonwriter.h"
#include "cli/optiontable.h"
#include "cli/releaseimpact.h"
#include "deployment/acttext.h"
#include "deployment/lockjson.h"
#include "locks/families/familyregistry.h"

#include <algorithm>

namespace lockscope::cli {

namespace {

QString outcomeText(ReleaseOutcome outcome)
{
    switch (outcome) {
    case ReleaseOutcome::Released:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "released"));
    case ReleaseOutcome::Done:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "done"));
    case ReleaseOutcome::Unneeded:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "nothing to be done: its lease is so already"));
    case ReleaseOutcome::NotSent:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "not sent: stopped before its turn"));
    case ReleaseOutcome::AlreadyGone:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "already gone"));
    case ReleaseOutcome::HolderChanged:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "not released: the holder has changed"));
    case ReleaseOutcome::Refused:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "refused"));
    case ReleaseOutcome::OutcomeUnknown:
        break;
    }
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "outcome unknown, not sent again"));
}

QString plannedText(const ReleasePlan::Item& item)
{
    switch (item.expected) {
    case ReleaseOutcome::Released:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "to be released"));
    case ReleaseOutcome::Done:
        return actTitle(item.target.act);
    case ReleaseOutcome::Refused:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "left alone: %1"))
            .arg(item.error ? errorMessage(*item.error) : QString());
    default:
        return outcomeText(item.expected);
    }
}

/// `would_release`, `would_shorten`…, or the outcome that is known already.
QString plannedName(LockAct act, ReleaseOutcome expected)
{
    if (expected != ReleaseOutcome::Released && expected != ReleaseOutcome::Done)
        return releaseOutcomeName(expected);
    return QStringLiteral("would_") + QString(lockActName(act)).replace(QLatin1Char('-'), QLatin1Char('_'));
}

/// Of independent masters: what each one has, and what would become of it there.
void writeForecasts(JsonWriter& json, const ReleasePlan::Item& item)
{
    if (item.nodes.isEmpty())
        return;
    json.name("nodes");
    json.beginArray();
    for (const NodeForecast& node : forecastNodes(item.nodes, item.target)) {
        json.beginObject();
        json.name("node");
        json.string(node.look.node);
        if (node.look.exists && node.look.hasToken) {
            json.bytes("token", node.look.token);
        } else {
            json.name("token");
            json.null();
        }
        json.name("ttl_ms");
        json.integerOrNull(node.look.ttlMs >= 0 ? std::optional(node.look.ttlMs) : std::nullopt);
        json.name("outcome");
        json.string(plannedName(item.target.act, node.outcome));
        json.name("error");
        node.look.error ? json.string(errorMessage(*node.look.error)) : json.null();
        json.endObject();
    }
    json.endArray();
}

bool isHeldWith(const LockInspection& seen, const QByteArray& token)
{
    if (seen.holders.empty())
        return seen.token == token;
    return std::any_of(
        seen.holders.begin(), seen.holders.end(), [&](const LockHolder& holder) { return holder.token == token; });
}

ReleaseOutcome expectedOutcome(const LockInspection& seen, const ForceReleaseTarget& target)
{
    if (!seen.exists)
        return ReleaseOutcome::AlreadyGone;
    if (!target.anyToken && seen.hasToken && !isHeldWith(seen, target.expectedToken))
        return ReleaseOutcome::HolderChanged;
    return target.act == LockAct::Release ? ReleaseOutcome::Released : ReleaseOutcome::Done;
}

void refuse(ReleasePlan::Item& item, ErrorKind kind, const QString& why)
{
    item.expected = ReleaseOutcome::Refused;
    item.error = makeError(kind, why);
}

/// Closing a connection needs evidence whose it is.
void chooseClient(ReleasePlan::Item& item, const HolderEvidence& evidence, qint64 wanted)
{
    QStringList names;
    for (const ClientSeen& client : evidence.clients) {
        if (client.id == wanted || (wanted == 0 && evidence.clients.size() == 1)) {
            item.target.clientId = client.id;
            item.target.clientAddress = client.address;
            return;
        }
        names.append(QString::number(client.id) + QLatin1Char(' ') + displayText(client.address));
    }
    refuse(item, ErrorKind::Usage,
        evidence.clients.isEmpty()
            ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "nothing tells which connection is the holder's"))
            : cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "choose with --client one of: %1"))
                  .arg(names.join(QStringLiteral(", "))));
}

QString afterwardsText(const LockInspection& seen)
{
    if (!seen.exists)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "it is gone now"));
    if (!seen.hasToken)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "it is held now"));
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "it is held now with %1")).arg(displayText(seen.token));
}

QString ownerText(const QList<OwnerHint>& hints)
{
    QStringList parts;
    for (const OwnerHint& hint : hints)
        parts << QString::fromUtf8(hint.name) + QLatin1Char(' ') + hint.value;
    return parts.join(QStringLiteral(", "));
}

} // namespace

bool ReleasePlan::isSent(const Item& item)
{
    // A token that does not fit now is still the script's to judge: the lock may come back to it.
    return item.expected == ReleaseOutcome::Released || item.expected == ReleaseOutcome::Done
        || item.expected == ReleaseOutcome::HolderChanged;
}

qsizetype ReleasePlan::targetCount() const { return std::count_if(m_items.begin(), m_items.end(), &isSent); }

ForceReleaseRequest ReleasePlan::request(const QString& reason, const QString& ticket) const
{
    ForceReleaseRequest request;
    request.reason = reason;
    request.ticket = ticket;
    for (const Item& item : m_items) {
        if (isSent(item))
            request.targets.append(item.target);
    }
    return request;
}

QList<ForceReleaseResult> ReleasePlan::foregoneResults() const
{
    QList<ForceReleaseResult> results;
    for (const Item& item : m_items) {
        if (isSent(item))
            continue;
        ForceReleaseResult result;
        result.target = item.target;
        result.outcome = item.expected;
        result.error = item.error;
        results.append(result);
    }
    return results;
}

int ReleasePlan::expectedStatus() const
{
    const bool allReleased = std::all_of(m_items.begin(), m_items.end(), [](const Item& item) {
        return item.expected == ReleaseOutcome::Released || item.expected == ReleaseOutcome::Done;
    });
    return allReleased ? 0 : 1;
}

QByteArray ReleasePlan::text() const
{
    if (m_items.isEmpty())
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no lock matches")).toUtf8() + '\n';
    QString text;
    for (const Item& item : m_items) {
        const QString holder = item.hasToken ? displayText(item.tokenNow) : QStringLiteral("-");
        const QString left = item.expected == ReleaseOutcome::AlreadyGone ? QStringLiteral("-")
            : item.ttlMs < 0 ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no TTL"))
                             : durationText(Milliseconds(item.ttlMs));
        text
            += cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1: %2; holder %3 %4; remaining %5"))
                   .arg(displayText(item.target.key), plannedText(item), holder, displayText(item.owner.toUtf8()), left)
            + QLatin1Char('\n');
        for (const NodeForecast& node : forecastNodes(item.nodes, item.target))
            text += QStringLiteral("  ") + nodeForecastText(node) + QLatin1Char('\n');
        if (item.impact)
            text += QString::fromUtf8(impactText(*item.impact, item.target));
    }
    return text.toUtf8();
}

QByteArray ReleasePlan::json() const
{
    JsonWriter json;
    json.beginObject();
    json.name("dry_run");
    json.boolean(true);
    json.name("targets");
    json.beginArray();
    for (const Item& item : m_items) {
        json.beginObject();
        json.bytes("key", item.target.key);
        json.name("family");
        json.string(FamilyRegistry::instance().name(item.target.family));
        if (item.hasToken) {
            json.bytes("token", item.tokenNow);
        } else {
            json.name("token");
            json.null();
        }
        json.name("ttl_ms");
        json.integerOrNull(item.ttlMs >= 0 ? std::optional(item.ttlMs) : std::nullopt);
        json.name("outcome");
        json.string(plannedName(item.target.act, item.expected));
        json.name("act");
        json.string(lockActName(item.target.act));
        json.name("reason");
        if (item.error)
            json.string(errorMessage(*item.error));
        else
            json.null();
        writeForecasts(json, item);
        if (item.impact)
            writeImpactJson(json, *item.impact, item.target);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.take() + '\n';
}

ReleasePlan planFor(
    const ReleaseImpact& impact, const std::optional<QByteArray>& expectedToken, const WantedAct& wanted)
{
    const LockInspection& seen = impact.seen;
    ReleasePlan::Item item;
    // Only a release may end whoever holds it; anything else means the holder that was shown.
    const bool any = !expectedToken && wanted.act == LockAct::Release;
    item.target = { seen.key, seen.family, any ? QByteArray() : expectedToken.value_or(seen.token), any };
    item.target.act = wanted.act;
    item.target.ttlMs = wanted.ttlMs;
    item.target.newToken = wanted.newToken;
    item.target.partly = wanted.partly;
    item.expected = expectedOutcome(seen, item.target);
    item.tokenNow = seen.token;
    item.hasToken = seen.hasToken;
    item.owner = ownerText(seen.owner);
    item.ttlMs = seen.ttlMs;
    for (const LockHolder& holder : seen.holders)
        item.holders.append(holder.token);
    item.nodes = seen.nodes;
    if (seen.exists)
        item.impact = impact;
    if (wanted.act == LockAct::KillConnection && item.expected == ReleaseOutcome::Done)
        chooseClient(item, impact.evidence, wanted.clientId);
    if (const QString why = actObstacle(seen.family, wanted.act); seen.exists && !why.isEmpty())
        refuse(item, ErrorKind::NotSupported, why);
    return ReleasePlan({ item });
}

/// What the watch knows of each master.
static QList<NodeLook> looksOf(const LockRecord& lock, const LockSnapshot& snapshot)
{
    QList<NodeLook> nodes;
    if (!lock.votes)
        return nodes;
    for (size_t i = 0; i < lock.votes->byNode.size(); ++i) {
        const LockVote& vote = lock.votes->byNode[i];
        NodeLook look { snapshot.status.nodeName(quint16(i)), vote.exists, vote.hasToken, vote.token, -1, {} };
        if (vote.deadline != noDeadline)
            look.ttlMs = std::max<qint64>(
                std::chrono::duration_cast<Milliseconds>(vote.deadline - snapshot.takenAt).count(), 0);
        if (i < size_t(snapshot.status.nodes.size()) && !snapshot.status.nodes[i].isUp())
            look.error = snapshot.status.nodes[i].error.value_or(makeError(ErrorKind::ConnectionLost));
        nodes.append(look);
    }
    return nodes;
}

ReleasePlan planFor(const LockSnapshot& snapshot, bool anyToken, const WantedAct& wanted)
{
    QList<ReleasePlan::Item> items;
    for (const LockRecord& lock : snapshot.locks) {
        ReleasePlan::Item item;
        item.target = { lock.key, lock.family, lock.token, anyToken && wanted.act == LockAct::Release };
        item.target.act = wanted.act;
        item.target.ttlMs = wanted.ttlMs;
        item.target.partly = wanted.partly;
        item.target.place.database = lock.database;
        item.expected = wanted.act == LockAct::Release ? ReleaseOutcome::Released : ReleaseOutcome::Done;
        if (!lock.hasToken && !item.target.anyToken)
            refuse(item, ErrorKind::Usage,
                cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no token to compare (--any-token takes it)")));
        if (const QString why = actObstacle(lock.family, wanted.act); !why.isEmpty())
            refuse(item, ErrorKind::NotSupported, why);
        for (const LockHolder& holder : lock.extras->holders ? *lock.extras->holders : std::vector<LockHolder>())
            item.holders.append(holder.token);
        item.nodes = looksOf(lock, snapshot);
        item.tokenNow = lock.token;
        item.hasToken = lock.hasToken;
        item.owner = lock.extras->owner;
        item.ttlMs = lock.hasDeadline() ? lock.remaining(snapshot.takenAt).count() : -1;
        items.append(item);
    }
    std::sort(items.begin(), items.end(),
        [](const ReleasePlan::Item& a, const ReleasePlan::Item& b) { return a.target.key < b.target.key; });
    return ReleasePlan(items);
}

QByteArray resultsText(const QList<ForceReleaseResult>& results)
{
    QString text;
    for (const ForceReleaseResult& result : results) {
        text += displayText(result.target.key) + QStringLiteral(": ") + outcomeText(result.outcome);
        if (result.outcome == ReleaseOutcome::HolderChanged)
            text += QStringLiteral(" (") + displayText(result.token) + QLatin1Char(')');
        if (result.outcome == ReleaseOutcome::Done && result.target.act == LockAct::TakeOver)
            text += QStringLiteral(" (") + displayText(result.target.newToken) + QLatin1Char(')');
        if (result.error)
            text += QStringLiteral(": ") + errorMessage(*result.error);
        for (const NodeRelease& node : result.nodes) {
            text += QStringLiteral("\n  ") + node.node + QStringLiteral(": ") + outcomeText(node.outcome);
            if (node.error)
                text += QStringLiteral(": ") + errorMessage(*node.error);
        }
        for (const QByteArray& key : result.left)
            text += QStringLiteral("; ")
                + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "left alone: %1")).arg(displayText(key));
        if (result.next)
            text += QStringLiteral("; ") + nextHolderText(*result.next);
        if (result.afterwards)
            text += QStringLiteral("; ") + afterwardsText(*result.afterwards);
        text += QLatin1Char('\n');
    }
    return text.toUtf8();
}

QByteArray resultsJson(const QList<ForceReleaseResult>& results)
{
    QByteArray text = "{\"results\":[";
    for (qsizetype i = 0; i < results.size(); ++i)
        text += (i > 0 ? "," : "") + releaseResultToJson(results.at(i));
    return text + "]}\n";
}

} // namespace lockscope::cli
