// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/runplan.h"

namespace lockscope {

/// One section as it was planned.
struct SectionChoice {
    quint32 key = 0;
    qint64 holdNs = 0;
    LockMode mode = LockMode::Exclusive;
    friend bool operator==(const SectionChoice&, const SectionChoice&) = default;
};

/// All choices of a run as pure functions of its seed: they come out the same however threads and answers interleave.
namespace schedule {

/// Closed loop: the n-th section of a client. Open loop: client 0, n is the number of the arrival.
[[nodiscard]] SectionChoice section(const StressConfig& config, LockMode mode, quint32 client, quint64 n);
/// Open loop: when arrival `n` is due, in ns.
[[nodiscard]] qint64 arrival(const StressConfig& config, quint64 n);
/// Pause before the `n`-th new try of a client, in ns.
[[nodiscard]] qint64 retryPause(const StressConfig& config, quint32 client, quint64 n);
/// The `n`-th number of a client for what its strategy draws, below `bound`.
[[nodiscard]] quint64 draw(const StressConfig& config, quint32 client, quint64 n, quint64 bound);
/// The victim of a fault: client number, for the `n`-th time that the `fault`-th one takes place.
[[nodiscard]] quint32 victim(const StressConfig& config, int fault, quint64 n, quint32 count);

} // namespace schedule

} // namespace lockscope
