// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/lanebook.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr qint64 millisecond = 1'000'000;
constexpr qint64 toldWithin = 250 * millisecond; // threads tell their stretches ten times a second
constexpr qint64 longestOpen = 2000 * millisecond; // a section that does not end is shown without its end

bool isOverBy(const Violation& violation, qint64 now)
{
    const auto hasLeft = [](const ViolationParty& party) { return party.client < 0 || party.left >= 0; };
    if (now > violation.from + longestOpen + toldWithin)
        return true;
    return hasLeft(violation.first) && hasLeft(violation.second)
        && now > violationStretch(violation).until + toldWithin;
}

} // namespace

void LaneBook::add(const std::vector<LaneSpan>& spans)
{
    m_spans.insert(m_spans.end(), spans.begin(), spans.end());
    m_seen += spans.size();
    // Those around the first violation stay for a while.
    const size_t limit = m_hasViolation ? 2 * mostRecent : mostRecent;
    if (m_spans.size() > limit)
        m_spans.erase(m_spans.begin(), m_spans.end() - ptrdiff_t(mostRecent));
}

void LaneBook::cutScenes(const std::vector<Violation>& violations, qint64 now, bool isOver)
{
    m_hasViolation = !violations.empty();
    m_scenes.resize(violations.size());
    for (size_t i = 0; i < violations.size(); ++i) {
        if (!m_scenes[i] && (isOver || isOverBy(violations[i], now)))
            m_scenes[i] = cut(violations[i]);
    }
}

LaneScene LaneBook::cut(const Violation& violation) const
{
    const LaneStretch stretch = violationStretch(violation);
    std::vector<LaneSpan> inside;
    std::copy_if(m_spans.begin(), m_spans.end(), std::back_inserter(inside),
        [&](const LaneSpan& span) { return span.until >= stretch.from && span.from <= stretch.until; });
    // The clients that it is about first, then whatever was nearest.
    const auto distance = [&](const LaneSpan& span) {
        const bool isParty = span.client == violation.first.client || span.client == violation.second.client
            || span.client == violation.culprit;
        return isParty ? qint64(-1) : std::max<qint64>({ 0, span.from - violation.from, violation.from - span.until });
    };
    std::stable_sort(
        inside.begin(), inside.end(), [&](const LaneSpan& a, const LaneSpan& b) { return distance(a) < distance(b); });
    inside.resize(std::min(inside.size(), mostInScene));
    std::sort(inside.begin(), inside.end(), [](const LaneSpan& a, const LaneSpan& b) { return a.from < b.from; });
    inside.shrink_to_fit();
    return std::make_shared<const std::vector<LaneSpan>>(std::move(inside));
}

std::vector<LaneSpan> LaneBook::last(size_t count) const
{
    return { m_spans.end() - ptrdiff_t(std::min(count, m_spans.size())), m_spans.end() };
}

} // namespace lockscope
