// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "redis/environment.h"

#include <QString>

#include <optional>

namespace lockscope {

/// The longest time that an operator can arm the writes of a production connection for.
inline constexpr Milliseconds longestArming { 600'000 };

/// How the writes of a connection stand. A value.
struct WriteAccess {
    Environment environment = Environment::Unspecified;
    bool readOnly = false; ///< for good: nothing can be armed
    std::optional<SteadyTime> armedUntil; ///< production: writes pass until then; time_point::max(): until the end

    [[nodiscard]] bool needsArming() const { return environment == Environment::Production && !readOnly; }
    [[nodiscard]] bool isArmed(SteadyTime now) const { return needsArming() && armedUntil && now < *armedUntil; }
    [[nodiscard]] bool canWrite(SteadyTime now) const { return !readOnly && (!needsArming() || isArmed(now)); }
    friend bool operator==(const WriteAccess&, const WriteAccess&) = default;
};

/// Opens the writes of a production connection for a while.
struct ArmRequest {
    QString reason; ///< never empty; goes into the audit log before anything is opened
    Milliseconds duration = longestArming; ///< at most that
    bool forGood = false; ///< until the program ends: for one that does one thing
};

} // namespace lockscope
