// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/lockverifier.h"

#include "locks/families/plainfamily.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto turnInterval = 50ms;
constexpr int turnsPerSecond = 20;
/// Known locks are read again in turn, each at most once in this time.
constexpr auto verifyRound = 1500ms;
/// Even without a limit the round of re-reading is only a round.
constexpr int unlimitedRate = 2000;
/// Locks looked at in a turn for being held unusually long: a million in a minute, a quarter of a millisecond each
/// turn.
constexpr quint32 reviewedPerTurn = 1024;
constexpr auto visibleRound = 1000ms;
constexpr auto retryDelay = 500ms;
constexpr int fullWindow = 3000;
/// Keys without a lock's name may take this part of the backlog.
constexpr size_t unlikelyShare = 5;
/// A reading that took so many times longer than the best one says little about the deadline.
constexpr size_t calmBacklog = 2000; ///< keys; entries of the queue must not outnumber the locks
constexpr int calmFactor = 4;

} // namespace

LockVerifier::LockVerifier(
    Connection& connection, const Clock& clock, LockTracker& tracker, const WatchOptions& options)
    : m_clock(clock)
    , m_tracker(tracker)
    , m_follow(options.follow)
    , m_explicitMatch(!options.matches.isEmpty())
    , m_pace(options.pace)
    , m_backlogLimit(size_t(options.backlogLimit))
    , m_budget(clock, LoadBudget::limitsAt(options.pace, options.verifyRate))
    , m_queue(connection, clock, m_budget,
          [this](const KeyReading& reading, const ChangeHints& hints) { handleReading(reading, hints); })
    , m_waiters(connection, tracker, m_budget)
    , m_holders(connection, clock, tracker, m_budget)
{
    m_queue.setExplicitMatch(m_explicitMatch);
    m_queue.setTypeLookup([this](QByteArrayView key) { return m_tracker.typeOf(key); });
    m_queue.setNameTest([this](QByteArrayView key) { return m_tracker.registry().isDeclaredName(key); });
    if (options.pace == Pace::Full)
        m_queue.setWindow(fullWindow);
    m_deadlineTimer.setSingleShot(true);
    m_deadlineTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_deadlineTimer, &QTimer::timeout, this, &LockVerifier::pokeDueLocks);
    connect(&m_turnTimer, &QTimer::timeout, this, &LockVerifier::verifyInTurn);
    connect(&m_waiters, &WaiterWatch::changed, this, &LockVerifier::changed);
    connect(&m_holders, &HolderWatch::changed, this, &LockVerifier::changed);
}

void LockVerifier::start()
{
    m_queue.clear();
    m_bestRoundTrip = SteadyTime::duration::max();
    m_running = true;
    if (!m_follow)
        return;
    m_turnTimer.start(turnInterval);
    m_waiters.start();
    m_holders.start();
    armDeadlineTimer();
}

void LockVerifier::stop()
{
    m_running = false;
    m_queue.clear();
    m_turnTimer.stop();
    m_waiters.stop();
    m_holders.stop();
    m_deadlineTimer.stop();
    m_armedFor.reset();
}

void LockVerifier::handleEvent(const KeyEvent& event, bool heardAll)
{
    if (event.verb == KeyVerb::Touched) {
        handleTouch(event, heardAll);
        return;
    }
    const SteadyTime now = m_clock.now();
    ChangeHints hints;
    hints.byEvent = true;
    if (isFinal(event.verb)) {
        hints.finalVerb = event.verb;
        if (m_tracker.removeByEvent(event.key, event.verb) == LockTracker::Removal::Doubtful) {
            m_queue.request(event.key, VerifyQueue::Priority::Normal, hints);
        } else {
            m_queue.cancel(event.key);
            Q_EMIT changed();
        }
        return;
    }
    if (!isWorthReading(event))
        return;
    if (!hasRoomFor(event.key)) {
        Q_EMIT overloaded();
        return;
    }
    hints.written = event.verb == KeyVerb::Set || event.verb == KeyVerb::Arrived || event.verb == KeyVerb::ElementSet;
    hints.writtenAt = hints.written ? now : SteadyTime();
    hints.extended = event.verb == KeyVerb::ExpireSet;
    m_queue.request(event.key, VerifyQueue::Priority::Normal, hints);
}

void LockVerifier::handleTouch(const KeyEvent& event, bool heardAll)
{
    ChangeHints hints;
    hints.byEvent = hints.touched = hints.extended = true;
    // Whatever holds it now has got it by this change, unless an earlier one was missed.
    hints.written = heardAll;
    hints.writtenAt = heardAll ? m_clock.now() : SteadyTime();
    const bool isLikely = m_explicitMatch || m_tracker.knows(event.key) || hasLockLikeName(event.key);
    // Without a verb all that is written would have to be read: what is hardly a lock waits for its share of the
    // budget.
    const bool mayWait = m_queue.contains(event.key) || m_queue.backlog() < m_backlogLimit / unlikelyShare;
    if (isLikely && !hasRoomFor(event.key))
        Q_EMIT overloaded();
    else if (!isLikely && !mayWait)
        ++m_deferred;
    else
        m_queue.request(event.key, isLikely ? VerifyQueue::Priority::Normal : VerifyQueue::Priority::Unknown, hints);
}

bool LockVerifier::hasRoomFor(QByteArrayView key)
{
    return m_queue.backlog() < m_backlogLimit || m_queue.contains(key) || m_tracker.knows(key);
}

