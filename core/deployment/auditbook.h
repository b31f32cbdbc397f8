// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefunction.h"
#include "history/auditentry.h"

#include <QObject>

#include <memory>

namespace lockscope {

/// The audit log as both programs read it: needs no server. Questions are answered by threads of Qt's global pool, each
/// handler once on this object's thread, and not at all when the object is gone by then. No file: an empty log.
class AuditBook final : public QObject {
    Q_OBJECT
public:
    /// Empty: the standard place.
    explicit AuditBook(const QString& file = {}, QObject* parent = nullptr);
    [[nodiscard]] const QString& file() const { return m_file; }

    void entries(const AuditQuery& query, UniqueFunction<void(Result<QList<AuditEntry>>)> handler);
    void count(const AuditQuery& query, UniqueFunction<void(Result<qint64>)> handler);
    void verify(UniqueFunction<void(Result<AuditVerdict>)> handler);
    /// Writes what the query lets through into a file of mode 0600 that is replaced as a whole: `.csv`, else JSON.
    /// Answers how many entries. Old values and tokens are never among them.
    void exportTo(const QString& file, const AuditQuery& query, UniqueFunction<void(Result<qint64>)> handler);

    // The same, blocking: for the CLI.
    [[nodiscard]] Result<QList<AuditEntry>> entriesNow(const AuditQuery& query) const;
    [[nodiscard]] Result<AuditVerdict> verifyNow() const;
    [[nodiscard]] Result<qint64> exportNow(const QString& file, const AuditQuery& query) const;

private:
    const QString m_file;
};

} // namespace lockscope
