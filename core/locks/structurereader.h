// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/keysample.h"
#include "redis/connection.h"

namespace lockscope {

// Reads of keys that are no strings. What is asked for is bounded before it is asked for: a key of any size may turn up
// under any name.

/// More elements than any lock has.
inline constexpr quint64 maximumLockElements = 4096;
/// A larger key is no lock; its elements may be huge.
inline constexpr qint64 maximumLockBytes = 1024 * 1024;

/// What kind of key it is.
struct KeyKind {
    KeyType type = KeyType::Other;
    bool exists = false;
    bool tooLarge = false; ///< by MEMORY USAGE
    std::optional<Error> error; ///< TYPE was not answered
    bool memoryRefused = false; ///< MEMORY USAGE was: asking again is of no use on this link
};
/// TYPE, and MEMORY USAGE if `askMemory`, in one write; `asking`: each behind ASKING, for a key whose cluster slot is
/// being imported.
void readKeyKind(Connection& connection, const QByteArray& key, bool askMemory, UniqueFunction<void(KeyKind)> handler,
    bool asking = false);
/// Lets the next command through to a key whose cluster slot is being imported.
void sendAsking(Connection& connection);

/// What one read of a structure brought.
struct StructureReading {
    quint64 size = 0;
    std::vector<KeyElement> elements; ///< some; none where `size` or an element is larger than a lock's
    qint64 ttlMs = -2; ///< PTTL: -1 none, -2 missing
    std::optional<Error> error; ///< the first one
};
/// Its size, its first elements and PTTL in one write. Not atomic; the order makes a key that came or went in between
/// show as missing, or as one without elements. `type` is neither String nor Other.
void readStructure(Connection& connection, const QByteArray& key, KeyType type,
    UniqueFunction<void(StructureReading)> handler, bool asking = false);

} // namespace lockscope
