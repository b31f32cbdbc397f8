// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "cli/commands.h"
#include "cli/optiontable.h"
#include "deployment/acttext.h"
#include "deployment/lockjson.h"
#include "locks/families/familyregistry.h"

namespace lockscope::cli {

namespace {

QString holderText(const LockHolder& holder)
{
    QString text = displayText(holder.token);
    if (holder.count != 1)
        text += QStringLiteral("  \u00d7%1").arg(holder.count);
    if (holder.ttlMs >= 0)
        text += QStringLiteral("  ") + durationText(Milliseconds(holder.ttlMs));
    return text;
}

QString waitersText(const LockInspection& seen)
{
    if (seen.waiters < 0)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "not known: %1")).arg(seen.waitersReason);
    QStringList names;
    for (const QByteArray& waiter : seen.firstWaiters)
        names += displayText(waiter);
    if (seen.waiters > seen.firstWaiters.size() && !names.isEmpty())
        names += QStringLiteral("\u2026");
    QString text = QString::number(seen.waiters);
    if (!names.isEmpty())
        text += QStringLiteral(": ") + names.join(QStringLiteral(", "));
    return text;
}

QString auxiliaryText(const AuxiliaryFound& found)
{
    const QString ttl = found.ttlMs >= 0 ? QStringLiteral(", ") + durationText(Milliseconds(found.ttlMs)) : QString();
    return QStringLiteral("%1  (%2, %3%4)").arg(displayText(found.key), found.role, QString::fromUtf8(found.type), ttl);
}

/// As a list has it: `held`, `quorum 2/3`, `minority 1/3 split`.
QString looksStateText(const LockInspection& seen)
{
    QString text = lockStateName(lookedState(seen));
    const LookedVotes votes = lookedVotes(seen);
    if (votes.quorum > 0)
        text += QStringLiteral(" %1/%2").arg(votes.winning).arg(seen.nodes.size());
    if (votes.isSplit)
        text += QLatin1Char(' ') + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "split"));
    return text;
}

QString lookText(const LockInspection& seen)
{
    QString text;
    const auto line = [&text](const char* name, const QString& value) {
        if (!value.isEmpty())
            text += cliText(name).leftJustified(12) + QLatin1Char(' ') + value + QLatin1Char('\n');
    };
    line(QT_TRANSLATE_NOOP("lockscope::Cli", "key"), displayText(seen.key));
    line(QT_TRANSLATE_NOOP("lockscope::Cli", "node"),
        seen.node + QStringLiteral(" db ") + QString::number(seen.database));
    line(QT_TRANSLATE_NOOP("lockscope::Cli", "state"), looksStateText(seen));
    for (const NodeLook& node : seen.nodes)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "vote"), nodeLookText(node));
    line(QT_TRANSLATE_NOOP("lockscope::Cli", "type"), QString::fromUtf8(seen.type));
    line(QT_TRANSLATE_NOOP("lockscope::Cli", "family"), FamilyRegistry::instance().name(seen.family));
    if (seen.family != FamilyId::None)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "confidence"),
            QString::number(double(seen.confidence), 'f', 2) + QStringLiteral(": ") + seen.rule);
    if (seen.mode != LockMode::Exclusive)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "mode"), lockModeName(seen.mode));
    if (seen.holders.size() > 1 || (!seen.holders.empty() && seen.holders.front().count != 1)) {
        for (const LockHolder& holder : seen.holders)
            line(QT_TRANSLATE_NOOP("lockscope::Cli", "holder"), holderText(holder));
    } else if (seen.hasToken) {
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "token"), displayText(seen.token));
    } else if (!seen.held) {
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "holder"),
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "nobody holds it at this moment")));
    } else if (seen.type == "string") {
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "value"),
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no token (%1 bytes)")).arg(seen.valueBytes));
    } else {
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "value"),
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no token (%1 elements)")).arg(seen.elements));
    }
    if (seen.freePermits)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "free"), QString::number(*seen.freePermits));
    for (const OwnerHint& hint : seen.owner)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "owner"),
            QString::fromUtf8(hint.name) + QLatin1Char(' ') + displayText(hint.value.toUtf8()));
    line(QT_TRANSLATE_NOOP("lockscope::Cli", "remaining"),
        seen.ttlMs < 0 ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no TTL: it will never expire by itself"))
                       : durationText(Milliseconds(seen.ttlMs)));
    if (seen.idleSeconds >= 0)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "idle"), durationText(std::chrono::seconds(seen.idleSeconds)));
    if (seen.fence)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "fence"), QString::number(*seen.fence));
    if (seen.family != FamilyId::None)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "waiters"), waitersText(seen));
    for (const AuxiliaryFound& found : seen.auxiliary)
        line(QT_TRANSLATE_NOOP("lockscope::Cli", "beside"), auxiliaryText(found));
    return text;
}

} // namespace

Result<int> runShow(Session& session)
{
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    const Result<LockInspection> seen = session.await(session.deployment().inspect({ session.invocation().key() }));
    if (!seen)
        return fail(seen.error());
    if (!seen->exists)
        return fail(ErrorKind::NoSuchKey, displayText(seen->key));
    if (session.invocation().json)
        session.write(inspectionToJson(*seen) + '\n');
    else
        session.write(lookText(*seen).toUtf8());
    return 0;
}

} // namespace lockscope::cli
