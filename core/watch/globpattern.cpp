// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/globpattern.h"

#include <algorithm>

namespace lockscope {

namespace {

/// Matches one character against the set that begins behind `[`. Leaves `position` behind the set. An unterminated set
/// ends with the pattern, and a backwards range is turned round: both as the server does it.
bool setContains(QByteArrayView pattern, qsizetype& position, uchar c)
{
    const bool negated = position < pattern.size() && pattern[position] == '^';
    if (negated)
        ++position;
    bool found = false;
    while (position < pattern.size() && pattern[position] != ']') {
        if (pattern[position] == '\\' && position + 1 < pattern.size()) {
            found = found || uchar(pattern[position + 1]) == c;
            position += 2;
        } else if (position + 2 < pattern.size() && pattern[position + 1] == '-') {
            const auto [low, high] = std::minmax({ uchar(pattern[position]), uchar(pattern[position + 2]) });
            found = found || (c >= low && c <= high);
            position += 3;
        } else {
            found = found || uchar(pattern[position]) == c;
            ++position;
        }
    }
    position = std::min(position + 1, pattern.size());
    return found != negated;
}

/// Matches one pattern element other than a star; leaves `position` behind it.
bool elementMatches(QByteArrayView pattern, qsizetype& position, char c)
{
    const char element = pattern[position++];
    if (element == '?')
        return true;
    if (element == '[')
        return setContains(pattern, position, uchar(c));
    if (element == '\\' && position < pattern.size())
        return pattern[position++] == c;
    return element == c;
}

} // namespace

bool globMatches(QByteArrayView pattern, QByteArrayView text)
{
    // Only the last star is ever tried again, which makes it quadratic at worst, never exponential.
    qsizetype p = 0;
    qsizetype t = 0;
    qsizetype afterStar = -1;
    qsizetype starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            afterStar = ++p;
            starText = t;
            continue;
        }
        qsizetype next = p;
        if (p < pattern.size() && elementMatches(pattern, next, text[t])) {
            p = next;
            ++t;
            continue;
        }
        if (afterStar < 0)
            return false;
        p = afterStar;
        t = ++starText;
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool globMatchesAll(QByteArrayView pattern)
{
    return std::all_of(pattern.begin(), pattern.end(), [](char c) { return c == '*'; });
}

bool globsMatch(const QList<QByteArray>& patterns, QByteArrayView text)
{
    return std::any_of(
        patterns.begin(), patterns.end(), [&](const QByteArray& pattern) { return globMatches(pattern, text); });
}

QByteArray globLiteralHead(QByteArrayView pattern)
{
    QByteArray head;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '*' || c == '?' || c == '[')
            break;
        // A backslash at the very end stands for itself.
        head.append(c == '\\' && i + 1 < pattern.size() ? pattern[++i] : c);
    }
    return head;
}

} // namespace lockscope
