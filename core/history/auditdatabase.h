// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QSqlDatabase>
#include <QVariant>

namespace lockscope {

/// One row of the audit log without id and hashes; the order of the fields is the order in which they are hashed.
struct AuditRow {
    QString kind; ///< `intent` or `outcome`
    qint64 intentId = 0; ///< outcome: the intent it belongs to
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
};

/// The SQLite side of AuditLog: schema, transactions and the chain of hashes. One thread, short-lived.
class AuditDatabase {
public:
    AuditDatabase();
    ~AuditDatabase();
    AuditDatabase(const AuditDatabase&) = delete;
    AuditDatabase& operator=(const AuditDatabase&) = delete;

    [[nodiscard]] Status open(const QString& file);
    /// All rows in one transaction that keeps other writers out; answers their ids.
    [[nodiscard]] Result<QList<qint64>> append(const QList<AuditRow>& rows);
    [[nodiscard]] Status verify();

private:
    [[nodiscard]] Status run(const QString& statement);
    [[nodiscard]] Result<QByteArray> lastHash();
    [[nodiscard]] Result<qint64> insert(const AuditRow& row, QByteArray& previousHash);
    [[nodiscard]] tl::unexpected<Error> failure(const QString& what) const;

    QString m_name;
    QSqlDatabase m_database;
};

} // namespace lockscope
