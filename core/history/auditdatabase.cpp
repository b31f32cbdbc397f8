// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/auditdatabase.h"

#include "history/auditschema.h"

#include <QCoreApplication>
#include <QFile>
#include <QSqlError>
#include <QSqlQuery>
#include <QUrl>

#include <atomic>

namespace lockscope {

namespace {

QString historyText(const char* text) { return QCoreApplication::translate("lockscope::History", text); }

const QString busyTimeout = QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000");

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
    return fail(
        ErrorKind::Storage, historyText(QT_TRANSLATE_NOOP("lockscope::History", "audit log %1: %2")).arg(m_file, what));
}

Status AuditDatabase::run(const QString& statement)
{
    QSqlQuery query(m_database);
    if (!query.exec(statement))
        return failure(query.lastError().text());
    return {};
}

Status AuditDatabase::open(const QString& file, Mode mode)
{
    m_file = file;
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
    if (const Status opened = mode == Mode::Append ? openForAppending(file) : openForReading(file); !opened)
        return opened;
    const Result<int> version = readVersion();
    if (!version)
        return fail(version.error());
    m_version = *version;
    if (m_version > auditschema::version)
        return failure(historyText(QT_TRANSLATE_NOOP("lockscope::History", "written by a newer version of Lockscope")));
    return mode == Mode::Append && m_version < auditschema::version ? migrate() : Status();
}

Status AuditDatabase::connectTo(const QString& name, const QString& options)
{
    m_database.setDatabaseName(name);
    m_database.setConnectOptions(options);
    if (!m_database.open())
        return failure(m_database.lastError().text());
    return run(QStringLiteral("SELECT count(*) FROM sqlite_master"));
}

Status AuditDatabase::openForAppending(const QString& file)
{
    if (const Status opened = connectTo(file, busyTimeout); !opened)
        return opened;
    // FULL: in WAL mode only this puts a commit on the disk before it returns.
    for (const auto& pragma :
        { QStringLiteral("PRAGMA journal_mode = WAL"), QStringLiteral("PRAGMA synchronous = FULL") }) {
        if (const Status done = run(pragma); !done)
            return done;
    }
    return {};
}

Status AuditDatabase::openForReading(const QString& file)
{
    const Status opened = connectTo(file, QStringLiteral("QSQLITE_OPEN_READONLY;") + busyTimeout);
    if (opened || QFile::exists(file + QStringLiteral("-wal")))
        return opened;
    // In a folder that is not ours SQLite cannot make the files that it reads a WAL database with. Without a WAL all is
    // in the file itself.
    m_database.close();
    QUrl url = QUrl::fromLocalFile(file);
    url.setQuery(QStringLiteral("immutable=1"));
    if (connectTo(url.toString(QUrl::FullyEncoded), QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_OPEN_URI")))
        return {};
    return opened;
}

Result<int> AuditDatabase::readVersion()
{
    QSqlQuery query(m_database);
    if (!query.exec(QStringLiteral("PRAGMA user_version")) || !query.next())
        return failure(query.lastError().text());
    return query.value(0).toInt();
}

Status AuditDatabase::migrate()
{
    if (const Status begun = run(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return begun;
    // Somebody else may have done it while we waited for the file.
    const Result<int> version = readVersion();
    Status status = version ? Status() : fail(version.error());
    const QStringList statements
        = version && *version < auditschema::version ? auditschema::statementsFrom(*version) : QStringList();
    for (qsizetype i = 0; status && i < statements.size(); ++i)
        status = run(statements.at(i));
    if (status)
        status = run(QStringLiteral("COMMIT"));
    if (status)
        m_version = auditschema::version;
    else if (!run(QStringLiteral("ROLLBACK")))
        m_database.close();
    return status;
}

QString AuditDatabase::source() const { return auditschema::source(m_version); }

Result<QByteArray> AuditDatabase::lastHash()
{
    QSqlQuery query(m_database);
    if (!query.exec(QStringLiteral("SELECT hash FROM entries ORDER BY id DESC LIMIT 1")))
        return failure(query.lastError().text());
    return query.next() ? query.value(0).toByteArray() : QByteArray("");
}

Result<qint64> AuditDatabase::insert(const AuditRow& row, QByteArray& previousHash)
{
    static const QString statement
        = QStringLiteral("INSERT INTO entries (%1, previous_hash, hash) VALUES (%2?, ?)")
              .arg(auditschema::columns(), QStringLiteral("?, ").repeated(auditschema::columnCount()));
    const QVariantList fields = auditschema::fieldsOf(row);
    const QByteArray hash = auditschema::hashOf(fields, previousHash);
    QSqlQuery query(m_database);
    query.prepare(statement);
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
    if (!error) {
        m_headLine = QByteArray::number(ids.isEmpty() ? 0 : ids.last()) + ' ' + hash->toHex() + '\n';
        return ids;
    }
    // The first error is the one to tell; closing the file rolls back what this cannot.
    if (const Status undone = run(QStringLiteral("ROLLBACK")); !undone)
        m_database.close();
    return fail(*error);
}

Result<qint64> AuditDatabase::lastIdEver()
{
    QSqlQuery query(m_database);
    if (!query.exec(QStringLiteral("SELECT seq FROM sqlite_sequence WHERE name = 'entries'")))
        return failure(query.lastError().text());
    return query.next() ? query.value(0).toLongLong() : 0;
}

Result<AuditVerdict> AuditDatabase::inspect()
{
    AuditVerdict verdict;
    if (m_version == 0) {
        verdict.whole = true;
        return verdict;
    }
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT %1, previous_hash, hash, id FROM %2 ORDER BY id")
                        .arg(auditschema::columns(), source())))
        return failure(query.lastError().text());
    const int columns = auditschema::columnCount();
    const auto broken = [&verdict](qint64 row, const QString& fault) {
        verdict.badRow = row;
        verdict.fault = fault.arg(row);
        return verdict;
    };
    QByteArray previous("");
    QVariantList fields(columns);
    while (query.next()) {
        const qint64 id = query.value(columns + 2).toLongLong();
        // Ids are given one by one: a hole is a row that was taken out.
        if (id != verdict.rows + 1)
            return broken(
                verdict.rows + 1, historyText(QT_TRANSLATE_NOOP("lockscope::History", "entry %1 is missing")));
        for (int i = 0; i < columns; ++i)
            fields[i] = query.value(i);
        if (query.value(columns).toByteArray() != previous)
            return broken(
                id, historyText(QT_TRANSLATE_NOOP("lockscope::History", "entry %1 does not follow the one before it")));
        const QByteArray hash = query.value(columns + 1).toByteArray();
        if (auditschema::hashOf(fields, previous) != hash)
            return broken(id, historyText(QT_TRANSLATE_NOOP("lockscope::History", "entry %1 was altered")));
        previous = hash;
        ++verdict.rows;
        verdict.entries += fields.first().toString() == QLatin1StringView("intent") ? 1 : 0;
    }
    if (query.lastError().isValid())
        return failure(query.lastError().text());
    query.finish();
    verdict.head = previous.toHex();
    const Result<qint64> last = lastIdEver();
    if (!last)
        return fail(last.error());
    if (*last != verdict.rows)
        return broken(verdict.rows + 1,
            historyText(QT_TRANSLATE_NOOP("lockscope::History", "entry %1 and what came after it was cut off")));
    verdict.whole = true;
    return verdict;
}

} // namespace lockscope
