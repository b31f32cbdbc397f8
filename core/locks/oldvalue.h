// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lockscope {

/// What became of the value that a key had before somebody acted on it.
enum class OldValueState : quint8 {
    None, ///< not asked for, or there was no key
    Kept, ///< the payload is there
    TooLarge, ///< above maximumOldValueBytes: left out
    Unreadable, ///< the server did not give it: a missing right, say
};
inline constexpr int oldValueStateCount = int(OldValueState::Unreadable) + 1;
/// `none`, `kept`, `too_large`, `unreadable`.
[[nodiscard]] QLatin1StringView oldValueStateName(OldValueState state);
[[nodiscard]] OldValueState oldValueStateByName(QStringView name); ///< None for what it does not know

/// The largest DUMP payload that is kept.
inline constexpr qint64 maximumOldValueBytes = 65'536;

/// A key as it was before an act. The payload holds the lock's token: never shown, logged or exported.
struct OldValue {
    QByteArray type; ///< Redis type; `none` where there is no key
    OldValueState state = OldValueState::None;
    QByteArray payload; ///< as DUMP gives it
    qint64 ttlMs = -2; ///< PTTL: -1 no TTL, -2 unknown or no key
    qint64 readAtMs = 0; ///< wall clock
};

} // namespace lockscope
