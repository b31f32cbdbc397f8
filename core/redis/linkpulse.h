// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <algorithm>
#include <optional>

namespace lockscope {

/// When a quiet link is asked for a sign of life, and when it is given up: a half-open one (the peer is gone and nobody
/// said so) looks like one where nothing happens. A value without a clock of its own: the caller says what time it is.
class LinkPulse {
public:
    enum class Need : quint8 { Nothing, Question, GiveUp };
    struct Finding {
        Need need = Need::Nothing;
        SteadyTime next = SteadyTime::max(); ///< when to look again, whatever arrives or is sent meanwhile
    };

    /// `quiet`: silence after which a question goes out; 0: never.
    explicit constexpr LinkPulse(Milliseconds quiet)
        : m_quiet(quiet)
    {
    }

    /// How long the server may take for an answer to a question of ours that costs it nothing.
    [[nodiscard]] static constexpr Milliseconds patience(Milliseconds commandTimeout)
    {
        return std::min(commandTimeout, Milliseconds(5000));
    }

    /// `askedAt`: when the oldest question was sent that has no answer yet, `patience` the longest time that one of the
    /// open questions was given. Anything that arrives is a sign of life. With the defaults (1.5 s and 5 s) a dead link
    /// is given up 9.5 s after its last byte.
    [[nodiscard]] constexpr Finding look(
        SteadyTime now, SteadyTime lastReceived, std::optional<SteadyTime> askedAt, SteadyTime::duration patience) const
    {
        // An answer need not wake the caller: whoever has asked looks again as if there were one.
        const SteadyTime soon = m_quiet.count() > 0 ? now + m_quiet : SteadyTime::max();
        if (askedAt) {
            const SteadyTime end = std::max(lastReceived, *askedAt) + patience * 8 / 5;
            return end <= now ? Finding { Need::GiveUp, end } : Finding { Need::Nothing, std::min(end, soon) };
        }
        if (m_quiet.count() <= 0)
            return {};
        const SteadyTime question = lastReceived + m_quiet;
        return question <= now ? Finding { Need::Question, soon } : Finding { Need::Nothing, question };
    }

private:
    Milliseconds m_quiet;
};

} // namespace lockscope
