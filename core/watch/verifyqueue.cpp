// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/verifyqueue.h"

#include "locks/families/plainfamily.h"
#include "locks/families/tokenshape.h"

namespace lockscope {

namespace {

constexpr int batchKeys = 500;
constexpr qint64 unsentLimit = 4 * 1024 * 1024;

KeyReading::Outcome outcomeOf(const Error& error)
{
    if (error.serverCode == "WRONGTYPE")
        return KeyReading::Outcome::OtherType;
    return error.kind == ErrorKind::Permission ? KeyReading::Outcome::Hidden : KeyReading::Outcome::Failed;
}

} // namespace

VerifyQueue::VerifyQueue(Connection& connection, const Clock& clock, ReadingHandler handler, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_handler(std::move(handler))
{
    // Sending waits for the end of the event-loop turn, so that `set` and `expire` of one SET PX are one read.
    m_pumpTimer.setSingleShot(true);
    m_pumpTimer.setInterval(0);
    connect(&m_pumpTimer, &QTimer::timeout, this, &VerifyQueue::pump);
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
    entry.key = key.toByteArray();
    entry.ticket = ++m_lastTicket;
    m_index.insert(entry.key, index);
    return index;
}

void VerifyQueue::request(QByteArrayView key, Priority priority, const ChangeHints& hints)
{
    const auto known = m_index.constFind(QByteArray::fromRawData(key.data(), key.size()));
    const bool isNew = known == m_index.constEnd();
    const quint32 index = isNew ? newEntry(key) : *known;
    Entry& entry = m_entries[index];
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
    m_queues[size_t(entry.priority)].push_back({ index, entry.ticket });
    schedule();
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
}

void VerifyQueue::schedule()
{
    if (!m_pumpTimer.isActive())
        m_pumpTimer.start();
}

bool VerifyQueue::takeNext(quint32& index)
{
    for (std::deque<Place>& queue : m_queues) {
        while (!queue.empty()) {
            const Place place = queue.front();
            queue.pop_front();
            index = place.entry;
            if (m_entries[index].ticket == place.ticket)
                return true;
        }
    }
    return false;
}

void VerifyQueue::pump()
{
    if (std::exchange(m_passShrunk, false))
        Q_EMIT passBacklogShrunk();
    if (!m_connection.isReady() || m_connection.unsentBytes() > unsentLimit)
        return;
    quint32 index = 0;
    int sent = 0;
    while (sent < batchKeys && m_inFlight < m_window && takeNext(index)) {
        send(index);
        ++sent;
    }
    if (sent == batchKeys && m_inFlight < m_window)
        schedule();
}

void VerifyQueue::send(quint32 index)
{
    Entry& entry = m_entries[index];
    entry.inFlight = true;
    entry.sentAt = m_clock.now();
    ++m_inFlight;
    const bool full = m_explicitMatch || hasLockLikeName(entry.key);
    static const QByteArray fullEnd = QByteArray::number(maximumTokenBytes);
    static const QByteArray shapeEnd = QByteArray::number(maximumShapeBytes);
    const quint32 ticket = entry.ticket;
    const QByteArray key = entry.key;
    m_connection.send({ "GETRANGE", key, "0", full ? fullEnd : shapeEnd },
        [this, index, ticket](const Result<ReplyView>& reply) { receiveValue(index, ticket, reply); });
    m_connection.send(
        { "PTTL", key }, [this, index, ticket](const Result<ReplyView>& reply) { receiveTtl(index, ticket, reply); });
}

void VerifyQueue::receiveValue(quint32 index, quint32 ticket, const Result<ReplyView>& reply)
{
    if (index >= m_entries.size() || m_entries[index].ticket != ticket)
        return;
    Entry& entry = m_entries[index];
    if (reply) {
        entry.value = reply->toByteArray();
        return;
    }
    entry.valueOutcome = outcomeOf(reply.error());
    m_valueError = reply.error();
}

void VerifyQueue::receiveTtl(quint32 index, quint32 ticket, const Result<ReplyView>& reply)
{
    if (index >= m_entries.size() || m_entries[index].ticket != ticket)
        return;
    const Entry& entry = m_entries[index];
    KeyReading reading;
    reading.key = entry.key;
    reading.value = entry.value;
    reading.sentAt = entry.sentAt;
    reading.receivedAt = m_clock.now();
    reading.hasValue = entry.valueOutcome == KeyReading::Outcome::Present;
    if (!reading.hasValue)
        reading.error = m_valueError;
    if (!reply) {
        reading.outcome = outcomeOf(reply.error());
        reading.error = reply.error();
    } else if (reply->toInteger() == -2) {
        // Also where GETRANGE still saw it: it went in between.
        reading.outcome = KeyReading::Outcome::Missing;
    } else {
        reading.ttlMs = reply->toInteger();
        const bool denied = entry.valueOutcome == KeyReading::Outcome::Hidden;
        reading.outcome = denied ? KeyReading::Outcome::Present : entry.valueOutcome;
    }
    finish(index, reading);
}

void VerifyQueue::finish(quint32 index, const KeyReading& reading)
{
    Entry& entry = m_entries[index];
    --m_inFlight;
    const bool ignored = entry.ignored;
    ChangeHints hints = entry.hints;
    hints.byPass = entry.ofPass;
    servePass(entry);
    if (entry.again) {
        // The answer may show the later change already.
        hints.merge(entry.later);
        hints.finalVerb = reading.outcome == KeyReading::Outcome::Missing ? hints.finalVerb : entry.hints.finalVerb;
        entry.hints = std::exchange(entry.later, {});
        entry.inFlight = entry.again = entry.ignored = false;
        entry.valueOutcome = KeyReading::Outcome::Present;
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
    m_index.remove(entry.key);
    entry = Entry();
    m_free.push_back(index);
}

} // namespace lockscope

#include "moc_verifyqueue.cpp"
