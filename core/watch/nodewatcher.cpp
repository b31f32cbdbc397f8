// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/nodewatcher.h"

#include "redis/linkoptions.h"
#include "watch/notifyflags.h"
#include "watch/passrest.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto pulseInterval = 1s;
constexpr int pulsesPerCheck = 5;
constexpr auto retryDelay = 500ms;
constexpr auto subscribePatience = 3s;
/// After a gap, key spaces up to this size are walked without pauses: the table is right again the sooner.
constexpr qint64 quickRecoveryKeys = 200'000;
constexpr qint64 tinyKeySpace = 1'000;
constexpr auto overloadDelay = 500ms;
/// Whoever empties databases all day must not keep us looking all day.
constexpr auto flushInterval = 1s;

ConnectionOptions connectionOptions(const WatchOptions& options, const char* role)
{
    ConnectionOptions result = linkOptions(QByteArray("lockscope-") + role, options.commandTimeout);
    result.reconnect = options.follow;
    result.backoffLimit = 500ms;
    return result;
}

Hearing::Options hearingOptions(const WatchOptions& options, const LockTracker& tracker)
{
    return { options.listen, options.enableNotifications, neededNotifyClasses(tracker.registry(), options.families),
        options.matches };
}

bool isPermanent(const Error& error)
{
    return error.kind == ErrorKind::Authentication || error.kind == ErrorKind::Permission
        || error.kind == ErrorKind::Ssh;
}

} // namespace

