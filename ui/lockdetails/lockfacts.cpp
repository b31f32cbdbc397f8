// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/lockfacts.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/errortext.h"
#include "common/livetext.h"
#include "common/locktext.h"
#include "lockdetails/holdertext.h"
#include "lockdetails/leasebar.h"
#include "locks/families/familyregistry.h"

#include <QFormLayout>
#include <QLabel>
#include <QLocale>

namespace lockscope {

namespace {

QString instantText(SteadyTime instant, SteadyTime now)
{
    const auto age = std::chrono::duration_cast<Milliseconds>(now - instant);
    return LockFacts::tr("%1 (%2 ago)")
        .arg(wallTimeText(wallTimeOf(instant, SystemClock::instance()).toMSecsSinceEpoch()), durationText(age));
}

// What is known of the holder's connection, and why where that is nothing.
QString connectionText(const LockRecord& record, const WatchStatus& status, SteadyTime now)
{
    if (record.extras->doubts && record.extras->doubts->link == HolderLink::Connected)
        return LockFacts::tr("%1 is connected from %2")
            .arg(displayText(record.extras->doubts->identity, 80), displayText(record.extras->doubts->address, 80));
    if (record.extras->doubts && record.extras->doubts->link == HolderLink::Gone)
        return LockFacts::tr("%1 is not connected any more, last seen %2 ago")
            .arg(displayText(record.extras->doubts->identity, 80),
                durationText(std::chrono::duration_cast<Milliseconds>(now - record.extras->doubts->lastConnected)));
    switch (status.clientEvidence) {
    case ClientEvidence::Refused:
        return LockFacts::tr("not known: the server does not permit CLIENT LIST");
    case ClientEvidence::TooMany:
        return LockFacts::tr("not known: too many clients to list them without holding them up");
    case ClientEvidence::Available:
        return LockFacts::tr("not known: the token names no connection of the server");
    case ClientEvidence::Unknown:
        break;
    }
    return LockFacts::tr("not known");
}

QString unknown() { return QString(QChar(0x2013)); }

QString voteText(const LockVote& vote, SteadyTime now)
{
    if (!vote.exists)
        return LockFacts::tr("no such key");
    QString text = vote.hasToken ? displayText(vote.token, 48) : LockFacts::tr("holder not readable");
    if (vote.deadline == noDeadline)
        text += QStringLiteral(", ") + LockFacts::tr("no TTL");
    else if (vote.deadline > now)
        text += QStringLiteral(", ")
            + LockFacts::tr("%1 left").arg(durationText(std::chrono::duration_cast<Milliseconds>(vote.deadline - now)));
    return text;
}

/// One line a master: whom it names, and for how long.
QString votesText(const LockRecord& record, const WatchStatus& status, SteadyTime now, bool gone)
{
    QStringList lines;
    for (size_t i = 0; i < record.extras->votes->byNode.size(); ++i) {
        const LockVote& vote = record.extras->votes->byNode[i];
        const NodeStatus node = status.nodes.value(qsizetype(i));
        QString line = node.name + QStringLiteral(": ");
        if (gone)
            line += unknown();
        else if (!node.isUp() && !vote.exists)
            line += LockFacts::tr("not reached");
        else if (vote.isStale || !node.isUp())
            line += LockFacts::tr("when last reached: %1").arg(voteText(vote, now));
        else
            line += voteText(vote, now);
        lines += line;
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

LockFacts::LockFacts(QWidget* parent)
    : QWidget(parent)
    , m_bar(new LeaseBar(this))
{
    const std::array<QString, rowCount> titles { tr("Remaining:"), tr("Votes:"), tr("Lease:"), tr("Held for:"),
        tr("Acquired:"), tr("First seen:"), tr("Renewals:"), tr("Connection:"), tr("Confirmed:"), tr("Family:"),
        tr("Mode:"), tr("Where:"), tr("Value:"), tr("Idle:"), tr("Waiters:"), tr("Fencing token:"), tr("Beside it:") };
    auto* form = new QFormLayout(this);
    m_form = form;
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(4);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (int row = 0; row < rowCount; ++row) {
        auto* value = new QLabel(this);
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setAccessibleName(titles[std::size_t(row)]);
        value->setMinimumWidth(1);
        m_values[std::size_t(row)] = value;
        form->addRow(titles[std::size_t(row)], value);
        if (row == Remaining)
            form->addRow(QString(), m_bar);
    }
    form->labelForField(m_values[Value])->setToolTip(tr("From a look at the key itself"));
}

void LockFacts::show(const LockRecord& record, const WatchStatus& status, SteadyTime now, bool gone)
{
    m_bar->show(record, gone, now);
    set(Remaining, gone ? tr("gone") : remainingText(record, now));
    set(Lease, record.lease.count() > 0 ? durationText(record.lease) : tr("none"));
    set(Held, gone ? unknown() : heldText(record, now));
    set(Acquired,
        record.acquiredAt == unknownTime ? tr("before Lockscope looked") : instantText(record.acquiredAt, now));
    set(FirstSeen, instantText(record.firstSeen, now));
    set(Renewals, record.renewals == 0 ? tr("none seen") : QLocale().toString(record.renewals));
    set(Connection, connectionText(record, status, now));
    set(Confirmed, tr("%1 ago").arg(durationText(std::chrono::duration_cast<Milliseconds>(now - record.verifiedAt))));
    QString family = record.family == FamilyId::None ? tr("not recognised")
                                                     : QString(FamilyRegistry::instance().name(record.family));
    if (record.confidence > 0)
        family += QStringLiteral(", ") + tr("%1 % sure").arg(qRound(record.confidence * 100));
    if (!m_rule.isEmpty())
        family += QStringLiteral(": ") + m_rule;
    set(Family, family);
    set(Mode, lockModeTitle(record.mode));
    if (gone)
        set(Waiters, unknown());
    else if (record.waiters >= 0 && !(m_look && m_look->waiters == record.waiters))
        set(Waiters, QLocale().toString(record.waiters));
    else if (m_look && m_look->exists)
        set(Waiters, waitersText(*m_look));
    const QString node = status.nodeName(record.node);
    set(Place,
        record.extras->votes ? tr("db %1 on %2 masters").arg(record.database).arg(record.extras->votes->byNode.size())
                             : tr("db %1 on %2").arg(record.database).arg(node.isEmpty() ? unknown() : node));
    // Not setRowVisible(): Qt 6.4 lays out what it has just hidden.
    m_form->labelForField(m_values[Votes])->setVisible(record.extras->votes != nullptr);
    m_values[Votes]->setVisible(record.extras->votes != nullptr);
    set(Votes, record.extras->votes ? votesText(record, status, now, gone) : QString());
}

void LockFacts::showLook(const std::optional<LockInspection>& inspection)
{
    m_rule.clear();
    set(Value, unknown());
    set(Idle, unknown());
    set(Fence, unknown());
    set(Beside, unknown());
    set(Waiters, unknown());
    m_look = inspection;
    if (!inspection)
        return;
    if (!inspection->exists) {
        set(Value, tr("the key does not exist"));
        return;
    }
    m_rule = inspection->rule;
    const QString type = QString::fromUtf8(inspection->type);
    set(Value,
        inspection->type == "string"
            ? tr("%1, %2 bytes").arg(type, QLocale().toString(inspection->valueBytes))
            : tr("%1, elements: %2").arg(type, QLocale().toString(qulonglong(inspection->elements))));
    if (inspection->fence)
        set(Fence, QLocale().toString(*inspection->fence));
    if (!inspection->auxiliary.isEmpty())
        set(Beside, auxiliaryText(*inspection));
    if (const QString waiters = waitersText(*inspection); !waiters.isEmpty())
        set(Waiters, waiters);
    if (inspection->idleSeconds >= 0)
        set(Idle, durationText(std::chrono::seconds(inspection->idleSeconds)));
}

void LockFacts::showLookError(const Error& error)
{
    showLook(std::nullopt);
    set(Value, tr("could not be read: %1").arg(errorMessage(error)));
}

void LockFacts::set(Row row, const QString& text) { setLiveText(m_values[row], text); }

void LockFacts::forgetSelections()
{
    for (QLabel* value : m_values)
        clearSelection(value);
}

} // namespace lockscope
