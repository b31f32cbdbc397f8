// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <memory>

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

class FamilyRegistry;

/// A key whose name a declared family claims, and what became of that.
struct FamilySighting {
    FamilyId family = FamilyId::None; ///< as the registry of the look numbers them
    QByteArray key;
    KeyType type = KeyType::String;
    qint64 ttlMs = -1; ///< -1: none
    bool recognised = false; ///< it is one of this family's locks
    FamilyId takenBy = FamilyId::None; ///< not recognised: another family is surer of it
    const char* objection = ""; ///< not recognised: what does not fit; translatable, context lockscope::FamilyFile
    float confidence = 0;
    quint64 holders = 0;
    QByteArray token; ///< the first holder's
    QString owner; ///< what it tells, for people
};
inline constexpr qsizetype mostSightings = 500;

/// What to look at. The bounds keep a look short on a key space of any size.
struct DiscoveryOptions {
    QList<QByteArray> matches; ///< only keys like these, which does not make them locks; empty: all
    QList<FamilyId> families; ///< only these; empty: all
    quint64 mostScanned = 100'000; ///< names asked for
    quint64 mostRead = 5000; ///< keys read, spread over the kinds of names that were found
    std::shared_ptr<const FamilyRegistry> registry {}; ///< these families; null: those of the watch
    bool sightDeclared = false; ///< also tells of single keys that declared families claim, at most mostSightings
};

/// What a look at a sample of the key space found. A value.
struct DiscoveryReport {
    QList<PatternProposal> proposals; ///< by confidence times count, the greatest first
    QList<FamilySighting> sightings; ///< where DiscoveryOptions::sightDeclared asked for them
    quint64 keysRead = 0;
    /// The server, and how much was seen: complete only where every key of the database was scanned and every one that
    /// `matches` lets through was read.
    WatchStatus server;
    SteadyTime takenAt {};
    qint64 takenAtMs = 0; ///< the same instant by the wall clock
};

} // namespace lockscope
