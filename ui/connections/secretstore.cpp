// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/secretstore.h"

#include "base/logging.h"
#include "connections/keychaintask.h"

#include <QCoreApplication>
#include <QEventLoopLocker>
#include <QTimer>

#include <memory>

#include <qt6keychain/keychain.h>

namespace lockscope {

namespace {

QString program() { return QStringLiteral("org.lockscope.Lockscope"); }

/// Writing and removing go on when whoever wanted them is gone, and must not be cut off by the end of the program.
void holdProgram(QKeychain::Job* job, std::chrono::milliseconds patience)
{
    const auto lock = std::make_shared<std::unique_ptr<QEventLoopLocker>>(std::make_unique<QEventLoopLocker>());
    QObject::connect(job, &QKeychain::Job::finished, job, [lock] { lock->reset(); });
    QTimer::singleShot(patience, job, [lock] { lock->reset(); });
}

template <typename Call> void later(QObject* guard, Call call)
{
    const auto kept = std::make_shared<Call>(std::move(call));
    QMetaObject::invokeMethod(
        guard, [kept] { (*kept)(); }, Qt::QueuedConnection);
}

} // namespace

void KeychainSecretStore::read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler)
{
    auto* job = new QKeychain::ReadPasswordJob(program());
    KeychainTask::run(job, id, m_patience, guard, std::move(handler));
}

void KeychainSecretStore::write(
    const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler)
{
    auto* job = new QKeychain::WritePasswordJob(program());
    job->setBinaryData(secret.reveal());
    holdProgram(job, m_patience.inAll);
    KeychainTask::run(job, id, m_patience, guard, [handler = std::move(handler)](const Result<Secret>& done) mutable {
        handler(done.map([](const Secret&) {}));
    });
}

void KeychainSecretStore::remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler)
{
    auto* job = new QKeychain::DeletePasswordJob(program());
    holdProgram(job, m_patience.inAll);
    KeychainTask::run(job, id, m_patience, guard, [handler = std::move(handler)](const Result<Secret>& done) mutable {
        handler(done.map([](const Secret&) {}));
    });
}

void MemorySecretStore::read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler)
{
    Result<Secret> result = !isRunning ? Result<Secret>(fail(noSecretService()))
        : secrets.contains(id)         ? Result<Secret>(secrets.value(id))
                                       : Result<Secret>(fail(noSuchSecret()));
    later(guard, [result, handler = std::move(handler)]() mutable { handler(result); });
}

void MemorySecretStore::write(
    const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler)
{
    if (isRunning)
        secrets.insert(id, secret);
    later(guard,
        [status = isRunning ? Status() : Status(fail(noSecretService())), handler = std::move(handler)]() mutable {
            handler(status);
        });
}

void MemorySecretStore::remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler)
{
    if (isRunning)
        secrets.remove(id);
    later(guard,
        [status = isRunning ? Status() : Status(fail(noSecretService())), handler = std::move(handler)]() mutable {
            handler(status);
        });
}

void forgetSecret(SecretStore& secrets, const QString& id)
{
    secrets.remove(id, qApp, [](const Status& status) {
        if (!status && status.error().serverCode != "NOTFOUND")
            qCWarning(logUi).noquote() << "a password that is not wanted any more stays:" << status.error().detail;
    });
}

} // namespace lockscope
