// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockgroups.h"

#include "base/bytetext.h"

#include <algorithm>
#include <array>
#include <compare>

namespace lockscope {

namespace {

using Path = std::array<quint64, lockGroupLevels>;

struct Entry {
    Path path {}; // hashes of the groups that it is in, from the top
    quint64 holder = 0; // 0: not known
    quint32 slot = 0;
    quint16 holderIndex = 0;
    quint8 depth = 0; // how much of the path there is
    bool isCounted = true; // false: one more holder of a lock that is counted already
    bool isWithoutTtl = false;
    bool isEndingSoon = false;
};

// A run of the sorted entries that share a path down to some level.
struct Candidate {
    size_t begin = 0;
    size_t end = 0;
    int parent = -1; // among the candidates of the level above
    int level = 0;
    quint64 children = 0; // all that there are
    LockGroupCounts counts;
    LockGroupCounts own; // in no group below it
};

using Levels = std::array<std::vector<Candidate>, lockGroupLevels>;

void add(LockGroupCounts& to, const Entry& entry)
{
    if (!entry.isCounted)
        return;
    ++to.locks;
    to.withoutTtl += entry.isWithoutTtl ? 1 : 0;
    to.endingSoon += entry.isEndingSoon ? 1 : 0;
}

LockGroupCounts difference(const LockGroupCounts& a, const LockGroupCounts& b)
{
    return { a.locks - b.locks, a.withoutTtl - b.withoutTtl, a.endingSoon - b.endingSoon };
}

// 0 stands for "none".
quint64 hashOf(QByteArrayView bytes) { return std::max<quint64>(1, qHash(bytes)); }

QByteArray holderName(const LockRecord& record, quint16 index)
{
    if (record.extras->holders && index < record.extras->holders->size()
        && (*record.extras->holders)[index].token != record.token)
        return (*record.extras->holders)[index].token;
    return record.extras->owner.isEmpty() ? record.token : record.extras->owner.toUtf8();
}

void fillPrefixes(Entry& entry, QByteArrayView key)
{
    for (qsizetype at = key.indexOf(':'); at >= 0 && entry.depth < lockGroupLevels; at = key.indexOf(':', at + 1))
        entry.path[entry.depth++] = hashOf(key.first(at));
}

// One entry a lock, and one more for each holder beyond the first.
void gatherLock(const LockRecord& record, const LockGroupJob& job, std::vector<Entry>& into)
{
    Entry entry;
    entry.slot = record.id.slot;
    entry.isWithoutTtl = !record.hasDeadline();
    entry.isEndingSoon = record.hasDeadline() && record.remaining(job.now) < lockGroupSoon;
    const bool byHolder = job.grouping == LockGrouping::Holder;
    if (!byHolder)
        fillPrefixes(entry, record.key);
    const size_t holders
        = record.hasToken ? std::max<size_t>(1, record.extras->holders ? record.extras->holders->size() : 1) : 0;
    for (size_t i = 0; i < std::min<size_t>(holders, 0xffff); ++i) {
        entry.holderIndex = quint16(i);
        entry.holder = hashOf(holderName(record, quint16(i)));
        if (byHolder) {
            entry.path[0] = entry.holder;
            entry.depth = 1;
        } else {
            entry.isCounted = i == 0;
        }
        into.push_back(entry);
    }
    if (holders == 0)
        into.push_back(entry);
}

std::vector<Entry> gather(const LockGroupJob& job, LockGroupCounts& total)
{
    constexpr quint32 slice = 512;
    std::vector<Entry> entries;
    for (quint32 begin = 0; !job.cancelled->load(std::memory_order_relaxed); begin += slice) {
        // Grown here, so that no large copy happens under the mutex.
        if (entries.capacity() - entries.size() < size_t(4) * slice)
            entries.reserve(entries.capacity() + entries.capacity() / 2 + size_t(8) * slice);
        const auto lock = job.rows->lockForReading();
        if (begin == 0)
            entries.reserve(size_t(job.rows->count()) + size_t(8) * slice);
        const quint32 end = std::min(job.rows->slotEnd(), begin + slice);
        if (begin >= end)
            break;
        for (quint32 slot = begin; slot < end; ++slot) {
            const LockRecord* record = job.rows->at(slot);
            if (!record)
                continue;
            const size_t first = entries.size();
            gatherLock(*record, job, entries);
            add(total, entries[first]);
        }
    }
    return entries;
}

bool isLarger(const Candidate& a, const Candidate& b)
{
    if (a.counts.locks != b.counts.locks)
        return a.counts.locks > b.counts.locks;
    return a.level != b.level ? a.level < b.level : a.begin < b.begin;
}

void keepLargest(std::vector<Candidate>& candidates, size_t limit)
{
    if (candidates.size() > limit) {
        std::nth_element(candidates.begin(), candidates.begin() + ptrdiff_t(limit), candidates.end(), isLarger);
        candidates.resize(limit);
    }
}

// The groups of `level` among the entries [begin, end); returns how many.
quint64 findGroups(const std::vector<Entry>& entries, const Candidate& within, int level, std::vector<Candidate>& into)
{
    const size_t before = into.size();
    for (size_t i = within.begin; i < within.end;) {
        const quint64 name = entries[i].path[size_t(level)];
        Candidate group { i, i, within.parent, level, 0, {}, {} };
        for (; i < within.end && entries[i].path[size_t(level)] == name; ++i) {
            add(group.counts, entries[i]);
            if (entries[i].depth == level + 1)
                add(group.own, entries[i]);
        }
        group.end = i;
        if (name != 0)
            into.push_back(group);
    }
    return into.size() - before;
}

// At most `limit` a level: a child is never larger than its parent, so no more of them can be among the largest of all.
Levels findLevels(const std::vector<Entry>& entries, size_t limit, quint64& topGroups)
{
    Levels levels;
    topGroups = findGroups(entries, { 0, entries.size(), -1, 0, 0, {}, {} }, 0, levels[0]);
    keepLargest(levels[0], limit);
    for (int level = 1; level < lockGroupLevels; ++level) {
        std::vector<Candidate>& parents = levels[size_t(level) - 1];
        for (size_t i = 0; i < parents.size(); ++i) {
            Candidate within = parents[i];
            within.parent = int(i);
            parents[i].children = findGroups(entries, within, level, levels[size_t(level)]);
        }
        keepLargest(levels[size_t(level)], limit);
    }
    return levels;
}

quint64 distinctHolders(const std::vector<Entry>& entries, const Candidate& group)
{
    std::vector<quint64> holders;
    holders.reserve(group.end - group.begin);
    for (size_t i = group.begin; i < group.end; ++i) {
        if (entries[i].holder != 0)
            holders.push_back(entries[i].holder);
    }
    std::sort(holders.begin(), holders.end());
    return quint64(std::unique(holders.begin(), holders.end()) - holders.begin());
}

QByteArray nameIn(const LockRecord& record, const Entry& entry, const Candidate& group, LockGrouping grouping)
{
    if (grouping == LockGrouping::Holder)
        return holderName(record, entry.holderIndex);
    qsizetype at = record.key.indexOf(':');
    for (int level = 0; level < group.level && at >= 0; ++level)
        at = record.key.indexOf(':', at + 1);
    return at < 0 ? QByteArray() : record.key.left(at);
}

// Read from any lock of the group that is still what it was; empty if there is none.
QByteArray nameOf(const LockGroupJob& job, const std::vector<Entry>& entries, const Candidate& group)
{
    constexpr size_t tries = 64;
    const auto lock = job.rows->lockForReading();
    for (size_t i = group.begin; i < std::min(group.end, group.begin + tries); ++i) {
        const LockRecord* record = job.rows->at(entries[i].slot);
        const QByteArray name = record ? nameIn(*record, entries[i], group, job.grouping) : QByteArray();
        if (record && hashOf(name) == entries[i].path[size_t(group.level)])
            return name;
    }
    return {};
}

// What is in no listed group: all, less what is listed, less what is in no group at all.
void countOthers(LockGroups& result, quint64 topGroups, const std::vector<quint64>& children)
{
    result.otherGroups = topGroups;
    for (size_t i = 0; i < result.groups.size(); ++i)
        result.groups[i].otherGroups = children[i];
    for (const LockGroup& group : result.groups) {
        LockGroup* parent = group.parent < 0 ? nullptr : &result.groups[size_t(group.parent)];
        LockGroupCounts& others = parent ? parent->others : result.others;
        others = difference(others, group.counts);
        --(parent ? parent->otherGroups : result.otherGroups);
    }
}

// Lists the largest of all levels. A group is listed after its parent, which is at least as large.
void list(LockGroupJob& job, const std::vector<Entry>& entries, const Levels& levels, quint64 topGroups)
{
    std::vector<std::pair<Candidate, int>> all; // and its index in its level
    for (const auto& level : levels) {
        for (size_t i = 0; i < level.size(); ++i)
            all.emplace_back(level[i], int(i));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return isLarger(a.first, b.first); });
    std::array<std::vector<int>, lockGroupLevels> listed; // by level and index there: the index in the result
    for (size_t level = 0; level < levels.size(); ++level)
        listed[level].assign(levels[level].size(), -1);
    std::vector<quint64> children;
    for (const auto& [candidate, index] : all) {
        if (job.result.groups.size() >= job.limit || *job.cancelled)
            break;
        const int parent = candidate.level == 0 ? -1 : listed[size_t(candidate.level) - 1][size_t(candidate.parent)];
        if (candidate.level > 0 && parent < 0)
            continue;
        LockGroup group { nameOf(job, entries, candidate), candidate.counts, 0, parent, 0, {} };
        if (group.name.isEmpty())
            continue;
        group.holders = distinctHolders(entries, candidate);
        group.others = difference(candidate.counts, candidate.own);
        listed[size_t(candidate.level)][size_t(index)] = int(job.result.groups.size());
        children.push_back(candidate.children);
        job.result.groups.push_back(std::move(group));
    }
    countOthers(job.result, topGroups, children);
}

} // namespace