bool LockVerifier::isWorthReading(const KeyEvent& event)
{
    if (event.verb != KeyVerb::OtherType && event.verb != KeyVerb::ElementSet && event.verb != KeyVerb::ElementRemoved)
        return true;
    if (m_tracker.knows(event.key) || m_queue.contains(event.key))
        return true;
    // Most structures are no locks. One under a name that says nothing is read when it gets its TTL.
    return event.verb == KeyVerb::ElementSet
        && (m_explicitMatch || hasLockLikeName(event.key) || m_tracker.registry().isDeclaredName(event.key));
}

void LockVerifier::verifyKeys(const QList<QByteArray>& keys)
{
    if (!m_running)
        return;
    for (const QByteArray& key : keys)
        m_queue.request(key, VerifyQueue::Priority::Urgent, {});
}

void LockVerifier::verifyMoved(const QByteArray& key, const ChangeHints& hints, bool asking)
{
    if (m_running)
        m_queue.request(key, VerifyQueue::Priority::Normal, hints, asking);
}

void LockVerifier::handleReading(const KeyReading& reading, const ChangeHints& hints)
{
    if (reading.outcome == KeyReading::Outcome::Failed) {
        const bool linkLost
            = reading.error.kind == ErrorKind::ConnectionLost || reading.error.kind == ErrorKind::Cancelled;
        if (!m_running || linkLost)
            return; // everything will be read again on the next link
        m_tracker.postpone(reading.sample.key, m_clock.now() + retryDelay);
        armDeadlineTimer();
        Q_EMIT readFailed(reading.error);
        return;
    }
    if (reading.outcome == KeyReading::Outcome::Elsewhere) {
        m_tracker.postpone(reading.sample.key, m_clock.now() + retryDelay);
        armDeadlineTimer();
        Q_EMIT elsewhere(reading.sample.key, reading.error, hints);
        return;
    }
    // A key of another type, or one that has gone, is no refusal.
    if (reading.error.kind == ErrorKind::Permission
        && (reading.outcome == KeyReading::Outcome::Hidden || !reading.hasValue))
        Q_EMIT refused(reading.error);
    m_bestRoundTrip = std::min(m_bestRoundTrip, reading.receivedAt - reading.sentAt);
    ChangeHints known = hints;
    known.verbsHeard = m_hearsVerbs;
    const bool imprecise = m_tracker.apply(reading, known);
    if (imprecise && m_follow)
        refine(reading);
    armDeadlineTimer();
    Q_EMIT changed();
}

void LockVerifier::refine(const KeyReading& reading)
{
    // Where every round trip is long, or many keys wait, a second one is no better; the round of known locks comes by.
    const bool isCalm = m_queue.backlog() < calmBacklog;
    if (isCalm && reading.receivedAt - reading.sentAt > m_bestRoundTrip * calmFactor)
        m_queue.request(reading.sample.key, VerifyQueue::Priority::Background, {});
}

void LockVerifier::armDeadlineTimer()
{
    const std::optional<SteadyTime> next = m_running ? m_tracker.nextDeadline() : std::nullopt;
    if (next == m_armedFor)
        return;
    m_armedFor = next;
    if (!next) {
        m_deadlineTimer.stop();
        return;
    }
    const auto wait = std::chrono::ceil<Milliseconds>(*next - m_clock.now());
    m_deadlineTimer.start(std::clamp<Milliseconds>(wait, 0ms, 24h));
}

void LockVerifier::pokeDueLocks()
{
    m_armedFor.reset();
    const SteadyTime now = m_clock.now();
    while (const std::optional<QByteArray> key = m_tracker.takeDue(now))
        m_queue.request(*key, VerifyQueue::Priority::Urgent, {});
    armDeadlineTimer();
    Q_EMIT changed();
}

void LockVerifier::verifyInTurn()
{
    const SteadyTime now = m_clock.now();
    verifyVisible(now);
    if (m_tracker.reviewHolds(reviewedPerTurn))
        Q_EMIT changed();
    const LockStore& store = m_tracker.store();
    const quint32 slots = store.slotCount();
    const double rate = m_budget.isLimited() ? m_budget.keysPerSecond() : unlimitedRate;
    const int keysPerTurn = std::max(1, int(rate / turnsPerSecond));
    if (slots == 0 || m_queue.backlog() - m_queue.passBacklog() > size_t(keysPerTurn))
        return; // changes come first
    const int enough = std::min(keysPerTurn, int(store.size() / 20) + 1);
    int asked = 0;
    for (quint32 looked = 0; looked < std::min<quint32>(slots, 4096) && asked < enough; ++looked) {
        m_nextSlot = (m_nextSlot + 1) % slots;
        const LockStore::Slot& slot = store.slot(m_nextSlot);
        if (!m_tracker.owns(slot) || now - slot.verifiedAt < verifyRound)
            continue;
        m_queue.request(slot.record().key, VerifyQueue::Priority::Background, {});
        ++asked;
    }
}

void LockVerifier::verifyVisible(SteadyTime now)
{
    for (const LockId id : m_visible) {
        const LockStore::Slot* slot = m_tracker.store().find(id);
        if (slot && m_tracker.owns(*slot) && now - slot->verifiedAt > visibleRound)
            m_queue.request(slot->record().key, VerifyQueue::Priority::Visible, {});
    }
}

void LockVerifier::setVisibleLocks(const std::vector<LockId>& ids)
{
    m_visible = ids;
    m_waiters.setLocks(ids);
    m_tracker.setCloselyWatched(ids);
}

} // namespace lockscope

#include "moc_lockverifier.cpp"
