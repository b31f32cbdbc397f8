// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/strategy.h"

namespace lockscope {

LockOutcome LockOutcome::refused(qint64 holderTtl)
{
    LockOutcome outcome;
    outcome.kind = Kind::Refused;
    outcome.holderTtl = holderTtl;
    return outcome;
}

LockOutcome LockOutcome::from(const LockAnswer& failure)
{
    LockOutcome outcome;
    outcome.kind = failure.isUnknown() ? Kind::Unknown : Kind::Failed;
    outcome.error = failure.error;
    return outcome;
}

void Strategy::onTimer(LockPhase, LockSession&, int) const { }

} // namespace lockscope
