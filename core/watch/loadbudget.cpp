// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/loadbudget.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

/// The buckets hold what flows in during this time: a second never sees more than the rate and a twentieth.
constexpr double burstSeconds = 0.05;
/// However busy the events are, this much later the rest gets its turn.
constexpr double longestDebtSeconds = 0.25;
constexpr auto adaptInterval = 100ms;
/// A round trip that took so many times longer than the best one, and this much longer at least, says: too much.
constexpr double slowFactor = 4;
constexpr double slowMarginMs = 5;
constexpr double leastShare = 0.2;
constexpr double fall = 0.7;
constexpr double rise = 0.05;
/// The best round trip is forgotten slowly: the way to the server may have changed for good.
constexpr double forgetting = 1.005;

constexpr int gentleDivisor = 4;

} // namespace

LoadBudget::Limits LoadBudget::limitsAt(Pace pace, double keysPerSecond)
{
    Limits limits;
    limits.keysPerSecond = pace == Pace::Full ? 0 : keysPerSecond;
    if (pace == Pace::Gentle) {
        limits.keysPerSecond /= gentleDivisor;
        limits.bytesPerSecond /= gentleDivisor;
    }
    return limits;
}

LoadBudget::LoadBudget(const Clock& clock, Limits limits)
    : m_clock(clock)
    , m_limits(limits)
    , m_keys(limits.keysPerSecond * burstSeconds)
    , m_bytes(limits.bytesPerSecond * burstSeconds)
    , m_filledAt(clock.now())
    , m_adaptedAt(m_filledAt)
{
}

void LoadBudget::setLimits(const Limits& limits)
{
    refill(); // until now the old ones applied
    m_limits = limits;
    m_keys = std::min(m_keys, std::max(1.0, limits.keysPerSecond * burstSeconds));
    m_bytes = std::min(m_bytes, limits.bytesPerSecond * burstSeconds);
}

void LoadBudget::setLifted(bool lifted)
{
    // What was carried meanwhile was allowed.
    if (m_lifted && !lifted)
        m_bytesTotal.reset();
    m_lifted = lifted;
}

void LoadBudget::refill()
{
    const SteadyTime now = m_clock.now();
    const double seconds = std::chrono::duration<double>(now - m_filledAt).count();
    m_filledAt = now;
    const double keyRate = m_limits.keysPerSecond * m_share;
    const double byteRate = m_limits.bytesPerSecond * m_share;
    m_keys = std::min(m_keys + seconds * keyRate, std::max(1.0, keyRate * burstSeconds));
    m_bytes = std::min(m_bytes + seconds * byteRate, byteRate * burstSeconds);
}

int LoadBudget::available()
{
    if (!isLimited())
        return std::numeric_limits<int>::max();
    refill();
    return m_bytes > 0 && m_keys > 0 ? int(m_keys + 1e-6) : 0;
}

Milliseconds LoadBudget::waitTime()
{
    if (available() > 0)
        return 0ms;
    const double forKeys = (1 - m_keys) / keysPerSecond();
    const double forBytes = -m_bytes / bytesPerSecond();
    return Milliseconds(qint64(std::ceil(std::max({ forKeys, forBytes, 0.001 }) * 1000)));
}

void LoadBudget::charge(int keys)
{
    if (!isLimited())
        return;
    refill();
    m_keys = std::max(m_keys - keys, -m_limits.keysPerSecond * m_share * longestDebtSeconds);
}

void LoadBudget::noteBytes(quint64 total)
{
    const quint64 before = m_bytesTotal.value_or(total);
    m_bytesTotal = total;
    if (!isLimited())
        return;
    refill();
    const double leastBytes = -m_limits.bytesPerSecond * m_share * longestDebtSeconds;
    m_bytes = std::max(m_bytes - double(total - std::min(before, total)), leastBytes);
}

void LoadBudget::noteRoundTrip(SteadyTime::duration time)
{
    // The calmest one of an interval counts: single delays are our own, or the network's.
    const double ms = std::chrono::duration<double, std::milli>(time).count();
    m_calmestMs = m_calmestMs == 0 ? ms : std::min(m_calmestMs, ms);
    const SteadyTime now = m_clock.now();
    if (now - m_adaptedAt >= adaptInterval)
        adapt(now);
}

void LoadBudget::adapt(SteadyTime now)
{
    refill(); // until now the old rate applied
    m_adaptedAt = now;
    m_bestMs = m_bestMs == 0 ? m_calmestMs : std::min(m_bestMs * forgetting, m_calmestMs);
    const bool slow = m_calmestMs > m_bestMs * slowFactor && m_calmestMs > m_bestMs + slowMarginMs;
    m_share = slow ? std::max(m_share * fall, leastShare) : std::min(m_share + rise, 1.0);
    m_calmestMs = 0;
}

} // namespace lockscope
