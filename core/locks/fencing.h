// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>

namespace lockscope {

// Fencing tokens of our own plain locks and Redlocks. The counter of a lock KEY is a string key without a TTL beside
// it: `{KEY}:fence`, or `KEY:fence` where KEY has a hash tag of its own, so that both live in one cluster slot. The
// number also stands in the lock's value, where whoever reads the lock sees it: `fence-NUMBER-` and 40 hexadecimal
// digits, unless the caller chose the value.

[[nodiscard]] QByteArray fencingCounterKey(const QByteArray& key);
/// Whether a key of this name is such a counter.
[[nodiscard]] bool isFencingCounterKey(QByteArrayView key);

/// A fresh token that carries this number.
[[nodiscard]] QByteArray fencedToken(qint64 fence);
/// The number that a token carries; nothing for every other token.
[[nodiscard]] std::optional<qint64> fenceOfToken(QByteArrayView token);

} // namespace lockscope
