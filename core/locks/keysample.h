// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/keytype.h"

#include <QByteArray>

#include <vector>

namespace lockscope {

/// A field of a hash with its value, a member of a set, a member of a sorted set with its score, an element of a list.
struct KeyElement {
    QByteArray name;
    QByteArray value {}; ///< hashes only
    double score = 0; ///< sorted sets only

    friend bool operator==(const KeyElement&, const KeyElement&) = default;
};

/// What was read of one key, family-independent.
struct KeySample {
    QByteArray key;
    QByteArray value; ///< strings: at most maximumTokenBytes + 1 bytes: one more tells that it is too long for a token
    qint64 ttlMs = -1; ///< PTTL: -1 none
    bool explicitMatch = false; ///< the operator named this key or a pattern for it: "these are locks"
    KeyType type = KeyType::String;
    /// Other types: some of them, at most maximumSampleElements, or none where `size` is so large that it is no lock.
    std::vector<KeyElement> elements {};
    quint64 size = 0; ///< other types: how many elements there are
    qint64 serverMs = 0; ///< the server's clock when it was read, ms since the epoch: for deadlines stored as times
    qint64 longestTtlMs = -1; ///< the longest TTL seen of this holder; -1 where it is not watched
    bool renewed = false; ///< this holder's lease was seen to be prolonged
};
/// Longer values are no tokens: they are shown without one and only released by --any-token.
inline constexpr qsizetype maximumTokenBytes = 1024;
inline constexpr int maximumSampleElements = 128;

} // namespace lockscope
