// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <deque>

namespace lockscope {

/// Keeps what the lanes show: the recent stretches of the first clients, and for each violation those around it.
/// Bounded, however long the run is. One thread.
class LaneBook {
public:
    static constexpr size_t mostRecent = 20'000;
    static constexpr size_t mostInScene = 400;

    void add(const std::vector<LaneSpan>& spans);
    /// Cuts out the scenes whose time is over by `now`; with `isOver` all of them. `violations` only grows.
    void cutScenes(const std::vector<Violation>& violations, qint64 now, bool isOver);
    /// What is kept beyond the scenes; after the first violation up to twice as many.
    [[nodiscard]] const std::deque<LaneSpan>& spans() const { return m_spans; }
    [[nodiscard]] std::vector<LaneSpan> last(size_t count) const;
    [[nodiscard]] quint64 seen() const { return m_seen; } ///< how many were added
    [[nodiscard]] const std::vector<LaneScene>& scenes() const { return m_scenes; }

private:
    [[nodiscard]] LaneScene cut(const Violation& violation) const;

    std::deque<LaneSpan> m_spans; ///< by the time when they were told
    std::vector<LaneScene> m_scenes;
    quint64 m_seen = 0;
    bool m_hasViolation = false;
};

} // namespace lockscope
