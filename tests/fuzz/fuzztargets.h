// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <span>

namespace lockscope {

/// A door through which bytes of others come in. `run` takes any bytes; it dies (abort, sanitizer) where they do harm.
struct FuzzTarget {
    const char* name; ///< also of its folder in tests/fuzz/corpus
    void (*run)(QByteArrayView bytes);
};
[[nodiscard]] std::span<const FuzzTarget> fuzzTargets();

namespace fuzz {

void resp(QByteArrayView bytes); ///< replies of a server, whole and in pieces
void uri(QByteArrayView bytes); ///< connection URIs
void channel(QByteArrayView bytes); ///< keyspace notifications: channel, line feed, payload
void family(QByteArrayView bytes); ///< a key as every lock family reads it
void familyfile(QByteArrayView bytes); ///< the operator's families file
void text(QByteArrayView bytes); ///< bytes on their way to an eye: display, JSON, redis-cli
void glob(QByteArrayView bytes); ///< patterns of keys: pattern, line feed, key
void connectionexport(QByteArrayView bytes); ///< exports of other programs with connections
void connectionbook(QByteArrayView bytes); ///< the file of the saved connections
void serverwords(QByteArrayView bytes); ///< lists of clients, error replies, redirects, words of ssh

/// Ends the program where `good` is false.
void require(bool good, const char* what);

} // namespace fuzz
} // namespace lockscope
