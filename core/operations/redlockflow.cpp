// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/redlockflow.h"

#include "base/randomtoken.h"
#include "locks/fencing.h"
#include "operations/leftoverrelease.h"
#include "operations/lockscripts.h"
#include "operations/quorumverdict.h"

#include <QCoreApplication>
#include <QRandomGenerator>

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr int shortestPauseMs = 50;
constexpr int longestPauseMs = 250; // not reached itself
constexpr auto settlePatience = 2000ms;
// Each of these tries means that somebody else took and left the lock between two of our steps.
constexpr int mostStaleTries = 16;

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

RoundAnswer answerOf(NodeVote vote, qint64 number = 0)
{
    RoundAnswer answer;
    answer.vote = vote;
    answer.number = number;
    return answer;
}

/// Whoever answers with something else than a lock server does has not said yes.
RoundAnswer oddAnswer()
{
    RoundAnswer answer;
    answer.error = makeError(ErrorKind::Protocol,
        operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "SET was answered with something unknown")));
    answer.mayHaveRun = true;
    return answer;
}

RoundAnswer judgeSet(const ReplyView& reply)
{
    if (reply.isNil())
        return answerOf(NodeVote::Taken);
    const bool taken = reply.kind() == ReplyKind::Status && reply.bytes() == QByteArrayView("OK");
    return taken ? answerOf(NodeVote::Yes) : oddAnswer();
}

RoundAnswer judgeFenced(const ReplyView& reply)
{
    if (reply.size() != 2)
        return oddAnswer();
    switch (reply.at(0).toInteger()) {
    case 1:
        return answerOf(NodeVote::Yes);
    case 0:
        return answerOf(NodeVote::Taken);
    case -1:
        return answerOf(NodeVote::Missing, reply.at(1).toInteger());
    default:
        return oddAnswer();
    }
}

RoundAnswer judgeCounter(const ReplyView& reply)
{
    bool isNumber = true;
    const qint64 last = reply.isNil() ? 0 : reply.toByteArray().toLongLong(&isNumber);
    if (isNumber)
        return answerOf(NodeVote::Yes, last);
    RoundAnswer answer;
    answer.error = makeError(ErrorKind::Server,
        operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "the fencing counter is no number")));
    return answer;
}

Milliseconds randomPause()
{
    return Milliseconds(QRandomGenerator::global()->bounded(shortestPauseMs, longestPauseMs));
}

/// Whether the same question a little later may be answered otherwise.
bool mayChange(ErrorKind kind)
{
    return kind == ErrorKind::Taken || kind == ErrorKind::NoQuorum || kind == ErrorKind::Expired;
}

} // namespace

Milliseconds redlockValidity(Milliseconds ttl, SteadyTime sentAt, SteadyTime now)
{
    return ttl - ttl / 100 - std::chrono::ceil<Milliseconds>(now - sentAt);
}

Milliseconds redlockRoundTime(Milliseconds ttl) { return std::max<Milliseconds>(ttl / 20, 1ms); }

RedlockFlow::RedlockFlow(
    QList<Connection*> masters, const Clock& clock, const AcquireRequest& request, Handler handler, QObject* parent)
    : QObject(parent)
    , m_masters(std::move(masters))
    , m_clock(clock)
    , m_request(request)
    , m_handler(std::move(handler))
    , m_ownToken(request.token.isEmpty())
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &RedlockFlow::begin);
}

RedlockFlow::~RedlockFlow()
{
    report(fail(m_state == State::Trying ? ErrorKind::OutcomeUnknown : ErrorKind::Cancelled));
}

void RedlockFlow::start()
{
    m_giveUpAt = m_clock.now() + m_request.wait;
    begin();
}

void RedlockFlow::cancel()
{
    m_cancelled = true;
    if (m_state != State::Pausing)
        return;
    m_pause.stop();
    report(fail(ErrorKind::Cancelled));
    drain();
}

void RedlockFlow::begin()
{
    if (m_request.fence)
        count();
    else
        attempt();
}

// The number of this try is beyond whatever a quorum knows. Two who read the same cannot both take a quorum with it: a
// master that has seen it once refuses it.
void RedlockFlow::count()
{
    m_state = State::Counting;
    QuorumRound::Question question;
    question.ask = [counter = fencingCounterKey(m_request.key)](Connection& master, ReplyHandler handler) {
        master.send({ "GET", counter }, std::move(handler));
    };
    question.judge = judgeCounter;
    question.timeout = redlockRoundTime(m_request.ttl);
    (new QuorumRound(
         m_masters, std::move(question), [this](const std::vector<RoundAnswer>& answers) { onCounted(answers); }, this))
        ->start();
}

void RedlockFlow::onCounted(const std::vector<RoundAnswer>& answers)
{
    if (votesFor(answers, NodeVote::Yes) < quorumOf(m_masters.size()) || m_cancelled) {
        m_error = m_cancelled ? makeError(ErrorKind::Cancelled) : acquireRefusal(m_masters, answers);
        return tryAgainOrReport();
    }
    m_fence = 0;
    for (const RoundAnswer& answer : answers)
        m_fence = std::max(m_fence, answer.number);
    ++m_fence;
    attempt();
}

