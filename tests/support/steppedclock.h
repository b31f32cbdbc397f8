// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QTimeZone>

namespace lockscope {

/// Stands still until it is told to go on. Not thread-safe.
class SteppedClock final : public Clock {
public:
    [[nodiscard]] SteadyTime now() const override { return m_now; }
    [[nodiscard]] QDateTime wallNow() const override
    {
        return QDateTime::fromMSecsSinceEpoch(
            1'700'000'000'000 + std::chrono::duration_cast<Milliseconds>(m_now.time_since_epoch()).count(),
            QTimeZone::utc());
    }
    void advance(SteadyTime::duration step) { m_now += step; }

private:
    SteadyTime m_now = SteadyTime() + std::chrono::hours(1);
};

} // namespace lockscope
