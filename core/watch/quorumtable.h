// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/lockbooks.h"

#include <unordered_map>

namespace lockscope {

/// One row for each lock of a group of independent masters, made of what each of them says. A lock is held by whom a
/// quorum names; its events are those of the quorum: acquired when it is reached, released (or expired) when it breaks.
/// No I/O; one thread.
class QuorumTable {
public:
    /// A lock that is just being taken or given up is a minority for some milliseconds on its way; as a row it is shown
    /// only after `settleTime`. `events`: what the masters' trackers tell, in order.
    QuorumTable(const Clock& clock, std::shared_ptr<LockEventLog> events, Milliseconds settleTime, bool keepEvents);

    /// In the order of WatchStatus::nodes.
    void addMaster(std::shared_ptr<LockStore> store);
    void setQuorum(int quorum) { m_quorum = quorum; }
    /// Whether what this master does not have is known not to be there.
    void setHeard(size_t master, bool isHeard) { m_masters[master].isHeard = isHeard; }

    /// Takes in all that is new with the masters.
    void update();
    /// The rows and their events.
    [[nodiscard]] LockBooks& books() { return m_out; }
    [[nodiscard]] const LockBooks& books() const { return m_out; }
    /// When update() is worth calling without a change: a minority has lasted long enough to be shown.
    [[nodiscard]] std::optional<SteadyTime> nextSettling() const;
    /// The same locks as one master has them.
    [[nodiscard]] std::vector<LockId> onMaster(quint16 master, const std::vector<LockId>& rows) const;
    /// Keys for which there is no quorum at present, of one database.
    [[nodiscard]] QList<QByteArray> minorities(qint32 database) const;

private:
    struct Name {
        qint32 database = 0;
        QByteArray key;
        friend bool operator==(const Name&, const Name&) = default;
    };
    struct NameHash {
        size_t operator()(const Name& name) const noexcept { return qHash(name.key, size_t(name.database)); }
    };
    struct Vote {
        LockId id; ///< in the master's store; invalid: no vote
        LockVote shown;
        bool isDue = false;
        quint32 renewals = 0; ///< as the events tell
    };
    struct Group {
        std::vector<Vote> votes; // by master
        LockId row; ///< in m_out; invalid while there is none
        std::optional<LockVote> holder; ///< whom a quorum has named last, until it breaks
        bool wasNoTtl = false;
        quint32 renewals = 0;
        LockEventKind lastEnd = LockEventKind::Released;
        bool wasFound = true; ///< none of its votes was seen to come
        std::optional<SteadyTime> minoritySince;
        bool isTouched = false;
    };
    using Groups = std::unordered_map<Name, Group, NameHash>;
    using Entry = Groups::value_type;
    struct Master {
        std::shared_ptr<LockStore> store;
        std::vector<Entry*> groups; ///< by slot
        bool isHeard = false;
    };
    /// What the votes of a group come to.
    struct Count {
        int best = -1; ///< a master that votes for the one with most votes; -1: no votes
        int live = 0; ///< votes for that one from masters that are heard
        int all = 0; ///< with those last heard
        int alive = 0; ///< live ones that are not due
        int holders = 0; ///< how many different ones are named
    };

    void applyEvent(const LockEvent& event);
    void applyChanges(quint16 master);
    void touch(Entry& entry);
    void synchronise(Group& group) const;
    [[nodiscard]] bool isDecidedWithoutStale() const;
    [[nodiscard]] Entry& entryOf(qint32 database, const QByteArray& key);
    [[nodiscard]] Count count(const Group& group) const;
    [[nodiscard]] quint32 quorumRenewals(const Group& group, const Count& votes) const;
    void judge(Entry& entry, LockEventSource source);
    void tell(const Entry& entry, LockEventKind kind, LockEventSource source, const LockVote& holder,
        const std::optional<LockVote>& previous = std::nullopt);
    /// False while the row has to wait.
    [[nodiscard]] bool show(Entry& entry);
    [[nodiscard]] bool isSettled(Group& group, const Count& votes);
    void fill(LockRecord& record, const Entry& entry, const Count& votes) const;
    void fillTimes(LockRecord& record, const Group& group, const Count& votes) const;
    [[nodiscard]] LockState stateOf(const LockRecord& record, const Count& votes) const;
    [[nodiscard]] std::shared_ptr<const LockVotes> votesOf(const Group& group, const Count& votes) const;
    [[nodiscard]] const LockRecord* recordOf(const Group& group, size_t master) const;
    /// The masters that vote for the best one, those that are heard first.
    [[nodiscard]] std::vector<size_t> supporters(const Group& group, const Count& votes) const;
    void forget(Entry& entry);

    const Clock& m_clock;
    const std::shared_ptr<LockEventLog> m_events;
    const Milliseconds m_settleTime;
    const bool m_keepEvents;
    int m_quorum = 1;
    std::vector<Master> m_masters;
    Groups m_groups;
    std::vector<Entry*> m_touched;
    std::vector<Entry*> m_waiting; ///< minorities that are not shown as such yet
    LockBooks m_out;
};

} // namespace lockscope