void RedlockFlow::attempt()
{
    m_state = State::Trying;
    // A new one for every try: what is still to be released of the last one must not meet this one.
    if (m_ownToken)
        m_request.token = m_request.fence ? fencedToken(m_fence) : randomToken();
    const QByteArray ttl = QByteArray::number(m_request.ttl.count());
    QuorumRound::Question question;
    question.timeout = redlockRoundTime(m_request.ttl);
    if (m_request.fence) {
        question.ask = [this, ttl](Connection& master, ReplyHandler handler) {
            runScript(master, fencedAcquireScript(), { m_request.key, fencingCounterKey(m_request.key) },
                { m_request.token, ttl, QByteArray::number(m_fence) }, std::move(handler));
        };
        question.judge = judgeFenced;
    } else {
        question.ask = [this, ttl](Connection& master, ReplyHandler handler) {
            master.send({ "SET", m_request.key, m_request.token, "NX", "PX", ttl }, std::move(handler));
        };
        question.judge = judgeSet;
    }
    m_sentAt = m_clock.now();
    (new QuorumRound(
         m_masters, std::move(question), [this](std::vector<RoundAnswer> answers) { onTried(std::move(answers)); },
         this))
        ->start();
}

void RedlockFlow::onTried(std::vector<RoundAnswer> answers)
{
    m_answers = std::move(answers);
    m_isStale = votesFor(m_answers, NodeVote::Missing) > 0;
    const SteadyTime now = m_clock.now();
    const bool isQuorum = votesFor(m_answers, NodeVote::Yes) >= quorumOf(m_masters.size());
    if (m_cancelled)
        return undo(makeError(ErrorKind::Cancelled));
    if (!isQuorum)
        return undo(acquireRefusal(m_masters, m_answers));
    if (redlockValidity(m_request.ttl, m_sentAt, now) <= 0ms)
        return undo(makeError(ErrorKind::Expired,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "the lease was over before the answer came"))));
    report(grantFrom(now));
    drain();
}

AcquireGrant RedlockFlow::grantFrom(SteadyTime now) const
{
    const Milliseconds validity = redlockValidity(m_request.ttl, m_sentAt, now);
    AcquireGrant grant { m_request.key, m_request.token, m_request.ttl, validity, now + validity };
    if (m_request.fence)
        grant.fence = m_fence;
    grant.nodes = nodeAnswers(m_masters, m_answers, grant.validUntil);
    grant.place = m_request.place;
    return grant;
}

bool RedlockFlow::mayHold(const RoundAnswer& answer) const
{
    if (answer.vote == NodeVote::Yes)
        return true;
    // A token that the caller chose may be what holds the lock on a master that called it taken, and then elsewhere as
    // well.
    return answer.mayHaveRun && (m_ownToken || votesFor(m_answers, NodeVote::Taken) == 0);
}

void RedlockFlow::undo(Error error)
{
    m_state = State::Undoing;
    m_error = std::move(error);
    QList<Connection*> masters;
    for (size_t i = 0; i < m_answers.size(); ++i) {
        if (mayHold(m_answers[i]))
            masters.append(m_masters.at(qsizetype(i)));
    }
    QuorumRound::Question question;
    question.timeout = redlockRoundTime(m_request.ttl);
    question.ask = [this](Connection& master, ReplyHandler handler) {
        runScript(master, releaseScript(), { m_request.key }, { m_request.token }, std::move(handler));
    };
    question.judge = [](const ReplyView& /*reply*/) { return answerOf(NodeVote::Yes); };
    auto done = [this, masters](const std::vector<RoundAnswer>& answers) { onUndone(masters, answers); };
    (new QuorumRound(masters, std::move(question), std::move(done), this))->start();
}

void RedlockFlow::onUndone(const QList<Connection*>& masters, const std::vector<RoundAnswer>& answers)
{
    for (size_t i = 0; i < answers.size(); ++i) {
        // A token that the caller chose may come again with the next try: that one must not be released late.
        if (answers[i].vote != NodeVote::Failed || !m_ownToken)
            continue;
        ++m_leftovers;
        new LeftoverRelease(
            *masters.at(qsizetype(i)), m_clock,
            { m_request.key, m_request.token, m_clock.now() + m_request.ttl + settlePatience },
            [this](std::optional<qint64> /*answer*/) {
                --m_leftovers;
                if (m_state == State::Draining)
                    drain();
            },
            this);
    }
    tryAgainOrReport();
}

void RedlockFlow::tryAgainOrReport()
{
    if (m_cancelled)
        m_error = makeError(ErrorKind::Cancelled);
    else if (std::exchange(m_isStale, false) && ++m_staleTries <= mostStaleTries)
        return begin();
    const auto left = std::chrono::ceil<Milliseconds>(m_giveUpAt - m_clock.now());
    if (left > 0ms && mayChange(m_error->kind)) {
        m_state = State::Pausing;
        return m_pause.start(std::min(randomPause(), left));
    }
    report(tl::unexpected(*m_error));
    drain();
}

void RedlockFlow::report(Result<AcquireGrant> result)
{
    if (!m_handler)
        return;
    Handler handler = std::move(m_handler);
    handler(std::move(result));
}

void RedlockFlow::drain()
{
    if (m_state == State::Done)
        return;
    m_state = m_leftovers > 0 ? State::Draining : State::Done;
    if (m_state == State::Done)
        Q_EMIT finished();
}

} // namespace lockscope
