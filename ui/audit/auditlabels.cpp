// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/auditlabels.h"

#include "base/durationtext.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

struct Label {
    const char* name;
    const char* title;
};

constexpr Label actionLabels[] = {
    { auditaction::forceRelease, QT_TRANSLATE_NOOP("lockscope::Audit", "Force-release") },
    { auditaction::restore, QT_TRANSLATE_NOOP("lockscope::Audit", "Restore") },
    { auditaction::writeArmed, QT_TRANSLATE_NOOP("lockscope::Audit", "Writes armed") },
    { auditaction::shorten, QT_TRANSLATE_NOOP("lockscope::Audit", "Shorten") },
    { auditaction::addTtl, QT_TRANSLATE_NOOP("lockscope::Audit", "Add a TTL") },
    { auditaction::takeOver, QT_TRANSLATE_NOOP("lockscope::Audit", "Take over") },
    { auditaction::handBack, QT_TRANSLATE_NOOP("lockscope::Audit", "Hand back") },
    { auditaction::killConnection, QT_TRANSLATE_NOOP("lockscope::Audit", "Kill connection") },
    { auditaction::acquire, QT_TRANSLATE_NOOP("lockscope::Audit", "Acquire") },
    { auditaction::extend, QT_TRANSLATE_NOOP("lockscope::Audit", "Extend") },
    { auditaction::release, QT_TRANSLATE_NOOP("lockscope::Audit", "Release") },
};

constexpr Label outcomeLabels[] = {
    { "released", QT_TRANSLATE_NOOP("lockscope::Audit", "released") },
    { "restored", QT_TRANSLATE_NOOP("lockscope::Audit", "restored") },
    { "armed", QT_TRANSLATE_NOOP("lockscope::Audit", "armed") },
    { "done", QT_TRANSLATE_NOOP("lockscope::Audit", "done") },
    { "already_gone", QT_TRANSLATE_NOOP("lockscope::Audit", "already gone") },
    { "holder_changed", QT_TRANSLATE_NOOP("lockscope::Audit", "holder changed") },
    { "key_exists", QT_TRANSLATE_NOOP("lockscope::Audit", "key was there") },
    { "expired", QT_TRANSLATE_NOOP("lockscope::Audit", "expired meanwhile") },
    { "refused", QT_TRANSLATE_NOOP("lockscope::Audit", "refused") },
    { "outcome_unknown", QT_TRANSLATE_NOOP("lockscope::Audit", "outcome unknown") },
    { "acquired", QT_TRANSLATE_NOOP("lockscope::Audit", "acquired") },
    { "extended", QT_TRANSLATE_NOOP("lockscope::Audit", "extended") },
    { "taken", QT_TRANSLATE_NOOP("lockscope::Audit", "taken by somebody else") },
    { "not_held", QT_TRANSLATE_NOOP("lockscope::Audit", "not held any more") },
    { "not_sent", QT_TRANSLATE_NOOP("lockscope::Audit", "not sent") },
    { "unfinished", QT_TRANSLATE_NOOP("lockscope::Audit", "no outcome written") },
};

QString auditText(const char* text) { return QCoreApplication::translate("lockscope::Audit", text); }

template <size_t N> QString titleOf(const Label (&labels)[N], const QString& name)
{
    for (const Label& label : labels) {
        if (name == QLatin1StringView(label.name))
            return auditText(label.title);
    }
    return name;
}

template <size_t N> QStringList namesOf(const Label (&labels)[N])
{
    QStringList names;
    for (const Label& label : labels)
        names += QLatin1StringView(label.name);
    return names;
}

} // namespace

QString auditActionTitle(const QString& action) { return titleOf(actionLabels, action); }

QString auditOutcomeTitle(const QString& outcome)
{
    return titleOf(outcomeLabels, outcome.isEmpty() ? QStringLiteral("unfinished") : outcome);
}

Tone auditOutcomeTone(const QString& outcome)
{
    static const QStringList well { QStringLiteral("released"), QStringLiteral("restored"), QStringLiteral("done"),
        QStringLiteral("armed"), QStringLiteral("acquired"), QStringLiteral("extended") };
    static const QStringList idle { QStringLiteral("already_gone"), QStringLiteral("holder_changed"),
        QStringLiteral("key_exists"), QStringLiteral("expired"), QStringLiteral("not_sent"), QStringLiteral("taken"),
        QStringLiteral("not_held") };
    if (well.contains(outcome))
        return Tone::Positive;
    if (idle.contains(outcome))
        return Tone::Info;
    return outcome == QLatin1StringView("refused") ? Tone::Danger : Tone::Warning;
}

QStringList auditActionNames() { return namesOf(actionLabels); }

QStringList auditOutcomeNames() { return namesOf(outcomeLabels); }

QString restoreOutcomeText(const RestoreResult& result)
{
    switch (result.outcome) {
    case RestoreOutcome::Restored:
        return result.ttlMs < 0 ? QCoreApplication::translate("lockscope::Audit", "Put back, without a TTL as before.")
                                : QCoreApplication::translate("lockscope::Audit", "Put back; it ends by itself in %1.")
                                      .arg(durationText(Milliseconds(result.ttlMs)));
    case RestoreOutcome::Possible:
        return result.ttlMs < 0
            ? QCoreApplication::translate("lockscope::Audit", "The key is free. It would come back without a TTL.")
            : QCoreApplication::translate("lockscope::Audit", "The key is free. It would come back with %1 left.")
                  .arg(durationText(Milliseconds(result.ttlMs)));
    case RestoreOutcome::KeyExists:
        return QCoreApplication::translate(
            "lockscope::Audit", "The key is there: somebody holds it by now, and is left alone.");
    case RestoreOutcome::Expired:
        return QCoreApplication::translate(
            "lockscope::Audit", "Its lease would have ended by itself meanwhile: there is nothing to put back.");
    case RestoreOutcome::Refused:
        return QCoreApplication::translate("lockscope::Audit", "Refused; nothing was changed.");
    case RestoreOutcome::OutcomeUnknown:
        break;
    }
    return QCoreApplication::translate("lockscope::Audit",
        "Outcome unknown: the answer was lost, and the command is not sent again. Look at the lock.");
}

QString whyNoRestore(const AuditEntry& entry)
{
    if (entry.action == QLatin1StringView(auditaction::writeArmed))
        return QCoreApplication::translate("lockscope::Audit", "Nothing was deleted here");
    if (entry.restoredBy > 0)
        return QCoreApplication::translate("lockscope::Audit", "Entry %1 has put it back already")
            .arg(entry.restoredBy);
    switch (entry.oldValueState) {
    case OldValueState::None:
        return QCoreApplication::translate("lockscope::Audit", "The entry has no old value");
    case OldValueState::TooLarge:
        return QCoreApplication::translate("lockscope::Audit", "The old value was too large to keep");
    case OldValueState::Unreadable:
        return QCoreApplication::translate("lockscope::Audit", "The old value could not be read before the act");
    case OldValueState::Kept:
        break;
    }
    const bool mayHaveEnded = entry.outcome.isEmpty() || entry.outcome == QLatin1StringView("outcome_unknown");
    if (mayHaveEnded || auditOutcomeTone(entry.outcome) == Tone::Positive)
        return {};
    return QCoreApplication::translate("lockscope::Audit", "The act changed nothing");
}

} // namespace lockscope
