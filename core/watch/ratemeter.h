// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <deque>

namespace lockscope {

/// How much a counter has grown during the last second.
class RateMeter {
public:
    /// Takes the counter's present value; returns the growth per second over about the last second.
    double update(SteadyTime now, quint64 total)
    {
        m_samples.push_back({ now, total });
        while (m_samples.size() > 2 && now - m_samples[1].at >= std::chrono::seconds(1))
            m_samples.pop_front();
        const double seconds = std::chrono::duration<double>(now - m_samples.front().at).count();
        return seconds > 0 ? double(total - m_samples.front().total) / seconds : 0;
    }

private:
    struct Sample {
        SteadyTime at;
        quint64 total;
    };
    std::deque<Sample> m_samples;
};

} // namespace lockscope
