// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <optional>

namespace lockscope {

/// A server's wall clock, by what TIME answered: some locks keep their deadlines as times of it.
class ServerClock {
public:
    explicit ServerClock(const Clock& clock)
        : m_clock(clock)
    {
    }
    void reset() { m_known.reset(); }
    /// Takes an answer of TIME, in ms since the epoch.
    void note(SteadyTime sentAt, SteadyTime receivedAt, qint64 serverMs)
    {
        const auto half = (receivedAt - sentAt) / 2;
        const Measurement fresh { receivedAt - half, serverMs, half };
        // A calmer measurement stays until it is old, or is refuted: jitter must not look like a clock that moves.
        const bool contradicted
            = m_known && std::abs(msAt(fresh.at) - serverMs) > milliseconds(m_known->error + half) + 2;
        if (!m_known || contradicted || half <= m_known->error || fresh.at - m_known->at > std::chrono::minutes(1))
            m_known = fresh;
    }
    /// Whether it is known to a few milliseconds; else it is worth asking again soon.
    [[nodiscard]] bool isPrecise() const { return m_known && m_known->error <= std::chrono::milliseconds(5); }
    /// Its time less ours; nothing while it has not told.
    [[nodiscard]] std::optional<Milliseconds> offset() const
    {
        if (!m_known)
            return {};
        const SteadyTime now = m_clock.now();
        return Milliseconds(msAt(now) - m_clock.wallNow().toMSecsSinceEpoch());
    }
    /// Its time at this instant, ms since the epoch; by our own clock while it has not told.
    [[nodiscard]] qint64 msAt(SteadyTime instant) const
    {
        if (m_known)
            return m_known->serverMs + milliseconds(instant - m_known->at);
        return m_clock.wallNow().toMSecsSinceEpoch() + milliseconds(instant - m_clock.now());
    }

private:
    struct Measurement {
        SteadyTime at;
        qint64 serverMs = 0;
        SteadyTime::duration error {}; ///< ±
    };
    static qint64 milliseconds(SteadyTime::duration time)
    {
        return std::chrono::duration_cast<Milliseconds>(time).count();
    }

    const Clock& m_clock;
    std::optional<Measurement> m_known;
};

} // namespace lockscope
