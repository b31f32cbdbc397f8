// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/lockstore.h"

#include <deque>

namespace lockscope {

/// Transitions on their way to the consumer, in the order in which they were noticed: the newest few thousand.
class LockEventLog {
public:
    void push(LockEvent event);
    [[nodiscard]] bool isEmpty() const { return m_events.empty(); }
    /// Everything since the last call.
    [[nodiscard]] std::deque<LockEvent> take() { return std::exchange(m_events, {}); }
    /// Fills events and eventsDropped.
    void takeInto(LockDelta& delta);

private:
    std::deque<LockEvent> m_events;
    quint64 m_dropped = 0;
};

/// Where the trackers of several places write: one table and one row of events.
struct LockBooks {
    std::shared_ptr<LockStore> store = std::make_shared<LockStore>();
    std::shared_ptr<LockEventLog> events = std::make_shared<LockEventLog>();
};

} // namespace lockscope
