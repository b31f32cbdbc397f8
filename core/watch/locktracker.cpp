// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/locktracker.h"

#include "base/heap.h"
#include "locks/families/ownerhints.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;

/// The server compares `now > when` in whole milliseconds: 2 ms later it surely agrees.
constexpr auto pokeDelay = 2ms;
/// How far a notification may lag behind a reading that arrived on the other socket.
constexpr auto socketSkew = 25ms;
/// A deadline that moves less between two readings, without a notification of it, has not been renewed.
constexpr auto renewalThreshold = 20ms;
constexpr auto eventRenewalThreshold = 2ms;
constexpr auto impreciseReading = 25ms;
/// A deadline measured a little better is no news.
constexpr auto deadlineNews = 5ms;
/// How old the consumer's idea of `verifiedAt` may get.
constexpr auto verifiedRefresh = 10s;
/// The server's wall clock may be slewed against our steady clock: 200 ppm.
constexpr int driftDivisor = 5000;

LockEventKind goneKind(KeyVerb verb)
{
    if (verb == KeyVerb::Expired)
        return LockEventKind::Expired;
    return verb == KeyVerb::Evicted ? LockEventKind::Evicted : LockEventKind::Released;
}

LockEventSource sourceOf(const ChangeHints& hints)
{
    if (hints.byEvent)
        return hints.touched ? LockEventSource::Tracking : LockEventSource::Notification;
    return hints.byPass ? LockEventSource::Pass : LockEventSource::Verify;
}

bool isWorthTelling(SteadyTime told, SteadyTime now)
{
    if (told == noDeadline || now == noDeadline)
        return told != now;
    return (now > told ? now - told : told - now) >= deadlineNews;
}

/// The full length of a lease that ends at `end`.
Milliseconds leaseOf(const KeyReading& reading, SteadyTime end)
{
    return end == noDeadline
        ? 0ms
        : std::chrono::round<Milliseconds>(end - reading.receivedAt + (reading.receivedAt - reading.sentAt) / 2);
}

/// A renewal that fails to come is looked for half a period after it was due, long before the lease ends.
SteadyTime pokeTime(const LockRecord& record, SteadyTime deadline, SteadyTime now)
{
    const SteadyTime end = std::max(deadline, now) + pokeDelay;
    return record.extras->rhythm ? std::min(end, std::max(nextBeatCheck(*record.extras->rhythm, now), now + pokeDelay))
                                 : end;
}

/// Whether the answer tells that the lock is not there (any more).
bool isTelling(KeyReading::Outcome outcome)
{
    return outcome != KeyReading::Outcome::Failed && outcome != KeyReading::Outcome::Elsewhere;
}

/// A string that holds the same token as before: nothing but its deadline can have changed.
bool isSameString(const LockRecord& record, const KeyReading& reading)
{
    if (record.type != KeyType::String || reading.sample.type != KeyType::String || record.extras->holders)
        return false;
    return record.hasToken == isTokenKnown(reading) && (!record.hasToken || record.token == reading.sample.value);
}

} // namespace

LockTracker::LockTracker(const Clock& clock, Options options, LockBooks books)
    : m_clock(clock)
    , m_options(std::move(options))
    , m_examiner(*m_options.registry, m_options.families, m_options.explicitMatch)
    , m_books(std::move(books))
    , m_store(*m_books.store)
    , m_deadlines(clock.now())
{
}

void LockTracker::setPlace(qint32 database, quint16 node)
{
    m_database = database;
    m_node = node;
}

LockStore::Slot* LockTracker::find(QByteArrayView key)
{
    LockStore::Slot* slot = m_store.find(m_database, key);
    return slot && owns(*slot) ? slot : nullptr;
}

void LockTracker::adopt(LockStore::Slot& slot)
{
    LockRecord& record = m_store.edit(slot);
    record.node = m_node;
    record.state = LockState::Stale;
    slot.pass = 0;
    m_store.touch(slot);
}

KeyType LockTracker::typeOf(QByteArrayView key)
{
    const LockStore::Slot* slot = m_store.find(m_database, key);
    return slot ? slot->record().type : KeyType::String;
}

