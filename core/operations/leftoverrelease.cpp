// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/leftoverrelease.h"

#include "operations/linkwaiter.h"
#include "operations/lockscripts.h"

#include <QPointer>

using namespace std::chrono_literals;

namespace lockscope {

LeftoverRelease::LeftoverRelease(
    Connection& connection, const Clock& clock, Lease lease, Callback callback, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_lease(std::move(lease))
    , m_callback(std::move(callback))
{
    send();
}

void LeftoverRelease::send()
{
    const auto left = std::chrono::ceil<Milliseconds>(m_lease.until - m_clock.now());
    // The waiter calls back in a later turn at the earliest, with nothing to wait for as well.
    new LinkWaiter(
        m_connection, std::max(left, 0ms),
        [self = QPointer(this), expired = left <= 0ms](bool isReady) {
            if (!self)
                return;
            if (!isReady || expired)
                return self->finish({});
            runScript(self->m_connection, releaseScript(), { self->m_lease.key }, { self->m_lease.token },
                [self](const Result<ReplyView>& reply) {
                    if (self)
                        self->onReply(reply);
                });
        },
        this);
}

void LeftoverRelease::onReply(const Result<ReplyView>& reply)
{
    if (reply)
        return finish(reply->toInteger());
    switch (reply.error().kind) {
    case ErrorKind::OutcomeUnknown:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Timeout:
        return send();
    default:
        finish({});
    }
}

void LeftoverRelease::finish(std::optional<qint64> answer)
{
    if (!m_callback)
        return;
    Callback callback = std::move(m_callback);
    deleteLater();
    callback(answer);
}

} // namespace lockscope
