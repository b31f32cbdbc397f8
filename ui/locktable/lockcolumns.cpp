// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/lockcolumns.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/locktext.h"
#include "common/plaintip.h"
#include "locks/families/familyregistry.h"
#include "locks/suspicion.h"

#include <QCoreApplication>

#include <array>

namespace lockscope {

namespace {

constexpr auto leading = Qt::AlignLeading | Qt::AlignVCenter;
constexpr auto trailing = Qt::AlignTrailing | Qt::AlignVCenter;

constexpr std::array<LockColumnInfo, lockColumnCount> columns { {
    { LockColumn::State, "state", QT_TRANSLATE_NOOP("lockscope::LockColumns", "State"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns",
            "Held, due, stale, or without TTL; of independent masters, with how many votes. Sorts by severity."),
        leading, 17, 13, false },
    { LockColumn::Key, "key", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Key"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "The lock's key in Redis. Sorts by its bytes."), leading, 34, 24,
        false },
    { LockColumn::Family, "family", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Family"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "The lock library that was recognised."), leading, 14, 11, false },
    { LockColumn::Token, "token", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Holder token"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "The value by which the holder proves that the lock is its own."),
        leading, 22, 12, false },
    { LockColumn::Owner, "owner", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Owner"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "What the token tells of its holder."), leading, 18, 12, false },
    { LockColumn::Remaining, "remaining", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Remaining"),
        QT_TRANSLATE_NOOP(
            "lockscope::LockColumns", "What is left of the lease. Sorts by deadline; locks without TTL come last."),
        leading, 23, 16, false },
    { LockColumn::Held, "held", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Held for"),
        QT_TRANSLATE_NOOP(
            "lockscope::LockColumns", "Since it was acquired; ≥ where it was held already when watching began."),
        trailing, 15, 10, false },
    { LockColumn::Renewals, "renewals", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Renewals"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "Extensions seen by the same holder."), trailing, 10, 9, false },
    { LockColumn::Database, "database", QT_TRANSLATE_NOOP("lockscope::LockColumns", "DB"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "The number of the Redis database."), trailing, 5, 5, true },
    { LockColumn::Node, "node", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Node"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns", "The server it lives on."), trailing, 6, 6, true },
    { LockColumn::Rhythm, "rhythm", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Rhythm"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns",
            "How often its holder renews it, and how many renewals did not come. Sorts by those that are overdue."),
        leading, 20, 14, true },
    { LockColumn::Waiters, "waiters", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Waiters"),
        QT_TRANSLATE_NOOP(
            "lockscope::LockColumns", "How many wait for it, where its family tells; counted for the locks on screen."),
        trailing, 8, 8, true },
    { LockColumn::Suspicion, "suspicion", QT_TRANSLATE_NOOP("lockscope::LockColumns", "Suspicion"),
        QT_TRANSLATE_NOOP("lockscope::LockColumns",
            "Whether it may be stuck, and why: hints to be weighed, 100 is the strongest. Sorts by strength."),
        leading, 24, 16, true },
} };

QString rhythmCell(const LockRecord& lock)
{
    if (!lock.extras->rhythm || lock.extras->rhythm->periodMs == 0)
        return QStringLiteral("–");
    const QString period = QCoreApplication::translate("lockscope::LockColumns", "every %1")
                               .arg(durationText(Milliseconds(lock.extras->rhythm->periodMs)));
    if (lock.extras->rhythm->missed == 0)
        return period;
    return QCoreApplication::translate("lockscope::LockColumns", "%1, %2 missed")
        .arg(period)
        .arg(lock.extras->rhythm->missed);
}

QString suspicionCell(const LockRecord& lock)
{
    const int score = suspicionScore(lock);
    if (score == 0)
        return QStringLiteral("–");
    QStringList words;
    for (const Suspicion& suspicion : suspicionsOf(lock))
        words += suspicionTitle(suspicion.kind);
    return QStringLiteral("%1 · ").arg(score) + words.join(QStringLiteral(", "));
}

QString whyTip(const LockRecord& lock, LinkState link, SteadyTime now)
{
    const QString why = lockWhyText(lock, link, now);
    return suspicionScore(lock) > 0 ? why + QLatin1Char('\n') + suspicionText(lock, now) : why;
}

QString translated(const char* text) { return QCoreApplication::translate("lockscope::LockColumns", text); }

QString remainingCell(const LockRecord& lock, SteadyTime now)
{
    if (!lock.hasDeadline())
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "no TTL"));
    if (lock.state == LockState::Due)
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "due"));
    return durationText(lock.remaining(now));
}

/// In a quorum group the votes stand beside the word.
QString stateCell(const LockRecord& lock)
{
    if (!lock.extras->votes)
        return lockStateText(lock.state);
    const QString word = lock.state == LockState::Minority && lock.extras->votes->isSplit
        ? translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "split"))
        : lockStateText(lock.state);
    return QStringLiteral("%1 %2/%3").arg(word).arg(lock.extras->votes->winning).arg(lock.extras->votes->byNode.size());
}

