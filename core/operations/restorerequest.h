// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/lockoperation.h"

namespace lockscope {

/// Puts back what an audited act has ended.
struct RestoreRequest {
    qint64 auditId = 0;
    QString reason; ///< empty: one that names the entry
    bool onOtherServer = false; ///< explicit: also where server or database are not those of the entry
    bool planOnly = false; ///< looks, and says what would be done; nothing is written
};

enum class RestoreOutcome : quint8 {
    Restored,
    Possible, ///< planOnly: nothing is in the way
    KeyExists, ///< somebody has the key; it was left alone
    Expired, ///< the lock would have ended by itself meanwhile
    Refused, ///< the server or the gate said no
    OutcomeUnknown
};
inline constexpr int restoreOutcomeCount = int(RestoreOutcome::OutcomeUnknown) + 1;
/// `restored`, `possible`, `key_exists`, `expired`, `refused`, `outcome_unknown`.
[[nodiscard]] QLatin1StringView restoreOutcomeName(RestoreOutcome outcome);

struct RestoreResult {
    RestoreOutcome outcome = RestoreOutcome::OutcomeUnknown;
    qint64 auditId = 0; ///< of the act that was to be undone
    qint64 restoreId = 0; ///< of the restore itself; 0: nothing was sent
    QByteArray key;
    QString tokenFingerprint; ///< of the holder that comes back
    QString server; ///< where it was, and comes back to
    int database = 0;
    qint64 ttlMs = -1; ///< what it has left; -1 no TTL
    std::optional<Error> error; ///< Refused and OutcomeUnknown
    std::optional<LockInspection> afterwards; ///< OutcomeUnknown: what a later look found
};

} // namespace lockscope
