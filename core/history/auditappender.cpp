// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditappender.h"

#include "base/logging.h"
#include "history/auditdatabase.h"
#include "history/auditreader.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QSysInfo>

#include <array>

#include <pwd.h>
#include <sys/stat.h>
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

/// Of the file at this path, as it is now; zeros where there is none.
std::pair<quint64, quint64> identityOf(const QString& file)
{
    struct stat found { };
    if (::stat(QFile::encodeName(file).constData(), &found) != 0)
        return {};
    return { found.st_dev, found.st_ino };
}

} // namespace

QString auditHeadFile(const QString& file) { return file + QStringLiteral(".head"); }

AuditAppender::AuditAppender(QString file)
    : m_file(std::move(file))
{
}

AuditAppender::~AuditAppender() { noteHead(); }

Result<QList<qint64>> AuditAppender::appendIntents(const QList<AuditIntent>& intents)
{
    QList<AuditRow> rows;
    for (const AuditIntent& intent : intents)
        rows.append(rowOf(intent));
    return append(rows);
}

Status AuditAppender::appendOutcomes(const QList<AuditOutcome>& outcomes)
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
    const Result<QList<qint64>> written = append(rows);
    return written ? Status() : fail(written.error());
}

Status AuditAppender::appendAftermaths(const QList<AuditAftermath>& aftermaths)
{
    QList<AuditRow> rows;
    for (const AuditAftermath& aftermath : aftermaths)
        rows.append(rowOf(aftermath));
    const Result<QList<qint64>> written = append(rows);
    return written ? Status() : fail(written.error());
}

Result<QList<qint64>> AuditAppender::append(const QList<AuditRow>& rows)
{
    if (const Status opened = open(); !opened)
        return tl::unexpected(opened.error());
    Result<QList<qint64>> ids = m_database->append(rows);
    if (!ids)
        m_database.reset(); // whatever ails it, the next one begins anew
    else if (!ids->isEmpty())
        m_unnotedHead = m_database->headLine();
    return ids;
}

Status AuditAppender::open()
{
    if (const Status prepared = prepareFile(m_file); !prepared)
        return prepared;
    if (m_database && identityOf(m_file) == m_identity)
        return {};
    close();
    m_database = std::make_unique<AuditDatabase>();
    if (const Status opened = m_database->open(m_file, AuditDatabase::Mode::Append); !opened) {
        m_database.reset();
        return opened;
    }
    m_identity = identityOf(m_file);
    return {};
}

// Beside the log stands how far it had come at least: rows that are cut off its end are missed then. Written after the
// commit, so that it never promises a row that is not there; where it cannot be written the older promise stays true.
void AuditAppender::noteHead()
{
    if (m_unnotedHead.isEmpty())
        return;
    const QByteArray line = std::exchange(m_unnotedHead, {});
    QSaveFile head(auditHeadFile(m_file));
    if (!head.open(QIODevice::WriteOnly) || !head.setPermissions(ownerOnly) || head.write(line) != line.size()
        || !head.commit())
        qCWarning(logDeployment).noquote() << auditHeadFile(m_file) << head.errorString();
}

void AuditAppender::close()
{
    noteHead();
    m_database.reset();
}

} // namespace lockscope
