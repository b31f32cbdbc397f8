// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/suspicion.h"

#include "base/bytetext.h"
#include "base/durationtext.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace lockscope {

namespace {

using std::chrono::duration_cast;

constexpr int identityCharacters = 60;

QString text(const char* source) { return QCoreApplication::translate("lockscope::Suspicions", source); }

QString ago(SteadyTime then, SteadyTime now) { return durationText(duration_cast<Milliseconds>(now - then)); }

// A counting semaphore is a number that stays: it has no holder that could be stuck.
bool mayLackTtl(const LockRecord& record) { return record.mode == LockMode::Semaphore && !record.hasToken; }

int noTtlScore(const LockRecord& record)
{
    if (record.hasDeadline() || mayLackTtl(record))
        return 0;
    return 30 + int(30 * record.confidence);
}

bool isRenewedSince(const LockRecord& record, SteadyTime since)
{
    return record.extras->rhythm && record.extras->rhythm->lastBeat > since;
}

int linkScore(const LockRecord& record, SuspicionKind kind)
{
    if (!record.extras->doubts || record.extras->doubts->link != HolderLink::Gone)
        return 0;
    const bool isRenewed = isRenewedSince(record, record.extras->doubts->goneSince);
    if (kind == SuspicionKind::RenewedWithoutHolder)
        return isRenewed ? 75 : 0;
    return isRenewed ? 0 : 60;
}

int heldScore(const LockRecord& record)
{
    if (!record.extras->doubts || record.extras->doubts->usualHoldMs == 0)
        return 0;
    return std::min(
        80, 30 + 10 * int(record.extras->doubts->holdFactorLog2 > 2 ? record.extras->doubts->holdFactorLog2 - 2 : 0));
}

int beatScore(const LockRecord& record)
{
    if (!record.extras->rhythm || record.extras->rhythm->overdue == 0)
        return 0;
    constexpr std::array scores { 0, 20, 50 };
    return record.extras->rhythm->overdue < scores.size() ? scores[record.extras->rhythm->overdue] : 70;
}

int scoreOf(const LockRecord& record, SuspicionKind kind)
{
    switch (kind) {
    case SuspicionKind::NoTtl:
        return noTtlScore(record);
    case SuspicionKind::RenewedWithoutHolder:
    case SuspicionKind::HolderGone:
        return linkScore(record, kind);
    case SuspicionKind::HeldLong:
        return heldScore(record);
    case SuspicionKind::MissedBeats:
        break;
    }
    return beatScore(record);
}

QString missedText(const LockRhythm& rhythm, SteadyTime now)
{
    return text(QT_TRANSLATE_NOOP("lockscope::Suspicions",
                    "It was renewed every %1 and has stopped: the last renewal came %2 ago, renewals missing: %3. It "
                    "ends by itself unless it is renewed again."))
        .arg(durationText(Milliseconds(rhythm.periodMs)), ago(rhythm.lastBeat, now))
        .arg(rhythm.overdue);
}

QString heldLongText(const LockRecord& record, SteadyTime now)
{
    const LockDoubts& doubts = *record.extras->doubts;
    return text(QT_TRANSLATE_NOOP(
                    "lockscope::Suspicions", "Held for %1. Of %2 holds seen of %3, 99 in 100 were over within %4."))
        .arg(ago(record.heldSince(), now))
        .arg(doubts.usualHolds)
        .arg(displayText(doubts.pattern, identityCharacters), durationText(Milliseconds(doubts.usualHoldMs)));
}

QString linkText(const LockRecord& record, SteadyTime now)
{
    const LockDoubts& doubts = *record.extras->doubts;
    QString result
        = text(QT_TRANSLATE_NOOP("lockscope::Suspicions",
                   "Its token names the connection %1 (%2), which the server listed last %3 ago and does not "
                   "list any more."))
              .arg(displayText(doubts.identity, identityCharacters), displayText(doubts.address, identityCharacters),
                  ago(doubts.lastConnected, now));
    if (isRenewedSince(record, doubts.goneSince))
        result += QLatin1Char(' ')
            + text(QT_TRANSLATE_NOOP("lockscope::Suspicions",
                       "Yet it was renewed %1 ago: something renews it, perhaps on another connection."))
                  .arg(ago(record.extras->rhythm->lastBeat, now));
    else
        result += QLatin1Char(' ')
            + text(QT_TRANSLATE_NOOP(
                "lockscope::Suspicions", "A program that reconnects under another name would look the same."));
    return result;
}

} // namespace

