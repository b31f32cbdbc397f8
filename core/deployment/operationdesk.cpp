// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/operationdesk.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "base/logging.h"
#include "deployment/forcereleasebatch.h"
#include "deployment/restoretask.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace lockscope {

namespace {

ConnectionOptions connectionOptions(Milliseconds timeout)
{
    ConnectionOptions options;
    options.clientName = "lockscope-operations";
    options.connectTimeout = timeout;
    options.commandTimeout = timeout;
    return options;
}

bool isPermanent(ErrorKind kind)
{
    return kind == ErrorKind::Authentication || kind == ErrorKind::Permission || kind == ErrorKind::Tls;
}

} // namespace

OperationDesk::OperationDesk(const ConnectionSpec& spec, std::shared_ptr<CommandGate> gate, Milliseconds timeout,
    const QString& auditFile, QObject* parent)
    : QObject(parent)
    , m_gate(gate)
    , m_connection(spec, std::move(gate), connectionOptions(timeout))
    , m_operations(m_connection)
    , m_audit(auditFile)
    , m_timeout(timeout)
{
    connect(&m_connection, &Connection::ready, this, [this] {
        m_wasReady = true;
        settleWaiting({});
    });
    connect(&m_connection, &Connection::lost, this, &OperationDesk::onLinkLost);
    connect(&m_operations, &LockOperations::idle, this, [this] {
        if (isIdle())
            Q_EMIT idle();
    });
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &OperationDesk::settleOverdue);
}

OperationDesk::~OperationDesk()
{
    settleWaiting(fail(ErrorKind::Cancelled));
    // What is still awaited ends now, while everything that listens for it is alive. A batch that is not through leaves
    // its intents in the audit log without outcomes: that is the truth.
    m_operations.cancelFollows();
    m_connection.close();
    qDeleteAll(findChildren<ForceReleaseBatch*>(QString(), Qt::FindDirectChildrenOnly));
    qDeleteAll(findChildren<RestoreTask*>(QString(), Qt::FindDirectChildrenOnly));
}

