// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditlog.h"

#include "history/auditdatabase.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
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

Status prepareFile(const QString& file)
{
    const QFileInfo info(file);
    const QString folder = info.absolutePath();
    if (!QFileInfo::exists(folder)) {
        constexpr auto ownerOnly = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
        if (!QDir().mkpath(folder) || !QFile::setPermissions(folder, ownerOnly))
            return fail(ErrorKind::Storage, folder);
    }
    if (info.exists())
        return {};
    QFile created(file);
    if (!created.open(QIODevice::WriteOnly | QIODevice::Append, QFile::ReadOwner | QFile::WriteOwner))
        return fail(ErrorKind::Storage, file + QStringLiteral(": ") + created.errorString());
    return {};
}

Result<QList<qint64>> append(const QString& file, const QList<AuditRow>& rows)
{
    if (const Status prepared = prepareFile(file); !prepared)
        return tl::unexpected(prepared.error());
    AuditDatabase database;
    if (const Status opened = database.open(file); !opened)
        return tl::unexpected(opened.error());
    return database.append(rows);
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
    for (const AuditIntent& intent : intents) {
        AuditRow row = newRow(QStringLiteral("intent"));
        row.redisUser = intent.redisUser;
        row.server = intent.server;
        row.database = intent.database;
        row.action = QString::fromUtf8(intent.action);
        row.family = QString::fromUtf8(intent.family);
        row.key = intent.key;
        row.tokenFingerprint = intent.tokenFingerprint;
        row.reason = intent.reason;
        rows.append(std::move(row));
    }
    return append(m_file, rows);
}

Status AuditLog::appendOutcomes(const QList<AuditOutcome>& outcomes) const
{
    QList<AuditRow> rows;
    for (const AuditOutcome& outcome : outcomes) {
        AuditRow row = newRow(QStringLiteral("outcome"));
        row.intentId = outcome.intentId;
        row.outcome = QString::fromUtf8(outcome.outcome);
        row.tokenFingerprint = outcome.tokenFingerprint;
        row.error = outcome.error;
        rows.append(std::move(row));
    }
    const Result<QList<qint64>> written = append(m_file, rows);
    return written ? Status() : tl::unexpected(written.error());
}

Status AuditLog::verify() const
{
    AuditDatabase database;
    if (const Status opened = database.open(m_file); !opened)
        return opened;
    return database.verify();
}

} // namespace lockscope
