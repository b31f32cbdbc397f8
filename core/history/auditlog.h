// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"

namespace lockscope {

/// The append-only record of what operators did: one SQLite file that several processes may write. Intents, outcomes
/// and aftermaths are rows of their own that never change; every row carries the SHA-256 of its content and of the row
/// before. Every append is one transaction and on disk when it returns. All errors are of kind Storage. Blocking; the
/// file is opened for each call. Thread-safe.
///
/// The file keeps old values, and with them tokens of locks: it is readable by its owner only (mode 0600).
class AuditLog {
public:
    /// Made on first use: the file with mode 0600, its folder with mode 0700. Empty: standardFile().
    explicit AuditLog(QString file);
    [[nodiscard]] static QString standardFile();
    [[nodiscard]] const QString& file() const { return m_file; }

    /// All or none; answers their ids in order. An old value above maximumOldValueBytes is left out, and the entry says
    /// so.
    [[nodiscard]] Result<QList<qint64>> appendIntents(const QList<AuditIntent>& intents) const;
    [[nodiscard]] Status appendOutcomes(const QList<AuditOutcome>& outcomes) const;
    [[nodiscard]] Status appendAftermaths(const QList<AuditAftermath>& aftermaths) const;

    /// The entries that a query lets through, the newest last. No file: none. Reading never changes the file.
    [[nodiscard]] Result<QList<AuditEntry>> entries(const AuditQuery& query) const;
    /// How many those are, without the query's limit and beforeId.
    [[nodiscard]] Result<qint64> count(const AuditQuery& query) const;
    /// Errors: Storage; Usage where there is no such entry or its value was not kept.
    [[nodiscard]] Result<AuditOldValue> oldValue(qint64 id) const;
    /// Walks the chain. An error only where the file could not be read at all.
    [[nodiscard]] Result<AuditVerdict> inspect() const;
    /// The same as a status: the error names the first row that does not fit.
    [[nodiscard]] Status verify() const;

private:
    QString m_file;
};

} // namespace lockscope
