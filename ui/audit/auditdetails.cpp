// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/auditdetails.h"

#include "audit/auditlabels.h"
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/environmentstrip.h"
#include "common/locktext.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lockscope {

namespace {

QString shown(const QString& text) { return displayText(text.toUtf8()); }

QString fingerprints(const AuditEntry& entry)
{
    if (entry.outcomeFingerprint.isEmpty() || entry.outcomeFingerprint == entry.tokenFingerprint)
        return entry.tokenFingerprint.isEmpty() && entry.key.size() > 0 ? AuditDetails::tr("any")
                                                                        : entry.tokenFingerprint;
    if (entry.tokenFingerprint.isEmpty())
        return entry.outcomeFingerprint;
    return AuditDetails::tr("%1, found %2").arg(entry.tokenFingerprint, entry.outcomeFingerprint);
}

QString oldValueText(const AuditEntry& entry)
{
    const QString ttl = entry.ttlMs >= 0 ? AuditDetails::tr("%1 left then").arg(durationText(Milliseconds(entry.ttlMs)))
        : entry.ttlMs == -1              ? AuditDetails::tr("no TTL")
                                         : QString();
    QStringList parts;
    if (!entry.type.isEmpty())
        parts += entry.type;
    if (!ttl.isEmpty())
        parts += ttl;
    if (entry.oldValueState == OldValueState::Kept)
        parts += AuditDetails::tr("kept for restore");
    else if (entry.oldValueState != OldValueState::None)
        parts += whyNoRestore(entry);
    return parts.join(QStringLiteral(" \u00b7 "));
}

QString nodesText(const AuditEntry& entry)
{
    QStringList lines;
    for (const AuditNodeResult& node : entry.nodes) {
        QString line = shown(node.node) + QStringLiteral(": ") + auditOutcomeTitle(QString::fromUtf8(node.outcome));
        if (!node.error.isEmpty())
            line += QStringLiteral(" \u2013 ") + shown(node.error);
        lines += line;
    }
    return lines.join(QLatin1Char('\n'));
}

QString aftermathText(const AuditEntry& entry)
{
    if (!entry.aftermath)
        return {};
    if (entry.aftermath->afterMs < 0)
        return AuditDetails::tr("nobody within %1").arg(durationText(Milliseconds(entry.aftermath->watchedMs)));
    // Hand-overs take milliseconds, which a countdown's text would round away.
    const qint64 after = entry.aftermath->afterMs;
    const QString delay = after < 1000 ? QStringLiteral("%1 ms").arg(after) : durationText(Milliseconds(after));
    return AuditDetails::tr("%1 after %2").arg(entry.aftermath->nextFingerprint, delay);
}

QString relatedText(const AuditEntry& entry)
{
    QStringList parts;
    if (entry.relatedId > 0)
        parts += AuditDetails::tr("undoes entry %1").arg(entry.relatedId);
    if (entry.restoredBy > 0)
        parts += AuditDetails::tr("put back by entry %1").arg(entry.restoredBy);
    return parts.join(QStringLiteral(", "));
}

} // namespace

AuditDetails::AuditDetails(QWidget* parent)
    : QScrollArea(parent)
    , m_nothing(new QLabel(tr("Select an entry to see all of it."), this))
    , m_facts(new QWidget(this))
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Entry"));
    m_nothing->setForegroundRole(QPalette::PlaceholderText);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    // A grid: QFormLayout of Qt 6.4 writes beyond its arrays when rows with wrapped text are hidden.
    auto* grid = new QGridLayout(m_facts);
    grid->setContentsMargins(4, 4, 4, 4);
    grid->setHorizontalSpacing(10);
    grid->setColumnStretch(1, 1);
    for (const QString& title : { tr("Entry:"), tr("Time:"), tr("Act:"), tr("Key:"), tr("Family:"), tr("Token:"),
             tr("Outcome:"), tr("Error:"), tr("Per node:"), tr("Next holder:"), tr("Reason:"), tr("Ticket:"),
             tr("Who:"), tr("Redis user:"), tr("Server:"), tr("Environment:"), tr("Before:"), tr("Related:") }) {
        auto* value = new QLabel(m_facts);
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        value->setAccessibleName(title);
        auto* label = new QLabel(title, m_facts);
        const int row = int(m_values.size());
        grid->addWidget(label, row, 0, Qt::AlignTop | Qt::AlignRight);
        grid->addWidget(value, row, 1, Qt::AlignTop);
        m_titles.push_back(label);
        m_values.push_back(value);
    }
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->addWidget(m_nothing);
    layout->addWidget(m_facts);
    layout->addStretch();
    setWidget(content);
    showEntry(nullptr);
}

void AuditDetails::set(size_t line, const QString& text)
{
    m_values[line]->setText(text);
    m_titles[line]->setVisible(!text.isEmpty());
    m_values[line]->setVisible(!text.isEmpty());
}

void AuditDetails::showEntry(const AuditEntry* entry)
{
    m_nothing->setVisible(!entry);
    m_facts->setVisible(entry);
    if (!entry)
        return;
    size_t line = 0;
    for (const QString& text : { QString::number(entry->id), wallTimeText(entry->atMs), auditActionTitle(entry->action),
             displayText(entry->key), entry->family, fingerprints(*entry), auditOutcomeTitle(entry->outcome),
             shown(entry->error), nodesText(*entry), aftermathText(*entry), shown(entry->reason), shown(entry->ticket),
             shown(entry->osUser + QLatin1Char('@') + entry->host), shown(entry->redisUser),
             QStringLiteral("%1, db %2").arg(shown(entry->server)).arg(entry->database),
             environmentWord(environmentByName(entry->environment).value_or(Environment::Unspecified)),
             oldValueText(*entry), relatedText(*entry) })
        set(line++, text);
}

} // namespace lockscope
