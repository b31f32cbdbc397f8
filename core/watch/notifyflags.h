// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lockscope {

/// The classes of notify-keyspace-events that locks kept in strings need: `K`, `g`, `$`, `x`, `e`.
inline constexpr char neededNotifyClasses[] = "Kg$xe";

/// Which of the needed classes the server does not publish; `A` stands for all the others but `K` and `E`. Empty:
/// sufficient.
[[nodiscard]] QByteArray missingNotifyClasses(QByteArrayView configured);
/// What to set so that the missing ones are published and nothing that somebody else relies on is dropped.
[[nodiscard]] QByteArray mergedNotifyFlags(QByteArrayView configured);

} // namespace lockscope
