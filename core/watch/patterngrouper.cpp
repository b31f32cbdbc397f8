// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/patterngrouper.h"

#include "watch/globpattern.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace lockscope {

namespace {

/// So many names at one place, and nothing else differs: it is a variable.
constexpr size_t fewestNames = 4;
/// From here on whatever else says against it.
constexpr size_t surelyNames = 16;
/// So many patterns that share only their first or last segment are one.
constexpr size_t fewestByAnchor = 9;
/// A star may draw in so many other keys for each lock.
constexpr quint64 othersPerLock = 3;
/// Patterns that are looked at more closely.
constexpr qsizetype mostCandidates = 300;

const QByteArray star = "*";

double rank(const PatternProposal& proposal) { return double(proposal.confidence) * double(proposal.count); }

void sortByRank(QList<PatternProposal>& proposals)
{
    std::stable_sort(proposals.begin(), proposals.end(), [](const PatternProposal& a, const PatternProposal& b) {
        return rank(a) != rank(b) ? rank(a) > rank(b) : a.match < b.match;
    });
}

/// What all members of a group have in common, with `place` left open.
QByteArray contextOf(const KeyTemplate& pattern, size_t place, const QByteArray& instead)
{
    KeyTemplate open = pattern;
    open.segments[place] = instead;
    return pattern.separator + open.glob();
}

template <typename Clusters> size_t longest(const Clusters& clusters)
{
    size_t segments = 0;
    for (const auto& cluster : clusters)
        segments = std::max(segments, cluster.pattern.segments.size());
    return segments;
}

/// Replaces the clusters `members` by one.
template <typename Clusters> auto united(const Clusters& members, const KeyTemplate& pattern)
{
    typename Clusters::value_type all { pattern, {} };
    for (const auto& member : members)
        all.locks.insert(all.locks.end(), member.locks.begin(), member.locks.end());
    return all;
}

/// Puts clusters with the same pattern together, in the order of their patterns.
template <typename Clusters> void unite(Clusters& clusters)
{
    std::map<QByteArray, Clusters> byGlob;
    for (auto& cluster : clusters)
        byGlob[cluster.pattern.glob()].push_back(std::move(cluster));
    clusters.clear();
    for (const auto& [glob, members] : byGlob)
        clusters.push_back(united(members, members.front().pattern));
}

/// One pattern often holds another: `lock:*` also matches `lock:*:*`.
void absorb(QList<PatternProposal>& proposals)
{
    for (qsizetype i = 0; i < proposals.size(); ++i) {
        const auto isCovered = [&](const PatternProposal& other) {
            return &other != &proposals[i] && other.family == proposals[i].family && other.match != proposals[i].match
                && globMatches(other.match, proposals[i].match);
        };
        const auto wider = std::find_if(proposals.begin(), proposals.end(), isCovered);
        if (wider == proposals.end())
            continue;
        const PatternProposal& narrow = proposals[i];
        const double sum = double(wider->confidence) * double(wider->count) + rank(narrow);
        wider->count += narrow.count;
        wider->noTtl += narrow.noTtl;
        wider->share += narrow.share;
        wider->confidence = float(sum / double(wider->count));
        wider->examples = (wider->examples + narrow.examples).mid(0, mostExamples);
        proposals.removeAt(i);
        i = -1; // who was absorbed may have covered others
    }
}

} // namespace

void PatternGrouper::add(const QByteArray& key, const FamilyMatch& match, qint64 ttlMs)
{
    if (match.id == FamilyId::None || match.recognition.confidence < leastConfidence)
        m_others.push_back(key);
    else
        m_locks.push_back({ key, match, ttlMs >= 0 });
}

PatternGrouper::Clusters PatternGrouper::byLooks(FamilyId family) const
{
    Clusters clusters;
    QHash<QByteArray, size_t> index;
    for (quint32 i = 0; i < m_locks.size(); ++i) {
        if (m_locks[i].match.id != family)
            continue;
        KeyTemplate pattern = keyTemplateOf(m_locks[i].key);
        const QByteArray glob = pattern.glob();
        const auto found = index.constFind(glob);
        if (found != index.cend()) {
            clusters[*found].locks.push_back(i);
        } else {
            index.insert(glob, clusters.size());
            clusters.push_back({ std::move(pattern), { i } });
        }
    }
    return clusters;
}

quint64 PatternGrouper::othersMatching(const QByteArray& glob, quint64 most) const
{
    quint64 count = 0;
    for (const QByteArray& key : m_others) {
        if (globMatches(glob, key) && ++count > most)
            break;
    }
    return count;
}

bool PatternGrouper::isWorthMerging(const Clusters& group, const KeyTemplate& pattern) const
{
    const QByteArray glob = pattern.glob();
    if (!globNamesSomething(glob))
        return false;
    if (group.size() >= surelyNames)
        return true;
    quint64 locks = 0;
    for (const Cluster& cluster : group)
        locks += cluster.locks.size();
    const quint64 most = locks * othersPerLock;
    return othersMatching(glob, most) <= most;
}

