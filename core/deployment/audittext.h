// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"
#include "operations/restorerequest.h"

namespace lockscope {

// The audit log for programs and spreadsheets. Fingerprints of tokens, never tokens or old values.

/// One JSON object.
[[nodiscard]] QByteArray auditEntryToJson(const AuditEntry& entry);
[[nodiscard]] QByteArray auditVerdictToJson(const AuditVerdict& verdict);
[[nodiscard]] QByteArray restoreResultToJson(const RestoreResult& result);
/// `{"entries":[…]}`.
[[nodiscard]] QByteArray auditJson(const QList<AuditEntry>& entries);
/// RFC 4180 with a header line. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
[[nodiscard]] QByteArray auditCsv(const QList<AuditEntry>& entries);

} // namespace lockscope
