// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/forcereleasebatch.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "base/logging.h"
#include "locks/families/familyregistry.h"

#include <QPointer>
#include <QSysInfo>

#include <algorithm>

namespace lockscope {

namespace {

constexpr qsizetype mostInFlight = 256;

const char* actionOf(LockAct act)
{
    switch (act) {
    case LockAct::Shorten:
        return auditaction::shorten;
    case LockAct::AddTtl:
        return auditaction::addTtl;
    case LockAct::TakeOver:
        return auditaction::takeOver;
    case LockAct::HandBack:
        return auditaction::handBack;
    case LockAct::KillConnection:
        return auditaction::killConnection;
    case LockAct::Release:
        break;
    }
    return auditaction::forceRelease;
}

/// `USER@HOST` of the operator, as far as it is known.
QByteArray operatorName()
{
    QByteArray user = qgetenv("USER");
    if (user.isEmpty())
        user = qgetenv("LOGNAME");
    return (user.isEmpty() ? QByteArray("operator") : user) + '@' + QSysInfo::machineHostName().toUtf8();
}

void giveToken(ForceReleaseTarget& target)
{
    if (target.act != LockAct::TakeOver || !target.newToken.isEmpty())
        return;
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const FamilyId family = target.family == FamilyId::None ? registry.byName("plain") : target.family;
    target.newToken = registry.family(family).operatorToken(target.expectedToken, operatorName());
}

AuditIntent intentFor(const ForceReleaseTarget& target, const ForceReleaseRequest& request, const AuditPlace& place,
    Environment environment)
{
    AuditIntent intent;
    intent.redisUser = place.redisUser;
    intent.server = target.place.node.isEmpty() ? place.server : target.place.node;
    intent.database = target.place.database < 0 ? place.database : target.place.database;
    intent.action = actionOf(target.act);
    const QLatin1StringView family = FamilyRegistry::instance().name(target.family);
    intent.family = QByteArray(family.data(), family.size());
    intent.key = target.key;
    intent.tokenFingerprint = target.anyToken ? QString() : tokenFingerprint(target.expectedToken);
    intent.reason = request.reason;
    intent.ticket = request.ticket;
    intent.environment = environment;
    return intent;
}

AuditOutcome outcomeOf(const ForceReleaseResult& result, qint64 intentId)
{
    AuditOutcome outcome;
    outcome.intentId = intentId;
    const QLatin1StringView name = releaseOutcomeName(result.outcome);
    outcome.outcome = QByteArray(name.data(), name.size());
    outcome.tokenFingerprint = result.token.isEmpty() ? QString() : tokenFingerprint(result.token);
    outcome.error = result.error ? errorMessage(*result.error) : QString();
    for (const NodeRelease& node : result.nodes) {
        const QLatin1StringView ended = releaseOutcomeName(node.outcome);
        outcome.nodes.append(
            { node.node, QByteArray(ended.data(), ended.size()), node.error ? errorMessage(*node.error) : QString() });
    }
    return outcome;
}

} // namespace

AuditPlace auditPlace(const ConnectionSpec& spec)
{
    return { spec.user.isEmpty() ? QStringLiteral("default") : spec.user, spec.endpoint().text(), spec.database };
}

ForceReleaseBatch::ForceReleaseBatch(
    ForceReleaser& releaser, AuditWriter& audit, ForceReleaseRequest request, Answer answer, QObject* parent)
    : QObject(parent)
    , m_releaser(releaser)
    , m_audit(audit)
    , m_request(std::move(request))
    , m_answer(std::move(answer))
{
    std::for_each(m_request.targets.begin(), m_request.targets.end(), giveToken);
    m_results.resize(m_request.targets.size());
}

void ForceReleaseBatch::start(const AuditPlace& place, Environment environment)
{
    for (const ForceReleaseTarget& target : std::as_const(m_request.targets))
        m_intents.append(intentFor(target, m_request, place, environment));
    readNext();
}

void ForceReleaseBatch::readNext()
{
    if (m_sending)
        return;
    m_sending = true;
    while (m_read < m_intents.size() && m_inFlight < mostInFlight) {
        const qsizetype index = m_read++;
        ++m_inFlight;
        auto read = [self = QPointer(this), index](const OldValue& old) {
            if (!self)
                return;
            self->m_intents[index].setOldValue(old);
            --self->m_inFlight;
            self->readNext();
        };
        m_releaser.readOldValueOf(m_request.targets.at(index), std::move(read));
    }
    m_sending = false;
    if (m_inFlight == 0)
        record();
}

void ForceReleaseBatch::record()
{
    m_audit.appendIntents(m_intents, [self = QPointer(this)](Result<QList<qint64>> ids) {
        if (!self)
            return;
        if (!ids) {
            self->m_answer.finish(tl::unexpected(ids.error()));
            Q_EMIT self->finished();
            return self->deleteLater();
        }
        self->m_intentIds = std::move(*ids);
        for (AuditIntent& intent : self->m_intents)
            intent.oldValue.clear();
        self->sendNext();
    });
}

void ForceReleaseBatch::sendNext()
{
    // A refused command answers at once, from within the call: the loop goes on, it does not nest.
    if (m_sending)
        return;
    m_sending = true;
    while (m_sent < m_request.targets.size() && m_inFlight < mostInFlight) {
        const qsizetype index = m_sent++;
        ++m_inFlight;
        m_releaser.forceReleaseOne(
            m_request.targets.at(index), [self = QPointer(this), index](ForceReleaseResult result) {
                if (self)
                    self->onOutcome(index, std::move(result));
            });
    }
    m_sending = false;
    if (m_inFlight == 0)
        complete();
}

void ForceReleaseBatch::onOutcome(qsizetype index, ForceReleaseResult result)
{
    --m_inFlight;
    const ForceReleaseTarget target = m_request.targets.at(index);
    result.auditId = m_intentIds.value(index);
    result.canRestore
        = result.outcome == ReleaseOutcome::Released && m_intents.at(index).oldValueState == OldValueState::Kept;
    m_results[index] = std::move(result);
    Q_EMIT keyTouched(target.key, target.place);
    sendNext();
}

void ForceReleaseBatch::complete()
{
    QList<AuditOutcome> outcomes;
    for (qsizetype i = 0; i < m_results.size(); ++i)
        outcomes.append(outcomeOf(m_results.at(i), m_intentIds.value(i)));
    m_audit.appendOutcomes(outcomes, [self = QPointer(this)](const Status& written) {
        // What was done is done, and the intents are on disk: the operator hears the outcomes in any case.
        if (!written)
            qCWarning(logDeployment).noquote() << errorMessage(written.error());
        if (!self)
            return;
        self->m_answer.finish(std::move(self->m_results));
        Q_EMIT self->finished();
        self->deleteLater();
    });
}

} // namespace lockscope
