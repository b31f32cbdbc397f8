// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"

#include <QSqlDatabase>
#include <QVariant>

namespace lockscope {

/// One row of the audit log without id and hashes; the order of the fields is the order in which they are hashed.
struct AuditRow {
    QString kind; ///< `intent`, `outcome` or `aftermath`
    qint64 intentId = 0; ///< outcome, aftermath: the intent it belongs to
    qint64 atMs = 0;
    QString osUser;
    QString host;
    QString redisUser;
    QString server;
    qint64 database = 0;
    QString action;
    QString family;
    QByteArray key;
    QString tokenFingerprint;
    QString reason;
    QString outcome;
    QString error;
    // Since the second form of rows; those of the first end here, and are hashed so.
    QString ticket;
    QString type;
    QByteArray oldValue;
    QString oldValueState;
    qint64 ttlMs = -2;
    qint64 valueReadAt = 0;
    qint64 relatedId = 0;
    QString environment;
    QString nodes; ///< JSON
    qint64 afterMs = -1;
    qint64 watchedMs = 0;
};

/// The SQLite side of AuditLog: schema, transactions and the chain of hashes. One thread.
class AuditDatabase {
public:
    enum class Mode : quint8 {
        Append, ///< makes or migrates the schema
        Read ///< never changes the file
    };

    AuditDatabase();
    ~AuditDatabase();
    AuditDatabase(const AuditDatabase&) = delete;
    AuditDatabase& operator=(const AuditDatabase&) = delete;

    [[nodiscard]] Status open(const QString& file, Mode mode);
    /// All rows in one transaction that keeps other writers out; answers their ids.
    [[nodiscard]] Result<QList<qint64>> append(const QList<AuditRow>& rows);
    /// Walks the chain.
    [[nodiscard]] Result<AuditVerdict> inspect();

    /// Nothing was ever written into it.
    [[nodiscard]] bool isEmpty() const { return m_version == 0; }
    /// The rows with all columns, whatever the file's schema is: for FROM.
    [[nodiscard]] QString source() const;
    [[nodiscard]] const QSqlDatabase& handle() const { return m_database; }
    [[nodiscard]] tl::unexpected<Error> failure(const QString& what) const;
    /// Id and hash (hex) of the last row that the last append() wrote.
    [[nodiscard]] const QByteArray& headLine() const { return m_headLine; }

private:
    [[nodiscard]] Status connectTo(const QString& name, const QString& options);
    [[nodiscard]] Status openForReading(const QString& file);
    [[nodiscard]] Status openForAppending(const QString& file);
    [[nodiscard]] Status run(const QString& statement);
    [[nodiscard]] Status migrate();
    [[nodiscard]] Result<int> readVersion();
    [[nodiscard]] Result<QByteArray> lastHash();
    [[nodiscard]] Result<qint64> insert(const AuditRow& row, QByteArray& previousHash);
    [[nodiscard]] Result<qint64> lastIdEver();

    QString m_name;
    QString m_file;
    QSqlDatabase m_database;
    int m_version = 0;
    QByteArray m_headLine;
};

} // namespace lockscope
