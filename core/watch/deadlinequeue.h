// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <optional>
#include <vector>

namespace lockscope {

/// Which slot is due next: a heap that knows where each slot stands, so that a renewal moves its entry instead of
/// leaving an old one behind. One entry a slot. Times are kept in whole milliseconds, rounded up; one that is more than
/// some seven weeks ahead comes up by then.
class DeadlineQueue {
public:
    /// Times before `origin` are due at once.
    explicit DeadlineQueue(SteadyTime origin)
        : m_origin(origin)
    {
    }

    /// Enters a slot, or moves it to another time.
    void set(quint32 slot, SteadyTime when);
    void remove(quint32 slot);
    void clear();
    [[nodiscard]] bool isEmpty() const { return m_heap.empty(); }
    [[nodiscard]] size_t size() const { return m_heap.size(); }
    /// When the first one is due.
    [[nodiscard]] std::optional<SteadyTime> head() const;
    /// Takes the first slot out if it is due at `now`.
    [[nodiscard]] std::optional<quint32> takeDue(SteadyTime now);

private:
    struct Entry {
        quint32 when; ///< ms since the origin: of a million entries each byte is a megabyte
        quint32 slot;
    };
    static constexpr quint32 absent = ~quint32(0);

    [[nodiscard]] quint32 ticks(SteadyTime when) const;
    void moveOrigin(SteadyTime now);
    void siftUp(size_t position);
    void siftDown(size_t position);
    void place(size_t position, const Entry& entry);
    void removeAt(size_t position);

    SteadyTime m_origin;
    std::vector<Entry> m_heap;
    std::vector<quint32> m_positions; // by slot
};

} // namespace lockscope