void OperationDesk::withLink(Task task)
{
    if (m_stopping)
        return task(fail(ErrorKind::Cancelled));
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

void OperationDesk::settleWaiting(const Status& status)
{
    m_patience.stop();
    for (Waiting& waiting : std::exchange(m_waiting, {}))
        waiting.task(status);
}

// Until an attempt has failed there is nothing else to say than that nobody answered.
Error OperationDesk::notReached() const
{
    Error error = m_connection.lastError();
    if (error.kind == ErrorKind::Internal) {
        error = makeError(ErrorKind::Timeout);
        error.endpoint = m_connection.spec().endpoint().text();
    }
    return error;
}

void OperationDesk::settleOverdue()
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

void OperationDesk::cancelPending()
{
    settleWaiting(fail(ErrorKind::Cancelled));
    m_operations.cancelAcquires();
    m_operations.cancelFollows();
}

void OperationDesk::onLinkLost(const Error& error)
{
    // Somebody who was never there is no short interruption: waiting would only delay the message.
    if (!m_wasReady || isPermanent(error.kind))
        settleWaiting(fail(error));
}

Status OperationDesk::checkWritable() const { return m_gate->checkWritable(); }

void OperationDesk::inspect(const QByteArray& key, Completion<LockInspection> completion)
{
    withLink([this, key, completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        m_operations.inspect(key, [completion = std::move(completion)](Result<LockInspection> seen) mutable {
            completion.finish(std::move(seen));
        });
    });
}

void OperationDesk::acquire(const AcquireRequest& request, Completion<AcquireGrant> completion)
{
    if (const Status writable = checkWritable(); !writable)
        return completion.finish(fail(writable.error()));
    withLink([this, request, completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        m_operations.acquire(
            request, [this, key = request.key, completion = std::move(completion)](Result<AcquireGrant> grant) mutable {
                Q_EMIT keyTouched(key);
                completion.finish(std::move(grant));
            });
    });
}

void OperationDesk::extend(const ExtendRequest& request, Completion<AcquireGrant> completion)
{
    if (const Status writable = checkWritable(); !writable)
        return completion.finish(fail(writable.error()));
    withLink([this, request, completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        m_operations.extend(
            request, [this, key = request.key, completion = std::move(completion)](Result<AcquireGrant> grant) mutable {
                Q_EMIT keyTouched(key);
                completion.finish(std::move(grant));
            });
    });
}

void OperationDesk::release(const ReleaseRequest& request, Completion<void> completion)
{
    if (const Status writable = checkWritable(); !writable)
        return completion.finish(fail(writable.error()));
    withLink([this, request, completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        m_operations.release(
            request, [this, key = request.key, completion = std::move(completion)](Status done) mutable {
                Q_EMIT keyTouched(key);
                completion.finish(std::move(done));
            });
    });
}

void OperationDesk::forceRelease(ForceReleaseRequest request, Completion<QList<ForceReleaseResult>> completion)
{
    if (const Status writable = checkWritable(); !writable)
        return completion.finish(fail(writable.error()));
    if (request.targets.isEmpty() || request.reason.trimmed().isEmpty())
        return completion.finish(fail(ErrorKind::Usage,
            QCoreApplication::translate(
                "lockscope::Operations", "a force-release needs at least one lock and a reason")));
    withLink([this, request = std::move(request), completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        auto* batch = new ForceReleaseBatch(
            m_connection, m_operations, m_audit, std::move(request), std::move(completion), this);
        ++m_tasks;
        connect(batch, &ForceReleaseBatch::keyTouched, this, &OperationDesk::keyTouched);
        connect(batch, &ForceReleaseBatch::finished, this, &OperationDesk::onTaskFinished);
        batch->start(m_gate->environment());
    });
}

void OperationDesk::weigh(const QByteArray& key, Completion<ReleaseImpact> completion)
{
    withLink([this, key, completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        m_operations.weigh(key, [completion = std::move(completion)](Result<ReleaseImpact> impact) mutable {
            completion.finish(std::move(impact));
        });
    });
}

void OperationDesk::follow(const FollowRequest& request, Completion<QList<NextHolder>> completion)
{
    withLink([this, request, completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        m_operations.follow(
            request, [this, locks = request.locks, completion = std::move(completion)](QList<NextHolder> next) mutable {
                QList<AuditAftermath> aftermaths;
                for (qsizetype i = 0; i < next.size(); ++i) {
                    if (locks.at(i).auditId > 0 && next.at(i).kind != NextHolder::Kind::Unknown)
                        aftermaths.append({ locks.at(i).auditId,
                            next.at(i).token.isEmpty() ? QString() : tokenFingerprint(next.at(i).token),
                            next.at(i).afterMs, next.at(i).watchedMs });
                }
                if (!aftermaths.isEmpty())
                    m_audit.appendAftermaths(aftermaths, [](const Status& written) {
                        if (!written)
                            qCWarning(logDeployment).noquote() << errorMessage(written.error());
                    });
                completion.finish(std::move(next));
            });
    });
}

void OperationDesk::restore(RestoreRequest request, Completion<RestoreResult> completion)
{
    if (const Status writable = request.planOnly ? Status() : checkWritable(); !writable)
        return completion.finish(fail(writable.error()));
    withLink([this, request = std::move(request), completion = std::move(completion)](const Status& link) mutable {
        if (!link)
            return completion.finish(fail(link.error()));
        const RestoreTask::Tools tools { m_connection, m_operations, m_audit, *m_gate, SystemClock::instance() };
        auto* task = new RestoreTask(tools, std::move(request), std::move(completion), this);
        ++m_tasks;
        connect(task, &RestoreTask::keyTouched, this, &OperationDesk::keyTouched);
        connect(task, &RestoreTask::finished, this, &OperationDesk::onTaskFinished);
        task->start();
    });
}

void OperationDesk::arm(const ArmRequest& request, Completion<WriteAccess> completion)
{
    const ConnectionSpec& spec = m_connection.spec();
    if (request.reason.trimmed().isEmpty())
        return completion.finish(fail(ErrorKind::Usage,
            QCoreApplication::translate("lockscope::Operations", "arming the writes needs a reason")));
    AuditIntent intent;
    intent.redisUser = spec.user.isEmpty() ? QStringLiteral("default") : spec.user;
    intent.server = spec.endpoint().text();
    intent.database = spec.database;
    intent.action = auditaction::writeArmed;
    intent.reason = request.reason.trimmed();
    intent.environment = m_gate->environment();
    // What is done here is a row of its own: if it cannot be written, nothing is armed.
    m_audit.appendIntents(
        { intent }, [this, request, completion = std::move(completion)](const Result<QList<qint64>>& ids) mutable {
            if (!ids)
                return completion.finish(fail(ids.error()));
            const Status armed = request.forGood ? m_gate->armForGood() : m_gate->arm(request.duration);
            AuditOutcome outcome;
            outcome.intentId = ids->first();
            outcome.outcome = armed ? "armed" : "refused";
            outcome.error = armed ? QString() : errorMessage(armed.error());
            m_audit.appendOutcomes({ outcome }, [](const Status& written) {
                if (!written)
                    qCWarning(logDeployment).noquote() << errorMessage(written.error());
            });
            if (armed)
                completion.finish(m_gate->access());
            else
                completion.finish(fail(armed.error()));
        });
}

void OperationDesk::onTaskFinished()
{
    --m_tasks;
    if (isIdle())
        Q_EMIT idle();
}

void OperationDesk::shutDown()
{
    m_stopping = true;
    cancelPending();
}

bool OperationDesk::isIdle() const { return m_operations.isIdle() && m_tasks == 0 && m_waiting.empty(); }

TrafficCounters OperationDesk::traffic() const { return m_connection.traffic(); }

} // namespace lockscope
