// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/keyevent.h"

namespace lockscope {

/// Where CONFIG cannot be read, only the events themselves can show that the server publishes what locks need: one of
/// the string class, one generic and one `expired` on this subscription. Until then we poll as if there were none.
class EventProof {
public:
    void note(KeyVerb verb)
    {
        if (verb == KeyVerb::Set)
            m_strings = true;
        else if (verb == KeyVerb::Expired)
            m_expired = true;
        else if (verb == KeyVerb::Deleted || verb == KeyVerb::ExpireSet || verb == KeyVerb::MovedAway)
            m_generic = true;
    }
    void reset() { *this = EventProof(); }
    [[nodiscard]] bool isComplete() const { return m_strings && m_expired && m_generic; }

private:
    bool m_strings = false;
    bool m_expired = false;
    bool m_generic = false;
};

} // namespace lockscope