QString heldCell(const LockRecord& lock, SteadyTime now)
{
    const QString text = durationText(std::chrono::duration_cast<Milliseconds>(now - lock.heldSince()));
    return lock.acquiredAt == unknownTime ? QStringLiteral("≥ ") + text : text;
}

QString holderText(const LockRecord& lock)
{
    if (!lock.hasToken)
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "holder not readable"));
    return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "holder %1"))
        .arg(lock.extras->owner.isEmpty() ? displayText(lock.token, 64) : lock.extras->owner.left(64));
}

QString timeSentence(const LockRecord& lock, SteadyTime now)
{
    if (!lock.hasDeadline())
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "will never expire by itself"));
    return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "%1 left")).arg(durationText(lock.remaining(now)));
}

} // namespace

const LockColumnInfo& lockColumnInfo(LockColumn column) { return columns[size_t(column)]; }

QString lockColumnTitle(LockColumn column) { return translated(lockColumnInfo(column).title); }

QString lockColumnTip(LockColumn column) { return translated(lockColumnInfo(column).tip); }

QString lockStateText(LockState state)
{
    switch (state) {
    case LockState::Held:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "held"));
    case LockState::NoTtl:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "no TTL"));
    case LockState::Due:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "due"));
    case LockState::Quorum:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "quorum"));
    case LockState::Minority:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "minority"));
    case LockState::Stale:
        break;
    }
    return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "stale"));
}

QString ownLockText() { return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "held by you")); }

QString lockEndText(LockEnd how)
{
    switch (how) {
    case LockEnd::Released:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "released"));
    case LockEnd::Expired:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "expired"));
    case LockEnd::Evicted:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "evicted"));
    case LockEnd::Forced:
        return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "forced"));
    case LockEnd::Unknown:
        break;
    }
    return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "ended"));
}

QString lockEndText(const LockEnding& ending)
{
    const QString word = lockEndText(ending.how);
    return ending.certain || ending.how == LockEnd::Unknown ? word : word + QLatin1Char('?');
}

QString lockEndSentence(const LockEnding& ending, SteadyTime now)
{
    const auto age = std::chrono::duration_cast<Milliseconds>(now - ending.at);
    return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "lock %1, %2 %3 ago, last %4"))
        .arg(displayText(ending.last.key, 128), lockEndText(ending), durationText(age), holderText(ending.last));
}

QString lockFamilyText(FamilyId family)
{
    const QLatin1StringView name = FamilyRegistry::instance().name(family);
    return name.isEmpty() ? QStringLiteral("–") : QString(name);
}

QString lockCellText(const LockRecord& lock, LockColumn column, SteadyTime now)
{
    switch (column) {
    case LockColumn::State:
        return stateCell(lock);
    case LockColumn::Key:
        return displayText(lock.key, paintedTextLimit);
    case LockColumn::Family:
        return lockFamilyText(lock.family);
    case LockColumn::Token:
        return lock.hasToken ? displayText(lock.token, paintedTextLimit) : QStringLiteral("–");
    case LockColumn::Owner:
        return lock.extras->owner.left(paintedTextLimit);
    case LockColumn::Remaining:
        return remainingCell(lock, now);
    case LockColumn::Held:
        return heldCell(lock, now);
    case LockColumn::Renewals:
        return QString::number(lock.renewals);
    case LockColumn::Database:
        return QString::number(lock.database);
    case LockColumn::Rhythm:
        return rhythmCell(lock);
    case LockColumn::Waiters:
        return lock.waiters < 0 ? QStringLiteral("–") : QString::number(lock.waiters);
    case LockColumn::Suspicion:
        return suspicionCell(lock);
    case LockColumn::Node:
        break;
    }
    return QString::number(lock.node);
}

QString lockSentence(const LockRecord& lock, SteadyTime now)
{
    return translated(QT_TRANSLATE_NOOP("lockscope::LockColumns", "lock %1, %2, %3, %4"))
        .arg(displayText(lock.key, 128), stateCell(lock), holderText(lock), timeSentence(lock, now));
}

QString lockCellTip(const LockRecord& lock, LockColumn column, LinkState link, SteadyTime now)
{
    constexpr int tipLimit = 2000;
    QString text;
    if (column == LockColumn::Token && lock.hasToken)
        text = displayText(lock.token, tipLimit);
    else if (column == LockColumn::Key || column == LockColumn::Token)
        text = displayText(lock.key, tipLimit);
    else if (column == LockColumn::Owner)
        text = lock.extras->owner.left(tipLimit);
    else if (column == LockColumn::State || column == LockColumn::Remaining)
        text = whyTip(lock, link, now);
    else if (column == LockColumn::Family)
        text = lockConfidenceText(lock);
    else if (column == LockColumn::Rhythm)
        text = rhythmText(lock, now);
    else if (column == LockColumn::Suspicion)
        text = suspicionText(lock, now);
    else
        text = lockSentence(lock, now);
    return plainTip(text);
}

} // namespace lockscope
