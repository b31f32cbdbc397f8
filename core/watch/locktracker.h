// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/deadlinequeue.h"
#include "watch/holdhistory.h"
#include "watch/lockbooks.h"
#include "watch/lockexaminer.h"

#include <unordered_map>

namespace lockscope {

/// Turns readings and notifications of one place (a database of a server) into locks and their transitions. Several
/// trackers may share their books; each writes to the locks of its own place only, but a lock that one of them reads
/// becomes its own: in a cluster it has moved. No I/O; one thread.
class LockTracker {
public:
    struct Options {
        bool explicitMatch = false; ///< the operator named the keys that count as locks
        QList<FamilyId> families; ///< only these; empty: all
        bool keepEvents = true;
        bool keepDeadlines = true; ///< false: nobody will ask for nextDeadline()
        const FamilyRegistry* registry = &FamilyRegistry::instance();
        bool keysMove = false; ///< cluster: a `del` may be a key on its way to another node
    };
    /// What removeByEvent() did.
    enum class Removal : quint8 {
        NotKnown,
        Removed,
        /// The record was read so lately that the event may be older than the reading (they travel on two sockets):
        /// read again.
        Doubtful,
    };

    LockTracker(const Clock& clock, Options options, LockBooks books = {});

    [[nodiscard]] bool knows(QByteArrayView key) { return find(key) != nullptr; }
    /// The type of a known lock; String of others.
    [[nodiscard]] KeyType typeOf(QByteArrayView key);
    [[nodiscard]] const FamilyRegistry& registry() const { return *m_options.registry; }
    /// Whether a key that is not known, and reads so, could be a lock.
    [[nodiscard]] bool mayBeLock(const KeyReading& reading) const
    {
        return m_examiner.recognise(reading, nullptr).id != FamilyId::None;
    }
    [[nodiscard]] LockStore& store() { return m_store; }
    [[nodiscard]] const LockStore& store() const { return m_store; }
    void setPlace(qint32 database, quint16 node);
    [[nodiscard]] bool owns(const LockStore::Slot& slot) const
    {
        return slot.alive && slot.record().node == m_node && slot.record().database == m_database;
    }
    /// Makes a lock of another place ours: stale until it is read.
    void adopt(LockStore::Slot& slot);
    /// Libraries that the server has served: evidence for what is recognised from now on.
    void setServed(const FamilySet& families) { m_examiner.setServed(families); }
    /// Other families from now on; outlives this object. Each known lock is examined anew when it is read next: that
    /// one is told of silently, since on the server nothing has changed.
    void setRegistry(const FamilyRegistry& registry);
    /// How many wait for a lock, if it is still there. True if that is news.
    bool setWaiters(LockId id, qint32 waiters);

    /// What is on screen: these keep the history of their renewals, however many others renew.
    void setCloselyWatched(std::vector<LockId> ids);
    /// Whether the holder's connection is there, if the lock is still held by the token that was looked for. True if
    /// that is news.
    bool setHolderLink(LockId id, const QByteArray& token, const LockDoubts& found);
    /// Looks at some of the locks, in turn, for those that are held far longer than others of such names. True if that
    /// brought news.
    bool reviewHolds(quint32 count);
    [[nodiscard]] HoldHistory& holds() { return m_holds; }

    /// Records read from now on belong to this pass. Kept in sixteen bits; 0 stands for none.
    void beginPass(quint32 pass) { m_pass = quint16(pass % 0xffff + 1); }
    /// The table was whole once: what appears from now on is new.
    void completeFirstPass() { m_firstPassDone = true; }
    /// A pass came upon a key. True if it is a lock that was read after `since` and was not doubted: it counts as seen.
    bool confirmSeen(QByteArrayView key, SteadyTime since);
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

    [[nodiscard]] bool hasEvents() const { return !m_books.events->isEmpty(); }
    void takeEvents(LockDelta& delta) { m_books.events->takeInto(delta); }

private:
    /// The lock of this key, if it is of this place.
    [[nodiscard]] LockStore::Slot* find(QByteArrayView key);
    void insert(const LockLook& look);
    void reexamine(LockStore::Slot& slot, LockLook& look);
    void update(LockStore::Slot& slot, const LockLook& look);
    void changeHolder(LockStore::Slot& slot, const LockLook& look);
    void setOtherHolders(LockStore::Slot& slot, const LockLook& look);
    void updateDeadline(
        LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints, const LeaseEnd& fresh);
    void compareDeadlines(LockStore::Slot& slot, const LeaseEnd& fresh, const ChangeHints& hints, SteadyTime now);
    void reconsider(LockStore::Slot& slot, const KeyReading& reading);
    void setDeadline(LockStore::Slot& slot, const LeaseEnd& deadline);
    void setState(LockStore::Slot& slot, LockState state);
    void setHolder(LockRecord& record, const LockLook& look) const;
    [[nodiscard]] bool awaitVerb(LockStore::Slot& slot, const ChangeHints& hints);
    void forgetAwaited(const LockStore::Slot& slot);
    void noteBeat(LockStore::Slot& slot, const LeaseEnd& fresh, const ChangeHints& hints, SteadyTime now);
    void noteQuiet(LockStore::Slot& slot, SteadyTime now);
    void noteHold(const LockRecord& record, SteadyTime end);
    bool reviewHold(LockStore::Slot& slot, SteadyTime now);
    void removeGone(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints);
    void drop(LockStore::Slot& slot);
    [[nodiscard]] QString ownerOf(const LockRecord& record) const;
    void remove(LockStore::Slot& slot, LockEventKind kind, LockEventSource source, bool certain = true);
    void addEvent(const LockRecord& record, LockEventKind kind, LockEventSource source, bool certain = true,
        const std::optional<QByteArray>& previousToken = std::nullopt);

    const Clock& m_clock;
    Options m_options;
    LockExaminer m_examiner;
    qint32 m_database = 0;
    quint16 m_node = 0;
    const LockBooks m_books;
    LockStore& m_store;
    DeadlineQueue m_deadlines;
    std::unordered_map<quint32, SteadyTime> m_awaited; ///< gone: by then a notification has said how; by slot
    HoldHistory m_holds;
    std::vector<LockId> m_close; ///< on screen, sorted by slot
    quint32 m_histories = 0; ///< locks whose beats are kept
    quint32 m_reviewed = 0; ///< where the round of reviewHolds() stands
    quint16 m_pass = 0;
    quint16 m_families = 0; ///< counts the lists of families that there were
    bool m_firstPassDone = false;
};

} // namespace lockscope
