// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/verifyqueue.h"

#include "locks/families/plainfamily.h"
#include "locks/families/tokenshape.h"

namespace lockscope {

namespace {

constexpr int batchKeys = 500;
/// Of the budget, what is known already gets at least one part in this many.
constexpr int shareDivisor = 4;
constexpr size_t leastPlaces = 1024;
constexpr qint64 unsentLimit = 4 * 1024 * 1024;

/// A key that changes between every two of our commands is given up until its next event.
constexpr int mostTornReads = 3;

KeyReading::Outcome outcomeOf(const Error& error)
{
    if (error.serverCode == "MOVED" || error.serverCode == "ASK")
        return KeyReading::Outcome::Elsewhere;
    return error.kind == ErrorKind::Permission ? KeyReading::Outcome::Hidden : KeyReading::Outcome::Failed;
}

} // namespace

VerifyQueue::VerifyQueue(
    Connection& connection, const Clock& clock, LoadBudget& budget, ReadingHandler handler, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_budget(budget)
    , m_handler(std::move(handler))
    , m_serverClock(clock)
{
    // Sending waits for the end of the event-loop turn, so that `set` and `expire` of one SET PX are one read.
    m_pumpTimer.setSingleShot(true);
    m_pumpTimer.setInterval(0);
    connect(&m_pumpTimer, &QTimer::timeout, this, &VerifyQueue::pump);
    m_budgetTimer.setSingleShot(true);
    m_budgetTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_budgetTimer, &QTimer::timeout, this, &VerifyQueue::pump);
}

bool VerifyQueue::contains(QByteArrayView key) const
{
    return m_index.contains(QByteArray::fromRawData(key.data(), key.size()));
}

quint32 VerifyQueue::newEntry(QByteArrayView key)
{
    quint32 index = 0;
    if (m_free.empty()) {
        index = quint32(m_entries.size());
        m_entries.emplace_back();
    } else {
        index = m_free.back();
        m_free.pop_back();
    }
    Entry& entry = m_entries[index];
    entry = Entry();
    entry.reading.sample.key = key.toByteArray();
    entry.ticket = ++m_lastTicket;
    m_index.insert(entry.reading.sample.key, index);
    return index;
}

void VerifyQueue::request(QByteArrayView key, Priority priority, const ChangeHints& hints, bool asking)
{
    const auto known = m_index.constFind(QByteArray::fromRawData(key.data(), key.size()));
    const bool isNew = known == m_index.constEnd();
    const quint32 index = isNew ? newEntry(key) : *known;
    Entry& entry = m_entries[index];
    m_merged += !isNew && hints.byEvent;
    if (asking && !entry.inFlight)
        entry.asking = true;
    if (hints.byPass && !entry.ofPass) {
        entry.ofPass = true;
        ++m_passBacklog;
    }
    if (entry.inFlight) {
        // Whoever only wants to look is served by the answer to come; whoever knows of a change is not.
        if (hints.byEvent || priority == Priority::Urgent) {
            entry.later.merge(hints);
            entry.again = true;
            entry.priority = std::min(entry.priority, priority);
        }
        return;
    }
    entry.hints.merge(hints);
    if (!isNew && priority >= entry.priority)
        return;
    entry.priority = priority;
    enqueue(index);
}

void VerifyQueue::enqueue(quint32 index)
{
    // A place left behind in a queue of lower priority is told by its ticket.
    Entry& entry = m_entries[index];
    entry.ticket = ++m_lastTicket;
    std::deque<Place>& places = m_queues[size_t(entry.priority)];
    places.push_back({ index, entry.ticket });
    if (places.size() > 2 * m_entries.size() + leastPlaces)
        dropStalePlaces(places);
    schedule();
}

// While nothing can be sent, keys that come and go would fill a queue with places that nobody needs any more.
void VerifyQueue::dropStalePlaces(std::deque<Place>& places) const
{
    std::erase_if(places, [this](const Place& place) { return m_entries[place.entry].ticket != place.ticket; });
}

void VerifyQueue::cancel(QByteArrayView key)
{
    const auto known = m_index.constFind(QByteArray::fromRawData(key.data(), key.size()));
    if (known == m_index.constEnd())
        return;
    Entry& entry = m_entries[*known];
    if (!entry.inFlight) {
        release(*known);
        return;
    }
    entry.ignored = true;
    entry.again = false;
    entry.later = ChangeHints();
}

void VerifyQueue::clear()
{
    m_entries.clear();
    m_free.clear();
    m_index.clear();
    for (std::deque<Place>& queue : m_queues)
        queue.clear();
    m_inFlight = 0;
    m_passBacklog = 0;
    m_memoryRefused = false;
}

void VerifyQueue::schedule()
{
    if (!m_pumpTimer.isActive())
        m_pumpTimer.start();
}

bool VerifyQueue::takeNext(Priority priority, quint32& index)
{
    std::deque<Place>& queue = m_queues[size_t(priority)];
    while (!queue.empty()) {
        const Place place = queue.front();
        queue.pop_front();
        index = place.entry;
        if (m_entries[index].ticket == place.ticket)
            return true;
    }
    return false;
}

int VerifyQueue::sendFrom(Priority priority, int most)
{
    quint32 index = 0;
    int sent = 0;
    while (sent < most && m_inFlight < m_window && takeNext(priority, index)) {
        m_entries[index].first = m_inFlight == 0;
        send(index);
        ++sent;
    }
    m_budget.charge(sent);
    return sent;
}

void VerifyQueue::pump()
{
    if (std::exchange(m_passShrunk, false))
        Q_EMIT passBacklogShrunk();
    if (!m_connection.isReady() || m_connection.unsentBytes() > unsentLimit)
        return;
    const int urgent = sendFrom(Priority::Urgent, batchKeys);
    const int normal = sendFrom(Priority::Normal, batchKeys - urgent);
    pumpWithinBudget(batchKeys - urgent - normal);
}

void VerifyQueue::pumpWithinBudget(int most)
{
    if (m_budget.isLimited()) {
        const TrafficCounters traffic = m_connection.traffic();
        m_budget.noteBytes(traffic.bytesSent + traffic.bytesReceived);
    }
    int allowed = std::min(most, m_budget.available());
    allowed -= sendFrom(Priority::Visible, allowed);
    // What is not known yet matters more than what is, but must not starve it.
    const bool isItsTurn = ++m_turn % shareDivisor == 0; // where there is less than one key for each
    const int part = allowed >= shareDivisor ? allowed / shareDivisor : isItsTurn ? allowed : 0;
    const int share = isWaiting(Priority::Background) ? part : 0;
    allowed -= sendFrom(Priority::Unknown, allowed - share);
    sendFrom(Priority::Background, allowed);
    const bool waiting
        = isWaiting(Priority::Visible) || isWaiting(Priority::Unknown) || isWaiting(Priority::Background);
    if (m_inFlight >= m_window || (!waiting && !isWaiting(Priority::Urgent) && !isWaiting(Priority::Normal)))
        return; // the next answer, or the next request, goes on
    const Milliseconds wait = m_budget.waitTime();
    if (wait.count() == 0 || !waiting)
        schedule();
    else if (!m_budgetTimer.isActive())
        m_budgetTimer.start(wait);
}

void VerifyQueue::send(quint32 index)
{
    Entry& entry = m_entries[index];
    entry.inFlight = true;
    ++m_inFlight;
    const KeyType known = m_knownType ? m_knownType(entry.reading.sample.key) : KeyType::String;
    if (known == KeyType::String || known == KeyType::Other)
        sendStringRead(index);
    else
        sendStructureRead(index, known);
}

void VerifyQueue::sendStringRead(quint32 index)
{
    Entry& entry = m_entries[index];
    const QByteArray key = entry.reading.sample.key;
    entry.reading = KeyReading();
    entry.reading.sample.key = key;
    entry.reading.sentAt = m_clock.now();
    const bool full = m_explicitMatch || hasLockLikeName(key) || (m_isLockName && m_isLockName(key));
    static const QByteArray fullEnd = QByteArray::number(maximumTokenBytes);
    static const QByteArray shapeEnd = QByteArray::number(maximumShapeBytes);
    const quint32 ticket = entry.ticket;
    if (entry.asking)
        sendAsking(m_connection);
    m_connection.send({ "GETRANGE", key, "0", full ? fullEnd : shapeEnd },
        [this, index, ticket](const Result<ReplyView>& reply) { receiveValue(index, ticket, reply); });
    if (m_entries[index].asking)
        sendAsking(m_connection);
    m_connection.send(
        { "PTTL", key }, [this, index, ticket](const Result<ReplyView>& reply) { receiveTtl(index, ticket, reply); });
}

void VerifyQueue::sendKindRead(quint32 index)
{
    const Entry& entry = m_entries[index];
    m_budget.charge(1);
    readKeyKind(
        m_connection, entry.reading.sample.key, !m_memoryRefused,
        [this, index, ticket = entry.ticket](const KeyKind& kind) {
            if (awaited(index, ticket))
                receiveKind(index, kind);
        },
        entry.asking);
}

void VerifyQueue::sendStructureRead(quint32 index, KeyType type)
{
    Entry& entry = m_entries[index];
    entry.reading.sentAt = m_clock.now();
    m_budget.charge(1);
    readStructure(
        m_connection, entry.reading.sample.key, type,
        [this, index, ticket = entry.ticket, type](StructureReading structure) {
            if (awaited(index, ticket))
                receiveStructure(index, type, std::move(structure));
        },
        entry.asking);
}

VerifyQueue::Entry* VerifyQueue::awaited(quint32 index, quint32 ticket)
{
    return index < m_entries.size() && m_entries[index].ticket == ticket ? &m_entries[index] : nullptr;
}

void VerifyQueue::receiveValue(quint32 index, quint32 ticket, const Result<ReplyView>& reply)
{
    Entry* entry = awaited(index, ticket);
    if (!entry)
        return;
    entry->reading.hasValue = reply.has_value();
    if (reply)
        entry->reading.sample.value = reply->toByteArray();
    else
        entry->reading.error = reply.error();
}

void VerifyQueue::receiveTtl(quint32 index, quint32 ticket, const Result<ReplyView>& reply)
{
    Entry* entry = awaited(index, ticket);
    if (!entry)
        return;
    KeyReading& reading = entry->reading;
    if (!reply) {
        reading.error = reply.error();
        finish(index, outcomeOf(reply.error()));
        return;
    }
    reading.sample.ttlMs = reply->toInteger();
    if (reading.sample.ttlMs == -2)
        finish(index, KeyReading::Outcome::Missing); // also where GETRANGE still saw it: it went in between
    else if (!reading.hasValue && reading.error.serverCode == "WRONGTYPE")
        sendKindRead(index);
    else if (!reading.hasValue && outcomeOf(reading.error) != KeyReading::Outcome::Hidden)
        finish(index, outcomeOf(reading.error));
    else
        finish(index, KeyReading::Outcome::Present);
}

void VerifyQueue::receiveKind(quint32 index, const KeyKind& kind)
{
    Entry& entry = m_entries[index];
    m_memoryRefused = m_memoryRefused || kind.memoryRefused;
    if (kind.error) {
        entry.reading.error = *kind.error;
        finish(index, outcomeOf(*kind.error));
    } else if (!kind.exists) {
        finish(index, KeyReading::Outcome::Missing);
    } else if (kind.type == KeyType::String && ++entry.torn < mostTornReads) {
        sendStringRead(index);
    } else if (kind.type == KeyType::String || kind.type == KeyType::Other || kind.tooLarge) {
        entry.reading.error = Error();
        finish(index, KeyReading::Outcome::OtherType);
    } else {
        sendStructureRead(index, kind.type);
    }
}

void VerifyQueue::receiveStructure(quint32 index, KeyType type, StructureReading structure)
{
    Entry& entry = m_entries[index];
    KeySample& sample = entry.reading.sample;
    const bool isMissing = structure.ttlMs == -2 && !structure.error;
    const bool isTorn = structure.error ? structure.error->serverCode == "WRONGTYPE" : structure.size == 0;
    if (isTorn && !isMissing && ++entry.torn < mostTornReads) {
        sendStringRead(index); // it is something else by now
        return;
    }
    if (structure.error) {
        entry.reading.error = *structure.error;
        finish(index, isTorn ? KeyReading::Outcome::OtherType : outcomeOf(*structure.error));
        return;
    }
    entry.reading.error = Error();
    entry.reading.hasValue = true;
    sample.type = type;
    sample.value.clear();
    sample.size = structure.size;
    sample.elements = std::move(structure.elements);
    sample.ttlMs = structure.ttlMs;
    const bool tooMany = structure.size > maximumLockElements;
    finish(index,
        isMissing     ? KeyReading::Outcome::Missing
            : tooMany ? KeyReading::Outcome::OtherType
                      : KeyReading::Outcome::Present);
}

void VerifyQueue::finish(quint32 index, KeyReading::Outcome outcome)
{
    Entry& entry = m_entries[index];
    --m_inFlight;
    KeyReading reading = std::move(entry.reading);
    reading.outcome = outcome;
    reading.receivedAt = m_clock.now();
    reading.sample.serverMs = m_serverClock.msAt(reading.receivedAt);
    entry.reading = KeyReading();
    entry.reading.sample.key = reading.sample.key;
    if (entry.first)
        m_budget.noteRoundTrip(reading.receivedAt - reading.sentAt);
    const bool ignored = entry.ignored;
    ChangeHints hints = entry.hints;
    hints.byPass = entry.ofPass;
    servePass(entry);
    if (entry.again) {
        // The answer may show the later change already.
        hints.merge(entry.later);
        hints.finalVerb = outcome == KeyReading::Outcome::Missing ? hints.finalVerb : entry.hints.finalVerb;
        entry.hints = std::exchange(entry.later, {});
        entry.inFlight = entry.again = entry.ignored = false;
        entry.asking = false;
        entry.torn = 0;
        enqueue(index);
    } else {
        release(index);
    }
    schedule();
    if (!ignored)
        m_handler(reading, hints);
}

void VerifyQueue::servePass(Entry& entry)
{
    if (!std::exchange(entry.ofPass, false))
        return;
    --m_passBacklog;
    m_passShrunk = true;
    schedule();
}

void VerifyQueue::release(quint32 index)
{
    Entry& entry = m_entries[index];
    servePass(entry);
    m_index.remove(entry.reading.sample.key);
    entry = Entry();
    m_free.push_back(index);
}

} // namespace lockscope

#include "moc_verifyqueue.cpp"
