// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/locktext.h"

#include "base/bytetext.h"
#include "base/durationtext.h"

#include "locks/families/familyregistry.h"

#include <QCoreApplication>
#include <QDateTime>

namespace lockscope {

namespace {

QString ageText(SteadyTime since, SteadyTime now)
{
    return durationText(std::chrono::duration_cast<Milliseconds>(now - since));
}

QString heldReason(const LockRecord& record, SteadyTime now)
{
    QString reason
        = QCoreApplication::translate("lockscope::LockText", "The key exists and its lease has %1 left of %2.")
              .arg(durationText(record.remaining(now)), durationText(record.lease));
    if (record.extras->rhythm && record.extras->rhythm->overdue > 0) {
        reason += QLatin1Char(' ')
            + QCoreApplication::translate(
                "lockscope::LockText", "Renewals seen by the same holder: %1, and then they stopped.")
                  .arg(record.renewals);
    } else if (record.renewals > 0) {
        reason += QLatin1Char(' ')
            + QCoreApplication::translate(
                "lockscope::LockText", "Renewals seen by the same holder: %1, so something is alive there.")
                  .arg(record.renewals);
    } else {
        reason += QLatin1Char(' ')
            + QCoreApplication::translate(
                "lockscope::LockText", "No renewal was seen: if the holder is dead, it ends by itself.");
    }
    return reason;
}

QString votesReason(const LockRecord& record)
{
    if (!record.extras->votes)
        return {};
    const LockVotes& votes = *record.extras->votes;
    const qsizetype masters = qsizetype(votes.byNode.size());
    if (record.state == LockState::Quorum)
        return QCoreApplication::translate("lockscope::LockText", "%1 of %2 masters name this holder; %3 are needed.")
            .arg(votes.winning)
            .arg(masters)
            .arg(votes.quorum);
    const QString tooFew = QCoreApplication::translate("lockscope::LockText",
        "Only %1 of %2 masters name this holder, and %3 are needed: nobody holds the lock, whatever a client believes.")
                               .arg(votes.winning)
                               .arg(masters)
                               .arg(votes.quorum);
    if (!votes.isSplit)
        return tooFew;
    return tooFew + QLatin1Char(' ')
        + QCoreApplication::translate("lockscope::LockText",
            "Other masters name another holder: the vote is split, and nobody gets in until a part of it has expired "
            "or is released.");
}

} // namespace

QString lockStateTitle(LockState state)
{
    switch (state) {
    case LockState::Held:
        return QCoreApplication::translate("lockscope::LockText", "Held");
    case LockState::NoTtl:
        return QCoreApplication::translate("lockscope::LockText", "No TTL");
    case LockState::Due:
        return QCoreApplication::translate("lockscope::LockText", "Due");
    case LockState::Quorum:
        return QCoreApplication::translate("lockscope::LockText", "Held by a quorum");
    case LockState::Minority:
        return QCoreApplication::translate("lockscope::LockText", "No quorum");
    case LockState::Stale:
        break;
    }
    return QCoreApplication::translate("lockscope::LockText", "Stale");
}

QString lockStateIcon(LockState state)
{
    switch (state) {
    case LockState::Held:
        return QStringLiteral("state-held");
    case LockState::NoTtl:
        return QStringLiteral("state-no-ttl");
    case LockState::Due:
        return QStringLiteral("state-due");
    case LockState::Quorum:
        return QStringLiteral("state-held");
    case LockState::Minority:
        return QStringLiteral("warning");
    case LockState::Stale:
        break;
    }
    return QStringLiteral("state-stale");
}

Tone lockStateTone(LockState state)
{
    switch (state) {
    case LockState::Held:
    case LockState::Quorum:
        return Tone::Info;
    case LockState::NoTtl:
        return Tone::Danger;
    case LockState::Due:
        return Tone::Warning;
    case LockState::Minority:
        return Tone::Warning;
    case LockState::Stale:
        break;
    }
    return Tone::Neutral;
}

QString lockStateReason(const LockRecord& record, LinkState link, SteadyTime now)
{
    switch (record.state) {
    case LockState::Held:
        return heldReason(record, now);
    case LockState::Quorum:
        return votesReason(record) + QLatin1Char(' ') + heldReason(record, now);
    case LockState::Minority:
        return votesReason(record);
    case LockState::NoTtl:
        return QCoreApplication::translate("lockscope::LockText",
            "The key has no TTL: it never expires by itself. If its holder is dead, it stays until somebody deletes "
            "it.");
    case LockState::Due:
        return QCoreApplication::translate("lockscope::LockText",
            "Its deadline has passed %1 ago by the local clock; the server was asked and has not answered yet.")
            .arg(ageText(record.deadline, now));
    case LockState::Stale:
        break;
    }
    const QString since = ageText(record.verifiedAt, now);
    if (link == LinkState::Ready)
        return QCoreApplication::translate("lockscope::LockText",
            "The connection was lost since; the server confirmed it last %1 ago and is being asked again.")
            .arg(since);
    return QCoreApplication::translate("lockscope::LockText",
        "The connection is lost; the server confirmed it last %1 ago. It may be gone or have another holder.")
        .arg(since);
}

bool isLockDoubtful(const LockRecord& record)
{
    constexpr float conclusive = 0.9F; // as lockfamily.h has it
    return record.confidence < conclusive;
}

QString lockConfidenceText(const LockRecord& record)
{
    if (record.family == FamilyId::None)
        return QCoreApplication::translate(
            "lockscope::LockText", "No lock library was recognised: it is listed because its name was asked for.");
    const QString sure
        = QCoreApplication::translate("lockscope::LockText", "Taken for a lock of %1 with %2 % certainty.")
              .arg(FamilyRegistry::instance().name(record.family))
              .arg(qRound(record.confidence * 100));
    if (!isLockDoubtful(record))
        return sure;
    return sure + QLatin1Char(' ')
        + QCoreApplication::translate("lockscope::LockText",
            "That is a guess from name and value: it may be no lock at all. --match with its name would settle it.");
}

QString suspicionTitle(SuspicionKind kind)
{
    switch (kind) {
    case SuspicionKind::NoTtl:
        return QCoreApplication::translate("lockscope::LockText", "no TTL");
    case SuspicionKind::RenewedWithoutHolder:
        return QCoreApplication::translate("lockscope::LockText", "renewed without holder");
    case SuspicionKind::HolderGone:
        return QCoreApplication::translate("lockscope::LockText", "connection gone");
    case SuspicionKind::HeldLong:
        return QCoreApplication::translate("lockscope::LockText", "held very long");
    case SuspicionKind::MissedBeats:
        break;
    }
    return QCoreApplication::translate("lockscope::LockText", "renewals missing");
}

QString suspicionText(const LockRecord& record, SteadyTime now)
{
    QStringList lines;
    for (const Suspicion& suspicion : suspicionsOf(record))
        lines += suspicionEvidence(record, suspicion.kind, now);
    if (lines.isEmpty())
        return QCoreApplication::translate("lockscope::LockText", "Nothing that was seen says that it is stuck.");
    lines += QCoreApplication::translate(
        "lockscope::LockText", "That is no proof: ask whoever runs the holder before you end it.");
    return lines.join(QLatin1Char('\n'));
}

QString lockWhyText(const LockRecord& record, LinkState link, SteadyTime now)
{
    QStringList lines { lockStateReason(record, link, now) };
    lines += QCoreApplication::translate("lockscope::LockText", "The server confirmed token and TTL %1 ago.")
                 .arg(ageText(record.verifiedAt, now));
    if (record.state != LockState::Held && record.state != LockState::Quorum)
        lines += record.renewals > 0
            ? QCoreApplication::translate("lockscope::LockText", "Held for %1; renewals seen by the same holder: %2.")
                  .arg(heldText(record, now))
                  .arg(record.renewals)
            : QCoreApplication::translate("lockscope::LockText", "Held for %1; no renewal was seen.")
                  .arg(heldText(record, now));
    lines += lockConfidenceText(record);
    return lines.join(QLatin1Char('\n'));
}

QString remainingText(const LockRecord& record, SteadyTime now)
{
    if (!record.hasDeadline())
        return QCoreApplication::translate("lockscope::LockText", "never expires");
    return durationText(record.remaining(now));
}

QString heldText(const LockRecord& record, SteadyTime now)
{
    const QString age = ageText(record.heldSince(), now);
    if (record.acquiredAt != unknownTime)
        return age;
    return QCoreApplication::translate("lockscope::LockText", "at least %1").arg(age);
}

QString tokenText(const QByteArray& token, int maxCharacters) { return displayText(token, maxCharacters); }

QString lockEventTitle(const LockEvent& event)
{
    switch (event.kind) {
    case LockEventKind::Found:
        return QCoreApplication::translate("lockscope::LockText", "Found");
    case LockEventKind::Acquired:
        return QCoreApplication::translate("lockscope::LockText", "Acquired");
    case LockEventKind::Renewed:
        return QCoreApplication::translate("lockscope::LockText", "Renewed");
    case LockEventKind::HolderChanged:
        return QCoreApplication::translate("lockscope::LockText", "Holder changed");
    case LockEventKind::Released:
        return event.certain ? QCoreApplication::translate("lockscope::LockText", "Released")
                             : QCoreApplication::translate("lockscope::LockText", "Probably released");
    case LockEventKind::Expired:
        return event.certain ? QCoreApplication::translate("lockscope::LockText", "Expired")
                             : QCoreApplication::translate("lockscope::LockText", "Probably expired");
    case LockEventKind::Evicted:
        return QCoreApplication::translate("lockscope::LockText", "Evicted");
    case LockEventKind::LostTtl:
        return QCoreApplication::translate("lockscope::LockText", "Lost its TTL");
    case LockEventKind::Gap:
        break;
    }
    return QCoreApplication::translate("lockscope::LockText", "Gap");
}

Tone lockEventTone(LockEventKind kind)
{
    switch (kind) {
    case LockEventKind::Acquired:
        return Tone::Positive;
    case LockEventKind::HolderChanged:
    case LockEventKind::Expired:
        return Tone::Warning;
    case LockEventKind::Evicted:
    case LockEventKind::LostTtl:
    case LockEventKind::Gap:
        return Tone::Danger;
    case LockEventKind::Found:
    case LockEventKind::Renewed:
    case LockEventKind::Released:
        break;
    }
    return Tone::Neutral;
}

QString wallTimeText(qint64 msSinceEpoch)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toLocalTime();
    if (time.date() == QDate::currentDate())
        return time.toString(QStringLiteral("HH:mm:ss.zzz"));
    return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

} // namespace lockscope
