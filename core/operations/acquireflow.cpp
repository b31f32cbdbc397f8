// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/acquireflow.h"

#include "base/randomtoken.h"
#include "locks/fencing.h"
#include "operations/leftoverrelease.h"
#include "operations/lockscripts.h"

#include <QCoreApplication>
#include <QPointer>
#include <QRandomGenerator>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr auto shortestPause = 50ms;
constexpr auto longestPause = 250ms;
// How long a caller waits to hear whether an acquire of unknown outcome could be undone.
constexpr auto settlePatience = 2000ms;
// Each of these tries but the first means that somebody else took and left the lock between two of our steps.
constexpr int mostStaleTries = 16;

QString operationText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

Milliseconds randomPause()
{
    return Milliseconds(QRandomGenerator::global()->bounded(int(shortestPause.count()), int(longestPause.count()) + 1));
}

} // namespace

Milliseconds remainingValidity(Milliseconds ttl, SteadyTime sentAt, SteadyTime now)
{
    const Milliseconds drift = ttl / 100 + 2ms;
    return ttl - drift - std::chrono::ceil<Milliseconds>(now - sentAt);
}

AcquireFlow::AcquireFlow(
    Connection& connection, const Clock& clock, const AcquireRequest& request, Handler handler, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_request(request)
    , m_handler(std::move(handler))
    , m_ownToken(request.token.isEmpty())
{
    if (m_ownToken)
        m_request.token = randomToken();
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &AcquireFlow::attempt);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] { report(tl::unexpected(*m_error)); });
}

AcquireFlow::~AcquireFlow()
{
    const bool sent = m_state == State::Trying;
    report(fail(sent ? ErrorKind::OutcomeUnknown : ErrorKind::Cancelled));
}

void AcquireFlow::start()
{
    m_giveUpAt = m_clock.now() + m_request.wait;
    attempt();
}

void AcquireFlow::cancel()
{
    m_cancelled = true;
    if (m_state != State::Pausing)
        return;
    report(fail(ErrorKind::Cancelled));
    end();
}

void AcquireFlow::attempt()
{
    m_state = State::Trying;
    m_sentAt = m_clock.now();
    if (m_request.fence)
        return attemptFenced();
    const Command set { "SET", m_request.key, m_request.token, "NX", "PX", QByteArray::number(m_request.ttl.count()) };
    m_connection.send(set, [self = QPointer(this)](Result<ReplyView> reply) {
        if (self)
            self->onAnswer(std::move(reply));
    });
}

void AcquireFlow::attemptFenced()
{
    if (m_ownToken)
        m_request.token = fencedToken(m_fence);
    const QList<QByteArray> arguments { m_request.token, QByteArray::number(m_request.ttl.count()),
        QByteArray::number(m_fence) };
    runScript(m_connection, fencedAcquireScript(), { m_request.key, fencingCounterKey(m_request.key) }, arguments,
        [self = QPointer(this)](const Result<ReplyView>& reply) {
            if (self)
                self->onFencedAnswer(reply);
        });
}

void AcquireFlow::onAnswer(Result<ReplyView> reply)
{
    if (!reply)
        return onFailure(reply.error());
    if (reply->isNil())
        return onTaken();
    // Only OK is success: whatever else a proxy may answer, nobody said that the lock is ours.
    if (reply->kind() == ReplyKind::Status && reply->bytes() == QByteArrayView("OK"))
        return onGranted();
    onOddAnswer();
}

void AcquireFlow::onFencedAnswer(const Result<ReplyView>& reply)
{
    if (!reply)
        return onFailure(reply.error());
    const qint64 word = reply->size() == 2 ? reply->at(0).toInteger() : 2;
    if (word == 1)
        return onGranted();
    if (word == 0 || (word == -1 && (m_cancelled || m_staleTries > mostStaleTries)))
        return onTaken();
    if (word != -1)
        return onOddAnswer();
    ++m_staleTries;
    m_fence = reply->at(1).toInteger() + 1;
    attempt();
}

void AcquireFlow::onFailure(const Error& error)
{
    if (error.kind == ErrorKind::OutcomeUnknown)
        return onOutcomeUnknown(error);
    report(tl::unexpected(error));
    end();
}

void AcquireFlow::onOddAnswer()
{
    onOutcomeUnknown(makeError(ErrorKind::OutcomeUnknown,
        operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "SET was answered with something unknown"))));
}

void AcquireFlow::onTaken()
{
    const auto left = std::chrono::ceil<Milliseconds>(m_giveUpAt - m_clock.now());
    if (m_cancelled || left <= 0ms) {
        report(fail(m_cancelled ? ErrorKind::Cancelled : ErrorKind::Taken));
        return end();
    }
    m_state = State::Pausing;
    m_pause.start(std::min(randomPause(), left));
}

void AcquireFlow::onGranted()
{
    const SteadyTime now = m_clock.now();
    const Milliseconds validity = remainingValidity(m_request.ttl, m_sentAt, now);
    if (m_cancelled)
        return releaseThenReport(makeError(ErrorKind::Cancelled));
    if (validity <= 0ms)
        return releaseThenReport(makeError(ErrorKind::NotHeld,
            operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "the lease was over before the answer came"))));
    AcquireGrant grant { m_request.key, m_request.token, m_request.ttl, validity, now + validity };
    if (m_request.fence)
        grant.fence = m_fence;
    grant.place = m_request.place;
    report(std::move(grant));
    end();
}

void AcquireFlow::onOutcomeUnknown(const Error& error)
{
    if (m_ownToken)
        return releaseThenReport(error);
    // A token that the caller chose may be in use already: releasing it could end a lock that this request did not
    // take.
    report(tl::unexpected(error));
    end();
}

void AcquireFlow::releaseThenReport(Error error)
{
    m_state = State::Releasing;
    m_error = std::move(error);
    m_patience.start(settlePatience);
    new LeftoverRelease(
        m_connection, m_clock, { m_request.key, m_request.token, m_clock.now() + m_request.ttl + settlePatience },
        [this](std::optional<qint64> answer) { onReleased(answer); }, this);
}

void AcquireFlow::onReleased(std::optional<qint64> answer)
{
    if (m_error->kind == ErrorKind::OutcomeUnknown && answer)
        m_error->detail += *answer == 1
            ? operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "; it had been taken and was released again"))
            : operationText(QT_TRANSLATE_NOOP("lockscope::Operations", "; it is not held with this request's token"));
    end();
}

void AcquireFlow::report(Result<AcquireGrant> result)
{
    if (!m_handler)
        return;
    Handler handler = std::move(m_handler);
    handler(std::move(result));
}

void AcquireFlow::end()
{
    if (m_state == State::Done)
        return;
    m_state = State::Done;
    m_patience.stop();
    m_pause.stop();
    if (m_error)
        report(tl::unexpected(*m_error));
    Q_EMIT finished();
}

} // namespace lockscope
