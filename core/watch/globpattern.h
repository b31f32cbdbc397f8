// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lockscope {

/// Whether `text` matches `pattern` exactly as the server's own matcher says: `*`, `?`, `[a-z]`, `[^a]`, `\`.
[[nodiscard]] bool globMatches(QByteArrayView pattern, QByteArrayView text);

/// Whether the pattern matches everything: empty, or only stars.
[[nodiscard]] bool globMatchesAll(QByteArrayView pattern);

} // namespace lockscope
