// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/discovery.h"
#include "locks/families/familyregistry.h"
#include "watch/keytemplate.h"

#include <vector>

namespace lockscope {

/// Makes patterns of the names of locks: what varies between them becomes a star, as far as that does not draw in keys
/// that are no locks. No I/O; one thread.
class PatternGrouper {
public:
    /// A key that was read. `match` without a family: it is no lock; too unlikely a match (a token with a TTL under any
    /// name) counts as none. `ttlMs` as PTTL answers it.
    void add(const QByteArray& key, const FamilyMatch& match, qint64 ttlMs);
    [[nodiscard]] quint64 keys() const { return quint64(m_locks.size()) + quint64(m_others.size()); }
    /// At most mostProposals, the best first; without those whose glob matches far more other keys than locks.
    [[nodiscard]] QList<PatternProposal> proposals() const;

    static constexpr qsizetype mostProposals = 100;
    /// Less than the name `lock` alone is worth.
    static constexpr float leastConfidence = 0.35F;

private:
    struct Lock {
        QByteArray key;
        FamilyMatch match;
        bool hasTtl = true;
    };
    /// Locks of one family under one pattern.
    struct Cluster {
        KeyTemplate pattern;
        std::vector<quint32> locks; ///< indexes
    };
    using Clusters = std::vector<Cluster>;

    [[nodiscard]] Clusters byLooks(FamilyId family) const;
    void mergeStems(Clusters& clusters) const;
    void mergeNames(Clusters& clusters) const;
    void mergeByAnchor(Clusters& clusters, bool firstSegment) const;
    [[nodiscard]] bool isWorthMerging(const Clusters& group, const KeyTemplate& pattern) const;
    void splitNameless(Clusters& clusters) const;
    [[nodiscard]] quint64 othersMatching(const QByteArray& glob, quint64 most) const;
    [[nodiscard]] PatternProposal proposalOf(const Cluster& cluster, FamilyId family) const;

    std::vector<Lock> m_locks;
    std::vector<QByteArray> m_others;
};

} // namespace lockscope
