// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/uniquefunction.h"

#include <QHash>
#include <QObject>

namespace lockscope {

/// Where passwords of saved connections are kept, by the connection's id. Handlers are called exactly once, on the GUI
/// thread, unless the guard is gone by then. Errors: NotSupported (no secret service is running), Storage (it refused,
/// or has no such secret: `serverCode` is `NOTFOUND` then).
class SecretStore {
public:
    virtual ~SecretStore() = default;
    virtual void read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler) = 0;
    virtual void write(const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler)
        = 0;
    virtual void remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler) = 0;
};

/// The desktop's secret service (Secret Service, KWallet), never a file of ours.
class KeychainSecretStore final : public SecretStore {
public:
    void read(const QString& id, QObject* guard, UniqueFunction<void(Result<Secret>)> handler) override;
    void write(const QString& id, const Secret& secret, QObject* guard, UniqueFunction<void(Status)> handler) override;
    void remove(const QString& id, QObject* guard, UniqueFunction<void(Status)> handler) override;
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

} // namespace lockscope
