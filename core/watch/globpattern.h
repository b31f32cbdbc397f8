// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace lockscope {

/// Whether `text` matches `pattern` exactly as the server's own matcher says: `*`, `?`, `[a-z]`, `[^a]`, `\`.
[[nodiscard]] bool globMatches(QByteArrayView pattern, QByteArrayView text);

/// Whether the pattern matches everything: empty, or only stars.
[[nodiscard]] bool globMatchesAll(QByteArrayView pattern);

/// Whether some of the patterns matches.
[[nodiscard]] bool globsMatch(const QList<QByteArray>& patterns, QByteArrayView text);

/// What every text that matches the pattern begins with: its bytes before the first `*`, `?` or `[`, with escapes
/// resolved.
[[nodiscard]] QByteArray globLiteralHead(QByteArrayView pattern);

} // namespace lockscope
