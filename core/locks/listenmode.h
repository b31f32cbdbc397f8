// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace lockscope {

/// How changes are heard.
enum class ListenMode : quint8 {
    None, ///< a single listing, nothing is followed
    Notifications, ///< keyspace notifications cover all that locks need
    Tracking, ///< CLIENT TRACKING names the keys that change, without a verb: each is read
    Polling, ///< neither is to be had: passes and reads only, short holds can be missed
};
/// `none`, `notifications`, `tracking`, `polling`: as the JSON of a server says it.
[[nodiscard]] QLatin1StringView listenModeName(ListenMode mode);

/// How the operator wants changes to be heard.
enum class ListenChoice : quint8 {
    Auto, ///< by notifications where the server publishes enough, else by tracking where that is permitted, else
          ///< polling
    Notifications, ///< else polling
    Tracking, ///< else polling
    Poll,
};
/// `auto`, `notifications`, `tracking`, `poll`.
[[nodiscard]] QLatin1StringView listenChoiceName(ListenChoice choice);
/// Empty counts as auto.
[[nodiscard]] std::optional<ListenChoice> listenChoiceByName(const QString& name);

/// What a way of listening cannot see, or only later.
enum class BlindSpot : quint8 {
    Flush, ///< FLUSHDB, FLUSHALL: found by the next pass
    SwapDatabases, ///< SWAPDB: found by the next pass
    HowItEnded, ///< whether a lock was released, has expired or was evicted: told by its deadline alone
    BetweenReads, ///< who comes and goes between two reads of a key
    ShortHolds, ///< locks held for less than the time between two passes
};
[[nodiscard]] QList<BlindSpot> blindSpots(ListenMode mode);
/// `flush`, `swapdb`, `how_it_ended`, `between_reads`, `short_holds`.
[[nodiscard]] QLatin1StringView blindSpotName(BlindSpot spot);

} // namespace lockscope
