// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/passrunner.h"

#include "base/errortext.h"

namespace lockscope {

namespace {

/// The scan waits while this many keys that it found are not read yet.
constexpr size_t readBacklogLimit = 5000;
/// A known lock that was read so lately need not be read for the pass: that it is still there is news enough.
constexpr auto freshTime = std::chrono::seconds(1);

} // namespace

PassRunner::PassRunner(Connection& connection, const Clock& clock, LockTracker& tracker, VerifyQueue& queue,
    QList<QByteArray> globs, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_tracker(tracker)
    , m_queue(queue)
    , m_isEveryKeyWanted(globs.isEmpty())
    , m_scanner(connection, clock, std::move(globs))
{
    m_scanner.setHandlers(
        [this](QByteArrayView key) { receiveKey(key); }, [this](const Status& status) { endScan(status); });
    connect(&m_queue, &VerifyQueue::passBacklogShrunk, this, &PassRunner::advance);
}

void PassRunner::useReplica(ScanReplica& replica)
{
    m_replica = &replica;
    connect(m_replica, &ScanReplica::unfit, this, [this] {
        if (m_link)
            start(m_pace, m_thorough); // from its beginning, on the master
    });
}

size_t PassRunner::backlog() const { return m_queue.passBacklog() + (m_link ? m_link->queue().passBacklog() : 0); }

void PassRunner::receiveKey(QByteArrayView key)
{
    if (!m_thorough && m_tracker.confirmSeen(key, m_clock.now() - freshTime))
        return;
    ChangeHints hints;
    hints.byPass = true;
    const bool known = m_tracker.knows(key);
    VerifyQueue& queue = m_link && !known ? m_link->queue() : m_queue;
    queue.request(key, known ? VerifyQueue::Priority::Background : VerifyQueue::Priority::Unknown, hints);
    if (backlog() > readBacklogLimit)
        m_scanner.setHeldBack(true);
}

/// A key that the master need not be asked for is one that can be no lock.
void PassRunner::receiveFromReplica(const KeyReading& reading)
{
    using Outcome = KeyReading::Outcome;
    if (!m_link || reading.outcome == Outcome::Missing || reading.outcome == Outcome::OtherType)
        return;
    if (reading.outcome == Outcome::Failed) {
        m_replica->reject(
            m_link->connection().spec().endpoint().text() + QStringLiteral(": ") + errorTitle(reading.error.kind));
        return;
    }
    if (reading.outcome == Outcome::Present && !m_tracker.mayBeLock(reading))
        return;
    ChangeHints hints;
    hints.byPass = true;
    m_queue.request(reading.sample.key, VerifyQueue::Priority::Unknown, hints);
}

void PassRunner::start(Pace pace, bool thorough)
{
    abort();
    m_pace = pace;
    m_thorough = thorough;
    ++m_pass;
    m_tracker.beginPass(m_pass);
    m_startedAt = m_clock.now();
    m_phase = Phase::Choosing;
    if (!m_replica) {
        count();
        return;
    }
    m_replica->choose([this, pass = m_pass](ReplicaLink* link) {
        if (pass != m_pass || m_phase != Phase::Choosing)
            return;
        m_link = link;
        count();
    });
}

void PassRunner::count()
{
    Connection& connection = m_link ? m_link->connection() : m_connection;
    m_scanner.setConnection(connection);
    if (m_link) {
        VerifyQueue& queue = m_link->queue();
        queue.setExplicitMatch(!m_isEveryKeyWanted);
        queue.setNameTest([this](QByteArrayView key) { return m_tracker.registry().isDeclaredName(key); });
        m_link->setReadingHandler([this](const KeyReading& reading) { receiveFromReplica(reading); });
        connect(&queue, &VerifyQueue::passBacklogShrunk, this, &PassRunner::advance, Qt::UniqueConnection);
    }
    m_phase = Phase::Counting;
    connection.send({ "DBSIZE" }, [this, pass = m_pass](const Result<ReplyView>& reply) {
        if (pass == m_pass && m_phase == Phase::Counting)
            beginScan(reply);
    });
}

void PassRunner::abort()
{
    m_scanner.stop();
    if (m_link)
        m_link->queue().clear();
    m_link = nullptr;
    m_phase = Phase::Idle;
}

void PassRunner::beginScan(const Result<ReplyView>& size)
{
    if (!size && size.error().kind != ErrorKind::Permission) {
        endScan(fail(size.error()));
        return;
    }
    // Without the right to ask, the number stays unknown: nothing else depends on it.
    m_keysExpected = size ? quint64(std::max<qint64>(size->toInteger(), 0)) : 0;
    m_phase = Phase::Scanning;
    m_scanner.start(m_pace, m_keysExpected);
}

void PassRunner::endScan(const Status& status)
{
    if (!status && m_link) {
        m_replica->reject(
            m_link->connection().spec().endpoint().text() + QStringLiteral(": ") + errorTitle(status.error().kind));
        return;
    }
    if (!status) {
        abort();
        Q_EMIT failed(status.error());
        return;
    }
    m_phase = Phase::Reading;
    advance();
}

void PassRunner::advance()
{
    if (m_phase == Phase::Scanning && backlog() < readBacklogLimit / 2)
        m_scanner.setHeldBack(false);
    if (m_phase == Phase::Reading && backlog() == 0)
        sweep();
    if (m_phase != Phase::Sweeping || m_queue.passBacklog() != 0)
        return;
    m_phase = Phase::Idle;
    m_link = nullptr;
    m_completedAt = m_clock.now();
    m_passTime = std::chrono::duration_cast<Milliseconds>(*m_completedAt - m_startedAt);
    Q_EMIT completed();
}

void PassRunner::sweep()
{
    m_phase = Phase::Sweeping;
    ChangeHints hints;
    hints.byPass = true;
    LockStore& store = m_tracker.store();
    for (quint32 index = 0; index < store.slotCount(); ++index) {
        const LockStore::Slot& slot = store.slot(index);
        if (m_tracker.owns(slot) && !m_tracker.isSeenByPass(slot))
            m_queue.request(slot.record().key, VerifyQueue::Priority::Background, hints);
    }
}

Completeness PassRunner::progress() const
{
    Completeness result;
    result.pass = m_pass;
    result.passRunning = isRunning();
    result.keysScanned = m_scanner.keysScanned();
    result.keysExpected = m_keysExpected;
    result.completedAt = m_completedAt;
    result.passTime = m_passTime;
    return result;
}

} // namespace lockscope

#include "moc_passrunner.cpp"
