// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"

#include "base/logging.h"
#include "redis/linkpulse.h"
#include "redis/serverlink.h"

#include <algorithm>
#include <deque>

namespace lockscope {

namespace {

// A command whose answer is awaited. Without a handler its answer will be thrown away in its turn.
struct Pending {
    ReplyHandler handler; ///< none: a sign of life was asked for, or it has timed out
    QByteArray name;
    SteadyTime sentAt;
    SteadyTime deadline;
    quint64 endPosition = 0; ///< where its last byte ends in the stream of all bytes sent
};

} // namespace

class Connection::Private final : public LinkUser {
public:
    Private(Connection* owner, ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options)
        : q(owner)
        , link(*this, std::move(spec), std::move(gate), std::move(options), RespReader::commandTailLimit)
        , deadlineTimer(&link)
    {
        link.setParent(owner);
        deadlineTimer.setSingleShot(true);
        QObject::connect(&deadlineTimer, &QTimer::timeout, &link, [this] { checkDeadlines(); });
    }

    void linkStateChanged(State state) override { Q_EMIT q->stateChanged(state); }
    void linkReady() override;
    void linkReplied(ReplyView reply) override;
    void linkLost(const Error& error) override;

    void failPending(ErrorKind readKind, const Error& reason);
    void watchDeadline(SteadyTime deadline);
    void checkDeadlines();
    void checkPulse(SteadyTime now, SteadyTime::duration longestWait);
    void ping();
    void expire(Pending& command);
    /// How a command without an answer ends: only what cannot have changed the server gets `readKind`.
    [[nodiscard]] Error endOf(const Pending& command, ErrorKind readKind, const QString& detail) const;

    Connection* q;
    ServerLink link;
    std::deque<Pending> pending;
    QTimer deadlineTimer;
    SteadyTime nextCheck = SteadyTime::max();
};

void Connection::Private::linkReady()
{
    checkPulse(std::chrono::steady_clock::now(), {});
    Q_EMIT q->ready();
}

void Connection::Private::linkReplied(ReplyView reply)
{
    if (pending.empty()) {
        link.drop(makeError(ErrorKind::Protocol, QStringLiteral("an answer to no question"), link.endpoint()));
        return;
    }
    ReplyHandler handler = std::move(pending.front().handler);
    pending.pop_front();
    if (!handler)
        return;
    if (reply.isError())
        handler(fail(errorFromReply(reply.toByteArray(), link.endpoint())));
    else
        handler(reply);
}

void Connection::Private::linkLost(const Error& error)
{
    failPending(ErrorKind::ConnectionLost, error);
    Q_EMIT q->lost(error);
}

void Connection::Private::failPending(ErrorKind readKind, const Error& reason)
{
    deadlineTimer.stop();
    nextCheck = SteadyTime::max();
    // Handlers may send on a link that is already up again: these commands are not theirs.
    std::deque<Pending> ended = std::exchange(pending, {});
    for (Pending& command : ended) {
        if (command.handler)
            command.handler(fail(endOf(command, readKind, reason.detail)));
    }
}

Error Connection::Private::endOf(const Pending& command, ErrorKind readKind, const QString& detail) const
{
    const bool left = command.endPosition <= link.writtenPosition();
    const bool harmless = !left || CommandGate::isKnownRead(command.name);
    return makeError(harmless ? readKind : ErrorKind::OutcomeUnknown,
        QString::fromLatin1(command.name) + QStringLiteral(": ") + detail, link.endpoint());
}

void Connection::Private::watchDeadline(SteadyTime deadline)
{
    if (deadline >= nextCheck)
        return;
    nextCheck = deadline;
    const auto wait = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
    deadlineTimer.start(std::max(wait, Milliseconds(1)));
}

void Connection::Private::checkDeadlines()
{
    nextCheck = SteadyTime::max();
    const SteadyTime now = std::chrono::steady_clock::now();
    std::vector<Pending> expired;
    SteadyTime next = SteadyTime::max();
    auto longestWait = SteadyTime::duration::zero();
    for (Pending& command : pending) {
        longestWait = std::max(longestWait, command.deadline - command.sentAt);
        if (!command.handler)
            continue;
        if (command.deadline > now) {
            next = std::min(next, command.deadline);
            continue;
        }
        Pending& end = expired.emplace_back();
        end.name = command.name;
        end.endPosition = command.endPosition;
        end.handler = std::move(command.handler);
    }
    if (next != SteadyTime::max())
        watchDeadline(next);
    if (link.state() == State::Ready)
        checkPulse(now, longestWait);
    for (Pending& command : expired)
        expire(command);
}

void Connection::Private::checkPulse(SteadyTime now, SteadyTime::duration longestWait)
{
    const bool isAsking = !pending.empty();
    const LinkPulse::Finding finding
        = LinkPulse(link.options().pulse)
              .look(now, link.lastReceived(), isAsking ? std::optional(pending.front().sentAt) : std::nullopt,
                  isAsking ? longestWait : LinkPulse::patience(link.options().commandTimeout));
    if (finding.need == LinkPulse::Need::GiveUp) {
        link.drop(makeError(ErrorKind::Timeout, QStringLiteral("the server has fallen silent"), link.endpoint()));
        return;
    }
    if (finding.next != SteadyTime::max())
        watchDeadline(finding.next);
    if (finding.need == LinkPulse::Need::Question)
        ping();
}

// Whatever comes back is a sign of life, so nobody waits for the answer as such.
void Connection::Private::ping()
{
    const Command question { "PING" };
    Pending& pong = pending.emplace_back();
    pong.name = question.name();
    pong.sentAt = std::chrono::steady_clock::now();
    pong.deadline = pong.sentAt + LinkPulse::patience(link.options().commandTimeout);
    pong.endPosition = link.appendedPosition() + quint64(question.wire().size());
    if (const Status sent = link.append(question); !sent)
        pending.pop_back();
}

void Connection::Private::expire(Pending& command)
{
    qCInfo(logRedis).noquote() << link.endpoint() << command.name << "was not answered in time";
    command.handler(fail(endOf(command, ErrorKind::Timeout, QStringLiteral("no answer in time"))));
}

Connection::Connection(
    ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(spec), std::move(gate), std::move(options)))
{
}

