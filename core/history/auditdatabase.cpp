// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditdatabase.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QSqlError>
#include <QSqlQuery>

#include <atomic>

namespace lockscope {

namespace {

constexpr int schemaVersion = 1;

QString historyText(const char* text) { return QCoreApplication::translate("lockscope::History", text); }

const QStringList& schema()
{
    static const QStringList statements {
        QStringLiteral(
            "CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, "
            "intent_id INTEGER NOT NULL, at_ms INTEGER NOT NULL, os_user TEXT NOT NULL, host TEXT NOT NULL, "
            "redis_user TEXT NOT NULL, server TEXT NOT NULL, db INTEGER NOT NULL, action TEXT NOT NULL, "
            "family TEXT NOT NULL, key BLOB NOT NULL, token_fingerprint TEXT NOT NULL, reason TEXT NOT NULL, "
            "outcome TEXT NOT NULL, error TEXT NOT NULL, previous_hash BLOB NOT NULL, hash BLOB NOT NULL)"),
        QStringLiteral("CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries "
                       "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"),
        QStringLiteral("CREATE TRIGGER IF NOT EXISTS entries_are_never_deleted BEFORE DELETE ON entries "
                       "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"),
        QStringLiteral("PRAGMA user_version = %1").arg(schemaVersion),
    };
    return statements;
}

// NULL would break the chain's promise that every field is there: an empty text is bound as one.
QString present(const QString& text) { return text.isNull() ? QStringLiteral("") : text; }

QVariantList fieldsOf(const AuditRow& row)
{
    return { row.kind, row.intentId, row.atMs, present(row.osUser), present(row.host), present(row.redisUser),
        present(row.server), row.database, present(row.action), present(row.family),
        row.key.isNull() ? QByteArray("") : row.key, present(row.tokenFingerprint), present(row.reason),
        present(row.outcome), present(row.error) };
}

/// Every field with its length in front, so that no two rows read the same.
QByteArray hashOf(const QVariantList& fields, const QByteArray& previousHash)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(previousHash);
    for (const QVariant& field : fields) {
        const QByteArray bytes = field.toByteArray();
        hash.addData(QByteArray::number(bytes.size()));
        hash.addData(QByteArrayView(":"));
        hash.addData(bytes);
    }
    return hash.result();
}

} // namespace

AuditDatabase::AuditDatabase()
{
    static std::atomic<quint64> counter { 0 };
    m_name = QStringLiteral("lockscope-audit-%1").arg(counter.fetch_add(1));
}

AuditDatabase::~AuditDatabase()
{
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

tl::unexpected<Error> AuditDatabase::failure(const QString& what) const
{
    return fail(ErrorKind::Storage,
        historyText(QT_TRANSLATE_NOOP("lockscope::History", "audit log %1: %2")).arg(m_database.databaseName(), what));
}

Status AuditDatabase::run(const QString& statement)
{
    QSqlQuery query(m_database);
    if (!query.exec(statement))
        return failure(query.lastError().text());
    return {};
}

Status AuditDatabase::open(const QString& file)
{
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
    m_database.setDatabaseName(file);
    m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!m_database.open())
        return failure(m_database.lastError().text());
    // FULL: in WAL mode only this puts a commit on the disk before it returns.
    for (const auto& pragma :
        { QStringLiteral("PRAGMA journal_mode = WAL"), QStringLiteral("PRAGMA synchronous = FULL") }) {
        if (const Status done = run(pragma); !done)
            return done;
    }
    QSqlQuery version(m_database);
    if (!version.exec(QStringLiteral("PRAGMA user_version")) || !version.next())
        return failure(version.lastError().text());
    if (version.value(0).toInt() > schemaVersion)
        return failure(historyText(QT_TRANSLATE_NOOP("lockscope::History", "written by a newer version of Lockscope")));
    if (version.value(0).toInt() == schemaVersion)
        return {};
    version.finish();
    for (const QString& statement : schema()) {
        if (const Status done = run(statement); !done)
            return done;
    }
    return {};
}

Result<QByteArray> AuditDatabase::lastHash()
{
    QSqlQuery query(m_database);
    if (!query.exec(QStringLiteral("SELECT hash FROM entries ORDER BY id DESC LIMIT 1")))
        return failure(query.lastError().text());
    return query.next() ? query.value(0).toByteArray() : QByteArray("");
}

Result<qint64> AuditDatabase::insert(const AuditRow& row, QByteArray& previousHash)
{
    const QVariantList fields = fieldsOf(row);
    const QByteArray hash = hashOf(fields, previousHash);
    QSqlQuery query(m_database);
    query.prepare(QStringLiteral(
        "INSERT INTO entries (kind, intent_id, at_ms, os_user, host, redis_user, server, db, action, family, key, "
        "token_fingerprint, reason, outcome, error, previous_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    for (const QVariant& field : fields)
        query.addBindValue(field);
    query.addBindValue(previousHash);
    query.addBindValue(hash);
    if (!query.exec())
        return failure(query.lastError().text());
    previousHash = hash;
    return query.lastInsertId().toLongLong();
}

Result<QList<qint64>> AuditDatabase::append(const QList<AuditRow>& rows)
{
    // IMMEDIATE: the last hash must stay the last one until ours stands behind it.
    if (const Status begun = run(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return tl::unexpected(begun.error());
    QList<qint64> ids;
    Result<QByteArray> hash = lastHash();
    std::optional<Error> error = hash ? std::nullopt : std::optional(hash.error());
    for (qsizetype i = 0; i < rows.size() && !error; ++i) {
        const Result<qint64> id = insert(rows.at(i), *hash);
        if (id)
            ids.append(*id);
        else
            error = id.error();
    }
    if (!error) {
        if (const Status committed = run(QStringLiteral("COMMIT")); !committed)
            error = committed.error();
    }
    if (!error)
        return ids;
    // The first error is the one to tell; closing the file rolls back what this cannot.
    if (const Status undone = run(QStringLiteral("ROLLBACK")); !undone)
        m_database.close();
    return fail(*error);
}

Status AuditDatabase::verify()
{
    QSqlQuery query(m_database);
    if (!query.exec(QStringLiteral(
            "SELECT kind, intent_id, at_ms, os_user, host, redis_user, server, db, action, family, key, "
            "token_fingerprint, reason, outcome, error, previous_hash, hash, id FROM entries ORDER BY id")))
        return failure(query.lastError().text());
    QByteArray previous("");
    constexpr int fieldCount = 15;
    while (query.next()) {
        QVariantList fields;
        for (int i = 0; i < fieldCount; ++i)
            fields.append(query.value(i));
        const QByteArray hash = query.value(fieldCount + 1).toByteArray();
        if (query.value(fieldCount).toByteArray() != previous || hashOf(fields, previous) != hash)
            return failure(historyText(
                QT_TRANSLATE_NOOP("lockscope::History", "entry %1 was altered, or one before it is missing"))
                               .arg(query.value(fieldCount + 2).toLongLong()));
        previous = hash;
    }
    return {};
}

} // namespace lockscope
