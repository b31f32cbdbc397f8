// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/subscriber.h"

#include "redis/linkpulse.h"
#include "redis/serverlink.h"

#include <algorithm>
#include <deque>
#include <optional>

namespace lockscope {

class Subscriber::Private final : public LinkUser {
public:
    Private(Subscriber* owner, ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options)
        : q(owner)
        , link(*this, std::move(spec), std::move(gate), std::move(options), RespReader::subscriberTailLimit)
        , livenessTimer(&link)
    {
        link.setParent(owner);
        livenessTimer.setSingleShot(true);
        QObject::connect(&livenessTimer, &QTimer::timeout, &link, [this] { checkLiveness(); });
    }

    void linkStateChanged(Connection::State state) override { isReady = state == Connection::State::Ready; }
    void linkReady() override;
    void linkReplied(ReplyView reply) override;
    void linkLost(const Error& error) override;

    /// What is asked before subscribing, where keys are to be tracked.
    enum class Prologue : quint8 { Done, AwaitingId, AwaitingTracking };

    void beginTracking();
    void continuePrologue(ReplyView reply);
    void subscribeAll();
    void subscribe(const char* verb, const QList<QByteArray>& names);
    void confirm();
    void deliver(ReplyView reply);
    void pongArrived(Status status);
    void checkLiveness();
    [[nodiscard]] Milliseconds livenessStep() const
    {
        return std::max(link.options().commandTimeout / 5, Milliseconds(10));
    }
    void ping(UniqueFunction<void(Status)> handler);
    void end(ErrorKind kind, const Error& reason);

    struct Ping {
        UniqueFunction<void(Status)> handler; ///< empty for the pings of the liveness check
        SteadyTime sentAt;
    };

