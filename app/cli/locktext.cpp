// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/locktext.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "cli/optiontable.h"
#include "locks/families/familyregistry.h"
#include "locks/scantext.h"
#include "locks/suspicion.h"

#include <QCoreApplication>

#include <algorithm>

#include <wchar.h> // NOLINT(modernize-deprecated-headers): wcwidth() is POSIX, and in no C++ header

namespace lockscope::cli {

namespace {

constexpr int longestKeyText = 120;
constexpr int longestTokenText = 44;

int cellsOf(char32_t c)
{
    const int width = ::wcwidth(wchar_t(c));
    return width < 0 ? 1 : width;
}

QString remainingText(const LockRecord& record, SteadyTime now)
{
    if (!record.hasDeadline())
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no TTL"));
    return durationText(record.remaining(now));
}

/// The first holder; how often it entered, and how many others there are.
QString tokenText(const LockRecord& record)
{
    QString text = record.hasToken ? displayText(record.token, longestTokenText) : QStringLiteral("-");
    if (!record.extras->holders || record.extras->holders->empty())
        return text;
    if (record.extras->holders->front().count != 1)
        text += QStringLiteral(" \u00d7%1").arg(record.extras->holders->front().count);
    if (record.extras->holders->size() > 1)
        text += QStringLiteral(" +%1").arg(record.extras->holders->size() - 1);
    return text;
}

} // namespace

QString columnTitle(LockColumn column)
{
    switch (column) {
    case LockColumn::State:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "STATE"));
    case LockColumn::Key:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "KEY"));
    case LockColumn::Family:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "FAMILY"));
    case LockColumn::Token:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "TOKEN"));
    case LockColumn::Owner:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "OWNER"));
    case LockColumn::Remaining:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "REMAINING"));
    case LockColumn::Held:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "HELD"));
    case LockColumn::Renewals:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "RENEWALS"));
    case LockColumn::Database:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "DB"));
    case LockColumn::Rhythm:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "RHYTHM"));
    case LockColumn::Waiters:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "WAITERS"));
    case LockColumn::Suspicion:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "SCORE"));
    case LockColumn::Node:
        break;
    }
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "NODE"));
}

/// In a quorum group with the votes, as JSON has the word alone.
QString stateText(const LockRecord& record)
{
    QString text = lockStateName(record.state);
    if (record.extras->votes) {
        text += QStringLiteral(" %1/%2").arg(record.extras->votes->winning).arg(record.extras->votes->byNode.size());
        if (record.extras->votes->isSplit)
            text += QLatin1Char(' ') + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "split"));
    }
    return text;
}

QString columnText(const LockRecord& record, LockColumn column, const WatchStatus& status, SteadyTime now)
{
    switch (column) {
    case LockColumn::State:
        return stateText(record);
    case LockColumn::Key:
        return displayText(record.key, longestKeyText);
    case LockColumn::Family:
        return FamilyRegistry::instance().name(record.family);
    case LockColumn::Token:
        return tokenText(record);
    case LockColumn::Owner:
        return displayText(record.extras->owner.toUtf8(), longestTokenText);
    case LockColumn::Remaining:
        return remainingText(record, now);
    case LockColumn::Held:
        // Only what was seen to be acquired is known: the rest is held for longer than we watch.
        return (record.acquiredAt == unknownTime ? QStringLiteral(">") : QString())
            + durationText(std::chrono::duration_cast<Milliseconds>(now - record.heldSince()));
    case LockColumn::Renewals:
        return QString::number(record.renewals);
    case LockColumn::Database:
        return QString::number(record.database);
    case LockColumn::Rhythm:
        return rhythmText(record, now);
    case LockColumn::Waiters:
        return record.waiters < 0 ? QStringLiteral("-") : QString::number(record.waiters);
    case LockColumn::Suspicion:
        return QString::number(suspicionScore(record));
    case LockColumn::Node:
        break;
    }
    return status.nodeName(record.node);
}

void sortByRemaining(std::vector<const LockRecord*>& locks)
{
    std::sort(locks.begin(), locks.end(), [](const LockRecord* a, const LockRecord* b) {
        return a->deadline != b->deadline ? a->deadline < b->deadline : a->key < b->key;
    });
}

int cellWidth(const QString& text)
{
    int cells = 0;
    for (const uint c : text.toUcs4())
        cells += cellsOf(c);
    return cells;
}

QString fitted(const QString& text, int cells, bool rightAligned)
{
    const int width = cellWidth(text);
    if (width <= cells) {
        const QString blanks(cells - width, QLatin1Char(' '));
        return rightAligned ? QString(blanks + text) : QString(text + blanks);
    }
    QString cut;
    int used = 0;
    for (const uint c : text.toUcs4()) {
        if (used + cellsOf(c) > cells - 1)
            break;
        used += cellsOf(c);
        const char32_t point = c;
        cut += QString::fromUcs4(&point, 1);
    }
    return cut + QChar(0x2026) + QString(std::max(0, cells - 1 - used), QLatin1Char(' '));
}

QString completenessText(const WatchStatus& status, qsizetype locks)
{
    const Completeness& whole = status.completeness;
    const QString count = QCoreApplication::translate("lockscope::Cli", "%n locks", nullptr, int(locks));
    if (!whole.complete) {
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "PARTIAL: %1 so far, %2 of about %3 keys looked at"))
            .arg(count)
            .arg(whole.keysScanned)
            .arg(whole.keysExpected);
    }
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1, complete: %2 keys looked at in %3"))
        .arg(count)
        .arg(whole.keysScanned)
        .arg(durationText(whole.passTime));
}

QString scanSourceText(const WatchStatus& status)
{
    const QString text = scanSummary(status);
    return text.isEmpty() ? text : QStringLiteral(" - ") + text;
}

QString nodesText(const WatchStatus& status)
{
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 of %2 masters up"))
        .arg(status.membersUp())
        .arg(status.memberCount());
}

QString serverText(const WatchStatus& status)
{
    QStringList names;
    for (const NodeStatus& node : status.nodes) {
        if (node.isMember)
            names += node.name;
    }
    QStringList databases;
    for (const qint32 database : status.databases)
        databases += QString::number(database);
    if (databases.isEmpty())
        databases += QString::number(status.database);
    QString text = QStringLiteral("%1 %2 %3 %4 db %5")
                       .arg(names.join(QLatin1Char(',')), QString::fromUtf8(status.serverFlavour),
                           QString::fromUtf8(status.serverVersion), QString::fromUtf8(status.serverRole),
                           databases.join(QLatin1Char(',')));
    if (status.memberCount() > 1)
        text += QStringLiteral(" - ") + nodesText(status);
    return text;
}

} // namespace lockscope::cli
