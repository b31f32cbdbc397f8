// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lockarranger.h"

#include <algorithm>
#include <cstring>

namespace lockscope {

namespace {

struct Entry {
    quint64 rank;
    quint32 slot;
    quint32 length; // of the text beyond the rank
    qsizetype offset; // into the arena
};

// All that the sort needs, copied out: sorting touches no row, and a text is compared in one block of memory.
struct Gathered {
    std::vector<Entry> entries;
    std::vector<char> arena;
};

void gatherSlice(LockArrangement& job, quint32 begin, quint32 end, Gathered& into)
{
    const bool isText = job.order.isText();
    for (quint32 slot = begin; slot < end; ++slot) {
        const LockRecord* record = job.rows->at(slot);
        if (!record || !job.filter.accepts(*record, job.now))
            continue;
        Entry entry { 0, slot, 0, 0 };
        if (isText) {
            const QByteArray text = job.order.text(*record);
            entry.rank = textRank(text);
            entry.offset = qsizetype(into.arena.size());
            entry.length = quint32(text.size());
            into.arena.insert(into.arena.end(), text.cbegin(), text.cend());
        } else {
            entry.rank = job.order.rank(*record);
        }
        job.ranks[slot] = entry.rank;
        into.entries.push_back(entry);
    }
}

Gathered gather(LockArrangement& job)
{
    constexpr quint32 slice = 1024;
    constexpr size_t arenaReserve = size_t(1) << 19;
    Gathered gathered;
    for (quint32 begin = 0; !job.cancelled->load(std::memory_order_relaxed); begin += slice) {
        // Grown here, so that no large copy happens under the mutex.
        if (gathered.arena.capacity() - gathered.arena.size() < arenaReserve)
            gathered.arena.reserve(2 * gathered.arena.capacity() + arenaReserve);
        const auto lock = job.rows->lockForReading();
        const quint32 end = job.rows->slotEnd();
        if (begin >= end)
            break;
        if (begin == 0)
            gathered.entries.reserve(size_t(job.rows->count()));
        job.ranks.resize(end);
        gatherSlice(job, begin, std::min(end, begin + slice), gathered);
    }
    return gathered;
}

// Keys share long beginnings (`lock:orders:`): ranks are taken behind what all have in common.
void rankBehindCommonPrefix(Gathered& gathered)
{
    if (gathered.entries.empty())
        return;
    const auto view
        = [&](const Entry& entry) { return QByteArrayView(gathered.arena.data() + entry.offset, entry.length); };
    const QByteArrayView first = view(gathered.entries.front());
    qsizetype common = first.size();
    for (const Entry& entry : gathered.entries) {
        const QByteArrayView text = view(entry);
        common = std::min(common, text.size());
        common = std::mismatch(first.begin(), first.begin() + common, text.begin()).first - first.begin();
    }
    for (Entry& entry : gathered.entries) {
        entry.offset += common;
        entry.length -= quint32(common);
        entry.rank = textRank(view(entry));
    }
}

// Sorts in runs that fit the cache and merges them, looking between for a cancellation.
template <typename Less> void sortEntries(std::vector<Entry>& entries, const std::atomic_bool& cancelled, Less less)
{
    constexpr size_t run = 32768;
    for (size_t begin = 0; begin < entries.size() && !cancelled; begin += run)
        std::sort(entries.begin() + ptrdiff_t(begin),
            entries.begin() + ptrdiff_t(std::min(entries.size(), begin + run)), less);
    std::vector<Entry> merged(entries.size() > run ? entries.size() : 0);
    for (size_t width = run; width < entries.size() && !cancelled; width *= 2) {
        for (size_t begin = 0; begin < entries.size(); begin += 2 * width) {
            const auto at = [&](size_t i) { return entries.begin() + ptrdiff_t(std::min(entries.size(), i)); };
            std::merge(at(begin), at(begin + width), at(begin + width), at(begin + 2 * width),
                merged.begin() + ptrdiff_t(begin), less);
        }
        entries.swap(merged);
    }
}

void sortGathered(const LockArrangement& job, Gathered& gathered)
{
    const char* arena = gathered.arena.data();
    const bool isDescending = job.order.sort().order == Qt::DescendingOrder;
    sortEntries(gathered.entries, *job.cancelled, [=](const Entry& a, const Entry& b) {
        if (a.rank != b.rank)
            return (a.rank < b.rank) != isDescending;
        const auto shared = std::min(a.length, b.length);
        const int text = shared > 0 ? std::memcmp(arena + a.offset, arena + b.offset, shared) : 0;
        if (text != 0)
            return (text < 0) != isDescending;
        return a.length != b.length ? (a.length < b.length) != isDescending : a.slot < b.slot;
    });
}

} // namespace

void arrange(LockArrangement& arrangement)
{
    Gathered gathered = gather(arrangement);
    if (arrangement.order.isText())
        rankBehindCommonPrefix(gathered);
    sortGathered(arrangement, gathered);
    if (*arrangement.cancelled)
        return;
    arrangement.result.resize(gathered.entries.size());
    std::transform(gathered.entries.begin(), gathered.entries.end(), arrangement.result.begin(),
        [](const Entry& entry) { return entry.slot; });
}

} // namespace lockscope
