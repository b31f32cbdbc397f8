// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/strategy.h"
#include "stress/stressconfig.h"

#include <atomic>
#include <vector>

namespace lockscope {

/// Everything about one run that all threads read and nobody changes, but for the two counters at its end.
struct RunPlan {
    StressConfig config; ///< with the seed
    const Strategy* strategy = nullptr;
    QByteArray nonce; ///< 24 hexadecimal digits: makes the tokens of this run its own
    QByteArray prefix; ///< of every key
    std::vector<QByteArray> keys;
    std::vector<ConnectionSpec> links; ///< where the clients connect, one a server: the proxy's door, or its own
    int threads = 1;
    int connections = 1; ///< to each server, one thread
    qint64 ttlNs = 0;
    bool wantsWakeUps = false;

    /// Sections that may still begin; only counted with `config.sections`.
    mutable std::atomic<qint64> sectionsLeft { 0 };
    /// Start of the load; nanoseconds of the steady clock. Written before the first client begins.
    mutable std::atomic<qint64> start { 0 };

    [[nodiscard]] static qint64 steadyNow()
    {
        return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
    }
    /// Nanoseconds since the start of the load.
    [[nodiscard]] qint64 now() const { return steadyNow() - start.load(std::memory_order_relaxed); }
    [[nodiscard]] QByteArray wakeChannel(quint32 key) const { return prefix + "wake:" + QByteArray::number(key); }
    /// A token of this run: its nonce, the client and the number of the section in 40 hexadecimal digits.
    [[nodiscard]] QByteArray token(quint32 client, quint32 section) const;
    /// The client whose token it is; -1 for others.
    [[nodiscard]] qint32 clientOf(QByteArrayView token) const;
};

} // namespace lockscope
