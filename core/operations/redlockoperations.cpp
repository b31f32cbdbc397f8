// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/redlockoperations.h"

#include "operations/lockscripts.h"
#include "operations/quorumverdict.h"
#include "operations/redlockflow.h"

#include <QCoreApplication>

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

// How long the last masters may take once the outcome is decided.
constexpr auto lastAnswers = 400ms;
constexpr auto releaseTimeout = 5000ms;

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

/// The answer of extendScript() and releaseScript(): only a yes to exactly this token is a vote.
RoundAnswer judgeHeld(const ReplyView& reply)
{
    RoundAnswer answer;
    if (reply.kind() == ReplyKind::Integer && reply.toInteger() == 1)
        answer.vote = NodeVote::Yes;
    else if (reply.kind() == ReplyKind::Integer && reply.toInteger() == 0)
        answer.vote = NodeVote::Missing;
    else
        answer.vote = NodeVote::Taken;
    return answer;
}

} // namespace

class RedlockOperations::Private {
public:
    QList<Connection*> masters;
    const Clock* clock = nullptr;
    std::vector<RedlockFlow*> flows; // children of the owner
};

RedlockOperations::RedlockOperations(QList<Connection*> masters, const Clock& clock, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->masters = std::move(masters);
    d->clock = &clock;
}

RedlockOperations::~RedlockOperations()
{
    // While `d` is alive: what is waiting hears that it ended.
    for (QuorumRound* round : findChildren<QuorumRound*>(QString(), Qt::FindDirectChildrenOnly))
        round->conclude();
    for (RedlockFlow* flow : std::exchange(d->flows, {}))
        delete flow;
}

void RedlockOperations::acquire(const AcquireRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler)
{
    if (request.key.isEmpty() || request.ttl < 1ms)
        return handler(fail(ErrorKind::Usage,
            operationText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "a lock needs a key and a TTL of at least 1 ms"))));
    auto* flow = new RedlockFlow(d->masters, *d->clock, request, std::move(handler), this);
    d->flows.push_back(flow);
    connect(flow, &RedlockFlow::finished, this, [this, flow] {
        std::erase(d->flows, flow);
        flow->deleteLater();
        if (d->flows.empty())
            Q_EMIT idle();
    });
    flow->start();
}

void RedlockOperations::extend(const ExtendRequest& request, UniqueFunction<void(Result<AcquireGrant>)> handler)
{
    // PEXPIRE with zero deletes the key, which nobody means by prolonging.
    if (request.ttl < 1ms)
        return handler(fail(ErrorKind::Usage,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "the TTL must be at least 1 ms"))));
    QuorumRound::Question question;
    question.ask = [request](Connection& master, ReplyHandler answered) {
        runScript(master, extendScript(), { request.key }, { request.token, QByteArray::number(request.ttl.count()) },
            std::move(answered));
    };
    question.judge = judgeHeld;
    question.timeout = request.ttl;
    question.grace = std::min<Milliseconds>(redlockRoundTime(request.ttl), lastAnswers);
    auto done = [this, request, sentAt = d->clock->now(), handler = std::move(handler)](
                    const std::vector<RoundAnswer>& answers) mutable {
        if (votesFor(answers, NodeVote::Yes) < quorumOf(d->masters.size()))
            return handler(tl::unexpected(holdRefusal(d->masters, answers)));
        const SteadyTime now = d->clock->now();
        const Milliseconds validity = redlockValidity(request.ttl, sentAt, now);
        if (validity <= 0ms)
            return handler(fail(ErrorKind::Expired,
                operationText(
                    QT_TRANSLATE_NOOP("lockscope::Operations", "the lease was over before the answer came"))));
        AcquireGrant grant { request.key, request.token, request.ttl, validity, now + validity };
        grant.nodes = nodeAnswers(d->masters, answers, grant.validUntil);
        grant.place = request.place;
        handler(std::move(grant));
    };
    (new QuorumRound(d->masters, std::move(question), std::move(done), this))->start();
}

void RedlockOperations::release(const ReleaseRequest& request, UniqueFunction<void(Status)> handler)
{
    QuorumRound::Question question;
    question.ask = [request](Connection& master, ReplyHandler answered) {
        runScript(master, releaseScript(), { request.key }, { request.token }, std::move(answered));
    };
    question.judge = judgeHeld;
    question.timeout = releaseTimeout;
    question.grace = lastAnswers;
    auto done = [this, handler = std::move(handler)](const std::vector<RoundAnswer>& answers) mutable {
        if (votesFor(answers, NodeVote::Yes) >= quorumOf(d->masters.size()))
            handler({});
        else
            handler(tl::unexpected(holdRefusal(d->masters, answers)));
    };
    (new QuorumRound(d->masters, std::move(question), std::move(done), this))->start();
}

void RedlockOperations::cancelAcquires()
{
    const std::vector<RedlockFlow*> flows = d->flows;
    for (RedlockFlow* flow : flows)
        flow->cancel();
}

bool RedlockOperations::isIdle() const { return d->flows.empty(); }

} // namespace lockscope