bool LockTracker::confirmSeen(QByteArrayView key, SteadyTime since)
{
    LockStore::Slot* slot = find(key);
    const bool isSure = slot && slot->verifiedAt >= since
        && (slot->record().state == LockState::Held || slot->record().state == LockState::NoTtl);
    if (isSure)
        slot->pass = m_pass;
    return isSure;
}

bool LockTracker::setWaiters(LockId id, qint32 waiters)
{
    LockStore::Slot* slot = m_store.find(id);
    if (!slot || slot->record().waiters == waiters)
        return false;
    m_store.edit(*slot).waiters = waiters;
    m_store.touch(*slot);
    return true;
}

bool LockTracker::apply(const KeyReading& reading, const ChangeHints& hints)
{
    LockStore::Slot* slot = m_store.find(m_database, reading.sample.key);
    if (reading.outcome != KeyReading::Outcome::Present) {
        if (slot && owns(*slot) && isTelling(reading.outcome))
            removeGone(*slot, reading, hints);
        return false;
    }
    if (slot && !owns(*slot))
        adopt(*slot);
    LockLook look { reading, hints, {}, {}, {} };
    if (slot && slot->families != m_families) {
        reexamine(*slot, look);
    } else if (slot && isSameString(slot->record(), reading)) {
        look.deadline = leaseEndOf(reading, { reading.sample.ttlMs, reading.sample.ttlMs });
        update(*slot, look);
    } else if (!m_examiner.examine(look, slot ? &slot->record() : nullptr)) {
        if (slot)
            removeGone(*slot, reading, hints);
        return false;
    } else if (slot) {
        update(*slot, look);
    } else {
        insert(look);
    }
    return look.deadline.uncertainty > impreciseReading;
}

void LockTracker::setRegistry(const FamilyRegistry& registry)
{
    m_options.registry = &registry;
    m_examiner.setRegistry(registry);
    // What the next pass finds may have been there for long: nobody knew that it was a lock.
    m_firstPassDone = false;
    ++m_families;
}

/// A known lock, with other families than before: whoever holds it, that is no transition.
void LockTracker::reexamine(LockStore::Slot& slot, LockLook& look)
{
    if (!m_examiner.examine(look, nullptr)) {
        drop(slot);
        return;
    }
    slot.families = m_families;
    slot.pass = m_pass;
    LockRecord& record = m_store.edit(slot);
    const bool sameFamily = record.family == look.match.id && !registry().declared(record.family);
    m_store.touch(slot);
    if (sameFamily && record.type == look.reading.sample.type) {
        record.extras.set(&LockExtras::owner, ownerOf(record)); // other patterns may read it now
        update(slot, look);
        return;
    }
    const auto elapsed = duration_cast<Milliseconds>(look.reading.receivedAt - record.verifiedAt);
    record.family = look.match.id;
    record.confidence = look.match.recognition.confidence;
    record.type = look.reading.sample.type;
    setHolders(record, look.lock, elapsed);
    record.extras.set(&LockExtras::owner, ownerOf(record));
    record.waiters = -1;
    record.lease = std::max(record.lease, leaseOf(look.reading, look.deadline.at));
    slot.verifiedAt = record.verifiedAt = look.reading.receivedAt;
    setDeadline(slot, look.deadline);
}

QString LockTracker::ownerOf(const LockRecord& record) const
{
    return record.hasToken ? ownerText(registry().ownerHints(record.family, record.token)) : QString();
}

void LockTracker::setHolder(LockRecord& record, const LockLook& look) const
{
    record.family = look.match.id;
    record.confidence = look.match.recognition.confidence;
    record.type = look.reading.sample.type;
    setHolders(record, look.lock, 0ms);
    shareStorage(record.key, record.token);
    record.extras.set(&LockExtras::owner, ownerOf(record));
    record.renewals = 0;
    record.firstSeen = look.reading.receivedAt;
    record.acquiredAt = unknownTime;
    record.lease = leaseOf(look.reading, look.deadline.at);
    record.extras.set(&LockExtras::rhythm, {});
    record.extras.set(&LockExtras::doubts, {});
}