    Subscriber* q;
    ServerLink link;
    QTimer livenessTimer;
    MessageHandler messageHandler;
    QList<QByteArray> patterns;
    QList<QByteArray> channels;
    std::optional<QList<QByteArray>> trackedPrefixes; ///< where keys are tracked
    Prologue prologue = Prologue::Done;
    qsizetype unconfirmed = 0;
    SteadyTime subscribedAt; ///< when the subscriptions were sent
    bool isReady = false;
    bool isSubscribed = false;
    quint64 pings = 0;
    std::deque<Ping> awaitedPongs;
};

void Subscriber::Private::linkReady()
{
    unconfirmed = patterns.size() + channels.size();
    subscribedAt = std::chrono::steady_clock::now();
    livenessTimer.start(livenessStep());
    if (trackedPrefixes)
        beginTracking();
    else
        subscribeAll();
}

// Whoever is subscribed may not ask for either, so both come first.
void Subscriber::Private::beginTracking()
{
    prologue = Prologue::AwaitingId;
    if (const Status sent = link.append(Command { "CLIENT", "ID" }); !sent)
        link.drop(sent.error());
}

void Subscriber::Private::continuePrologue(ReplyView reply)
{
    if (reply.isError()) {
        link.drop(errorFromReply(reply.toByteArray(), link.endpoint()));
        return;
    }
    if (prologue == Prologue::AwaitingTracking) {
        prologue = Prologue::Done;
        subscribeAll();
        return;
    }
    prologue = Prologue::AwaitingTracking;
    QList<QByteArray> command { "CLIENT", "TRACKING", "ON", "REDIRECT", QByteArray::number(reply.toInteger()),
        "BCAST" };
    for (const QByteArray& prefix : *trackedPrefixes)
        command << "PREFIX" << prefix;
    if (const Status sent = link.append(Command(command)); !sent)
        link.drop(sent.error());
}

void Subscriber::Private::subscribeAll()
{
    subscribe("PSUBSCRIBE", patterns);
    subscribe("SUBSCRIBE", channels);
    if (isReady && unconfirmed == 0) {
        isSubscribed = true;
        Q_EMIT q->subscribed();
    }
}

void Subscriber::Private::subscribe(const char* verb, const QList<QByteArray>& names)
{
    if (names.isEmpty() || !isReady)
        return;
    if (const Status sent = link.append(Command(QList<QByteArray> { verb } + names)); !sent)
        link.drop(sent.error());
}

void Subscriber::Private::linkReplied(ReplyView reply)
{
    if (prologue != Prologue::Done) {
        continuePrologue(reply);
        return;
    }
    if (reply.isArray()) {
        deliver(reply);
        return;
    }
    // Without any subscription, a pong is no array. BUSY in answer to a ping is a sign of life, too.
    if (!awaitedPongs.empty() && unconfirmed == 0)
        pongArrived(reply.isError() ? Status(fail(errorFromReply(reply.toByteArray(), link.endpoint()))) : Status());
    else if (reply.isError())
        link.drop(errorFromReply(reply.toByteArray(), link.endpoint()));
    else
        link.drop(makeError(ErrorKind::Protocol, QStringLiteral("no message of a subscription"), link.endpoint()));
}

// No allocation on this path: 10^5 messages a second come along here.
void Subscriber::Private::deliver(ReplyView reply)
{
    auto part = reply.begin();
    const QByteArrayView kind = reply.size() > 0 ? (*part).bytes() : QByteArrayView();
    const auto following = [&part] {
        ++part;
        return (*part).bytes();
    };
    PubSubMessage message;
    if (kind == "pmessage" && reply.size() == 4) {
        message.pattern = following();
    } else if (kind != "message" || reply.size() != 3) {
        if (kind == "psubscribe" || kind == "subscribe")
            confirm();
        else if (kind == "pong")
            pongArrived({});
        return;
    }
    message.channel = following();
    message.payload = following();
    message.body = *part;
    if (messageHandler)
        messageHandler(message);
}

void Subscriber::Private::confirm()
{
    if (unconfirmed == 0 || --unconfirmed > 0)
        return;
    isSubscribed = true;
    Q_EMIT q->subscribed();
}

void Subscriber::Private::pongArrived(Status status)
{
    if (awaitedPongs.empty())
        return;
    auto handler = std::move(awaitedPongs.front().handler);
    awaitedPongs.pop_front();
    if (handler)
        handler(std::move(status));
}

// Quiet is normal for a subscription, so it is asked for a sign of life from time to time.
void Subscriber::Private::checkLiveness()
{
    const Milliseconds patience = link.options().commandTimeout;
    const SteadyTime now = std::chrono::steady_clock::now();
    if (unconfirmed > 0 && now - subscribedAt > patience) {
        link.drop(makeError(ErrorKind::Timeout, QStringLiteral("the subscription was not confirmed"), link.endpoint()));
        return;
    }
    if (unconfirmed > 0) {
        livenessTimer.start(livenessStep());
        return;
    }
    const LinkPulse::Finding finding
        = LinkPulse(link.options().pulse)
              .look(now, link.lastReceived(),
                  awaitedPongs.empty() ? std::nullopt : std::optional(awaitedPongs.front().sentAt),
                  LinkPulse::patience(patience));
    if (finding.need == LinkPulse::Need::GiveUp) {
        link.drop(makeError(ErrorKind::Timeout, QStringLiteral("the subscription has fallen silent"), link.endpoint()));
        return;
    }
    const auto wait = std::chrono::ceil<Milliseconds>(std::min(finding.next, now + std::chrono::seconds(1)) - now);
    livenessTimer.start(std::max(wait, Milliseconds(1)));
    if (finding.need == LinkPulse::Need::Question)
        ping({});
}

void Subscriber::Private::ping(UniqueFunction<void(Status)> handler)
{
    awaitedPongs.push_back({ std::move(handler), std::chrono::steady_clock::now() });
    // It waits before it is written: a write that finds the link dead ends everything that waits.
    if (Status sent = link.append(Command { "PING", QByteArray::number(++pings) }); !sent)
        link.drop(sent.error());
}

void Subscriber::Private::linkLost(const Error& error)
{
    end(ErrorKind::ConnectionLost, error);
    Q_EMIT q->lost(error);
}

void Subscriber::Private::end(ErrorKind kind, const Error& reason)
{
    livenessTimer.stop();
    isSubscribed = false;
    unconfirmed = 0;
    prologue = Prologue::Done;
    for (Ping& ping : std::exchange(awaitedPongs, {})) {
        if (ping.handler)
            ping.handler(fail(kind, reason.detail, link.endpoint()));
    }
}

Subscriber::Subscriber(
    ConnectionSpec spec, std::shared_ptr<const CommandGate> gate, ConnectionOptions options, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(spec), std::move(gate), std::move(options)))
{
}

Subscriber::~Subscriber()
{
    blockSignals(true);
    close();
}

void Subscriber::setMessageHandler(MessageHandler handler) { d->messageHandler = std::move(handler); }

void Subscriber::open(const QList<QByteArray>& patterns, const QList<QByteArray>& channels)
{
    close();
    d->patterns = patterns;
    d->channels = channels;
    d->trackedPrefixes.reset();
    d->link.open();
}

void Subscriber::openTracking(const QList<QByteArray>& prefixes)
{
    close();
    d->patterns.clear();
    d->channels = { invalidationChannel };
    d->trackedPrefixes = prefixes;
    d->link.open();
}

void Subscriber::close()
{
    d->link.close();
    d->end(ErrorKind::Cancelled, d->link.lastError());
}

bool Subscriber::isSubscribed() const { return d->isSubscribed; }

Error Subscriber::lastError() const { return d->link.lastError(); }

TrafficCounters Subscriber::traffic() const { return d->link.traffic(); }

void Subscriber::mark(UniqueFunction<void(Status)> handler)
{
    if (d->isReady)
        d->ping(std::move(handler));
    else
        handler(fail(ErrorKind::ConnectionLost, d->link.lastError().detail, d->link.endpoint()));
}

} // namespace lockscope

#include "moc_subscriber.cpp"
