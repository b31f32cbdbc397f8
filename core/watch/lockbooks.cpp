// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/lockbooks.h"

namespace lockscope {

namespace {
constexpr size_t maximumKeptEvents = 5000;
}

void LockEventLog::push(LockEvent event)
{
    if (m_events.size() == maximumKeptEvents) {
        m_events.pop_front();
        ++m_dropped;
    }
    m_events.push_back(std::move(event));
}

void LockEventLog::takeInto(LockDelta& delta)
{
    delta.events.assign(std::make_move_iterator(m_events.begin()), std::make_move_iterator(m_events.end()));
    m_events.clear();
    delta.eventsDropped = std::exchange(m_dropped, 0);
}

} // namespace lockscope