void LockTracker::insert(const LockLook& look)
{
    LockRecord record;
    record.key = look.reading.sample.key;
    record.database = m_database;
    record.node = m_node;
    setHolder(record, look);
    record.verifiedAt = look.reading.receivedAt;
    // Before the first pass has ended, a `set` may be the extension of a lock that was not reached yet.
    const bool isNew = m_firstPassDone || look.hints.finalVerb != KeyVerb::Ignored;
    if (isNew && look.hints.written)
        record.acquiredAt = look.hints.writtenAt;
    LockStore::Slot& slot = m_store.insert(std::move(record));
    forgetAwaited(slot);
    slot.pass = m_pass;
    slot.families = m_families;
    setDeadline(slot, look.deadline);
    addEvent(slot.record(), isNew ? LockEventKind::Acquired : LockEventKind::Found, sourceOf(look.hints));
}

void LockTracker::update(LockStore::Slot& slot, const LockLook& look)
{
    slot.pass = m_pass;
    forgetAwaited(slot);
    const KeyReading& reading = look.reading;
    // Of a string that says the same nothing was looked at.
    const bool wasExamined = look.match.id != FamilyId::None;
    const HolderChange change = wasExamined ? compareHolders(slot.record(), look.lock) : HolderChange::None;
    if (change == HolderChange::Replaced) {
        changeHolder(slot, look);
        return;
    }
    if (wasExamined)
        setOtherHolders(slot, look);
    if (change == HolderChange::None) {
        updateDeadline(slot, reading, look.hints, look.deadline);
        noteQuiet(slot, reading.receivedAt);
    } else {
        LockRecord& record = m_store.edit(slot);
        record.lease = std::max(record.lease, leaseOf(reading, look.deadline.at));
        setDeadline(slot, look.deadline);
    }
    slot.verifiedAt = reading.receivedAt;
    const bool isOld = reading.receivedAt - slot.record().verifiedAt > verifiedRefresh;
    if (isOld || !slot.isShared())
        m_store.edit(slot);
    if (isOld)
        m_store.touch(slot);
}

void LockTracker::setOtherHolders(LockStore::Slot& slot, const LockLook& look)
{
    LockRecord& record = m_store.edit(slot);
    const QByteArray tokenBefore = record.token;
    const FamilyId familyBefore = std::exchange(record.family, look.match.id);
    const bool typeChanged = std::exchange(record.type, look.reading.sample.type) != look.reading.sample.type;
    record.confidence = look.match.recognition.confidence;
    const auto elapsed = duration_cast<Milliseconds>(look.reading.receivedAt - slot.verifiedAt);
    const bool changed = setHolders(record, look.lock, elapsed);
    if (record.token != tokenBefore)
        record.extras.set(&LockExtras::owner, ownerOf(record));
    if (changed || typeChanged || familyBefore != record.family)
        m_store.touch(slot);
}

void LockTracker::changeHolder(LockStore::Slot& slot, const LockLook& look)
{
    if (look.hints.finalVerb != KeyVerb::Ignored) {
        // It was gone in between: that one ended, and this is another lock.
        remove(slot, goneKind(look.hints.finalVerb), LockEventSource::Notification);
        insert(look);
        return;
    }
    const auto previousToken = slot.record().hasToken ? std::optional(slot.record().token) : std::nullopt;
    noteHold(slot.record(), look.reading.receivedAt);
    LockRecord& record = m_store.edit(slot);
    setHolder(record, look);
    if (look.hints.written)
        record.acquiredAt = look.hints.writtenAt;
    slot.verifiedAt = record.verifiedAt = look.reading.receivedAt;
    m_store.touch(slot);
    setDeadline(slot, look.deadline);
    // Only a verb could have told of an end in between.
    const bool certain = look.hints.byEvent && !look.hints.touched;
    addEvent(slot.record(), LockEventKind::HolderChanged, sourceOf(look.hints), certain, previousToken);
}

void LockTracker::reconsider(LockStore::Slot& slot, const KeyReading& reading)
{
    // Some libraries are told by their habit to renew, and some by the length of their lease.
    LockRecord& record = m_store.edit(slot);
    const FamilyMatch match = m_examiner.recognise(reading, &record);
    if (match.id == FamilyId::None || match.id == record.family || match.recognition.confidence <= record.confidence)
        return;
    record.family = match.id;
    record.confidence = match.recognition.confidence;
    record.extras.set(&LockExtras::owner, ownerOf(record));
}