QLatin1StringView suspicionName(SuspicionKind kind)
{
    switch (kind) {
    case SuspicionKind::NoTtl:
        return QLatin1StringView("no_ttl");
    case SuspicionKind::RenewedWithoutHolder:
        return QLatin1StringView("renewed_without_holder");
    case SuspicionKind::HolderGone:
        return QLatin1StringView("holder_gone");
    case SuspicionKind::HeldLong:
        return QLatin1StringView("held_long");
    case SuspicionKind::MissedBeats:
        break;
    }
    return QLatin1StringView("missed_beats");
}

std::vector<Suspicion> suspicionsOf(const LockRecord& record)
{
    std::vector<Suspicion> result;
    for (int kind = 0; kind < suspicionKindCount; ++kind) {
        if (const int score = scoreOf(record, SuspicionKind(kind)); score > 0)
            result.push_back({ SuspicionKind(kind), score });
    }
    std::stable_sort(
        result.begin(), result.end(), [](const Suspicion& a, const Suspicion& b) { return a.score > b.score; });
    return result;
}

// Each suspicion takes its share of what the others have left of innocence.
int suspicionScore(const LockRecord& record)
{
    if (record.hasDeadline() && !record.extras->rhythm && !record.extras->doubts)
        return 0;
    int innocence = 10000;
    for (int kind = 0; kind < suspicionKindCount; ++kind)
        innocence = innocence * (100 - scoreOf(record, SuspicionKind(kind))) / 100;
    return 100 - innocence / 100;
}

QString suspicionEvidence(const LockRecord& record, SuspicionKind kind, SteadyTime now)
{
    switch (kind) {
    case SuspicionKind::NoTtl:
        return text(record.acquiredAt == unknownTime
                ? QT_TRANSLATE_NOOP("lockscope::Suspicions",
                    "It has no TTL: if its holder is dead, it stays for ever. Held for at least %1.")
                : QT_TRANSLATE_NOOP(
                    "lockscope::Suspicions", "It has no TTL: if its holder is dead, it stays for ever. Held for %1."))
            .arg(ago(record.heldSince(), now));
    case SuspicionKind::RenewedWithoutHolder:
    case SuspicionKind::HolderGone:
        return record.extras->doubts ? linkText(record, now) : QString();
    case SuspicionKind::HeldLong:
        return record.extras->doubts ? heldLongText(record, now) : QString();
    case SuspicionKind::MissedBeats:
        break;
    }
    return record.extras->rhythm ? missedText(*record.extras->rhythm, now) : QString();
}

QString rhythmText(const LockRecord& record, SteadyTime now)
{
    if (!record.extras->rhythm)
        return text(QT_TRANSLATE_NOOP("lockscope::Suspicions", "no renewal was seen"));
    const LockRhythm& rhythm = *record.extras->rhythm;
    if (rhythm.periodMs == 0)
        return text(QT_TRANSLATE_NOOP("lockscope::Suspicions", "renewed, last beat %1 ago; too few for a rhythm"))
            .arg(ago(rhythm.lastBeat, now));
    QString result = text(QT_TRANSLATE_NOOP("lockscope::Suspicions", "renews every %1, last beat %2 ago"))
                         .arg(durationText(Milliseconds(rhythm.periodMs)), ago(rhythm.lastBeat, now));
    if (rhythm.missed > 0)
        result += text(QT_TRANSLATE_NOOP("lockscope::Suspicions", ", %1 missed")).arg(rhythm.missed);
    return result;
}

} // namespace lockscope
