// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/keysample.h"

#include <QByteArray>
#include <QString>

namespace lockscope {

/// A look into what stands in a key, whatever that is: one page of it, or its size alone.
struct ValueRequest {
    /// Elements of one page.
    static constexpr int pageElements = 100;
    /// Bytes of one page of a string.
    static constexpr qint64 pageBytes = 64 * 1024;

    QByteArray key;
    int database = -1; ///< -1: that of the URI
    QString node; ///< `host:port` or socket path; empty: the one that has the key, of a quorum the first that answers
    bool sizeOnly = true; ///< ask how large it is and fetch nothing
    qint64 from = 0; ///< first byte of a string, first element of a list or sorted set
    QByteArray cursor = "0"; ///< hashes and sets: the last page's `nextCursor`
};

/// What came of it.
struct ValuePage {
    QByteArray key;
    QByteArray type; ///< as the server names it; `none`: there is no such key
    qint64 size = 0; ///< bytes of a string, elements of anything else
    qint64 memoryBytes = -1; ///< MEMORY USAGE; -1: not known
    qint64 ttlMs = -1; ///< -1: none
    qint64 from = 0; ///< as asked for
    QByteArray bytes; ///< strings
    std::vector<KeyElement> elements; ///< each of name and value at most maximumElementBytes
    bool elementsCut = false; ///< some element was longer
    QByteArray nextCursor; ///< hashes and sets: where it goes on; empty: nowhere

    static constexpr qsizetype maximumElementBytes = 16 * 1024;

    [[nodiscard]] bool exists() const { return type != "none"; }
    [[nodiscard]] bool isString() const { return type == "string"; }
    /// Whether pages of it can be read: not of streams and what modules make.
    [[nodiscard]] bool isReadable() const { return isString() || keyTypeByName(type) != KeyType::Other; }
    /// What fetching all of it would bring, at the least.
    [[nodiscard]] qint64 knownBytes() const { return isString() ? size : memoryBytes; }
};

} // namespace lockscope
