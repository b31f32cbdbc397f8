// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/uniquefunction.h"
#include "connections/secretstore.h"

#include <QObject>
#include <QTimer>

namespace QKeychain {
class Job;
}

namespace lockscope {

/// One job of QtKeychain, and what QtKeychain does not see to: a service that says nothing is not waited for, and what
/// is locked is not taken for what is not there. Deletes itself.
class KeychainTask final : public QObject {
public:
    /// What a job that reads has read; an empty secret of the others.
    using Handler = UniqueFunction<void(Result<Secret>)>;

    /// Starts the job, which deletes itself. `handler` is called once, from the event loop, unless `guard` is gone.
    static void run(
        QKeychain::Job* job, const QString& id, const SecretPatience& patience, QObject* guard, Handler handler);

private:
    KeychainTask(const QString& id, const SecretPatience& patience, QObject* guard, Handler handler);

    void handleFinished(const QKeychain::Job& job);
    /// Nothing was found: answers `whenAbsent`, unless it is only locked.
    void checkAbsence(const QString& program, const Result<Secret>& whenAbsent);
    void explain(const QString& reason);
    void watch();
    void end(const Result<Secret>& result);

    QString m_id;
    SecretPatience m_patience;
    Handler m_handler;
    QTimer m_watch;
    QTimer m_deadline;
};

[[nodiscard]] Error noSecretService();
[[nodiscard]] Error noSuchSecret();

} // namespace lockscope
