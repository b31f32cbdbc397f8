// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/invocation.h"

class QCommandLineParser;

namespace lockscope::cli {

/// Reads the options of `audit`, and the AUDIT_ID of `restore`. Errors: Usage.
[[nodiscard]] Status readAuditOptions(const QCommandLineParser& parser, Invocation& invocation);

/// A moment as people give it: RFC 3339, a date, or how long ago (`90s`, `30m`, `2h`, `7d`); without a zone it is local
/// time. Milliseconds since the epoch; nothing for what is none of these.
[[nodiscard]] std::optional<qint64> momentByText(const QString& text, qint64 nowMs);

} // namespace lockscope::cli