void LockTracker::updateDeadline(
    LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints, const LeaseEnd& fresh)
{
    const bool had = slot.deadline != noDeadline;
    const bool has = fresh.at != noDeadline;
    const quint32 renewals = slot.record().renewals;
    if (const Milliseconds lease = leaseOf(reading, fresh.at); lease > slot.record().lease)
        m_store.edit(slot).lease = lease;
    if (had && has) {
        compareDeadlines(slot, fresh, hints, reading.receivedAt);
        if (renewals == 0 && slot.record().renewals > 0 && slot.record().type == KeyType::String)
            reconsider(slot, reading);
    } else if (had != has) {
        setDeadline(slot, fresh);
        addEvent(slot.record(), has ? LockEventKind::Renewed : LockEventKind::LostTtl, sourceOf(hints));
    }
    setState(slot, has ? LockState::Held : LockState::NoTtl);
}

void LockTracker::compareDeadlines(
    LockStore::Slot& slot, const LeaseEnd& fresh, const ChangeHints& hints, SteadyTime now)
{
    const SteadyTime known = slot.deadline;
    const microseconds drift = duration_cast<microseconds>(now - slot.verifiedAt) / driftDivisor;
    const microseconds knownUncertainty = microseconds(slot.uncertaintyUs) + drift;
    const microseconds tolerance = fresh.uncertainty + knownUncertainty;
    const auto moved = fresh.at - known;
    const bool rewritten = hints.extended || hints.written;
    const microseconds threshold
        = rewritten ? std::max<microseconds>(eventRenewalThreshold, tolerance) : tolerance + renewalThreshold;
    if (moved > threshold) {
        ++m_store.edit(slot).renewals;
        m_store.touch(slot);
        noteBeat(slot, fresh, hints, now);
        setDeadline(slot, fresh);
        addEvent(slot.record(), LockEventKind::Renewed, sourceOf(hints));
        return;
    }
    LeaseEnd best = fresh;
    if (!rewritten && (moved < 0ms ? -moved : moved) <= tolerance) {
        // The same deadline measured twice: it lies where both measurements agree.
        const SteadyTime low = std::max(known - knownUncertainty, fresh.at - fresh.uncertainty);
        const SteadyTime high = std::min(known + knownUncertainty, fresh.at + fresh.uncertainty);
        best.at = low + (high - low) / 2;
        best.uncertainty = duration_cast<microseconds>((high - low) / 2) + 500us;
        if (fresh.pokeAt == fresh.at)
            best.pokeAt = best.at;
    }
    setDeadline(slot, best);
}

void LockTracker::setDeadline(LockStore::Slot& slot, const LeaseEnd& deadline)
{
    slot.deadline = deadline.at;
    slot.uncertaintyUs = quint32(std::min<qint64>(deadline.uncertainty.count(), LockStore::Slot::mostUncertaintyUs));
    if (isWorthTelling(slot.record().deadline, deadline.at)) {
        m_store.edit(slot);
        m_store.touch(slot);
    }
    setState(slot, deadline.at == noDeadline ? LockState::NoTtl : LockState::Held);
    if (!m_options.keepDeadlines)
        return;
    const quint32 index = slot.record().id.slot;
    if (deadline.pokeAt == noDeadline)
        m_deadlines.remove(index);
    else
        m_deadlines.set(index, pokeTime(slot.record(), deadline.pokeAt, m_clock.now()));
}

void LockTracker::setState(LockStore::Slot& slot, LockState state)
{
    if (slot.record().state == state)
        return;
    m_store.edit(slot).state = state;
    m_store.touch(slot);
}

bool LockTracker::awaitVerb(LockStore::Slot& slot, const ChangeHints& hints)
{
    if (!hints.verbsHeard || !m_options.keepDeadlines)
        return false;
    const SteadyTime now = m_clock.now();
    const auto [awaited, isNew] = m_awaited.try_emplace(slot.record().id.slot, now + socketSkew);
    if (!isNew)
        return now < awaited->second;
    setState(slot, LockState::Due);
    m_deadlines.set(slot.record().id.slot, awaited->second);
    return true;
}

void LockTracker::forgetAwaited(const LockStore::Slot& slot)
{
    if (!m_awaited.empty())
        m_awaited.erase(slot.record().id.slot);
}

