// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/locktracker.h"

#include "locks/families/ownerhints.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr size_t maximumKeptEvents = 5000;
/// The server compares `now > when` in whole milliseconds: 2 ms later it surely agrees.
constexpr auto pokeDelay = 2ms;
/// How far a notification may lag behind a reading that arrived on the other socket.
constexpr auto socketSkew = 25ms;
/// A deadline that moves less between two readings, without a notification of it, has not been renewed.
constexpr auto renewalThreshold = 20ms;
constexpr auto eventRenewalThreshold = 2ms;
constexpr auto impreciseReading = 25ms;
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
        return LockEventSource::Notification;
    return hints.byPass ? LockEventSource::Pass : LockEventSource::Verify;
}

bool isTokenKnown(const KeyReading& reading) { return reading.hasValue && reading.value.size() <= maximumTokenBytes; }

bool isSameHolder(const LockRecord& record, const KeyReading& reading)
{
    return record.hasToken == isTokenKnown(reading) && (!record.hasToken || record.token == reading.value);
}

} // namespace

LockTracker::LockTracker(const Clock& clock, Options options)
    : m_clock(clock)
    , m_options(std::move(options))
{
}

void LockTracker::setPlace(qint32 database, quint16 node)
{
    m_database = database;
    m_node = node;
}

LockTracker::Deadline LockTracker::deadlineOf(const KeyReading& reading)
{
    if (reading.ttlMs < 0)
        return {};
    const auto halfRoundTrip = (reading.receivedAt - reading.sentAt) / 2;
    // PTTL comes in whole milliseconds: it adds one to the uncertainty. A TTL of centuries must not overflow the clock.
    const auto ttl = Milliseconds(std::min(reading.ttlMs, maximumTtlMs));
    return { reading.receivedAt - halfRoundTrip + ttl, duration_cast<microseconds>(halfRoundTrip) + 1ms };
}

FamilyMatch LockTracker::recognise(const KeyReading& reading) const
{
    const FamilyMatch match
        = FamilyRegistry::instance().recognise({ reading.key, reading.value, reading.ttlMs, m_options.explicitMatch });
    const bool wanted = m_options.families.isEmpty() || m_options.families.contains(match.id);
    return wanted ? match : FamilyMatch();
}

bool LockTracker::apply(const KeyReading& reading, const ChangeHints& hints)
{
    LockStore::Slot* slot = m_store.find(m_database, reading.key);
    if (reading.outcome != KeyReading::Outcome::Present) {
        if (slot && reading.outcome != KeyReading::Outcome::Failed)
            removeGone(*slot, reading, hints);
        return false;
    }
    if (!slot || !isSameHolder(slot->record, reading)) {
        const FamilyMatch match = recognise(reading);
        if (match.id == FamilyId::None) {
            if (slot)
                removeGone(*slot, reading, hints);
            return false;
        }
        if (!slot) {
            insert(reading, hints, match);
            return deadlineOf(reading).uncertainty > impreciseReading;
        }
    }
    update(*slot, reading, hints);
    return deadlineOf(reading).uncertainty > impreciseReading;
}

void LockTracker::setHolder(LockRecord& record, const KeyReading& reading, const FamilyMatch& match) const
{
    record.family = match.id;
    record.confidence = match.recognition.confidence;
    record.hasToken = isTokenKnown(reading);
    record.token = record.hasToken ? reading.value : QByteArray();
    record.owner
        = record.hasToken ? ownerText(FamilyRegistry::instance().family(match.id).ownerHints(record.token)) : QString();
    record.renewals = 0;
    record.firstSeen = reading.receivedAt;
    record.acquiredAt = unknownTime;
    record.lease = Milliseconds(std::max<qint64>(reading.ttlMs, 0));
}

