// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/nodeexamination.h"

#include "redis/linkoptions.h"

#include <QTimer>

namespace lockscope {

namespace {

/// Our wall clock tells whole milliseconds.
constexpr qint64 ownClockUs = 1000;

bool meansLostLink(const Error& error)
{
    return error.kind == ErrorKind::ConnectionLost || error.kind == ErrorKind::Timeout
        || error.kind == ErrorKind::OutcomeUnknown || error.kind == ErrorKind::Protocol;
}

} // namespace

NodeExamination::NodeExamination(NodeAnswers answers, std::shared_ptr<const CommandGate> gate, Milliseconds timeout,
    Needs needs, int pings, QObject* parent)
    : QObject(parent)
    , m_answers(std::move(answers))
    , m_needs(needs)
    , m_pingsLeft(pings)
    , m_connection(m_answers.spec(), std::move(gate), oneTryOptions("lockscope-doctor", timeout))
{
    connect(&m_connection, &Connection::ready, this, &NodeExamination::onReady);
    connect(&m_connection, &Connection::lost, this, [this](const Error& error) {
        m_answers.failure = error;
        finish();
    });
}

NodeExamination::~NodeExamination()
{
    // What is still awaited ends with the connection, and must not begin anything.
    m_isFinished = true;
}

void NodeExamination::start() { m_connection.open(); }

void NodeExamination::onReady()
{
    m_startedAt = SystemClock::instance().now();
    measure();
}

void NodeExamination::measure()
{
    if (m_isFinished)
        return;
    if (m_pingsLeft-- <= 0) {
        askRound();
        return;
    }
    m_connection.send({ "PING" }, [this, sentAt = SystemClock::instance().now()](const Result<ReplyView>& reply) {
        // A server whose saves fail answers so to PING, too.
        if (reply || reply.error().serverCode == "MISCONF")
            m_answers.roundTrips.push_back(SystemClock::instance().now() - sentAt);
        readClock();
    });
}

void NodeExamination::readClock()
{
    if (m_isFinished)
        return;
    m_connection.send({ "TIME" }, [this, sentAt = SystemClock::instance().now()](const Result<ReplyView>& reply) {
        noteClock(sentAt, reply);
        measure();
    });
}

void NodeExamination::noteClock(SteadyTime sentAt, const Result<ReplyView>& reply)
{
    using Microseconds = std::chrono::microseconds;
    if (!reply) {
        m_answers.clockRefusal = reply.error();
        return;
    }
    const SteadyTime now = SystemClock::instance().now();
    const qint64 half = std::chrono::duration_cast<Microseconds>(now - sentAt).count() / 2;
    const qint64 serverUs = reply->at(0).toInteger() * 1'000'000 + reply->at(1).toInteger();
    const qint64 ownUs = SystemClock::instance().wallNow().toMSecsSinceEpoch() * 1000 + ownClockUs / 2;
    const ClockReading reading { serverUs + half - ownUs, half + ownClockUs };
    if (!m_answers.clock || reading.uncertaintyUs < m_answers.clock->uncertaintyUs)
        m_answers.clock = reading;
}

void NodeExamination::askRound()
{
    if (m_isFinished)
        return;
    QList<Words> wanted;
    for (const Words& command : m_needs(m_answers)) {
        if (!command.isEmpty() && !m_answers.has(command) && !wanted.contains(command))
            wanted.append(command);
    }
    if (wanted.isEmpty()) {
        finish();
        return;
    }
    m_awaited = int(wanted.size());
    for (const Words& command : std::as_const(wanted)) {
        m_connection.send(Command(command), [this, command](const Result<ReplyView>& reply) {
            m_answers.keep(command, reply ? keepReply(*reply) : Result<KeptReply>(fail(reply.error())));
            if (!reply && meansLostLink(reply.error()) && !m_answers.failure)
                m_answers.failure = reply.error();
            onAnswer();
        });
    }
}

void NodeExamination::onAnswer()
{
    if (--m_awaited > 0 || m_isFinished)
        return;
    if (m_answers.failure)
        finish();
    else
        askRound();
}

void NodeExamination::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_took = std::chrono::duration_cast<Milliseconds>(SystemClock::instance().now() - m_startedAt);
    // Not from within an answer: whoever is told may want us gone.
    QTimer::singleShot(0, this, &NodeExamination::finished);
}

} // namespace lockscope

#include "moc_nodeexamination.cpp"
