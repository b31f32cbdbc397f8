// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditlog.h"

#include "history/auditappender.h"
#include "history/auditdatabase.h"
#include "history/auditreader.h"

#include <QCoreApplication>
#include <QFile>
#include <QStandardPaths>

namespace lockscope {

namespace {

QString historyText(const char* text) { return QCoreApplication::translate("lockscope::History", text); }

} // namespace

AuditLog::AuditLog(QString file)
    : m_file(file.isEmpty() ? standardFile() : std::move(file))
{
}

QString AuditLog::standardFile()
{
    // One log for both programs, whatever they call themselves.
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + QStringLiteral("/lockscope/audit.sqlite");
}

Result<QList<qint64>> AuditLog::appendIntents(const QList<AuditIntent>& intents) const
{
    return AuditAppender(m_file).appendIntents(intents);
}

Status AuditLog::appendOutcomes(const QList<AuditOutcome>& outcomes) const
{
    return AuditAppender(m_file).appendOutcomes(outcomes);
}

Status AuditLog::appendAftermaths(const QList<AuditAftermath>& aftermaths) const
{
    return AuditAppender(m_file).appendAftermaths(aftermaths);
}

Result<QList<AuditEntry>> AuditLog::entries(const AuditQuery& query) const
{
    if (!QFile::exists(m_file))
        return QList<AuditEntry>();
    AuditDatabase database;
    if (const Status opened = database.open(m_file, AuditDatabase::Mode::Read); !opened)
        return fail(opened.error());
    return database.isEmpty() ? QList<AuditEntry>() : AuditReader(database).entries(query);
}

Result<qint64> AuditLog::count(const AuditQuery& query) const
{
    if (!QFile::exists(m_file))
        return 0;
    AuditDatabase database;
    if (const Status opened = database.open(m_file, AuditDatabase::Mode::Read); !opened)
        return fail(opened.error());
    return database.isEmpty() ? Result<qint64>(0) : AuditReader(database).count(query);
}

Result<AuditOldValue> AuditLog::oldValue(qint64 id) const
{
    AuditQuery query;
    query.id = id;
    const Result<QList<AuditEntry>> found = entries(query);
    if (!found)
        return fail(found.error());
    if (found->isEmpty() || id < 1)
        return fail(ErrorKind::Usage,
            historyText(QT_TRANSLATE_NOOP("lockscope::History", "the audit log has no entry %1")).arg(id));
    AuditDatabase database;
    if (const Status opened = database.open(m_file, AuditDatabase::Mode::Read); !opened)
        return fail(opened.error());
    Result<QByteArray> payload = AuditReader(database).payload(id);
    if (!payload)
        return fail(payload.error());
    return AuditOldValue { found->first(), std::move(*payload) };
}

Result<AuditVerdict> AuditLog::inspect() const
{
    QFile head(auditHeadFile(m_file));
    const QList<QByteArray> noted
        = head.open(QIODevice::ReadOnly) ? head.readAll().trimmed().split(' ') : QList<QByteArray>();
    if (!QFile::exists(m_file)) {
        AuditVerdict verdict;
        verdict.whole = noted.isEmpty();
        if (!verdict.whole)
            verdict.fault = historyText(QT_TRANSLATE_NOOP("lockscope::History", "the file is gone; it had %1 rows"))
                                .arg(QString::fromUtf8(noted.first()));
        return verdict;
    }
    AuditDatabase database;
    if (const Status opened = database.open(m_file, AuditDatabase::Mode::Read); !opened)
        return fail(opened.error());
    Result<AuditVerdict> verdict = database.inspect();
    if (!verdict || !verdict->whole || noted.size() != 2)
        return verdict;
    const qint64 row = noted.first().toLongLong();
    const Result<QByteArray> hash
        = database.isEmpty() ? Result<QByteArray>(QByteArray()) : AuditReader(database).hashOf(row);
    if (!hash)
        return fail(hash.error());
    if (*hash != noted.last()) {
        verdict->whole = false;
        verdict->badRow = qMin(row, verdict->rows + 1);
        verdict->fault = hash->isEmpty()
            ? historyText(QT_TRANSLATE_NOOP("lockscope::History", "the rows after %1 were cut off; there were %2"))
                  .arg(verdict->rows)
                  .arg(row)
            : historyText(QT_TRANSLATE_NOOP("lockscope::History",
                              "the log is not the one that was written here: entry %1 is another one"))
                  .arg(row);
    }
    return verdict;
}

Status AuditLog::verify() const
{
    const Result<AuditVerdict> verdict = inspect();
    if (!verdict)
        return fail(verdict.error());
    if (verdict->whole)
        return {};
    return fail(ErrorKind::Storage,
        historyText(QT_TRANSLATE_NOOP("lockscope::History", "audit log %1: %2")).arg(m_file, verdict->fault));
}

} // namespace lockscope