void LockTracker::insert(const KeyReading& reading, const ChangeHints& hints, const FamilyMatch& match)
{
    LockRecord record;
    record.key = reading.key;
    record.database = m_database;
    record.node = m_node;
    setHolder(record, reading, match);
    record.verifiedAt = reading.receivedAt;
    // Before the first pass has ended, a `set` may be the extension of a lock that was not reached yet.
    const bool isNew = m_firstPassDone || hints.finalVerb != KeyVerb::Ignored;
    if (isNew && hints.written)
        record.acquiredAt = hints.writtenAt;
    LockStore::Slot& slot = m_store.insert(std::move(record));
    slot.pass = m_pass;
    setDeadline(slot, deadlineOf(reading));
    addEvent(slot.record, isNew ? LockEventKind::Acquired : LockEventKind::Found, sourceOf(hints));
}

void LockTracker::update(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints)
{
    slot.pass = m_pass;
    LockRecord& record = slot.record;
    if (reading.receivedAt - record.verifiedAt > verifiedRefresh)
        m_store.touch(slot);
    if (isSameHolder(record, reading))
        updateDeadline(slot, reading, hints);
    else
        changeHolder(slot, reading, hints);
    record.verifiedAt = reading.receivedAt;
}

void LockTracker::changeHolder(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints)
{
    const FamilyMatch match = recognise(reading);
    if (hints.finalVerb != KeyVerb::Ignored) {
        // It was gone in between: that one ended, and this is another lock.
        remove(slot, goneKind(hints.finalVerb), LockEventSource::Notification);
        insert(reading, hints, match);
        return;
    }
    const auto previousToken = slot.record.hasToken ? std::optional(slot.record.token) : std::nullopt;
    setHolder(slot.record, reading, match);
    if (hints.written)
        slot.record.acquiredAt = hints.writtenAt;
    m_store.touch(slot);
    setDeadline(slot, deadlineOf(reading));
    addEvent(slot.record, LockEventKind::HolderChanged, sourceOf(hints), previousToken);
}

void LockTracker::updateDeadline(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints)
{
    LockRecord& record = slot.record;
    const Deadline fresh = deadlineOf(reading);
    const bool had = record.hasDeadline();
    const bool has = fresh.at != noDeadline;
    const LockState before = record.state;
    record.lease = std::max(record.lease, Milliseconds(reading.ttlMs));
    if (had && has) {
        compareDeadlines(slot, fresh, hints, reading.receivedAt);
    } else if (had != has) {
        m_store.touch(slot);
        setDeadline(slot, fresh);
        addEvent(record, has ? LockEventKind::Renewed : LockEventKind::LostTtl, sourceOf(hints));
    }
    record.state = has ? LockState::Held : LockState::NoTtl;
    if (record.state != before)
        m_store.touch(slot);
}

void LockTracker::compareDeadlines(
    LockStore::Slot& slot, const Deadline& fresh, const ChangeHints& hints, SteadyTime now)
{
    const SteadyTime known = slot.record.deadline;
    const microseconds drift = duration_cast<microseconds>(now - slot.record.verifiedAt) / driftDivisor;
    const microseconds knownUncertainty = microseconds(slot.uncertaintyUs) + drift;
    const microseconds tolerance = fresh.uncertainty + knownUncertainty;
    const auto moved = fresh.at - known;
    const bool rewritten = hints.extended || hints.written;
    const microseconds threshold
        = rewritten ? std::max<microseconds>(eventRenewalThreshold, tolerance) : tolerance + renewalThreshold;
    if (moved > threshold) {
        ++slot.record.renewals;
        m_store.touch(slot);
        setDeadline(slot, fresh);
        addEvent(slot.record, LockEventKind::Renewed, sourceOf(hints));
        return;
    }
    Deadline best = fresh;
    if (!rewritten && (moved < 0ms ? -moved : moved) <= tolerance) {
        // The same deadline measured twice: it lies where both measurements agree.
        const SteadyTime low = std::max(known - knownUncertainty, fresh.at - fresh.uncertainty);
        const SteadyTime high = std::min(known + knownUncertainty, fresh.at + fresh.uncertainty);
        best = { low + (high - low) / 2, duration_cast<microseconds>((high - low) / 2) + 500us };
    }
    const auto correction = best.at - known;
    if ((correction < 0ms ? -correction : correction) >= 5ms)
        m_store.touch(slot);
    setDeadline(slot, best);
}

