// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/locktext.h"
#include "cli/optiontable.h"
#include "deployment/lockjson.h"
#include "locks/suspicion.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lockscope::cli {

namespace {

using Row = std::vector<QString>;

/// Where a lock is stands beside it only where that is a question.
std::vector<LockColumn> columnsOf(const WatchStatus& status)
{
    std::vector<LockColumn> columns { LockColumn::State, LockColumn::Key, LockColumn::Family, LockColumn::Token,
        LockColumn::Owner, LockColumn::Remaining, LockColumn::Held };
    if (status.databases.size() > 1)
        columns.push_back(LockColumn::Database);
    if (status.memberCount() > 1 && status.quorum == 0)
        columns.push_back(LockColumn::Node);
    return columns;
}

QByteArray tableText(const std::vector<LockColumn>& columns, const std::vector<Row>& rows)
{
    std::vector<int> widths(columns.size(), 0);
    for (const Row& row : rows) {
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], cellWidth(row[i]));
    }
    QString text;
    for (const Row& row : rows) {
        QString line;
        for (size_t i = 0; i < row.size(); ++i) {
            const bool isNumber = columns[i] == LockColumn::Remaining || columns[i] == LockColumn::Held
                || columns[i] == LockColumn::Database;
            line += fitted(row[i], widths[i], isNumber) + QStringLiteral("  ");
        }
        while (line.endsWith(QLatin1Char(' ')))
            line.chop(1);
        text += line + QLatin1Char('\n');
    }
    return text.toUtf8();
}

QByteArray tableText(const LockSnapshot& snapshot)
{
    std::vector<const LockRecord*> locks;
    for (const LockRecord& record : snapshot.locks)
        locks.push_back(&record);
    sortByRemaining(locks);
    const std::vector<LockColumn> columns = columnsOf(snapshot.status);
    std::vector<Row> rows(locks.size() + 1);
    for (const LockColumn column : columns) {
        rows[0].push_back(columnTitle(column));
        for (size_t n = 0; n < locks.size(); ++n)
            rows[n + 1].push_back(columnText(*locks[n], column, snapshot.status, snapshot.takenAt));
    }
    return tableText(columns, rows);
}

/// The suspects, the most suspicious first.
void keepSuspects(std::vector<SharedLock>& locks)
{
    std::erase_if(locks, [](const LockRecord& record) { return suspicionScore(record) == 0; });
    std::sort(locks.begin(), locks.end(), [](const LockRecord& a, const LockRecord& b) {
        const int left = suspicionScore(a);
        const int right = suspicionScore(b);
        return left != right ? left > right : a.key < b.key;
    });
}

constexpr std::array suspectColumns { LockColumn::Suspicion, LockColumn::Key, LockColumn::Family, LockColumn::Token,
    LockColumn::Held, LockColumn::Rhythm };

/// Each suspect in a line, and the evidence below it.
QByteArray suspectText(const LockSnapshot& snapshot)
{
    QString text;
    for (const LockRecord& record : snapshot.locks) {
        QStringList words;
        for (const LockColumn column : suspectColumns)
            words += columnText(record, column, snapshot.status, snapshot.takenAt);
        words.front() = words.front().rightJustified(3);
        text += words.join(QStringLiteral("  ")) + QLatin1Char('\n');
        for (const Suspicion& suspicion : suspicionsOf(record))
            text
                += QStringLiteral("     %1: %2\n")
                       .arg(suspicionName(suspicion.kind), suspicionEvidence(record, suspicion.kind, snapshot.takenAt));
    }
    return text.toUtf8();
}

QString suspectNote(const LockSnapshot& snapshot, qsizetype locks, bool isWatched)
{
    QString text = cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 of %2 may be stuck"))
                       .arg(snapshot.locks.size())
                       .arg(completenessText(snapshot.status, locks));
    if (!isWatched)
        text += QStringLiteral(" - ")
            + cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                "one look sees only what has no TTL; --duration 30 watches renewals, holds and connections first"));
    return text;
}

Result<LockSnapshot> takeList(Session& session)
{
    const std::optional<Milliseconds> duration = session.invocation().duration;
    return duration && duration->count() > 0 ? session.listAfter(*duration) : session.listOnce();
}

} // namespace

Result<int> runList(Session& session)
{
    const Invocation& invocation = session.invocation();
    Result<LockSnapshot> snapshot = takeList(session);
    if (!snapshot)
        return fail(snapshot.error());
    const auto locks = qsizetype(snapshot->locks.size());
    if (invocation.stuck)
        keepSuspects(snapshot->locks);
    if (invocation.json) {
        writeSnapshotJson(*snapshot, [&session](const QByteArray& piece) { session.write(piece); });
        session.write("\n");
        return 0;
    }
    session.write(invocation.stuck ? suspectText(*snapshot) : tableText(*snapshot));
    const QString summary = invocation.stuck
        ? suspectNote(*snapshot, locks, invocation.duration && invocation.duration->count() > 0)
        : completenessText(snapshot->status, locks);
    session.note(summary + scanSourceText(snapshot->status) + QStringLiteral(" - ") + serverText(snapshot->status));
    return 0;
}

} // namespace lockscope::cli
