// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "locks/watchstatus.h"
#include "watch/pace.h"

#include <optional>

namespace lockscope {

/// How much our own curiosity may cost a server: keys read again in turn or by a pass, and the bytes that brings. Two
/// buckets that fill with time. What events and deadlines make necessary is never held back, but it is charged, so that
/// the rest gives way to it. The rate falls while the server answers slowly and comes back when it is calm.
class LoadBudget {
public:
    struct Limits {
        double keysPerSecond = defaultVerifyRate; ///< 0: no limit at all
        double bytesPerSecond = 4.0 * 1024 * 1024; ///< both ways
    };

    /// `keysPerSecond` is what Pace::Auto allows; a quarter of everything at Pace::Gentle, no limit at Pace::Full.
    [[nodiscard]] static Limits limitsAt(Pace pace, double keysPerSecond);

    LoadBudget(const Clock& clock, Limits limits);

    /// From now on these.
    void setLimits(const Limits& limits);
    /// Lifts the limits for a while (a pass that has to be quick), or puts them back.
    void setLifted(bool lifted);
    [[nodiscard]] bool isLimited() const { return !m_lifted && m_limits.keysPerSecond > 0; }

    /// How many keys may be read now.
    [[nodiscard]] int available();
    /// When there will be something again, at the earliest; zero if there is.
    [[nodiscard]] Milliseconds waitTime();
    /// Reads were sent, allowed or not.
    void charge(int keys);
    /// What the connection has carried since it was made.
    void noteBytes(quint64 total);
    /// One answer took so long.
    void noteRoundTrip(SteadyTime::duration time);

    /// What is allowed at present, after latency has had its say; 0: no limit.
    [[nodiscard]] double keysPerSecond() const { return isLimited() ? m_limits.keysPerSecond * m_share : 0; }
    /// 0: no limit.
    [[nodiscard]] double bytesPerSecond() const { return isLimited() ? m_limits.bytesPerSecond * m_share : 0; }

private:
    void refill();
    void adapt(SteadyTime now);

    const Clock& m_clock;
    Limits m_limits;
    double m_keys; ///< negative: in debt
    double m_bytes;
    double m_share = 1; ///< of the limits
    SteadyTime m_filledAt;
    SteadyTime m_adaptedAt;
    std::optional<quint64> m_bytesTotal;
    double m_bestMs = 0; ///< the calmest round trip lately; 0: none yet
    double m_calmestMs = 0; ///< since the last adaption
    bool m_lifted = false;
};

} // namespace lockscope
