// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

namespace lockscope {

/// What any token can tell of its holder by its shape alone, whatever the family. Random tokens tell nothing.
[[nodiscard]] QList<OwnerHint> ownerHintsByShape(const QByteArray& token);

/// Adds those of `more` whose names are not among `hints` yet.
void appendNewHints(QList<OwnerHint>& hints, const QList<OwnerHint>& more);

/// The hints in a few words for a table cell: `build-7 · pid 4711 · thread main`. Empty without hints.
[[nodiscard]] QString ownerText(const QList<OwnerHint>& hints);

} // namespace lockscope
