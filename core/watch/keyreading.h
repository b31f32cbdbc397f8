// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "locks/keysample.h"
#include "watch/keyevent.h"

#include <algorithm>

namespace lockscope {

/// What reading a key brought: GETRANGE + PTTL of a string, size, elements and PTTL of anything else.
struct KeyReading {
    enum class Outcome : quint8 {
        Present,
        Missing,
        OtherType, ///< of a type, or so large, that it is no lock
        Hidden, ///< the ACL keeps it from us
        Elsewhere, ///< another node of the cluster has it, as `error` (MOVED, ASK) says
        Failed, ///< no answer; `error` says why
    };
    Outcome outcome = Outcome::Missing;
    bool hasValue = true; ///< false where GETRANGE alone is denied
    KeySample sample; ///< beside the key meaningful only where it is Present
    SteadyTime sentAt {}; ///< the round that brought the TTL
    SteadyTime receivedAt {};
    Error error;
};

/// What is known of the changes that led to a reading.
struct ChangeHints {
    KeyVerb finalVerb = KeyVerb::Ignored; ///< the key was gone at some instant since it was last read
    bool byEvent = false; ///< a notification, or tracking, led to this reading
    bool byPass = false; ///< a pass over the key space did
    bool written = false; ///< `set`, `hincrby`, `restore`…: possibly acquired
    bool extended = false; ///< `expire`: its deadline was set
    bool touched = false; ///< client tracking named the key: whatever happened to it, nobody said what
    bool verbsHeard = false; ///< notifications tell each end of a lock with its verb, now or within moments
    quint8 hops = 0; ///< how often one node has sent us to another one for it
    SteadyTime writtenAt {}; ///< when `written` arrived

    void merge(const ChangeHints& later)
    {
        if (later.finalVerb != KeyVerb::Ignored)
            finalVerb = later.finalVerb;
        byEvent = byEvent || later.byEvent;
        hops = std::max(hops, later.hops);
        byPass = byPass || later.byPass;
        extended = extended || later.extended;
        touched = touched || later.touched;
        verbsHeard = verbsHeard || later.verbsHeard;
        if (later.written)
            writtenAt = later.writtenAt;
        written = written || later.written;
    }
};

} // namespace lockscope