void LockTracker::setDeadline(LockStore::Slot& slot, const Deadline& deadline)
{
    LockRecord& record = slot.record;
    record.deadline = deadline.at;
    slot.uncertaintyUs = qint32(std::min<qint64>(deadline.uncertainty.count(), 1'000'000'000));
    record.state = deadline.at == noDeadline ? LockState::NoTtl : LockState::Held;
    if (!m_options.keepDeadlines)
        return;
    if (deadline.at == noDeadline)
        m_deadlines.remove(record.id.slot);
    else
        m_deadlines.set(record.id.slot, std::max(deadline.at, m_clock.now()) + pokeDelay);
}

void LockTracker::removeGone(LockStore::Slot& slot, const KeyReading& reading, const ChangeHints& hints)
{
    if (hints.finalVerb != KeyVerb::Ignored) {
        remove(slot, goneKind(hints.finalVerb), LockEventSource::Notification);
        return;
    }
    const bool isDue
        = slot.record.hasDeadline() && reading.receivedAt >= slot.record.deadline - microseconds(slot.uncertaintyUs);
    const bool expired = isDue && reading.outcome == KeyReading::Outcome::Missing;
    remove(slot, expired ? LockEventKind::Expired : LockEventKind::Released,
        hints.byPass ? LockEventSource::Pass : LockEventSource::Verify);
}

LockTracker::Removal LockTracker::removeByEvent(QByteArrayView key, KeyVerb verb)
{
    LockStore::Slot* slot = m_store.find(m_database, key);
    if (!slot)
        return Removal::NotKnown;
    if (m_clock.now() - slot->record.verifiedAt < socketSkew)
        return Removal::Doubtful;
    remove(*slot, goneKind(verb), LockEventSource::Notification);
    return Removal::Removed;
}

void LockTracker::remove(LockStore::Slot& slot, LockEventKind kind, LockEventSource source)
{
    addEvent(slot.record, kind, source);
    m_deadlines.remove(slot.record.id.slot);
    m_store.remove(slot);
}

void LockTracker::markAllStale()
{
    for (quint32 index = 0; index < m_store.slotCount(); ++index) {
        LockStore::Slot& slot = m_store.slot(index);
        if (!slot.alive || slot.record.state == LockState::Stale)
            continue;
        slot.record.state = LockState::Stale;
        m_store.touch(slot);
    }
}

std::optional<QByteArray> LockTracker::takeDue(SteadyTime now)
{
    const std::optional<quint32> index = m_deadlines.takeDue(now);
    if (!index)
        return {};
    LockStore::Slot& slot = m_store.slot(*index);
    if (slot.record.state == LockState::Held) {
        slot.record.state = LockState::Due;
        m_store.touch(slot);
    }
    return slot.record.key;
}

void LockTracker::postpone(QByteArrayView key, SteadyTime when)
{
    const LockStore::Slot* slot = m_store.find(m_database, key);
    if (slot && slot->record.hasDeadline() && m_options.keepDeadlines)
        m_deadlines.set(slot->record.id.slot, std::max(slot->record.deadline + pokeDelay, when));
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
    keepEvent(std::move(event));
}

void LockTracker::addEvent(const LockRecord& record, LockEventKind kind, LockEventSource source,
    const std::optional<QByteArray>& previousToken)
{
    if (!m_options.keepEvents)
        return;
    LockEvent event;
    event.atMs = m_clock.wallNow().toMSecsSinceEpoch();
    event.kind = kind;
    event.source = source;
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
    keepEvent(std::move(event));
}

void LockTracker::keepEvent(LockEvent event)
{
    if (m_events.size() == maximumKeptEvents) {
        m_events.pop_front();
        ++m_eventsDropped;
    }
    m_events.push_back(std::move(event));
}

void LockTracker::takeEvents(LockDelta& delta)
{
    delta.events.assign(std::make_move_iterator(m_events.begin()), std::make_move_iterator(m_events.end()));
    m_events.clear();
    delta.eventsDropped = std::exchange(m_eventsDropped, 0);
}

} // namespace lockscope
