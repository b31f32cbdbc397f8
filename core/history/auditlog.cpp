// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditlog.h"

#include "base/errortext.h"
#include "base/logging.h"
#include "history/auditdatabase.h"
#include "history/auditreader.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>
#include <QSysInfo>

#include <array>

#include <pwd.h>
#include <unistd.h>

namespace lockscope {

namespace {

QString operatingSystemUser()
{
    // The account that runs us, not $USER, which anybody can set.
    passwd entry {};
    passwd* found = nullptr;
    std::array<char, 4096> buffer {};
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return QString::fromLocal8Bit(found->pw_name);
    return QString::number(getuid());
}

AuditRow newRow(const QString& kind)
{
    AuditRow row;
    row.kind = kind;
    row.atMs = QDateTime::currentMSecsSinceEpoch();
    row.osUser = operatingSystemUser();
    row.host = QSysInfo::machineHostName();
    return row;
}

QString historyText(const char* text) { return QCoreApplication::translate("lockscope::History", text); }

constexpr auto ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

Status prepareFile(const QString& file)
{
    const QFileInfo info(file);
    const QString folder = info.absolutePath();
    if (!QFileInfo::exists(folder)) {
        if (!QDir().mkpath(folder) || !QFile::setPermissions(folder, ownerOnly | QFile::ExeOwner))
            return fail(ErrorKind::Storage, folder);
    }
    if (info.exists()) {
        // It holds old values: whoever widened its mode did not know that.
        constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        if (info.permissions() & others)
            QFile::setPermissions(file, ownerOnly);
        return {};
    }
    QFile created(file);
    if (!created.open(QIODevice::WriteOnly | QIODevice::Append, ownerOnly))
        return fail(ErrorKind::Storage, file + QStringLiteral(": ") + created.errorString());
    return {};
}

QString headFile(const QString& file) { return file + QStringLiteral(".head"); }

/// Beside the log stands how far it had come at least: rows that are cut off its end are missed then. Written after the
/// commit, so that it never promises a row that is not there; where it cannot be written the older promise stays true.
void noteHead(const QString& file, const QByteArray& line)
{
    QSaveFile head(headFile(file));
    if (!head.open(QIODevice::WriteOnly) || !head.setPermissions(ownerOnly) || head.write(line) != line.size()
        || !head.commit())
        qCWarning(logDeployment).noquote() << headFile(file) << head.errorString();
}

Result<QList<qint64>> append(const QString& file, const QList<AuditRow>& rows)
{
    if (const Status prepared = prepareFile(file); !prepared)
        return tl::unexpected(prepared.error());
    AuditDatabase database;
    if (const Status opened = database.open(file, AuditDatabase::Mode::Append); !opened)
        return tl::unexpected(opened.error());
    Result<QList<qint64>> ids = database.append(rows);
    if (ids && !ids->isEmpty())
        noteHead(file, database.headLine());
    return ids;
}

Status appendAll(const QString& file, const QList<AuditRow>& rows)
{
    const Result<QList<qint64>> written = append(file, rows);
    return written ? Status() : fail(written.error());
}

AuditRow rowOf(const AuditIntent& intent)
{
    AuditRow row = newRow(QStringLiteral("intent"));
    row.redisUser = intent.redisUser;
    row.server = intent.server;
    row.database = intent.database;
    row.action = QString::fromUtf8(intent.action);
    row.family = QString::fromUtf8(intent.family);
    row.key = intent.key;
    row.tokenFingerprint = intent.tokenFingerprint;
    row.reason = intent.reason;
    row.ticket = intent.ticket;
    row.type = QString::fromUtf8(intent.type);
    const bool fits = intent.oldValue.size() <= maximumOldValueBytes;
    row.oldValue = fits ? intent.oldValue : QByteArray();
    row.oldValueState = oldValueStateName(fits ? intent.oldValueState : OldValueState::TooLarge);
    row.ttlMs = intent.ttlMs;
    row.valueReadAt = intent.valueReadAt;
    row.relatedId = intent.relatedId;
    row.environment = environmentName(intent.environment);
    return row;
}

AuditRow rowOf(const AuditAftermath& aftermath)
{
    AuditRow row = newRow(QStringLiteral("aftermath"));
    row.intentId = aftermath.intentId;
    row.tokenFingerprint = aftermath.nextFingerprint;
    row.afterMs = aftermath.afterMs;
    row.watchedMs = aftermath.watchedMs;
    return row;
}

AuditRow rowOf(const AuditOutcome& outcome)
{
    AuditRow row = newRow(QStringLiteral("outcome"));
    row.intentId = outcome.intentId;
    row.outcome = QString::fromUtf8(outcome.outcome);
    row.tokenFingerprint = outcome.tokenFingerprint;
    row.error = outcome.error;
    row.nodes = nodesToText(outcome.nodes);
    return row;
}

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
    QList<AuditRow> rows;
    for (const AuditIntent& intent : intents)
        rows.append(rowOf(intent));
    return append(m_file, rows);
}

Status AuditLog::appendOutcomes(const QList<AuditOutcome>& outcomes) const
{
    QList<AuditRow> rows;
    for (const AuditOutcome& outcome : outcomes) {
        rows.append(rowOf(outcome));
        if (outcome.aftermath) {
            AuditAftermath aftermath = *outcome.aftermath;
            aftermath.intentId = outcome.intentId;
            rows.append(rowOf(aftermath));
        }
    }
    return appendAll(m_file, rows);
}

Status AuditLog::appendAftermaths(const QList<AuditAftermath>& aftermaths) const
{
    QList<AuditRow> rows;
    for (const AuditAftermath& aftermath : aftermaths)
        rows.append(rowOf(aftermath));
    return appendAll(m_file, rows);
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
    QFile head(headFile(m_file));
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
