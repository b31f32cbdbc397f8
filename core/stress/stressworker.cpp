// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/stressworker.h"

#include "redis/linkoptions.h"

namespace lockscope {

namespace {

constexpr Milliseconds spanInterval { 100 };
constexpr size_t mostSpans = 4000; // of one interval

} // namespace

StressWorker::StressWorker(const RunPlan& plan, int number, Referee& referee, WorkerStats& stats, OperationLog& log)
    : m_plan(plan)
    , m_number(number)
    , m_referee(referee)
    , m_stats(stats)
    , m_log(log)
    , m_gate(std::make_shared<const CommandGate>(false))
    , m_wakes(plan.wantsWakeUps ? plan.keys.size() : 0)
    , m_timers([this](const DueTimer& timer) { onTimer(timer); })
{
    const int count = clientsOf(plan, number);
    for (int i = 0; i < count; ++i)
        m_clients.push_back(std::make_unique<VirtualClient>(*this, quint32(i * plan.threads + number), quint32(i)));
    m_sectionsBegun.resize(size_t(count));
    m_drain.setSingleShot(true);
    connect(&m_drain, &QTimer::timeout, this, &StressWorker::finish);
    connect(&m_spanPace, &QTimer::timeout, this, &StressWorker::tellSpans);
}

StressWorker::~StressWorker() { m_isOver = true; }

int StressWorker::clientsOf(const RunPlan& plan, int number)
{
    return (plan.config.clients - number + plan.threads - 1) / plan.threads;
}

void StressWorker::open()
{
    const int nodes = m_plan.strategy->facts().usesQuorum ? int(m_plan.links.size()) : 1;
    m_links.resize(size_t(nodes));
    m_linksMissing = nodes * m_plan.connections + (m_plan.wantsWakeUps ? 1 : 0);
    for (int node = 0; node < nodes; ++node) {
        for (int i = 0; i < m_plan.connections; ++i)
            openLink(node);
    }
    if (m_plan.wantsWakeUps)
        openSubscriber();
}

void StressWorker::openLink(int node)
{
    ConnectionOptions options = linkOptions("lockscope-lab", m_plan.config.timeout);
    options.backoffFirst = Milliseconds(10);
    options.backoffLimit = Milliseconds(100);
    auto connection = std::make_unique<Connection>(m_plan.links[size_t(node)], m_gate, options);
    Connection* const raw = connection.get();
    connect(raw, &Connection::ready, this, [this, raw] { onLinkReady(*raw); });
    connect(raw, &Connection::lost, this, [this](const Error& error) {
        if (!m_hasBegun)
            Q_EMIT failed(error);
    });
    m_links[size_t(node)].push_back(std::move(connection));
    raw->open();
}

void StressWorker::openSubscriber()
{
    ConnectionOptions options;
    options.clientName = "lockscope-lab";
    options.backoffFirst = Milliseconds(10);
    options.backoffLimit = Milliseconds(100);
    m_subscriber = std::make_unique<Subscriber>(m_plan.links.front(), m_gate, options);
    m_subscriber->setMessageHandler([this](const PubSubMessage& message) { onMessage(message); });
    connect(m_subscriber.get(), &Subscriber::subscribed, this, &StressWorker::checkReady);
    connect(m_subscriber.get(), &Subscriber::lost, this, [this](const Error& error) {
        if (!m_hasBegun)
            Q_EMIT failed(error);
    });
    m_subscriber->open({ m_plan.prefix + "wake:*" });
}

// First on every link, also on one that came back: a restarted server has forgotten the scripts.
void StressWorker::onLinkReady(Connection& connection)
{
    for (const LuaScript* script : m_plan.strategy->scripts())
        connection.send({ "SCRIPT", "LOAD", script->source() }, [this](Result<ReplyView> reply) {
            if (!reply && !m_hasBegun && !m_isOver)
                Q_EMIT failed(reply.error());
        });
    if (!m_hasBegun)
        connection.send({ "PING" }, [this](Result<ReplyView> reply) {
            if (reply && !m_isOver)
                checkReady();
        });
}

void StressWorker::checkReady()
{
    if (!m_hasBegun && --m_linksMissing == 0)
        Q_EMIT connected();
}

Connection& StressWorker::link(int node, quint32 local)
{
    auto& links = m_links[size_t(node)];
    return *links[local % links.size()];
}

void StressWorker::begin()
{
    m_hasBegun = true;
    m_spanPace.start(spanInterval);
    if (m_plan.config.rate > 0) {
        for (quint32 local = 0; local < m_clients.size(); ++local)
            m_free.push_back(local);
        m_nextArrival = quint64(m_number);
        return armArrival();
    }
    m_active = int(m_clients.size());
    arm(0, TimerKind::Arrival, 0, 0, 0, 0);
}

void StressWorker::startAll()
{
    m_isStarting = true;
    for (quint32 local = 0; local < m_clients.size(); ++local)
        onIdle(local);
    m_isStarting = false;
    maybeFinish();
}

void StressWorker::arm(quint32 local, TimerKind kind, qint64 due, quint32 sequence, quint8 phase, quint8 step)
{
    m_timers.arm({ due + m_plan.start.load(std::memory_order_relaxed), local, sequence, kind, phase, step });
}

void StressWorker::onTimer(const DueTimer& timer)
{
    if (timer.kind != TimerKind::Arrival)
        m_clients[timer.client]->onTimer(timer);
    else if (m_plan.config.rate > 0)
        onArrival();
    else
        startAll();
}

void StressWorker::send(quint32 local, const Letter& envelope, std::span<const QByteArrayView> arguments)
{
    m_command.assign(arguments);
    // Small enough for the handler to be kept without an allocation.
    struct Envelope {
        quint32 local;
        quint32 sequence;
        LockPhase phase;
        quint8 step;
        quint8 node;
    };
    const Envelope to { local, envelope.sequence, envelope.phase, envelope.step, envelope.node };
    link(envelope.node, local).send(m_command, [this, to](const Result<ReplyView>& reply) {
        if (m_isOver)
            return;
        VirtualClient& receiver = *m_clients[to.local];
        receiver.deliver(
            { to.phase, to.step, to.node, to.sequence, m_plan.now(), LockAnswer::of(reply, receiver.token()) });
    });
}

void StressWorker::onMessage(const PubSubMessage& message)
{
    const qsizetype colon = message.channel.lastIndexOf(':');
    const quint32 key = message.channel.sliced(colon + 1).toByteArray().toUInt();
    if (key >= m_wakes.size() || m_isOver)
        return;
    Wakes& wakes = m_wakes[key];
    ++wakes.count;
    wakes.token = message.payload.toByteArray();
    wake(wakes, wakes.token);
}

void StressWorker::wake(Wakes& wakes, const QByteArray& token)
{
    const WakeStyle style = m_plan.strategy->facts().wake;
    if (style == WakeStyle::Named) {
        const qint32 named = m_plan.clientOf(token);
        if (named >= 0 && owns(quint32(named)))
            client(quint32(named)).wake();
        wakes.waiters.clear();
        return;
    }
    const auto key = quint32(&wakes - m_wakes.data());
    std::deque<quint32> asleep = std::exchange(wakes.waiters, {});
    while (!asleep.empty()) {
        VirtualClient& next = *m_clients[asleep.front()];
        asleep.pop_front();
        if (!next.isWaitingFor(key) || next.isPaused())
            continue;
        next.wake();
        if (style == WakeStyle::One)
            break;
    }
    // Whoever waits again by now stands behind those that still wait.
    wakes.waiters.insert(wakes.waiters.begin(), asleep.begin(), asleep.end());
}

bool StressWorker::takeSection()
{
    return m_plan.config.sections == 0 || m_plan.sectionsLeft.fetch_sub(1, std::memory_order_relaxed) > 0;
}

void StressWorker::onIdle(quint32 local)
{
    VirtualClient& idle = *m_clients[local];
    if (m_plan.config.rate > 0) {
        --m_active;
        m_free.push_back(local);
        if (!m_isStopping)
            startPlanned();
        return maybeFinish();
    }
    if (m_isStopping || !takeSection()) {
        --m_active;
        return maybeFinish();
    }
    const LockMode mode = m_plan.strategy->facts().mode;
    idle.start(schedule::section(m_plan.config, mode, idle.index(), m_sectionsBegun[local]++), m_plan.now());
}

void StressWorker::armArrival()
{
    arm(0, TimerKind::Arrival, schedule::arrival(m_plan.config, m_nextArrival), 0, 0, 0);
}

void StressWorker::onArrival()
{
    if (m_isStopping)
        return;
    const qint64 now = m_plan.now();
    bool isLast = false;
    while (!isLast && schedule::arrival(m_plan.config, m_nextArrival) <= now) {
        isLast = !takeSection();
        if (!isLast) {
            m_stats.bump(WorkerStats::Planned);
            m_backlog.push_back(m_nextArrival);
            m_nextArrival += quint64(m_plan.threads);
        }
    }
    startPlanned();
    if (isLast)
        stop();
    else
        armArrival();
}

void StressWorker::startPlanned()
{
    while (!m_backlog.empty() && !m_free.empty()) {
        const quint64 n = m_backlog.front();
        m_backlog.pop_front();
        const quint32 local = m_free.front();
        m_free.pop_front();
        ++m_active;
        const LockMode mode = m_plan.strategy->facts().mode;
        m_clients[local]->start(schedule::section(m_plan.config, mode, 0, n), schedule::arrival(m_plan.config, n));
    }
}

void StressWorker::stop()
{
    if (m_isStopping)
        return;
    m_isStopping = true;
    m_drain.start(drainLimit);
    for (const auto& one : m_clients)
        one->stop();
    maybeFinish();
}

void StressWorker::maybeFinish()
{
    const bool nothingMore = m_isStopping || (m_plan.config.rate <= 0 && m_plan.config.sections > 0);
    if (m_active == 0 && nothingMore && !m_isStarting && m_hasBegun && !m_isOver)
        // Not from here: a client's own call may be on the stack.
        QMetaObject::invokeMethod(this, &StressWorker::finish, Qt::QueuedConnection);
}

void StressWorker::finish()
{
    if (m_isOver)
        return;
    m_isOver = true;
    m_drain.stop();
    m_timers.clear();
    m_spanPace.stop();
    for (const auto& one : m_clients)
        one->closeBooks();
    m_stats.putSpans(m_spans, {});
    for (auto& links : m_links)
        links.clear();
    m_subscriber.reset();
    Q_EMIT finished();
}

void StressWorker::tellSpans()
{
    std::vector<LaneSpan> goingOn;
    if (m_plan.config.recording) {
        for (const auto& one : m_clients) {
            if (one->index() >= VirtualClient::shownClients)
                break;
            one->addStretchUnderWay(goingOn);
        }
    }
    m_stats.putSpans(m_spans, std::move(goingOn));
}

void StressWorker::addSpan(const LaneSpan& span)
{
    if (m_spans.size() < mostSpans)
        m_spans.push_back(span);
}

void StressWorker::pauseClient(quint32 index, qint64 lengthNs)
{
    if (!m_isStopping && owns(index))
        client(index).pauseInSection(lengthNs);
}

void StressWorker::crashClient(quint32 index, qint64 downNs)
{
    if (!m_isStopping && owns(index))
        client(index).crashAtGrant(downNs);
}

void StressWorker::jumpClocks(qint64 byNs)
{
    for (const auto& one : m_clients)
        one->jumpClock(byNs);
}

void StressWorker::killConnections(quint32 chooser)
{
    if (m_isOver)
        return;
    for (auto& links : m_links) {
        Connection& victim = *links[chooser % links.size()];
        victim.close();
        victim.open();
    }
}

} // namespace lockscope

#include "moc_stressworker.cpp"
