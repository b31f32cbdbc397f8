// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/followup.h"

#include "operations/lockinspector.h"

#include <QPointer>

#include <algorithm>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

/// A waiter that was woken comes within milliseconds; one that asks again and again within a second.
Milliseconds pauseAfter(qint64 elapsedMs) { return elapsedMs < 250 ? 10ms : elapsedMs < 1000 ? 25ms : 100ms; }

} // namespace

FollowUp::FollowUp(Connection& connection, const Clock& clock, const FamilyRegistry& registry, FollowRequest request,
    Handler handler, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_registry(registry)
    , m_request(std::move(request))
    , m_handler(std::move(handler))
{
    for (const FollowRequest::Lock& lock : std::as_const(m_request.locks)) {
        NextHolder next;
        next.kind = NextHolder::Kind::Nobody;
        next.key = lock.key;
        m_next.append(next);
    }
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &FollowUp::look);
}

FollowUp::~FollowUp()
{
    if (!m_done)
        finish();
}

void FollowUp::start()
{
    if (m_request.since == SteadyTime())
        m_request.since = m_clock.now();
    look();
}

qint64 FollowUp::elapsedMs() const
{
    return std::chrono::duration_cast<Milliseconds>(m_clock.now() - m_request.since).count();
}

void FollowUp::look()
{
    m_awaited = 1; // until all is asked
    for (qsizetype i = 0; i < m_next.size(); ++i) {
        if (m_next.at(i).kind != NextHolder::Kind::Nobody)
            continue;
        ++m_awaited;
        m_connection.send({ "EXISTS", m_next.at(i).key }, [self = QPointer(this), i](const Result<ReplyView>& reply) {
            if (!self)
                return;
            self->m_next[i].error = reply ? std::nullopt : std::optional(reply.error());
            self->onExists(i, reply && reply->toInteger() == 1);
        });
    }
    answered();
}

void FollowUp::onExists(qsizetype index, bool exists)
{
    if (!exists)
        return answered();
    inspectLock(
        m_connection, m_clock, m_next.at(index).key,
        [self = QPointer(this), index](const Result<LockInspection>& seen) {
            if (self)
                self->onSeen(index, seen);
        },
        m_registry);
}

void FollowUp::onSeen(qsizetype index, const Result<LockInspection>& seen)
{
    const FollowRequest::Lock& lock = m_request.locks.at(index);
    NextHolder& next = m_next[index];
    if (seen && seen->hasToken) {
        std::vector<LockHolder> holders = seen->holders;
        if (holders.empty())
            holders.push_back({ seen->token });
        const auto fresh = std::find_if(holders.begin(), holders.end(),
            [&](const LockHolder& holder) { return !lock.others.contains(holder.token); });
        if (fresh != holders.end()) {
            next.kind = fresh->token == lock.released ? NextHolder::Kind::SameAgain : NextHolder::Kind::Other;
            next.token = fresh->token;
            next.afterMs = elapsedMs();
            if (seen->family != FamilyId::None)
                next.owner = m_registry.family(seen->family).ownerHints(fresh->token);
        }
    }
    answered();
}

void FollowUp::answered()
{
    if (--m_awaited > 0 || m_done)
        return;
    const bool all = std::none_of(
        m_next.begin(), m_next.end(), [](const NextHolder& next) { return next.kind == NextHolder::Kind::Nobody; });
    const Milliseconds left = m_request.window - Milliseconds(elapsedMs());
    if (all || left <= 0ms)
        return finish();
    m_timer.start(std::min(left, pauseAfter(elapsedMs())));
}

void FollowUp::finish()
{
    m_done = true;
    for (NextHolder& next : m_next) {
        next.watchedMs = elapsedMs();
        if (next.kind == NextHolder::Kind::Nobody && next.error)
            next.kind = NextHolder::Kind::Unknown;
    }
    m_handler(std::move(m_next));
    Q_EMIT finished();
}

} // namespace lockscope
