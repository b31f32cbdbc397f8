// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lockscope {

/// Keys and tokens are bytes until they are shown; these are the only ways to show them.

/// Valid UTF-8 as text, everything that could mislead escaped: control characters, bidirectional and zero-width marks
/// and bytes that are no UTF-8 become `\xHH` or `\u{HHHH}`; `\` stays as it is. At most `maxCharacters` characters, cut
/// with an ellipsis in the middle; 0 for no limit.
[[nodiscard]] QString displayText(QByteArrayView bytes, int maxCharacters = 0);
/// Whether the bytes are valid UTF-8 (JSON: `key` against `key_base64`).
[[nodiscard]] bool isUtf8(QByteArrayView bytes);
/// As an argument of redis-cli in an interactive session: `"…"` with \xHH escapes.
[[nodiscard]] QString redisCliQuoted(QByteArrayView bytes);
/// Short stable fingerprint of a token for logs and confirmations: first 8 hexadecimal digits of its SHA-256.
[[nodiscard]] QString tokenFingerprint(QByteArrayView token);

} // namespace lockscope
