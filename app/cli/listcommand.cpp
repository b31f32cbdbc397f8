// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/locktext.h"
#include "deployment/lockjson.h"

#include <algorithm>
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

} // namespace

Result<int> runList(Session& session)
{
    const Result<LockSnapshot> snapshot = session.listOnce();
    if (!snapshot)
        return fail(snapshot.error());
    if (session.invocation().json) {
        writeSnapshotJson(*snapshot, [&session](const QByteArray& piece) { session.write(piece); });
        session.write("\n");
        return 0;
    }
    session.write(tableText(*snapshot));
    session.note(completenessText(snapshot->status, qsizetype(snapshot->locks.size())) + QStringLiteral(" - ")
        + serverText(snapshot->status));
    return 0;
}

} // namespace lockscope::cli