void LockTracker::removeGone(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints)
{
    if (hints.finalVerb != KeyVerb::Ignored) {
        remove(slot, goneKind(hints.finalVerb), LockEventSource::Notification);
        return;
    }
    const bool isDue
        = slot.deadline != noDeadline && reading.receivedAt >= slot.deadline - microseconds(slot.uncertaintyUs);
    const bool isMissing = reading.outcome == KeyReading::Outcome::Missing;
    if (isDue && isMissing && awaitVerb(slot, hints))
        return;
    // A structure may stay behind when its last holder's time is over: that time stands in it.
    const bool lapsed
        = isDue && reading.outcome == KeyReading::Outcome::Present && slot.record().type != KeyType::String;
    const LockEventSource source = hints.touched ? LockEventSource::Tracking
        : hints.byPass                           ? LockEventSource::Pass
                                                 : LockEventSource::Verify;
    remove(slot, lapsed || (isDue && isMissing) ? LockEventKind::Expired : LockEventKind::Released, source, lapsed);
}

LockTracker::Removal LockTracker::removeByEvent(QByteArrayView key, KeyVerb verb)
{
    LockStore::Slot* slot = find(key);
    if (!slot)
        return Removal::NotKnown;
    if ((m_options.keysMove && verb == KeyVerb::Deleted) || m_clock.now() - slot->verifiedAt < socketSkew)
        return Removal::Doubtful;
    remove(*slot, goneKind(verb), LockEventSource::Notification);
    return Removal::Removed;
}

void LockTracker::remove(LockStore::Slot& slot, LockEventKind kind, LockEventSource source, bool certain)
{
    addEvent(slot.record(), kind, source, certain);
    noteHold(slot.record(), m_clock.now());
    drop(slot);
}

void LockTracker::drop(LockStore::Slot& slot)
{
    m_deadlines.remove(slot.record().id.slot);
    forgetAwaited(slot);
    m_store.remove(slot);
}

void LockTracker::markAllStale()
{
    for (quint32 index = 0; index < m_store.slotCount(); ++index) {
        LockStore::Slot& slot = m_store.slot(index);
        if (owns(slot))
            setState(slot, LockState::Stale);
    }
}

std::optional<QByteArray> LockTracker::takeDue(SteadyTime now)
{
    std::optional<quint32> index = m_deadlines.takeDue(now);
    while (index && !owns(m_store.slot(*index))) // it has moved to another place
        index = m_deadlines.takeDue(now);
    if (!index)
        return {};
    LockStore::Slot& slot = m_store.slot(*index);
    if (slot.record().state == LockState::Held && slot.deadline <= now)
        setState(slot, LockState::Due);
    return slot.record().key;
}

void LockTracker::postpone(QByteArrayView key, SteadyTime when)
{
    const LockStore::Slot* slot = find(key);
    if (!slot || !m_options.keepDeadlines)
        return;
    if (slot->deadline != noDeadline)
        m_deadlines.set(slot->record().id.slot, std::max(slot->deadline + pokeDelay, when));
    else if (slot->record().extras->holders)
        m_deadlines.set(slot->record().id.slot, when); // their own times may be over
}

void LockTracker::addGapEvent(qint64 sinceMs)
{
    if (!m_options.keepEvents)
        return;
    LockEvent event;
    event.atMs = m_clock.wallNow().toMSecsSinceEpoch();
    event.sinceMs = sinceMs;
    event.kind = LockEventKind::Gap;
    event.source = LockEventSource::Pass;
    event.database = m_database;
    event.node = m_node;
    m_books.events->push(std::move(event));
}

void LockTracker::addEvent(const LockRecord& record, LockEventKind kind, LockEventSource source, bool certain,
    const std::optional<QByteArray>& previousToken)
{
    if (!m_options.keepEvents)
        return;
    LockEvent event;
    event.atMs = m_clock.wallNow().toMSecsSinceEpoch();
    event.kind = kind;
    event.source = source;
    event.certain = certain;
    event.family = record.family;
    event.database = record.database;
    event.node = record.node;
    event.id = record.id;
    event.key = record.key;
    event.token = record.token;
    event.hasToken = record.hasToken;
    event.previousToken = previousToken.value_or(QByteArray());
    event.hasPreviousToken = previousToken.has_value();
    event.ttlMs = record.hasDeadline() ? record.remaining(m_clock.now()).count() : -1;
    m_books.events->push(std::move(event));
}

} // namespace lockscope
