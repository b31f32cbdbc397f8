// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/locktext.h"
#include "deployment/lockjson.h"

#include <array>

namespace lockscope::cli {

namespace {

constexpr std::array columns { LockColumn::State, LockColumn::Key, LockColumn::Family, LockColumn::Token,
    LockColumn::Owner, LockColumn::Remaining, LockColumn::Held };

using Row = std::array<QString, columns.size()>;

QByteArray tableText(const std::vector<Row>& rows)
{
    std::array<int, columns.size()> widths {};
    for (const Row& row : rows) {
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], cellWidth(row[i]));
    }
    QString text;
    for (const Row& row : rows) {
        QString line;
        for (size_t i = 0; i < row.size(); ++i) {
            const bool isNumber = columns[i] == LockColumn::Remaining || columns[i] == LockColumn::Held;
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
    std::vector<Row> rows(locks.size() + 1);
    for (size_t i = 0; i < columns.size(); ++i) {
        rows[0][i] = columnTitle(columns[i]);
        for (size_t n = 0; n < locks.size(); ++n)
            rows[n + 1][i] = columnText(*locks[n], columns[i], snapshot.status, snapshot.takenAt);
    }
    return tableText(rows);
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
