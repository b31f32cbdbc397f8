// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace lockscope {

/// What kind of value a lock library's random token is, told from its bytes alone.
enum class TokenShape : quint8 {
    None, ///< nothing that a library would generate
    TimeUuid, ///< UUID version 1, with or without dashes: holds a time and a network node
    Uuid, ///< any other UUID with dashes, also followed by `:thread` or `-suffix`
    Hex, ///< 32, 40 or 64 hexadecimal digits
    Base64, ///< 16 bytes in base64: 22 characters, or 24 with padding
    HostAndPid, ///< `host:pid…`, `pid@host` or `host_pid_…`
    Json, ///< a JSON object
};

/// Longer values have no shape: no library's token is that long.
inline constexpr qsizetype maximumShapeBytes = 256;

[[nodiscard]] TokenShape tokenShape(QByteArrayView token);

/// `8-4-4-4-12` hexadecimal digits.
[[nodiscard]] bool isDashedUuid(QByteArrayView bytes);

/// What a UUID of version 1 holds.
struct TimeUuid {
    QDateTime createdAt; ///< UTC
    QByteArray node; ///< `02:42:ac:11:00:02`, or empty where it is a random number
};
/// With or without dashes; nothing if it is no UUID of version 1 or its time lies outside 2000 to 2100.
[[nodiscard]] std::optional<TimeUuid> decodeTimeUuid(QByteArrayView token);

/// A process on a host, as many tokens spell it.
struct HostAndPid {
    QByteArray host;
    QByteArray pid;
    QByteArray thread; ///< may be empty
};
[[nodiscard]] std::optional<HostAndPid> decodeHostAndPid(QByteArrayView token);

} // namespace lockscope
