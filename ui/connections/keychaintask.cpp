// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/keychaintask.h"

#include "base/logging.h"
#include "connections/sessionbus.h"

#include <QCoreApplication>

#include <utility>

#include <qt6keychain/keychain.h>

namespace lockscope {

namespace {

struct SecretText {
    Q_DECLARE_TR_FUNCTIONS(lockscope::SecretStore)
};

Error lockedService()
{
    return makeError(ErrorKind::Permission, SecretText::tr("the secret service is locked; unlock it and try again"));
}

} // namespace

Error noSecretService()
{
    return makeError(ErrorKind::NotSupported, SecretText::tr("no secret service is running here"));
}

Error noSuchSecret()
{
    Error error
        = makeError(ErrorKind::Storage, SecretText::tr("the secret service has no password of this connection"));
    error.serverCode = "NOTFOUND";
    return error;
}

void KeychainTask::run(
    QKeychain::Job* job, const QString& id, const SecretPatience& patience, QObject* guard, Handler handler)
{
    outliveSessionBus();
    meetServiceAnew();
    job->setKey(id);
    job->setInsecureFallback(false);
    auto* task = new KeychainTask(id, patience, guard, std::move(handler));
    connect(
        job, &QKeychain::Job::finished, task, [task](QKeychain::Job* finished) { task->handleFinished(*finished); });
    job->start();
}

KeychainTask::KeychainTask(const QString& id, const SecretPatience& patience, QObject* guard, Handler handler)
    : QObject(guard)
    , m_id(id)
    , m_patience(patience)
    , m_handler(std::move(handler))
{
    m_watch.setInterval(patience.silence);
    connect(&m_watch, &QTimer::timeout, this, &KeychainTask::watch);
    m_watch.start();
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        end(fail(ErrorKind::Timeout,
            SecretText::tr("the secret service did not answer in time; is it asking to be unlocked?")));
    });
    m_deadline.start(patience.inAll);
}

void KeychainTask::handleFinished(const QKeychain::Job& job)
{
    const auto* read = qobject_cast<const QKeychain::ReadPasswordJob*>(&job);
    const Secret secret = read ? Secret(read->binaryData()) : Secret();
    const bool isGone = qobject_cast<const QKeychain::DeletePasswordJob*>(&job);
    if (job.error() != QKeychain::NoError)
        qCInfo(logUi).noquote() << "the secret service:" << job.errorString();
    switch (job.error()) {
    case QKeychain::NoError:
        if (read && secret.isEmpty()) // an empty one is never written
            checkAbsence(job.service(), fail(noSuchSecret()));
        else if (isGone)
            checkAbsence(job.service(), secret);
        else
            end(secret);
        return;
    case QKeychain::EntryNotFound:
        checkAbsence(job.service(), fail(noSuchSecret()));
        return;
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        end(fail(lockedService()));
        return;
    default:
        explain(job.errorString());
        return;
    }
}

// Where the service may not ask the operator to unlock it, QtKeychain finds nothing, and removes it with success.
void KeychainTask::checkAbsence(const QString& program, const Result<Secret>& whenAbsent)
{
    countSecrets(program, m_id, m_patience.silence, this, [this, whenAbsent](const SecretCount& count) {
        if (count.locked > 0)
            end(fail(lockedService()));
        else
            end(whenAbsent);
    });
}

// QtKeychain has only a text for it, in whatever language.
void KeychainTask::explain(const QString& reason)
{
    askWhetherServiceRuns(m_patience.silence, this, [this, reason](bool runs) {
        if (!runs)
            end(fail(noSecretService()));
        else if (!hasSecretLibrary())
            end(fail(ErrorKind::NotSupported,
                SecretText::tr("the secret service cannot be reached: the library libsecret is not installed")));
        else
            end(fail(ErrorKind::Storage, SecretText::tr("the secret service: %1").arg(reason)));
    });
}

void KeychainTask::watch()
{
    askWhetherServiceAnswers(m_patience.silence, this, [this](bool answers) {
        if (!answers)
            end(fail(ErrorKind::Timeout, SecretText::tr("the secret service does not answer")));
    });
}

void KeychainTask::end(const Result<Secret>& result)
{
    if (!m_handler)
        return;
    m_watch.stop();
    m_deadline.stop();
    deleteLater();
    Handler handler = std::exchange(m_handler, {});
    handler(result);
}

} // namespace lockscope
