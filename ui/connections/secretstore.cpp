// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/secretstore.h"

#include <QCoreApplication>

#include <memory>

#include <qt6keychain/keychain.h>

namespace lockscope {

namespace {

struct SecretText {
    Q_DECLARE_TR_FUNCTIONS(lockscope::SecretStore)
};

Error noService(const QString& why = {})
{
    const QString text = SecretText::tr("no secret service is running here; choose to be asked, or a password command");
    return makeError(
        ErrorKind::NotSupported, why.isEmpty() ? text : text + QStringLiteral(" (") + why + QLatin1Char(')'));
}

Error notFound()
{
    Error error
        = makeError(ErrorKind::Storage, SecretText::tr("the secret service has no password of this connection"));
    error.serverCode = "NOTFOUND";
    return error;
}

Error errorOf(const QKeychain::Job& job)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return notFound();
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return noService(job.errorString());
    default:
        return makeError(ErrorKind::Storage, SecretText::tr("the secret service: %1").arg(job.errorString()));
    }
}

QString service() { return QStringLiteral("org.lockscope.Lockscope"); }

/// Starts the job; `done(job)` when it has ended, if the guard is still there. The job deletes itself.
template <typename Done> void run(QKeychain::Job* job, const QString& id, QObject* guard, Done done)
{
    job->setKey(id);
    job->setInsecureFallback(false);
    const auto kept = std::make_shared<Done>(std::move(done));
    QObject::connect(job, &QKeychain::Job::finished, guard, [kept](QKeychain::Job* finished) { (*kept)(*finished); });
    job->start();
}

template <typename Call> void later(QObject* guard, Call call)
{
    const auto kept = std::make_shared<Call>(std::move(call));
    QMetaObject::invokeMethod(
        guard, [kept] { (*kept)(); }, Qt::QueuedConnection);
}

Status statusOf(const QKeychain::Job& job) { return job.error() == QKeychain::NoError ? Status() : fail(errorOf(job)); }

} // namespace

void KeychainSecretStore::read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler)
{
    auto* job = new QKeychain::ReadPasswordJob(service());
    run(job, id, guard, [job, handler = std::move(handler)](const QKeychain::Job& done) mutable {
        if (done.error() == QKeychain::NoError)
            handler(Secret(job->binaryData()));
        else
            handler(fail(errorOf(done)));
    });
}

void KeychainSecretStore::write(
    const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler)
{
    auto* job = new QKeychain::WritePasswordJob(service());
    job->setBinaryData(secret.reveal());
    run(job, id, guard,
        [handler = std::move(handler)](const QKeychain::Job& done) mutable { handler(statusOf(done)); });
}

void KeychainSecretStore::remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler)
{
    auto* job = new QKeychain::DeletePasswordJob(service());
    run(job, id, guard,
        [handler = std::move(handler)](const QKeychain::Job& done) mutable { handler(statusOf(done)); });
}

void MemorySecretStore::read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler)
{
    Result<Secret> result = !isRunning ? Result<Secret>(fail(noService()))
        : secrets.contains(id)         ? Result<Secret>(secrets.value(id))
                                       : Result<Secret>(fail(notFound()));
    later(guard, [result, handler = std::move(handler)]() mutable { handler(result); });
}

void MemorySecretStore::write(
    const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler)
{
    if (isRunning)
        secrets.insert(id, secret);
    later(guard, [status = isRunning ? Status() : Status(fail(noService())), handler = std::move(handler)]() mutable {
        handler(status);
    });
}

void MemorySecretStore::remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler)
{
    if (isRunning)
        secrets.remove(id);
    later(guard, [status = isRunning ? Status() : Status(fail(noService())), handler = std::move(handler)]() mutable {
        handler(status);
    });
}

} // namespace lockscope
