// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/watchstatus.h"

#include <array>
#include <deque>

namespace lockscope {

/// What the server page plots.
enum class Rate : quint8 { Events, Commands, Bytes, Backlog, RoundTrip };
inline constexpr int rateCount = int(Rate::RoundTrip) + 1;

/// The rates of the last quarter of an hour, once a second. Cheap enough to be kept while nobody looks: one comparison
/// for most calls. GUI thread.
class RateHistory {
public:
    static constexpr size_t capacity = 900;
    struct Sample {
        qint64 atMs = 0; ///< wall clock
        std::array<double, rateCount> values {}; ///< per second; Backlog in keys; RoundTrip in ms, NaN: not measured
        bool isLinked = false; ///< false: the connection was down, nothing is known
    };

    /// Takes the status' present figures if a second has passed since the last ones.
    void note(const WatchStatus& status, qint64 nowMs);
    /// A round trip was measured; goes into the next sample.
    void noteRoundTrip(double ms) { m_roundTrip = ms; }
    void clear();
    [[nodiscard]] const std::deque<Sample>& samples() const { return m_samples; }

private:
    std::deque<Sample> m_samples; // oldest first
    std::optional<double> m_roundTrip;
};

} // namespace lockscope
