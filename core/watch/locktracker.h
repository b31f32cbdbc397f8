// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyregistry.h"
#include "locks/lockholders.h"
#include "watch/deadlinequeue.h"
#include "watch/keyreading.h"
#include "watch/lockstore.h"

#include <deque>

namespace lockscope {

/// Turns readings and notifications into locks and their transitions. No I/O; one thread.
class LockTracker {
public:
    struct Options {
        bool explicitMatch = false; ///< the operator named the keys that count as locks
        QList<FamilyId> families; ///< only these; empty: all
        bool keepEvents = true;
        bool keepDeadlines = true; ///< false: nobody will ask for nextDeadline()
        const FamilyRegistry* registry = &FamilyRegistry::instance();
    };
    /// What removeByEvent() did.
    enum class Removal : quint8 {
        NotKnown,
        Removed,
        /// The record was read so lately that the event may be older than the reading (they travel on two sockets):
        /// read again.
        Doubtful,
    };

    LockTracker(const Clock& clock, Options options);

    [[nodiscard]] bool knows(QByteArrayView key) { return m_store.find(m_database, key) != nullptr; }
    /// The type of a known lock; String of others.
    [[nodiscard]] KeyType typeOf(QByteArrayView key);
    [[nodiscard]] const FamilyRegistry& registry() const { return *m_options.registry; }
    [[nodiscard]] LockStore& store() { return m_store; }
    [[nodiscard]] const LockStore& store() const { return m_store; }
    void setPlace(qint32 database, quint16 node);

    /// Records read from now on belong to this pass.
    void beginPass(quint32 pass) { m_pass = pass; }
    /// The table was whole once: what appears from now on is new.
    void completeFirstPass() { m_firstPassDone = true; }
    [[nodiscard]] bool isSeenByPass(const LockStore::Slot& slot) const { return slot.pass == m_pass; }

    /// Takes in what the server answered. True if the deadline is so imprecise that a calmer second reading is worth
    /// it.
    bool apply(const KeyReading& reading, const ChangeHints& hints);
    Removal removeByEvent(QByteArrayView key, KeyVerb verb);
    /// The connection is gone: what we know is as old as that.
    void markAllStale();
    void addGapEvent(qint64 sinceMs);

    /// When the next lock's deadline asks for a question to the server (2 ms after it).
    [[nodiscard]] std::optional<SteadyTime> nextDeadline() const { return m_deadlines.head(); }
    /// The key of the next lock whose deadline has passed; it is shown as due from now on.
    [[nodiscard]] std::optional<QByteArray> takeDue(SteadyTime now);
    /// The question about this key got no answer: it is due again at `when`.
    void postpone(QByteArrayView key, SteadyTime when);

    [[nodiscard]] bool hasEvents() const { return !m_events.empty(); }
    void takeEvents(LockDelta& delta);

private:
    struct Deadline {
        SteadyTime at = noDeadline;
        SteadyTime pokeAt = noDeadline; ///< when the first of several holders may drop out; else `at`
        std::chrono::microseconds uncertainty { 0 };
    };
    /// A reading with what its family makes of it.
    struct Look {
        const KeyReading& reading;
        const ChangeHints& hints;
        FamilyMatch match;
        LockReading lock;
        Deadline deadline;
    };
    [[nodiscard]] static Deadline deadlineOf(const KeyReading& reading, const LeaseTimes& times);
    [[nodiscard]] FamilyMatch recognise(const KeyReading& reading, const LockRecord* known) const;
    /// False: no lock, or nobody holds it.
    [[nodiscard]] bool examine(Look& look, const LockStore::Slot* slot) const;
    [[nodiscard]] LockReading readAs(FamilyId family, const KeyReading& reading) const;
    void insert(const Look& look);
    void update(LockStore::Slot& slot, const Look& look);
    void changeHolder(LockStore::Slot& slot, const Look& look);
    void setOtherHolders(LockStore::Slot& slot, const Look& look);
    void updateDeadline(
        LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints, const Deadline& fresh);
    void compareDeadlines(LockStore::Slot& slot, const Deadline& fresh, const ChangeHints& hints, SteadyTime now);
    void reconsider(LockStore::Slot& slot, const KeyReading& reading);
    void setDeadline(LockStore::Slot& slot, const Deadline& deadline);
    void setHolder(LockRecord& record, const Look& look) const;
    void removeGone(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints);
    void remove(LockStore::Slot& slot, LockEventKind kind, LockEventSource source);
    void addEvent(
        const LockRecord& record, LockEventKind kind, LockEventSource source, const QByteArray& previousToken = {});
    void keepEvent(LockEvent event);

    const Clock& m_clock;
    Options m_options;
    qint32 m_database = 0;
    quint16 m_node = 0;
    LockStore m_store;
    DeadlineQueue m_deadlines;
    quint32 m_pass = 0;
    bool m_firstPassDone = false;
    std::deque<LockEvent> m_events;
    quint64 m_eventsDropped = 0;
};

} // namespace lockscope
