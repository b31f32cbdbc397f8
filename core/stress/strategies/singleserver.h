// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/strategy.h"

namespace lockscope {

/// What most strategies share: one server, one command a phase; release and renewal compare the token in a script.
class SingleServerStrategy : public Strategy {
public:
    using Strategy::Strategy;
    void begin(LockPhase phase, LockSession& session) const override;
    void onAnswer(LockPhase phase, LockSession& session, int step, int node, const LockAnswer& answer) const override;
    [[nodiscard]] std::vector<const LuaScript*> scripts() const override;

protected:
    virtual void acquire(LockSession& session) const; ///< SET NX PX
    virtual void release(LockSession& session) const; ///< compare and delete
    virtual void renew(LockSession& session) const; ///< compare and PEXPIRE
    /// Acquire: OK or a positive number is yes, a negative one no with -1 - (the holder's TTL). Else 1 is yes.
    [[nodiscard]] virtual LockOutcome judge(LockPhase phase, const LockAnswer& answer) const;
};

// Steps of a phase: most have one.
inline constexpr int firstStep = 0;
inline constexpr int secondStep = 1;

} // namespace lockscope
