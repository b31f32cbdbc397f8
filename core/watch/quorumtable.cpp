// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/quorumtable.h"

#include <algorithm>

namespace lockscope {

namespace {

bool sameHolder(const LockVote& a, const LockVote& b) { return a.hasToken == b.hasToken && a.token == b.token; }

LockVote voteOf(const LockRecord& record)
{
    LockVote vote;
    vote.exists = true;
    vote.hasToken = record.hasToken;
    vote.isStale = record.state == LockState::Stale;
    vote.token = record.hasToken ? record.token : QByteArray();
    vote.deadline = record.deadline;
    return vote;
}

/// Whether a consumer would see a difference.
bool looksSame(const LockRecord& a, const LockRecord& b)
{
    return a.token == b.token && a.hasToken == b.hasToken && a.extras->owner == b.extras->owner
        && a.deadline == b.deadline && a.firstSeen == b.firstSeen && a.acquiredAt == b.acquiredAt && a.lease == b.lease
        && a.renewals == b.renewals && a.family == b.family && a.confidence == b.confidence && a.node == b.node
        && a.mode == b.mode && a.type == b.type && a.state == b.state && a.waiters == b.waiters
        && a.extras->holders == b.extras->holders && a.extras->votes && b.extras->votes
        && *a.extras->votes == *b.extras->votes && b.verifiedAt - a.verifiedAt < std::chrono::seconds(10);
}

} // namespace

QuorumTable::QuorumTable(
    const Clock& clock, std::shared_ptr<LockEventLog> events, Milliseconds settleTime, bool keepEvents)
    : m_clock(clock)
    , m_events(std::move(events))
    , m_settleTime(settleTime)
    , m_keepEvents(keepEvents)
{
}

void QuorumTable::addMaster(std::shared_ptr<LockStore> store) { m_masters.push_back({ std::move(store), {}, false }); }

QuorumTable::Entry& QuorumTable::entryOf(qint32 database, const QByteArray& key)
{
    Entry& entry = *m_groups.try_emplace(Name { database, key }).first;
    entry.second.votes.resize(m_masters.size());
    return entry;
}

void QuorumTable::touch(Entry& entry)
{
    if (!std::exchange(entry.second.isTouched, true))
        m_touched.push_back(&entry);
}

void QuorumTable::update()
{
    for (const LockEvent& event : m_events->take())
        applyEvent(event);
    for (size_t master = 0; master < m_masters.size(); ++master)
        applyChanges(quint16(master));
    std::vector<Entry*> waiting = std::exchange(m_waiting, {});
    for (Entry* entry : waiting)
        touch(*entry);
    for (Entry* entry : std::exchange(m_touched, {})) {
        entry->second.isTouched = false;
        synchronise(entry->second);
        judge(*entry, LockEventSource::Verify);
        if (!show(*entry))
            m_waiting.push_back(entry);
        else if (count(entry->second).best < 0)
            forget(*entry);
    }
}

/// What has come and gone between two looks is seen here alone; what is there now, the tables tell.
void QuorumTable::applyEvent(const LockEvent& event)
{
    if (event.kind == LockEventKind::Gap) {
        if (m_keepEvents)
            m_out.events->push(event);
        return;
    }
    if (event.node >= m_masters.size())
        return;
    Entry& entry = entryOf(event.database, event.key);
    Group& group = entry.second;
    Vote& vote = group.votes[event.node];
    switch (event.kind) {
    case LockEventKind::Released:
    case LockEventKind::Expired:
    case LockEventKind::Evicted:
        vote.shown = LockVote();
        group.lastEnd = event.kind;
        break;
    case LockEventKind::Renewed:
        ++vote.renewals;
        break;
    case LockEventKind::LostTtl:
        vote.shown.deadline = noDeadline;
        break;
    default:
        group.wasFound = group.wasFound && event.kind == LockEventKind::Found;
        vote.shown = LockVote { true, event.hasToken, false, event.hasToken ? event.token : QByteArray(),
            event.ttlMs < 0 ? noDeadline : m_clock.now() + Milliseconds(event.ttlMs) };
        vote.renewals = 0;
        group.lastEnd = LockEventKind::Released;
    }
    vote.isDue = false;
    touch(entry);
    judge(entry, event.source);
}

void QuorumTable::applyChanges(quint16 master)
{
    Master& own = m_masters[master];
    LockDelta delta;
    own.store->takeChanges(delta);
    own.groups.resize(own.store->slotCount(), nullptr);
    for (const LockId id : delta.removed) {
        Entry* entry = std::exchange(own.groups[id.slot], nullptr);
        if (!entry || entry->second.votes[master].id != id)
            continue;
        entry->second.votes[master] = Vote();
        touch(*entry);
    }
    for (const LockRecord& record : delta.changed) {
        Entry& entry = entryOf(record.database, record.key);
        entry.second.votes[master].id = record.id;
        own.groups[record.id.slot] = &entry;
        touch(entry);
    }
}

/// Whatever the events said, what is there now the tables know.
void QuorumTable::synchronise(Group& group) const
{
    for (size_t i = 0; i < group.votes.size(); ++i) {
        Vote& vote = group.votes[i];
        const LockRecord* record = recordOf(group, i);
        vote.shown = record ? voteOf(*record) : LockVote();
        vote.isDue = record && record->state == LockState::Due;
        vote.renewals = record ? record->renewals : 0;
    }
}

QuorumTable::Count QuorumTable::count(const Group& group) const
{
    Count result;
    const std::vector<Vote>& votes = group.votes;
    for (size_t i = 0; i < votes.size(); ++i) {
        if (!votes[i].shown.exists)
            continue;
        Count own;
        own.best = int(i);
        bool isFirst = true;
        for (size_t other = 0; other < votes.size(); ++other) {
            const Vote& vote = votes[other];
            if (!vote.shown.exists || !sameHolder(vote.shown, votes[i].shown))
                continue;
            isFirst = isFirst && other >= i;
            ++own.all;
            own.live += vote.shown.isStale ? 0 : 1;
            own.alive += vote.shown.isStale || vote.isDue ? 0 : 1;
        }
        if (!isFirst)
            continue;
        own.holders = result.holders + 1;
        const bool isBetter = own.live != result.live ? own.live > result.live : own.all > result.all;
        if (result.best < 0 || isBetter)
            result = own;
        result.holders = own.holders;
    }
    // What only masters remember that are away, and enough of the others deny, is no lock.
    if (result.live == 0 && result.all < m_quorum && isDecidedWithoutStale())
        return {};
    return result;
}

bool QuorumTable::isDecidedWithoutStale() const
{
    const auto heard
        = std::count_if(m_masters.begin(), m_masters.end(), [](const Master& master) { return master.isHeard; });
    return int(heard) > int(m_masters.size()) - m_quorum;
}

std::vector<size_t> QuorumTable::supporters(const Group& group, const Count& votes) const
{
    std::vector<size_t> result;
    if (votes.best < 0)
        return result;
    for (const bool stale : { false, true }) {
        for (size_t i = 0; i < group.votes.size(); ++i) {
            const LockVote& vote = group.votes[i].shown;
            if (vote.exists && vote.isStale == stale && sameHolder(vote, group.votes[size_t(votes.best)].shown))
                result.push_back(i);
        }
    }
    return result;
}

quint32 QuorumTable::quorumRenewals(const Group& group, const Count& votes) const
{
    std::vector<quint32> each;
    for (const size_t master : supporters(group, votes))
        each.push_back(group.votes[master].renewals);
    if (int(each.size()) < m_quorum)
        return 0;
    std::sort(each.begin(), each.end(), std::greater<>());
    return each[size_t(m_quorum - 1)];
}

/// Tells what has become of the quorum.
void QuorumTable::judge(Entry& entry, LockEventSource source)
{
    Group& group = entry.second;
    const Count votes = count(group);
    if (votes.all < m_quorum) {
        // Without an answer from enough of them nothing is known to have ended.
        if (const std::optional<LockVote> last = std::exchange(group.holder, std::nullopt))
            tell(entry, group.lastEnd, source, *last);
        group.renewals = 0;
        group.wasNoTtl = false;
        return;
    }
    const LockVote& holder = group.votes[size_t(votes.best)].shown;
    const auto members = supporters(group, votes);
    const auto withoutTtl = std::count_if(members.begin(), members.end(),
        [&group](size_t master) { return group.votes[master].shown.deadline == noDeadline; });
    const bool isNoTtl = withoutTtl >= m_quorum;
    const quint32 renewals = quorumRenewals(group, votes);
    if (!group.holder) {
        tell(entry, group.wasFound ? LockEventKind::Found : LockEventKind::Acquired, source, holder);
    } else if (!sameHolder(*group.holder, holder)) {
        tell(entry, LockEventKind::HolderChanged, source, holder, group.holder);
    } else {
        if (renewals > group.renewals)
            tell(entry, LockEventKind::Renewed, source, holder);
        if (isNoTtl && !group.wasNoTtl)
            tell(entry, LockEventKind::LostTtl, source, holder);
    }
    group.holder = holder;
    group.renewals = renewals;
    group.wasNoTtl = isNoTtl;
}

void QuorumTable::tell(const Entry& entry, LockEventKind kind, LockEventSource source, const LockVote& holder,
    const std::optional<LockVote>& previous)
{
    if (!m_keepEvents)
        return;
    LockEvent event;
    event.atMs = m_clock.wallNow().toMSecsSinceEpoch();
    event.kind = kind;
    event.source = source;
    event.database = entry.first.database;
    event.key = entry.first.key;
    event.id = entry.second.row;
    event.token = holder.token;
    event.hasToken = holder.hasToken;
    if (previous) {
        event.previousToken = previous->token;
        event.hasPreviousToken = previous->hasToken;
    }
    const Count votes = count(entry.second);
    if (const auto members = supporters(entry.second, votes); !members.empty()) {
        event.node = quint16(members.front());
        SteadyTime deadline = noDeadline;
        for (const size_t master : members)
            deadline = std::min(deadline, entry.second.votes[master].shown.deadline);
        if (deadline != noDeadline)
            event.ttlMs
                = std::max<qint64>(0, std::chrono::duration_cast<Milliseconds>(deadline - m_clock.now()).count());
    }
    const LockStore::Slot* row = m_out.store->find(entry.second.row);
    for (size_t i = 0; i < m_masters.size() && event.family == FamilyId::None; ++i) {
        if (const LockRecord* record = recordOf(entry.second, i))
            event.family = record->family;
    }
    if (event.family == FamilyId::None && row)
        event.family = row->record().family;
    m_out.events->push(std::move(event));
}

const LockRecord* QuorumTable::recordOf(const Group& group, size_t master) const
{
    const LockStore::Slot* slot = m_masters[master].store->find(group.votes[master].id);
    return slot ? &slot->record() : nullptr;
}

bool QuorumTable::isSettled(Group& group, const Count& votes)
{
    if (votes.best < 0 || votes.all >= m_quorum) {
        group.minoritySince.reset();
        return true;
    }
    if (!group.minoritySince)
        group.minoritySince = m_clock.now();
    return m_clock.now() - *group.minoritySince >= m_settleTime;
}

bool QuorumTable::show(Entry& entry)
{
    Group& group = entry.second;
    const Count votes = count(group);
    if (!isSettled(group, votes))
        return false;
    LockStore::Slot* slot = m_out.store->find(group.row);
    if (votes.best < 0) {
        if (slot)
            m_out.store->remove(*slot);
        group.row = LockId();
        return true;
    }
    // A record of a master that has only told of it by an event comes with the next reading.
    if (!recordOf(group, size_t(votes.best)))
        return true;
    LockRecord record = slot ? slot->record() : LockRecord();
    fill(record, entry, votes);
    if (!slot) {
        group.row = m_out.store->insert(std::move(record)).record().id;
    } else if (!looksSame(slot->record(), record)) {
        slot->verifiedAt = record.verifiedAt;
        slot->deadline = record.deadline;
        m_out.store->edit(*slot) = std::move(record);
        m_out.store->touch(*slot);
    }
    return true;
}

void QuorumTable::fill(LockRecord& record, const Entry& entry, const Count& votes) const
{
    const Group& group = entry.second;
    const LockRecord& first = *recordOf(group, size_t(votes.best));
    const LockId id = record.id;
    record = first;
    record.id = id;
    record.node = quint16(votes.best);
    for (const size_t master : supporters(group, votes)) {
        const LockRecord* other = recordOf(group, master);
        if (!other)
            continue;
        if (other->confidence > record.confidence) {
            record.family = other->family;
            record.confidence = other->confidence;
            record.extras.set(&LockExtras::owner, other->extras->owner);
        }
        record.waiters = std::max(record.waiters, other->waiters);
    }
    record.renewals = quorumRenewals(group, votes);
    fillTimes(record, group, votes);
    record.extras.set(&LockExtras::votes, votesOf(group, votes));
    record.state = stateOf(record, votes);
}

/// Since when and for how long a quorum stands behind it; without one, the first and the smallest times.
void QuorumTable::fillTimes(LockRecord& record, const Group& group, const Count& votes) const
{
    std::vector<SteadyTime> seen;
    std::vector<SteadyTime> acquired;
    record.deadline = noDeadline;
    record.verifiedAt = SteadyTime::max();
    for (const size_t master : supporters(group, votes)) {
        const LockRecord* other = recordOf(group, master);
        if (!other)
            continue;
        seen.push_back(other->firstSeen);
        if (other->acquiredAt != unknownTime)
            acquired.push_back(other->acquiredAt);
        record.deadline = std::min(record.deadline, other->deadline);
        record.verifiedAt = std::min(record.verifiedAt, other->verifiedAt);
        record.lease = std::max(record.lease, other->lease);
    }
    std::sort(seen.begin(), seen.end());
    std::sort(acquired.begin(), acquired.end());
    const size_t needed = size_t(m_quorum - 1);
    record.firstSeen = seen[std::min(needed, seen.size() - 1)];
    record.acquiredAt = acquired.size() > needed ? acquired[needed] : unknownTime;
}

LockState QuorumTable::stateOf(const LockRecord& record, const Count& votes) const
{
    if (votes.live < m_quorum)
        return votes.all >= m_quorum || votes.live == 0 ? LockState::Stale : LockState::Minority;
    if (!record.hasDeadline())
        return LockState::NoTtl;
    return votes.alive < m_quorum ? LockState::Due : LockState::Quorum;
}

std::shared_ptr<const LockVotes> QuorumTable::votesOf(const Group& group, const Count& votes) const
{
    auto result = std::make_shared<LockVotes>();
    result->quorum = m_quorum;
    result->winning = votes.all;
    result->isSplit = votes.holders > 1 && votes.all < m_quorum;
    result->byNode.reserve(group.votes.size());
    for (const Vote& vote : group.votes)
        result->byNode.push_back(vote.shown);
    return result;
}

void QuorumTable::forget(Entry& entry)
{
    const Name name = entry.first;
    for (size_t i = 0; i < m_masters.size(); ++i) {
        const LockId id = entry.second.votes[i].id;
        if (id.isValid() && id.slot < m_masters[i].groups.size() && m_masters[i].groups[id.slot] == &entry)
            m_masters[i].groups[id.slot] = nullptr;
    }
    m_groups.erase(name);
}

std::optional<SteadyTime> QuorumTable::nextSettling() const
{
    std::optional<SteadyTime> next;
    for (const Entry* entry : m_waiting) {
        if (const auto since = entry->second.minoritySince; since && (!next || *since + m_settleTime < *next))
            next = *since + m_settleTime;
    }
    return next;
}

std::vector<LockId> QuorumTable::onMaster(quint16 master, const std::vector<LockId>& rows) const
{
    std::vector<LockId> result;
    for (const LockId id : rows) {
        const LockStore::Slot* row = m_out.store->find(id);
        const auto entry = row ? m_groups.find(Name { row->record().database, row->record().key }) : m_groups.end();
        if (entry != m_groups.end() && entry->second.votes[master].id.isValid())
            result.push_back(entry->second.votes[master].id);
    }
    return result;
}

QList<QByteArray> QuorumTable::minorities(qint32 database) const
{
    QList<QByteArray> result;
    for (const auto& [name, group] : m_groups) {
        if (name.database == database && count(group).live < m_quorum)
            result.append(name.key);
    }
    return result;
}

} // namespace lockscope
