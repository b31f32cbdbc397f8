// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"
#include "history/auditentry.h"
#include "operations/restorerequest.h"

namespace lockscope {

// What the audit page says of acts and outcomes, in words for people.

[[nodiscard]] QString auditActionTitle(const QString& action);
/// Empty: that no outcome was written.
[[nodiscard]] QString auditOutcomeTitle(const QString& outcome);
[[nodiscard]] Tone auditOutcomeTone(const QString& outcome);
/// The actions and outcomes that a filter offers.
[[nodiscard]] QStringList auditActionNames();
[[nodiscard]] QStringList auditOutcomeNames();
[[nodiscard]] QString restoreOutcomeText(const RestoreResult& result);
/// Why the entry cannot be put back; empty where it may be tried.
[[nodiscard]] QString whyNoRestore(const AuditEntry& entry);

} // namespace lockscope
