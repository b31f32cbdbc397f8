// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/releaseplan.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "base/jsonwriter.h"
#include "cli/optiontable.h"
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
    case ReleaseOutcome::Refused:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "left alone: no token to compare (--any-token takes it)"));
    default:
        return outcomeText(item.expected);
    }
}

QLatin1StringView plannedName(ReleaseOutcome expected)
{
    return expected == ReleaseOutcome::Released ? QLatin1StringView("would_release") : releaseOutcomeName(expected);
}

ReleaseOutcome expectedOutcome(const LockInspection& seen, const std::optional<QByteArray>& expectedToken)
{
    if (!seen.exists)
        return ReleaseOutcome::AlreadyGone;
    return expectedToken && seen.hasToken && seen.token != *expectedToken ? ReleaseOutcome::HolderChanged
                                                                          : ReleaseOutcome::Released;
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
    return item.expected == ReleaseOutcome::Released || item.expected == ReleaseOutcome::HolderChanged;
}

qsizetype ReleasePlan::targetCount() const { return std::count_if(m_items.begin(), m_items.end(), &isSent); }

ForceReleaseRequest ReleasePlan::request(const QString& reason) const
{
    ForceReleaseRequest request;
    request.reason = reason;
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
        if (item.expected == ReleaseOutcome::Refused)
            result.error = makeError(ErrorKind::Usage,
                cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no token to compare (--any-token takes it)")));
        results.append(result);
    }
    return results;
}

int ReleasePlan::expectedStatus() const
{
    const bool allReleased = std::all_of(
        m_items.begin(), m_items.end(), [](const Item& item) { return item.expected == ReleaseOutcome::Released; });
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
        json.string(plannedName(item.expected));
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.take() + '\n';
}

ReleasePlan planFor(const LockInspection& seen, const std::optional<QByteArray>& expectedToken)
{
    ReleasePlan::Item item;
    item.target = { seen.key, seen.family, expectedToken.value_or(QByteArray()), !expectedToken };
    item.expected = expectedOutcome(seen, expectedToken);
    item.tokenNow = seen.token;
    item.hasToken = seen.hasToken;
    item.owner = ownerText(seen.owner);
    item.ttlMs = seen.ttlMs;
    return ReleasePlan({ item });
}

ReleasePlan planFor(const LockSnapshot& snapshot, bool anyToken)
{
    QList<ReleasePlan::Item> items;
    for (const LockRecord& lock : snapshot.locks) {
        ReleasePlan::Item item;
        item.target = { lock.key, lock.family, lock.token, anyToken };
        item.expected = lock.hasToken || anyToken ? ReleaseOutcome::Released : ReleaseOutcome::Refused;
        item.tokenNow = lock.token;
        item.hasToken = lock.hasToken;
        item.owner = lock.owner;
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
        if (result.error)
            text += QStringLiteral(": ") + errorMessage(*result.error);
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
