// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

namespace lockscope {

/// A glob that seems to name the locks of one family.
struct PatternProposal {
    QByteArray match; ///< as MATCH and `--match` take it; what must be taken literally is escaped
    FamilyId family = FamilyId::None;
    float confidence = 0; ///< 0 to 1: the mean of the locks seen, times `purity`
    float purity = 1; ///< of the keys read that match the glob, how many are locks: 0 to 1
    quint64 count = 0; ///< locks seen
    quint64 noTtl = 0; ///< of these, without a TTL
    double share = 0; ///< `count` of all keys that were read, 0 to 1
    QList<QByteArray> examples; ///< some of the keys, at most mostExamples
};
inline constexpr qsizetype mostExamples = 5;

/// What to look at. The bounds keep a look short on a key space of any size.
struct DiscoveryOptions {
    QList<QByteArray> matches; ///< only keys like these, which does not make them locks; empty: all
    QList<FamilyId> families; ///< only these; empty: all
    quint64 mostScanned = 100'000; ///< names asked for
    quint64 mostRead = 5000; ///< keys read, spread over the kinds of names that were found
};

/// What a look at a sample of the key space found. A value.
struct DiscoveryReport {
    QList<PatternProposal> proposals; ///< by confidence times count, the greatest first
    quint64 keysRead = 0;
    /// The server, and how much was seen: complete only where every key of the database was scanned and every one that
    /// `matches` lets through was read.
    WatchStatus server;
    SteadyTime takenAt {};
    qint64 takenAtMs = 0; ///< the same instant by the wall clock
};

} // namespace lockscope
