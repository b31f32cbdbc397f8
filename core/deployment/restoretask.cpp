// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/restoretask.h"

#include "base/errortext.h"
#include "base/logging.h"
#include "operations/linkwaiter.h"
#include "operations/lockoperations.h"
#include "operations/restoreoperation.h"

#include <QCoreApplication>
#include <QPointer>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr auto lookPatience = 3000ms;

QString restoreText(const char* text) { return QCoreApplication::translate("lockscope::Restore", text); }

bool endedNothing(const QString& outcome)
{
    static const QStringList names { QStringLiteral("already_gone"), QStringLiteral("holder_changed"),
        QStringLiteral("refused"), QStringLiteral("not_sent"), QStringLiteral("key_exists") };
    return names.contains(outcome);
}

QString whyNoValue(OldValueState state)
{
    switch (state) {
    case OldValueState::TooLarge:
        return restoreText(QT_TRANSLATE_NOOP("lockscope::Restore", "its value was too large to keep"));
    case OldValueState::Unreadable:
        return restoreText(QT_TRANSLATE_NOOP(
            "lockscope::Restore", "its value could not be read before the act (DUMP was not permitted, say)"));
    default:
        return restoreText(QT_TRANSLATE_NOOP("lockscope::Restore", "it has no value that could come back"));
    }
}

} // namespace

RestoreTask::RestoreTask(const Tools& tools, RestoreRequest request, Completion<RestoreResult> answer, QObject* parent)
    : QObject(parent)
    , m_tools(tools)
    , m_request(std::move(request))
    , m_answer(std::move(answer))
{
}

void RestoreTask::start()
{
    m_tools.audit.readOldValue(m_request.auditId, [self = QPointer(this)](Result<AuditOldValue> value) {
        if (self)
            self->onOldValue(std::move(value));
    });
}

Status RestoreTask::checkEntry() const
{
    const AuditEntry& entry = m_old.entry;
    if (endedNothing(entry.outcome))
        return fail(ErrorKind::Usage,
            restoreText(
                QT_TRANSLATE_NOOP("lockscope::Restore", "entry %1 changed nothing (%2): there is nothing to put back"))
                .arg(entry.id)
                .arg(entry.outcome));
    if (entry.oldValueState != OldValueState::Kept || m_old.payload.isEmpty() || entry.ttlMs < -1)
        return fail(ErrorKind::Usage,
            restoreText(QT_TRANSLATE_NOOP("lockscope::Restore", "entry %1 cannot be put back: %2"))
                .arg(entry.id)
                .arg(whyNoValue(entry.oldValueState)));
    return checkPlace();
}

Status RestoreTask::checkPlace() const
{
    const AuditEntry& entry = m_old.entry;
    const ConnectionSpec& spec = m_tools.connection.spec();
    const QString here = spec.endpoint().text();
    // An entry of a quorum names all its masters: on one of them alone the lock would come back as a minority.
    const bool sameServer = entry.server == here;
    if (m_request.onOtherServer || (sameServer && entry.database == spec.database))
        return {};
    return fail(ErrorKind::Usage,
        restoreText(QT_TRANSLATE_NOOP("lockscope::Restore",
                        "entry %1 is of %2, database %3, and this is %4, database %5: connect there, or say "
                        "--on-other-server to "
                        "lockscope-cli restore"))
            .arg(QString::number(entry.id), entry.server, QString::number(entry.database), here,
                QString::number(spec.database)));
}

void RestoreTask::onOldValue(Result<AuditOldValue> value)
{
    if (!value)
        return finish(fail(value.error()));
    m_old = std::move(*value);
    if (const Status fits = checkEntry(); !fits)
        return finish(fail(fits.error()));
    m_result.auditId = m_old.entry.id;
    m_result.key = m_old.entry.key;
    m_result.tokenFingerprint
        = m_old.entry.outcomeFingerprint.isEmpty() ? m_old.entry.tokenFingerprint : m_old.entry.outcomeFingerprint;
    m_result.server = m_tools.connection.spec().endpoint().text();
    m_result.database = m_tools.connection.spec().database;
    const SteadyTime askedAt = m_tools.clock.now();
    m_tools.connection.send(
        { "EXISTS", m_result.key }, [self = QPointer(this), askedAt](const Result<ReplyView>& reply) {
            if (!self)
                return;
            if (!reply)
                return self->finish(fail(reply.error()));
            self->onLook(reply->toInteger() > 0, askedAt);
        });
}

