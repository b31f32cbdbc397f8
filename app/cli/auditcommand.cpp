// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "base/jsonwriter.h"
#include "cli/commands.h"
#include "cli/optiontable.h"
#include "deployment/auditbook.h"
#include "deployment/audittext.h"

#include <algorithm>
#include <array>

namespace lockscope::cli {

namespace {

constexpr int columnCount = 9;
constexpr qsizetype widestCell = 44;
using Row = std::array<QString, columnCount>;

/// Operators' own words may hold anything: on a terminal they are shown, not obeyed.
QString shown(const QString& text) { return displayText(text.toUtf8()); }

QString orDash(const QString& text) { return text.isEmpty() ? QStringLiteral("-") : text; }

QString remarks(const AuditEntry& entry)
{
    QStringList parts { shown(entry.reason) };
    if (!entry.ticket.isEmpty())
        parts += QLatin1Char('[') + shown(entry.ticket) + QLatin1Char(']');
    if (entry.relatedId > 0)
        parts += cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "(of entry %1)")).arg(entry.relatedId);
    if (entry.restoredBy > 0)
        parts += cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "(put back by entry %1)")).arg(entry.restoredBy);
    if (entry.aftermath && entry.aftermath->afterMs >= 0)
        parts += cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "(next holder %1 after %2)"))
                     .arg(entry.aftermath->nextFingerprint, durationText(Milliseconds(entry.aftermath->afterMs)));
    else if (entry.aftermath)
        parts += cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "(nobody took it within %1)"))
                     .arg(durationText(Milliseconds(entry.aftermath->watchedMs)));
    for (const AuditNodeResult& node : entry.nodes)
        parts += QStringLiteral("%1: %2").arg(shown(node.node), QString::fromUtf8(node.outcome));
    if (!entry.error.isEmpty())
        parts += QStringLiteral("– ") + shown(entry.error);
    parts.removeAll(QString());
    return parts.join(QLatin1Char(' '));
}

Row rowOf(const AuditEntry& entry)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(entry.atMs);
    const QString& fingerprint = entry.tokenFingerprint.isEmpty() ? entry.outcomeFingerprint : entry.tokenFingerprint;
    const QString outcome
        = entry.outcome.isEmpty() ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "unfinished")) : shown(entry.outcome);
    return { QString::number(entry.id), at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
        shown(entry.osUser + QLatin1Char('@') + entry.host),
        shown(entry.server) + QLatin1Char('/') + QString::number(entry.database), shown(entry.action),
        orDash(displayText(entry.key, int(widestCell))), orDash(shown(fingerprint)), outcome, remarks(entry) };
}

QByteArray table(const QList<AuditEntry>& entries)
{
    QList<Row> rows { { cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "ID")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "TIME")), cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "WHO")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "SERVER/DB")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "ACTION")), cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "KEY")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "TOKEN")), cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "OUTCOME")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "REASON")) } };
    for (const AuditEntry& entry : entries)
        rows += rowOf(entry);
    std::array<qsizetype, columnCount> widths {};
    for (const Row& row : std::as_const(rows)) {
        for (size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], std::min(row[i].size(), widestCell));
    }
    QString text;
    for (const Row& row : std::as_const(rows)) {
        for (size_t i = 0; i + 1 < widths.size(); ++i)
            text += row[i].leftJustified(widths[i]) + QStringLiteral("  ");
        text += row.back() + QLatin1Char('\n');
    }
    return text.toUtf8();
}

QString verdictText(const AuditVerdict& verdict, const QString& file)
{
    if (!verdict.whole)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "BROKEN: %1 (%2); the %3 rows before fit"))
            .arg(verdict.fault, file)
            .arg(verdict.rows);
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "whole: %1 entries in %2 rows (%3); head %4"))
        .arg(verdict.entries)
        .arg(verdict.rows)
        .arg(file, verdict.head.isEmpty() ? QStringLiteral("-") : QString::fromLatin1(verdict.head));
}

constexpr int brokenStatus = 1;

Result<int> verify(Session& session, const AuditBook& book)
{
    const Result<AuditVerdict> verdict = book.verifyNow();
    if (!verdict)
        return fail(verdict.error());
    if (session.invocation().json)
        session.write(auditVerdictToJson(*verdict) + '\n');
    else
        session.writeLine(verdictText(*verdict, book.file()));
    return verdict->whole ? 0 : brokenStatus;
}

Result<int> exportAll(Session& session, const AuditBook& book)
{
    const Invocation& invocation = session.invocation();
    const Result<qint64> written = book.exportNow(invocation.exportFile, invocation.auditQuery);
    if (!written)
        return fail(written.error());
    if (!invocation.json) {
        session.writeLine(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 entries written to %2"))
                              .arg(*written)
                              .arg(invocation.exportFile));
        return 0;
    }
    JsonWriter json;
    json.beginObject();
    json.name("exported");
    json.integer(*written);
    json.name("file");
    json.string(invocation.exportFile);
    json.endObject();
    session.write(json.take() + '\n');
    return 0;
}

} // namespace

Result<int> runAudit(Session& session)
{
    const Invocation& invocation = session.invocation();
    const AuditBook book(invocation.deployment.auditFile);
    if (invocation.verify)
        return verify(session, book);
    if (!invocation.exportFile.isEmpty())
        return exportAll(session, book);
    const Result<QList<AuditEntry>> entries = book.entriesNow(invocation.auditQuery);
    if (!entries)
        return fail(entries.error());
    if (invocation.json) {
        for (const AuditEntry& entry : *entries)
            session.write(auditEntryToJson(entry) + '\n');
        return session.exitStatus(0);
    }
    if (entries->isEmpty())
        session.note(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no entries (%1)")).arg(book.file()));
    else
        session.write(table(*entries));
    return session.exitStatus(0);
}

} // namespace lockscope::cli
