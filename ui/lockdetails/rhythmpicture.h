// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockrecord.h"

#include <vector>

namespace lockscope {

/// What the saw-tooth of a lock's TTL shows, without pixels.
struct RhythmPicture {
    enum class Kind : quint8 {
        Falling, ///< the lease runs down, as it was seen
        Ahead, ///< as it will run down if nobody renews it
        Gap, ///< nobody was watching
    };
    struct Stretch {
        Kind kind = Kind::Falling;
        SteadyTime from {};
        SteadyTime to {};
        qint64 fromMs = 0; ///< TTL at its ends; 0 in gaps
        qint64 toMs = 0;
    };
    std::vector<Stretch> stretches; ///< in the order of time, without overlap
    std::vector<SteadyTime> beats; ///< renewals
    std::vector<SteadyTime> missed; ///< when a renewal was due and did not come
    SteadyTime from {}; ///< what the strip spans
    SteadyTime to {};
    SteadyTime now {};
    qint64 topMs = 0; ///< the longest TTL in it; 0: there is nothing to draw

    [[nodiscard]] bool isEmpty() const { return topMs <= 0; }
};
/// `gone`: the lock has ended, and nothing lies ahead of it.
[[nodiscard]] RhythmPicture rhythmPicture(const LockRecord& record, bool gone, SteadyTime now);

} // namespace lockscope
