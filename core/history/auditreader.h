// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditdatabase.h"

namespace lockscope {

/// The questions that are asked of an audit log. A database opened for reading outlives it.
class AuditReader {
public:
    explicit AuditReader(AuditDatabase& database)
        : m_database(database)
    {
    }
    /// The newest last.
    [[nodiscard]] Result<QList<AuditEntry>> entries(const AuditQuery& query);
    [[nodiscard]] Result<qint64> count(const AuditQuery& query);
    /// The payload of one intent.
    [[nodiscard]] Result<QByteArray> payload(qint64 id);
    /// Hash of one row, as hex; empty where there is none.
    [[nodiscard]] Result<QByteArray> hashOf(qint64 row);

private:
    AuditDatabase& m_database;
};

[[nodiscard]] QString nodesToText(const QList<AuditNodeResult>& nodes);
[[nodiscard]] QList<AuditNodeResult> nodesFromText(const QString& text);

} // namespace lockscope