NodeWatcher::NodeWatcher(const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate,
    WatchOptions options, const Clock& clock, LockTracker& tracker, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_clock(clock)
    , m_tracker(tracker)
    , m_connection(spec, gate, connectionOptions(m_options, "watch"))
    , m_verifier(m_connection, clock, tracker, m_options)
    , m_replica(m_connection, clock, m_options.commandTimeout)
    , m_passes(m_connection, clock, tracker, m_verifier.queue(), m_options.matches)
    , m_hearing(m_connection, gate, connectionOptions(m_options, "events"), hearingOptions(m_options, tracker),
          [this](const KeyEvent& event) { handleEvent(event); })
{
    connect(&m_connection, &Connection::ready, this, &NodeWatcher::handleReady);
    connect(&m_connection, &Connection::lost, this, &NodeWatcher::handleLinkLost);
    connect(&m_hearing, &Hearing::subscribed, this, &NodeWatcher::handleSubscribed);
    connect(&m_hearing, &Hearing::lost, this, &NodeWatcher::handleDeafness);
    connect(&m_hearing, &Hearing::flushed, this, &NodeWatcher::handleFlush);
    connect(&m_hearing, &Hearing::changed, this, &NodeWatcher::handleHearingChanged);
    if (spec.scanOnReplica)
        m_passes.useReplica(m_replica);
    connect(&m_replica, &ScanReplica::changed, this, &NodeWatcher::statusChanged);
    connect(&m_passes, &PassRunner::completed, this, &NodeWatcher::handlePassCompleted);
    connect(&m_passes, &PassRunner::failed, this, &NodeWatcher::handlePassFailed);
    connect(&m_verifier, &LockVerifier::readFailed, this, &NodeWatcher::handleReadFailure);
    connect(&m_verifier, &LockVerifier::refused, this, &NodeWatcher::handleRefusal);
    connect(&m_verifier, &LockVerifier::overloaded, this, &NodeWatcher::handleOverload);
    for (QTimer* timer : { &m_passTimer, &m_subscribeTimer, &m_flushTimer }) {
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
    }
    connect(&m_passTimer, &QTimer::timeout, this, [this] { startPass(!m_tableWhole); });
    connect(&m_subscribeTimer, &QTimer::timeout, this, [this] { startPass(true); });
    connect(&m_flushTimer, &QTimer::timeout, this, &NodeWatcher::lookForFlush);
    connect(&m_pulseTimer, &QTimer::timeout, this, &NodeWatcher::pulse);
}

NodeWatcher::~NodeWatcher()
{
    blockSignals(true);
    stop();
}

void NodeWatcher::start()
{
    m_link = LinkState::Connecting;
    // In the next turn, so that whoever starts us is told of a failure after start() has returned.
    QTimer::singleShot(0, this, [this] {
        if (m_link == LinkState::Connecting)
            m_connection.open();
    });
}

void NodeWatcher::stop()
{
    for (QTimer* timer : { &m_passTimer, &m_subscribeTimer, &m_flushTimer, &m_pulseTimer })
        timer->stop();
    m_link = LinkState::Closed;
    m_probed = false;
    m_passes.abort();
    m_replica.stop();
    m_verifier.stop();
    m_hearing.stop();
    m_connection.close();
}

void NodeWatcher::giveUp(const Error& error)
{
    stop();
    m_linkError = error;
    Q_EMIT statusChanged();
    Q_EMIT failed(error);
}

void NodeWatcher::handleReady()
{
    m_link = LinkState::Ready;
    m_linkError.reset();
    m_verifier.start();
    m_verifier.queue().serverClock().reset();
    readClock();
    readFingerprints();
    probeServer(
        m_connection, [this](const Result<ServerFacts>& facts) { handleFacts(facts); },
        Hearing::needsConfig(m_options.listen));
    Q_EMIT statusChanged();
}

void NodeWatcher::handleFacts(const Result<ServerFacts>& facts)
{
    if (!facts || m_link != LinkState::Ready)
        return; // the link is lost: it will be probed again
    m_facts = *facts;
    m_keyCount = facts->keysInDatabase;
    m_probed = true;
    if (!m_options.follow) {
        startPass(true);
        return;
    }
    m_hearing.begin(*facts);
    m_pulseTimer.start(pulseInterval);
    if (m_hearing.isWaiting())
        m_subscribeTimer.start(subscribePatience);
    else
        startPass(true);
}

void NodeWatcher::handleLinkLost(const Error& error)
{
    if (m_link == LinkState::Closed)
        return;
    const bool wasReady = m_link == LinkState::Ready;
    m_link = LinkState::Lost;
    m_linkError = error;
    m_probed = false;
    if (isPermanent(error) || !m_options.follow) {
        giveUp(error);
        return;
    }
    if (wasReady)
        openGap();
    for (QTimer* timer : { &m_passTimer, &m_subscribeTimer, &m_flushTimer, &m_pulseTimer })
        timer->stop();
    m_passes.abort();
    m_replica.stop();
    m_verifier.stop();
    Q_EMIT statusChanged();
}

void NodeWatcher::handleSubscribed()
{
    m_subscribeTimer.stop();
    // Whatever was read before the subscription stood may have changed unheard.
    if (m_probed)
        startPass(true);
    Q_EMIT statusChanged();
}

void NodeWatcher::handleDeafness()
{
    if (m_link == LinkState::Closed)
        return;
    openGap();
    m_passes.abort();
    m_passTimer.stop();
    if (m_probed)
        m_subscribeTimer.start(subscribePatience);
    Q_EMIT statusChanged();
}

void NodeWatcher::handleHearingChanged()
{
    m_verifier.setHearsVerbs(m_hearing.mode() == ListenMode::Notifications);
    if (m_subscribeTimer.isActive() && !m_hearing.isWaiting() && !hearsEverything())
        startPass(true); // there is nothing to wait for
    else if (m_tableWhole && m_probed)
        schedulePass(passInterval());
    Q_EMIT statusChanged();
}

void NodeWatcher::handleFlush()
{
    if (!m_probed || m_flushTimer.isActive())
        return;
    const auto wait = std::chrono::ceil<Milliseconds>(m_flushPassAt + flushInterval - m_clock.now());
    m_flushTimer.start(std::max<Milliseconds>(wait, 0ms));
}

void NodeWatcher::lookForFlush()
{
    m_flushPassAt = m_clock.now();
    m_connection.send({ "DBSIZE" }, [this](const Result<ReplyView>& reply) {
        // Of how many keys are left depends how fast we may look.
        if (reply)
            m_keyCount = reply->toInteger();
        refresh();
    });
}

void NodeWatcher::handleOverload()
{
    if (m_link != LinkState::Ready || (!m_tableWhole && !m_passes.isRunning()))
        return; // a pass is to come anyway
    openGap();
    m_passes.abort();
    schedulePass(overloadDelay);
    Q_EMIT statusChanged();
}

void NodeWatcher::setVerifyRate(int keysPerSecond)
{
    m_verifier.setVerifyRate(keysPerSecond);
    Q_EMIT statusChanged();
}

void NodeWatcher::openGap()
{
    m_tableWhole = false;
    if (m_gapOpen || !m_everWhole)
        return;
    m_gapOpen = true;
    m_gapSinceMs = m_clock.wallNow().toMSecsSinceEpoch();
    m_tracker.markAllStale();
}

void NodeWatcher::assumeGap(qint64 sinceMs)
{
    m_everWhole = true;
    m_gapOpen = true;
    m_gapSinceMs = sinceMs;
    m_tracker.markAllStale();
}

void NodeWatcher::closeGap()
{
    if (!std::exchange(m_gapOpen, false))
        return;
    m_tracker.addGapEvent(m_gapSinceMs);
    m_gapSinceMs = 0;
}

void NodeWatcher::refresh()
{
    if (!m_probed)
        return;
    if (m_passes.isRunning())
        m_passAgain = true;
    else
        startPass(true);
}

void NodeWatcher::examineAnew()
{
    m_tableWhole = false;
    if (m_probed)
        startPass(true);
}

Pace NodeWatcher::passPace() const
{
    const bool recovering = m_gapOpen && m_keyCount >= 0 && m_keyCount <= quickRecoveryKeys;
    return recovering ? Pace::Full : m_options.pace;
}

void NodeWatcher::startPass(bool thorough)
{
    if (!m_probed)
        return;
    m_passTimer.stop();
    m_subscribeTimer.stop();
    m_passAgain = false;
    const bool quickStart = !m_everWhole && m_keyCount >= 0 && m_keyCount <= quickStartKeys;
    // So few keys stay within the budget by the time between two passes alone; holding them back would only make a
    // change that no event told of (SWAPDB) be seen later.
    const bool isTiny = m_keyCount >= 0 && m_keyCount <= tinyKeySpace;
    m_verifier.budget().setLifted(passPace() == Pace::Full || quickStart || isTiny);
    m_passes.start(passPace(), thorough);
    Q_EMIT statusChanged();
}

void NodeWatcher::schedulePass(Milliseconds wait)
{
    if (!m_passes.isRunning() && m_options.follow)
        m_passTimer.start(wait);
}

Milliseconds NodeWatcher::passInterval() const
{
    if (hearsEverything())
        return restAfterPass(m_passes.lastDuration(), m_keyCount);
    return m_options.pace == Pace::Full ? 100ms : m_options.pace == Pace::Gentle ? 2000ms : 500ms;
}

void NodeWatcher::handlePassCompleted()
{
    m_tableWhole = true;
    m_everWhole = true;
    m_tracker.completeFirstPass();
    m_verifier.budget().setLifted(false);
    closeGap();
    Q_EMIT statusChanged();
    Q_EMIT passCompleted();
    if (m_passAgain)
        startPass(true);
    else
        schedulePass(passInterval());
}

void NodeWatcher::handlePassFailed(const Error& error)
{
    if (m_link != LinkState::Ready || error.kind == ErrorKind::ConnectionLost || error.kind == ErrorKind::Cancelled)
        return; // handleLinkLost() decides
    if (isPermanent(error) || !m_options.follow) {
        giveUp(error);
        return;
    }
    schedulePass(retryDelay);
}

void NodeWatcher::fillStatus(WatchStatus& status) const
{
    status.link = m_link;
    status.error = m_linkError;
    m_hearing.fillStatus(status);
    // Nothing is heard before the way is chosen, nor without a link.
    if (!m_options.follow || !m_probed)
        status.listening = ListenMode::None;
    if (!status.error)
        status.error = m_permissionError;
    status.completeness = m_passes.progress();
    status.completeness.complete = m_tableWhole && !m_gapOpen;
    if (m_connection.spec().scanOnReplica)
        status.scan = m_replica.source();
    status.gapOpen = m_gapOpen;
    status.gapSinceMs = m_gapSinceMs;
    status.serverFlavour = m_facts.flavour;
    status.serverVersion = m_facts.version;
    status.serverRole = m_facts.role;
    status.clockOffset = m_verifier.queue().serverClock().offset();
    status.fingerprints = m_served.fingerprints;
    status.fingerprintsRefused = m_served.refused;
    status.budgetKeysPerSecond = m_verifier.budget().keysPerSecond();
    status.budgetBytesPerSecond = m_verifier.budget().bytesPerSecond();
    status.clientEvidence = m_verifier.clientEvidence();
    status.verifyBacklog = m_verifier.queue().backlog();
    status.eventsTotal = m_eventsTotal;
    status.eventsMerged = m_verifier.queue().merged();
    status.eventsDeferred = m_verifier.deferred();
    status.pollInterval
        = status.listening == ListenMode::Polling ? passInterval() + m_passes.lastDuration() : Milliseconds(0);
}

TrafficCounters NodeWatcher::traffic() const
{
    TrafficCounters sum = m_connection.traffic();
    const TrafficCounters events = m_hearing.traffic();
    sum.commands += events.commands;
    sum.bytesSent += events.bytesSent;
    sum.bytesReceived += events.bytesReceived;
    sum.reconnects += events.reconnects;
    return sum;
}

void NodeWatcher::handleEvent(const KeyEvent& event)
{
    ++m_eventsTotal;
    if (m_probed)
        m_verifier.handleEvent(event, m_tableWhole && !m_gapOpen);
}

void NodeWatcher::handleReadFailure(const Error& error)
{
    if (!m_options.follow) {
        giveUp(error);
        return;
    }
    // A pass with holes in it is none.
    m_passes.abort();
    m_tableWhole = false;
    schedulePass(retryDelay);
    Q_EMIT statusChanged();
}

void NodeWatcher::handleRefusal(const Error& error)
{
    if (!m_permissionError)
        m_permissionError = error;
}

void NodeWatcher::pulse()
{
    m_connection.send({ "DBSIZE" }, [this](const Result<ReplyView>& reply) {
        if (reply)
            handleKeyCount(reply->toInteger());
    });
    if (++m_pulses % pulsesPerCheck == 0) {
        m_hearing.recheck();
        readClock();
    } else if (!m_verifier.queue().serverClock().isPrecise()) {
        readClock();
    }
}

void NodeWatcher::readFingerprints()
{
    probeFingerprints(m_connection, m_tracker.registry(), [this](const ServedLibraries& served) {
        m_served = served;
        m_tracker.setServed(served.families);
    });
}

void NodeWatcher::readClock()
{
    m_connection.send({ "TIME" }, [this, sentAt = m_clock.now()](const Result<ReplyView>& reply) {
        if (!reply || reply->size() != 2)
            return; // without the right to ask, our own clock has to do
        const qint64 serverMs = reply->at(0).toInteger() * 1000 + reply->at(1).toInteger() / 1000;
        m_verifier.queue().serverClock().note(sentAt, m_clock.now(), serverMs);
    });
}

void NodeWatcher::handleKeyCount(qint64 keys)
{
    // FLUSHDB, FLUSHALL and SWAPDB announce nothing; a sudden change of the number of keys gives most of them away.
    const qint64 before = std::exchange(m_keyCount, keys);
    const bool sudden = std::abs(keys - before) > before / 5 + 10;
    if (before >= 0 && sudden && m_tableWhole && !m_passes.isRunning())
        startPass(true);
}

} // namespace lockscope

#include "moc_nodewatcher.cpp"
