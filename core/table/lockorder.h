// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"
#include "table/lockcolumn.h"

#include <compare>

namespace lockscope {

/// Strict order of locks by a column, then by slot: no two rows are equal, so a row is found by binary search. Nothing
/// in it changes while time passes: what is left is ordered by deadline, and how long held by its beginning. Keys,
/// tokens and owners compare as bytes, states by severity, locks without TTL behind all that have one. Thread-safe
/// value.
class LockOrder {
public:
    LockOrder() = default;
    explicit LockOrder(LockSort sort)
        : m_sort(sort)
    {
    }
    [[nodiscard]] LockSort sort() const { return m_sort; }

    /// Whether the column is text: its rank is only the beginning of it.
    [[nodiscard]] bool isText() const;
    /// Orders locks by the column as far as 64 bits can, in ascending order.
    [[nodiscard]] quint64 rank(const LockRecord& record) const;
    /// The whole text of a text column, as bytes whose order is the column's.
    [[nodiscard]] QByteArray text(const LockRecord& record) const;

    /// By the column alone; `equal` means that swapping the values moves no row.
    [[nodiscard]] std::strong_ordering compareColumn(const LockRecord& a, const LockRecord& b) const;
    [[nodiscard]] bool less(const LockRecord& a, const LockRecord& b) const
    {
        const auto ordering = compareColumn(a, b);
        return ordering != 0 ? ordering < 0 : a.id.slot < b.id.slot;
    }

private:
    LockSort m_sort;
};

/// 0 for the harmless: held, due, stale, no TTL.
[[nodiscard]] int lockSeverity(LockState state);
/// The first eight bytes, big-endian, so that they compare like the text.
[[nodiscard]] quint64 textRank(QByteArrayView text);

} // namespace lockscope
