// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "watch/keyevent.h"

namespace lockscope {

/// What one pipelined GETRANGE + PTTL of a key brought.
struct KeyReading {
    enum class Outcome : quint8 {
        Present,
        Missing,
        OtherType, ///< the key is no string
        Hidden, ///< the ACL keeps it from us
        Failed, ///< no answer; `error` says why
    };
    Outcome outcome = Outcome::Missing;
    bool hasValue = true; ///< false where GETRANGE alone is denied
    QByteArray key;
    QByteArray value; ///< at most maximumTokenBytes + 1
    qint64 ttlMs = -1; ///< -1: none
    SteadyTime sentAt {};
    SteadyTime receivedAt {};
    Error error;
};

/// What is known of the changes that led to a reading.
struct ChangeHints {
    KeyVerb finalVerb = KeyVerb::Ignored; ///< the key was gone at some instant since it was last read
    bool byEvent = false; ///< a notification led to this reading
    bool byPass = false; ///< a pass over the key space did
    bool written = false; ///< `set`, `restore`…: possibly acquired
    bool extended = false; ///< `expire`: its deadline was set
    SteadyTime writtenAt {}; ///< when `written` arrived

    void merge(const ChangeHints& later)
    {
        if (later.finalVerb != KeyVerb::Ignored)
            finalVerb = later.finalVerb;
        byEvent = byEvent || later.byEvent;
        byPass = byPass || later.byPass;
        extended = extended || later.extended;
        if (later.written)
            writtenAt = later.writtenAt;
        written = written || later.written;
    }
};

} // namespace lockscope
