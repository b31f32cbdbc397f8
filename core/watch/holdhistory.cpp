// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/holdhistory.h"

#include <algorithm>
#include <cmath>

namespace lockscope {

namespace {

constexpr quint32 fadeAt = 4096;
constexpr qsizetype longestPattern = 256;

bool isSeparator(char c) { return c == ':' || c == '/' || c == '|' || c == '.'; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

} // namespace

QByteArray HoldHistory::patternOf(QByteArrayView key)
{
    key = key.first(std::min(key.size(), longestPattern));
    QByteArray pattern;
    pattern.reserve(key.size());
    for (qsizetype begin = 0; begin <= key.size();) {
        const auto end = std::find_if(key.begin() + begin, key.end(), isSeparator) - key.begin();
        const QByteArrayView segment = key.sliced(begin, end - begin);
        if (std::any_of(segment.begin(), segment.end(), isDigit))
            pattern += '*';
        else
            pattern += segment;
        if (end < key.size())
            pattern += key[end];
        begin = end + 1;
    }
    return pattern;
}

int HoldHistory::bucketOf(Milliseconds held)
{
    const double ms = double(std::max<qint64>(1, held.count()));
    return std::min(bucketCount - 1, int(std::log2(ms) * bucketsPerOctave));
}

Milliseconds HoldHistory::upperEnd(int bucket)
{
    return Milliseconds(qint64(std::ceil(std::exp2(double(bucket + 1) / bucketsPerOctave))));
}

HoldHistory::Pattern& HoldHistory::patternFor(const QByteArray& name)
{
    auto found = m_index.constFind(name);
    if (found == m_index.constEnd()) {
        makeRoom(name);
        found = m_index.constFind(name);
    }
    return m_patterns[*found];
}

void HoldHistory::makeRoom(const QByteArray& name)
{
    if (m_patterns.size() < maximumPatterns) {
        m_index.insert(name, m_patterns.size());
        m_patterns.push_back({ name, {}, 0, false });
        return;
    }
    while (std::exchange(m_patterns[m_hand].used, false))
        m_hand = (m_hand + 1) % m_patterns.size();
    m_index.remove(m_patterns[m_hand].name);
    m_index.insert(name, m_hand);
    m_patterns[m_hand] = { name, {}, 0, false };
    m_hand = (m_hand + 1) % m_patterns.size();
}

void HoldHistory::note(QByteArrayView key, Milliseconds held)
{
    Pattern& pattern = patternFor(patternOf(key));
    pattern.used = pattern.total > 0; // a name that is seen once has not earned its place
    ++pattern.counts[size_t(bucketOf(held))];
    if (++pattern.total < fadeAt)
        return;
    pattern.total = 0;
    for (quint16& count : pattern.counts) {
        count /= 2;
        pattern.total += count;
    }
}

std::optional<HoldHistory::Usual> HoldHistory::usual(QByteArrayView key)
{
    const QByteArray name = patternOf(key);
    const auto found = m_index.constFind(name);
    if (found == m_index.constEnd())
        return {};
    Pattern& pattern = m_patterns[*found];
    pattern.used = true;
    if (pattern.total < fewestHolds)
        return {};
    quint32 above = 0;
    int bucket = bucketCount - 1;
    for (; bucket > 0; --bucket) {
        above += pattern.counts[size_t(bucket)];
        if (above * 100 > pattern.total)
            break;
    }
    return Usual { upperEnd(bucket), pattern.total, pattern.name };
}

} // namespace lockscope
