// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/uniquefunction.h"

#include <QHash>
#include <QObject>

#include <chrono>

namespace lockscope {

/// Where passwords of saved connections are kept, by the connection's id. Handlers are called exactly once, on the GUI
/// thread, unless the guard is gone by then. Errors, whose detail says it all: NotSupported (no secret service is
/// running), Permission (it is locked), Timeout (it says nothing), Storage (anything else; where it has no such secret,
/// `serverCode` is `NOTFOUND`).
class SecretStore {
public:
    virtual ~SecretStore() = default;
    virtual void read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler) = 0;
    virtual void write(const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler)
        = 0;
    virtual void remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler) = 0;
};

/// How long the desktop's secret service may keep us waiting.
struct SecretPatience {
    /// While it is waited for, it is asked this often whether it is still there, and has as long to say so.
    std::chrono::milliseconds silence { 5000 };
    std::chrono::milliseconds inAll { 120000 }; ///< somebody may be typing the password that unlocks it
};

/// The desktop's secret service (Secret Service, KWallet), never a file of ours. What was begun goes on without its
/// guard, and the program does not end before it, as long as the patience lasts.
class KeychainSecretStore final : public SecretStore {
public:
    explicit KeychainSecretStore(const SecretPatience& patience = {})
        : m_patience(patience)
    {
    }
    void read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler) override;
    void write(const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler) override;
    void remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler) override;

private:
    SecretPatience m_patience;
};

/// Keeps them until the program ends: tests.
class MemorySecretStore final : public SecretStore {
public:
    void read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler) override;
    void write(const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler) override;
    void remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler) override;

    bool isRunning = true; ///< false: as if no secret service were there
    QHash<QString, Secret> secrets;
};

/// Nobody waits for it: a secret that cannot be removed is logged.
void forgetSecret(SecretStore& secrets, const QString& id);

} // namespace lockscope
