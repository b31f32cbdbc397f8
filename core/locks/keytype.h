// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QLatin1StringView>

namespace lockscope {

/// Redis' own types of values, as far as locks live in them.
enum class KeyType : quint8 { String, Hash, List, Set, SortedSet, Other };
/// `string`, `hash`, `list`, `set`, `zset`, as TYPE answers and the contract's `type` says; `other`.
[[nodiscard]] QLatin1StringView keyTypeName(KeyType type);
[[nodiscard]] KeyType keyTypeByName(QByteArrayView name);

} // namespace lockscope
