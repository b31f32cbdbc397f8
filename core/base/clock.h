// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>
#include <optional>

namespace lockscope {

using Milliseconds = std::chrono::milliseconds;
/// An instant of the local steady clock. Deadlines are kept in it: a jump of the wall clock moves none of them.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Where time comes from, so that tests can stand still. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual SteadyTime now() const = 0;
    [[nodiscard]] virtual QDateTime wallNow() const = 0; ///< UTC
};

/// The machine's own clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] SteadyTime now() const override { return std::chrono::steady_clock::now(); }
    [[nodiscard]] QDateTime wallNow() const override { return QDateTime::currentDateTimeUtc(); }
    /// One instance serves everybody.
    [[nodiscard]] static const SystemClock& instance()
    {
        static const SystemClock clock;
        return clock;
    }
};

/// RFC 3339 in UTC with milliseconds, as every JSON time of ours.
[[nodiscard]] inline QString rfc3339(const QDateTime& time) { return time.toUTC().toString(Qt::ISODateWithMs); }

/// The wall time of a steady instant, seen from now.
[[nodiscard]] inline QDateTime wallTimeOf(SteadyTime instant, const Clock& clock)
{
    return clock.wallNow().addMSecs(std::chrono::duration_cast<Milliseconds>(instant - clock.now()).count());
}

} // namespace lockscope
