// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/operationsite.h"

#include "redis/linkoptions.h"

#include <algorithm>
#include <iterator>

namespace lockscope {

namespace {

bool isPermanent(ErrorKind kind)
{
    return kind == ErrorKind::Authentication || kind == ErrorKind::Permission || kind == ErrorKind::Tls
        || kind == ErrorKind::Ssh;
}

} // namespace

OperationSite::OperationSite(
    const ConnectionSpec& spec, std::shared_ptr<const CommandGate> gate, Milliseconds timeout, QObject* parent)
    : QObject(parent)
    , m_connection(spec, std::move(gate), linkOptions("lockscope-operations", timeout))
    , m_operations(m_connection)
    , m_timeout(timeout)
{
    connect(&m_connection, &Connection::ready, this, [this] {
        m_wasReady = true;
        settleWaiting({});
    });
    connect(&m_connection, &Connection::lost, this, &OperationSite::onLinkLost);
    connect(&m_operations, &LockOperations::idle, this, &OperationSite::idle);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &OperationSite::settleOverdue);
}

OperationSite::~OperationSite() { close(); }

void OperationSite::close()
{
    settleWaiting(fail(ErrorKind::Cancelled));
    m_operations.cancelFollows();
    m_connection.close();
}

void OperationSite::withLink(Task task)
{
    if (m_connection.isReady())
        return task({});
    if (m_connection.state() == Connection::State::Closed)
        return task(fail(m_connection.lastError()));
    m_waiting.push_back({ std::move(task), SystemClock::instance().now() + m_timeout });
    if (!m_patience.isActive())
        m_patience.start(m_timeout);
    if (m_connection.state() == Connection::State::Idle)
        m_connection.open();
}

bool OperationSite::isDown() const
{
    // Between two attempts it connects again for a moment: what counts is how the last one ended.
    return !m_connection.isReady() && m_connection.lastError().kind != ErrorKind::Internal;
}

void OperationSite::settleWaiting(const Status& status)
{
    m_patience.stop();
    for (Waiting& waiting : std::exchange(m_waiting, {}))
        waiting.task(status);
}

// Until an attempt has failed there is nothing else to say than that nobody answered.
Error OperationSite::notReached() const
{
    Error error = m_connection.lastError();
    if (error.kind == ErrorKind::Internal) {
        error = makeError(ErrorKind::Timeout);
        error.endpoint = m_connection.spec().endpoint().text();
    }
    return error;
}

void OperationSite::settleOverdue()
{
    const SteadyTime now = SystemClock::instance().now();
    const auto waits = std::partition_point(
        m_waiting.begin(), m_waiting.end(), [now](const Waiting& waiting) { return waiting.until <= now; });
    std::vector<Waiting> overdue(std::make_move_iterator(m_waiting.begin()), std::make_move_iterator(waits));
    m_waiting.erase(m_waiting.begin(), waits);
    if (!m_waiting.empty())
        m_patience.start(std::chrono::ceil<Milliseconds>(m_waiting.front().until - now));
    for (Waiting& waiting : overdue)
        waiting.task(fail(notReached()));
}

void OperationSite::onLinkLost(const Error& error)
{
    // Somebody who was never there is no short interruption: waiting would only delay the message.
    if (!m_wasReady || isPermanent(error.kind))
        settleWaiting(fail(error));
}

void OperationSite::cancelPending()
{
    settleWaiting(fail(ErrorKind::Cancelled));
    m_operations.cancelAcquires();
    m_operations.cancelFollows();
}

bool OperationSite::isIdle() const { return m_operations.isIdle() && m_waiting.empty(); }

} // namespace lockscope