Connection::~Connection()
{
    blockSignals(true);
    close();
}

void Connection::open() { d->link.open(); }

void Connection::close()
{
    d->link.close();
    d->failPending(ErrorKind::Cancelled, d->link.lastError());
}

Connection::State Connection::state() const { return d->link.state(); }

const ConnectionSpec& Connection::spec() const { return d->link.spec(); }

TrafficCounters Connection::traffic() const { return d->link.traffic(); }

Error Connection::lastError() const { return d->link.lastError(); }

qsizetype Connection::pendingCommands() const { return qsizetype(d->pending.size()); }

qint64 Connection::unsentBytes() const { return d->link.unsentBytes(); }

void Connection::send(const Command& command, ReplyHandler handler, Milliseconds timeout)
{
    if (!isReady()) {
        const QString why = d->link.lastError().detail;
        handler(
            fail(ErrorKind::ConnectionLost, why.isEmpty() ? QStringLiteral("not connected") : why, d->link.endpoint()));
        return;
    }
    Pending& pending = d->pending.emplace_back();
    pending.handler = std::move(handler);
    pending.name = command.name();
    pending.sentAt = std::chrono::steady_clock::now();
    pending.deadline = pending.sentAt + (timeout.count() > 0 ? timeout : d->link.options().commandTimeout);
    pending.endPosition = d->link.appendedPosition() + quint64(command.wire().size());
    d->watchDeadline(pending.deadline);
    // It waits before it is written: a write that finds the link dead ends everything that waits, this one included.
    if (Status sent = d->link.append(command); !sent) {
        ReplyHandler refused = std::move(d->pending.back().handler);
        d->pending.pop_back();
        refused(fail(std::move(sent.error())));
    }
}

} // namespace lockscope

#include "moc_connection.cpp"