void groupLocks(LockGroupJob& job)
{
    std::vector<Entry> entries = gather(job, job.result.total);
    if (*job.cancelled)
        return;
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
    LockGroupCounts grouped;
    for (const Entry& entry : entries)
        add(entry.depth > 0 ? grouped : job.result.ungrouped, entry);
    quint64 topGroups = 0;
    const Levels levels = findLevels(entries, job.limit, topGroups);
    job.result.others = grouped;
    list(job, entries, levels, topGroups);
}

QString lockGroupWord(const LockGroup& group, LockGrouping grouping)
{
    const QString name = isUtf8(group.name) ? QString::fromUtf8(group.name) : QString::fromLatin1(group.name);
    const bool isBinary = !isUtf8(group.name);
    QString word;
    for (const char32_t c : name.toUcs4()) {
        const bool isAscii = c < 0x80;
        const bool isTyped
            = isAscii ? c > ' ' && c != '*' && c != '?' && c != 0x7f : !isBinary && QChar::isLetterOrNumber(c);
        const QString text = QString::fromUcs4(&c, 1);
        word += isTyped ? text : QString(isBinary ? 1 : text.toUtf8().size(), QLatin1Char('?'));
    }
    if (grouping == LockGrouping::Holder)
        return QStringLiteral("holder:=") + word;
    return QStringLiteral("key:") + word + QStringLiteral(":*");
}

} // namespace lockscope
