// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyregistry.h"

namespace lockscope {

/// The classes of notify-keyspace-events that locks of these families need; none given: of all families. `K`, `g`, `x`
/// and `e` always, `$`, `h`, `s`, `z`, `l` by the types that the families use.
[[nodiscard]] QByteArray neededNotifyClasses(const FamilyRegistry& registry, const QList<FamilyId>& families);
/// Which of the needed classes the server does not publish; `A` stands for all the others but `K` and `E`. Empty:
/// sufficient.
[[nodiscard]] QByteArray missingNotifyClasses(QByteArrayView needed, QByteArrayView configured);
/// What to set so that the missing ones are published and nothing that somebody else relies on is dropped.
[[nodiscard]] QByteArray mergedNotifyFlags(QByteArrayView needed, QByteArrayView configured);

} // namespace lockscope
