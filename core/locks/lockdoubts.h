// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QByteArray>

namespace lockscope {

/// Whether the connection of a lock's holder is there. Known only where the token names a connection: its name or its
/// address was among the server's clients once.
enum class HolderLink : quint8 { Unknown, Connected, Gone };

/// What the watch has found out about a holder beside token and lease. Rare; a value that is replaced, never changed.
struct LockDoubts {
    HolderLink link = HolderLink::Unknown;
    QByteArray identity; ///< what token and connection have in common
    QByteArray address; ///< of one such connection when it was last there
    SteadyTime lastConnected {}; ///< when a listing showed it last
    SteadyTime goneSince {}; ///< Gone: when a listing first did without it

    /// Held far beyond what is usual: 0 where it is not.
    quint32 usualHoldMs = 0; ///< 99 of 100 holds of such names were no longer
    quint32 usualHolds = 0; ///< how many holds that is known from
    quint8 holdFactorLog2 = 0; ///< how many times it doubles that, rounded down
    QByteArray pattern; ///< the names that were compared

    [[nodiscard]] bool isEmpty() const { return link == HolderLink::Unknown && usualHoldMs == 0; }
    friend bool operator==(const LockDoubts&, const LockDoubts&) = default;
};

} // namespace lockscope