qint64 RestoreTask::remaining() const
{
    const qint64 left
        = remainingTtl(m_old.entry.ttlMs, m_old.entry.valueReadAt, m_tools.clock.wallNow().toMSecsSinceEpoch());
    return left < 0 ? left : std::max<qint64>(left - m_roundTripMs, 0);
}

void RestoreTask::onLook(bool exists, SteadyTime askedAt)
{
    // The server counts from when the command arrives: a whole round trip less is never a longer lease.
    m_roundTripMs = std::chrono::ceil<Milliseconds>(m_tools.clock.now() - askedAt).count();
    m_result.ttlMs = remaining();
    if (exists)
        m_result.outcome = RestoreOutcome::KeyExists;
    else if (m_result.ttlMs == 0)
        m_result.outcome = RestoreOutcome::Expired;
    else if (m_request.planOnly)
        m_result.outcome = RestoreOutcome::Possible;
    else
        return record(m_result.ttlMs);
    finish(std::move(m_result));
}

void RestoreTask::record(qint64 ttlMs)
{
    const AuditEntry& entry = m_old.entry;
    const ConnectionSpec& spec = m_tools.connection.spec();
    AuditIntent intent;
    intent.redisUser = spec.user.isEmpty() ? QStringLiteral("default") : spec.user;
    intent.server = m_result.server;
    intent.database = spec.database;
    intent.action = auditaction::restore;
    intent.family = entry.family.toUtf8();
    intent.key = entry.key;
    intent.tokenFingerprint = m_result.tokenFingerprint;
    intent.reason = m_request.reason.trimmed().isEmpty() ? QStringLiteral("restore of entry %1").arg(entry.id)
                                                         : m_request.reason.trimmed();
    intent.ticket = entry.ticket;
    intent.type = entry.type.toUtf8();
    intent.ttlMs = ttlMs;
    intent.relatedId = entry.id;
    intent.environment = m_tools.gate.environment();
    m_tools.audit.appendIntents({ intent }, [self = QPointer(this)](const Result<QList<qint64>>& ids) {
        if (!self)
            return;
        if (!ids)
            return self->finish(fail(ids.error()));
        self->send(ids->first());
    });
}

void RestoreTask::send(qint64 intentId)
{
    m_result.restoreId = intentId;
    // The disk has taken its time, too.
    m_result.ttlMs = remaining();
    if (m_result.ttlMs == 0) {
        m_result.outcome = RestoreOutcome::Expired;
        return complete();
    }
    sendRestore(m_tools.connection, m_result.key, m_result.ttlMs, m_old.payload,
        [self = QPointer(this)](RestoreOutcome outcome, std::optional<Error> error) {
            if (self)
                self->onSent(outcome, std::move(error));
        });
}

void RestoreTask::onSent(RestoreOutcome outcome, std::optional<Error> error)
{
    m_result.outcome = outcome;
    m_result.error = std::move(error);
    Q_EMIT keyTouched(m_result.key);
    if (outcome == RestoreOutcome::OutcomeUnknown)
        return lookAfterwards();
    complete();
}

void RestoreTask::lookAfterwards()
{
    auto look = [self = QPointer(this)](bool isReady) {
        if (!self)
            return;
        if (!isReady)
            return self->complete();
        self->m_tools.operations.inspect(self->m_result.key, [self](Result<LockInspection> seen) {
            if (!self)
                return;
            if (seen)
                self->m_result.afterwards = std::move(*seen);
            self->complete();
        });
    };
    new LinkWaiter(m_tools.connection, lookPatience, std::move(look), this);
}

void RestoreTask::complete()
{
    AuditOutcome outcome;
    outcome.intentId = m_result.restoreId;
    const QLatin1StringView name = restoreOutcomeName(m_result.outcome);
    outcome.outcome = QByteArray(name.data(), name.size());
    outcome.tokenFingerprint = m_result.tokenFingerprint;
    outcome.error = m_result.error ? errorMessage(*m_result.error) : QString();
    m_tools.audit.appendOutcomes({ outcome }, [self = QPointer(this)](const Status& written) {
        // What was done is done, and the intent is on disk.
        if (!written)
            qCWarning(logDeployment).noquote() << errorMessage(written.error());
        if (self)
            self->finish(std::move(self->m_result));
    });
}

void RestoreTask::finish(Result<RestoreResult> result)
{
    m_answer.finish(std::move(result));
    Q_EMIT finished();
    deleteLater();
}

} // namespace lockscope
