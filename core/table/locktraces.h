// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/lockevent.h"

#include <QHash>

#include <deque>
#include <unordered_map>
#include <vector>

namespace lockscope {

/// How a lock ended, as far as its events tell.
enum class LockEnd : quint8 {
    Unknown, ///< gone at the next look: nobody said why
    Released,
    Expired,
    Evicted,
    Forced, ///< by us, with a force-release
};

/// The last that was known of a lock that ended while its row was shown.
struct LockEnding {
    LockRecord last;
    LockEnd how = LockEnd::Unknown;
    SteadyTime at {}; ///< when we took it in
    bool certain = true; ///< false: `how` is concluded from its deadline, nobody said so
};

/// What has just happened to a lock, for a mark in its row.
struct LockCue {
    enum class Kind : quint8 { None, Acquired, Renewed, HandedOver };
    Kind kind = Kind::None;
    Milliseconds age { 0 };
};

/// What rows tell beyond the present of their locks, by slot. Four bytes a slot, and the endings of the rows that are
/// still shown. One thread.
class LockTraces {
public:
    /// Compares a lock with what it was; `before` is null for a new one.
    void changed(const LockRecord* before, const LockRecord& now, SteadyTime at);
    /// The newest for this slot, however old.
    [[nodiscard]] LockCue cue(quint32 slot, SteadyTime now) const;

    void ended(const LockRecord& last, SteadyTime at);
    /// An event told how it ended; what is not among the endings is ignored.
    void explain(const LockEvent& event);
    /// We have released this key by force, a moment ago or before the watch sees it.
    void noteForced(const QByteArray& key, SteadyTime at);
    [[nodiscard]] const LockEnding* ending(quint32 slot) const; ///< null: it has not ended, or is forgotten
    [[nodiscard]] qsizetype endingCount() const { return qsizetype(m_endings.size()); }
    /// The row is gone, or another lock's.
    void forget(quint32 slot) { m_endings.erase(slot); }
    void forgetEndings() { m_endings.clear(); }
    void clear();

private:
    void note(quint32 slot, LockCue::Kind kind, SteadyTime at);

    std::vector<quint32> m_cues; // by slot: kind in the lower two bits, time above; 0: none
    std::unordered_map<quint32, LockEnding> m_endings; // by slot
    QHash<QByteArray, SteadyTime> m_forced; // keys whose end was not seen yet
};

} // namespace lockscope
