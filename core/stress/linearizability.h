// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/operationlog.h"
#include "stress/stressreport.h"

#include <atomic>
#include <functional>

namespace lockscope {

/// What the lock service promises.
struct LockModel {
    qint64 ttlNs = 0; ///< a lease may end by itself this long after the call that began it
    qint64 slackNs = 0; ///< or this much earlier: the server's clock is coarse
    bool hasLease = true;
    bool checksRefusals = true; ///< a refusal proves that somebody held it
    int permits = 1; ///< for LockMode::Permit
};

/// Whether some order of the operations explains all answers: each takes effect at one instant between its call and its
/// answer; what has no answer may have happened at any time, or not at all; a lease may end once its time is over.
/// Every key by itself. Pure.
class LinearizabilityChecker {
public:
    LinearizabilityChecker(LockModel model, std::function<QByteArray(quint32)> keyName,
        std::function<QString(const LockOperation&)> describe);

    /// `stop` ends it early with Undecided.
    [[nodiscard]] LinearizabilityVerdict check(std::vector<LockOperation> history, const std::atomic<bool>& stop) const;
    /// The fewest operations of one key's history that are still not explained.
    [[nodiscard]] std::vector<LockOperation> minimised(std::vector<LockOperation> history) const;

private:
    const LockModel m_model;
    const std::function<QByteArray(quint32)> m_keyName;
    const std::function<QString(const LockOperation&)> m_describe;
};

} // namespace lockscope
