// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ratehistory.h"

#include <limits>

namespace lockscope {

namespace {

constexpr qint64 intervalMs = 1000;
/// What comes a little early is in time.
constexpr qint64 slackMs = 100;

} // namespace

void RateHistory::note(const WatchStatus& status, qint64 nowMs)
{
    if (!m_samples.empty() && nowMs - m_samples.back().atMs < intervalMs - slackMs && nowMs >= m_samples.back().atMs)
        return;
    if (status.link == LinkState::Connecting || (m_samples.empty() && status.link != LinkState::Ready))
        return;
    Sample sample;
    sample.atMs = nowMs;
    sample.isLinked = status.link == LinkState::Ready;
    sample.values = { status.eventsPerSecond, status.commandsPerSecond, status.bytesPerSecond,
        double(status.verifyBacklog), m_roundTrip.value_or(std::numeric_limits<double>::quiet_NaN()) };
    m_roundTrip.reset();
    if (m_samples.size() == capacity)
        m_samples.pop_front();
    m_samples.push_back(sample);
}

void RateHistory::clear()
{
    m_samples.clear();
    m_roundTrip.reset();
}

} // namespace lockscope
