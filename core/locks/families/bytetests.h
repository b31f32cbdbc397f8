// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lockscope {

// What tokens and keys of lock libraries are made of. Cheap: they run for every key that is looked at. All of them say
// no of nothing at all.

[[nodiscard]] bool isDecimal(QByteArrayView bytes);
[[nodiscard]] bool isLowerHex(QByteArrayView bytes);
[[nodiscard]] bool isLetters(QByteArrayView bytes);
[[nodiscard]] bool isAlphanumeric(QByteArrayView bytes);
[[nodiscard]] bool isBase64(QByteArrayView bytes); ///< the alphabet with `+` and `/`, without padding
[[nodiscard]] bool isBase64Url(QByteArrayView bytes); ///< the alphabet with `-` and `_`, without padding

/// A random UUID in lower case with dashes: version 4 and the variant that goes with it.
[[nodiscard]] bool isUuidV4(QByteArrayView bytes);
/// The 32 lower-case hexadecimal digits of a UUID of this version.
[[nodiscard]] bool isUuidHex(QByteArrayView bytes, char version);
/// Bytes of which at least one is no printable ASCII: raw random bytes nearly always, text in other scripts too.
[[nodiscard]] bool hasRawBytes(QByteArrayView bytes);

/// What follows the last `:`; all of it if there is none.
[[nodiscard]] QByteArrayView lastPart(QByteArrayView key);

} // namespace lockscope