/// `worker1`, `worker2`: two are enough, because a number is what numbers things.
void PatternGrouper::mergeStems(Clusters& clusters) const
{
    for (size_t place = 0; place < longest(clusters); ++place) {
        std::map<QByteArray, Clusters> groups;
        Clusters kept;
        for (Cluster& cluster : clusters) {
            const auto& segments = cluster.pattern.segments;
            const QByteArray stem = place < segments.size() ? segmentStem(segments[place]) : QByteArray();
            if (stem.isEmpty() || stem == segments[place])
                kept.push_back(std::move(cluster));
            else
                groups[contextOf(cluster.pattern, place, stem)].push_back(std::move(cluster));
        }
        for (auto& [context, group] : groups) {
            KeyTemplate pattern = group.front().pattern;
            pattern.segments[place] = segmentStem(pattern.segments[place]);
            if (group.size() >= 2 && isWorthMerging(group, pattern))
                kept.push_back(united(group, pattern));
            else
                std::move(group.begin(), group.end(), std::back_inserter(kept));
        }
        clusters = std::move(kept);
        unite(clusters);
    }
}

/// `lock:orders`, `lock:users`, …: many names at one place where nothing else differs, and few locks for each.
void PatternGrouper::mergeNames(Clusters& clusters) const
{
    for (size_t place = longest(clusters); place-- > 0;) {
        std::map<QByteArray, Clusters> groups;
        Clusters kept;
        for (Cluster& cluster : clusters) {
            if (place >= cluster.pattern.segments.size())
                kept.push_back(std::move(cluster));
            else
                groups[contextOf(cluster.pattern, place, star)].push_back(std::move(cluster));
        }
        for (auto& [context, group] : groups) {
            KeyTemplate pattern = group.front().pattern;
            pattern.segments[place] = star;
            Cluster all = united(group, pattern);
            const bool many
                = group.size() >= surelyNames || (group.size() >= fewestNames && group.size() * 2 >= all.locks.size());
            if (many && isWorthMerging(group, pattern))
                kept.push_back(std::move(all));
            else
                std::move(group.begin(), group.end(), std::back_inserter(kept));
        }
        clusters = std::move(kept);
        unite(clusters);
    }
}

/// Where names vary at several places at once: `lock:USER:ITEM`.
void PatternGrouper::mergeByAnchor(Clusters& clusters, bool firstSegment) const
{
    std::map<QByteArray, Clusters> groups;
    for (Cluster& cluster : clusters) {
        const auto& segments = cluster.pattern.segments;
        const QByteArray& anchor = firstSegment ? segments.front() : segments.back();
        const QByteArray shape = QByteArray(1, cluster.pattern.separator) + QByteArray::number(segments.size()) + ' ';
        groups[shape + anchor].push_back(std::move(cluster));
    }
    Clusters kept;
    for (auto& [shape, group] : groups) {
        KeyTemplate pattern = group.front().pattern;
        for (size_t place = 0; place < pattern.segments.size(); ++place) {
            std::set<QByteArray> values;
            for (const Cluster& cluster : group)
                values.insert(cluster.pattern.segments[place]);
            if (values.size() > 1)
                pattern.segments[place] = star;
        }
        if (group.size() >= fewestByAnchor && isWorthMerging(group, pattern))
            kept.push_back(united(group, pattern));
        else
            std::move(group.begin(), group.end(), std::back_inserter(kept));
    }
    clusters = std::move(kept);
    unite(clusters);
}

/// A glob that matches everything is no proposal.
void PatternGrouper::splitNameless(Clusters& clusters) const
{
    Clusters kept;
    for (Cluster& cluster : clusters) {
        if (globNamesSomething(cluster.pattern.glob())) {
            kept.push_back(std::move(cluster));
            continue;
        }
        for (quint32 lock : cluster.locks)
            kept.push_back({ { ':', { identifierGlob(m_locks[lock].key) } }, { lock } });
    }
    clusters = std::move(kept);
    unite(clusters);
}

PatternProposal PatternGrouper::proposalOf(const Cluster& cluster, FamilyId family) const
{
    PatternProposal proposal;
    proposal.match = cluster.pattern.glob();
    proposal.family = family;
    proposal.count = cluster.locks.size();
    proposal.share = double(proposal.count) / double(keys());
    double sum = 0;
    for (quint32 index : cluster.locks) {
        const Lock& lock = m_locks[index];
        sum += double(lock.match.recognition.confidence);
        proposal.noTtl += lock.hasTtl ? 0 : 1;
        if (proposal.examples.size() < mostExamples)
            proposal.examples.append(lock.key);
    }
    proposal.confidence = float(sum / double(proposal.count));
    return proposal;
}

QList<PatternProposal> PatternGrouper::proposals() const
{
    std::set<FamilyId> families;
    for (const Lock& lock : m_locks)
        families.insert(lock.match.id);
    QList<PatternProposal> result;
    for (FamilyId family : families) {
        Clusters clusters = byLooks(family);
        mergeStems(clusters);
        mergeNames(clusters);
        mergeByAnchor(clusters, true);
        mergeByAnchor(clusters, false);
        splitNameless(clusters);
        for (const Cluster& cluster : clusters)
            result.append(proposalOf(cluster, family));
    }
    sortByRank(result);
    result = result.mid(0, mostCandidates);
    absorb(result);
    for (PatternProposal& proposal : result) {
        const quint64 others = othersMatching(proposal.match, std::numeric_limits<quint64>::max());
        proposal.purity = float(double(proposal.count) / double(proposal.count + others));
        proposal.confidence *= proposal.purity;
    }
    result.removeIf([](const PatternProposal& proposal) { return proposal.confidence < leastConfidence / 4; });
    sortByRank(result);
    return result.mid(0, mostProposals);
}

} // namespace lockscope
