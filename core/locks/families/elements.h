// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"

#include <algorithm>

namespace lockscope {

/// What the families share whose locks live in hashes, sets and sorted sets.

/// 1 to `longest` decimal digits.
[[nodiscard]] bool isDigits(QByteArrayView bytes, qsizetype longest = 19);
/// A whole number of at least 1, as HINCRBY leaves it.
[[nodiscard]] bool isEntryCount(QByteArrayView bytes);
/// Milliseconds since 1970 that lie between 2001 and 2286.
[[nodiscard]] bool isEpochMs(double score);

/// What stands before the suffix; all of it where it does not end so.
[[nodiscard]] QByteArray withoutSuffix(const QByteArray& key, QByteArrayView suffix);

template <typename Test> [[nodiscard]] bool everyElement(const KeySample& sample, Test test)
{
    return !sample.elements.empty() && std::all_of(sample.elements.begin(), sample.elements.end(), test);
}

/// The members of a sorted set whose score is a deadline that the server's clock has not reached, in the set's order.
[[nodiscard]] std::vector<LockHolder> membersBeforeDeadline(const KeySample& sample, LockMode mode);

/// Hashes and sets have no order: the holder that the table shows must not change from one look to the next.
void sortByToken(std::vector<LockHolder>& holders);

/// LockFamily::meaningOf() for keys of any type. `zadd` and `hset` may prolong as well as acquire: they say Acquired.
[[nodiscard]] EventMeaning elementEventMeaning(QByteArrayView event);

/// The beginning of every release recipe: `gone` and `type` are answered here.
[[nodiscard]] QByteArray recipeFor(KeyType type, const char* body);
/// The same with the Lua function `wake(channel, payload)`. It comes before the first change: a user who may not
/// publish then changes nothing.
[[nodiscard]] QByteArray wakingRecipeFor(KeyType type, const char* body);
/// ZREM of one holder. Any token: the one with the highest score, which lives if any does.
[[nodiscard]] QByteArray sortedSetMemberRecipe();

} // namespace lockscope
