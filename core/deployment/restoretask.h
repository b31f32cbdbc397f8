// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/completion.h"
#include "history/auditwriter.h"
#include "operations/restorerequest.h"
#include "redis/connection.h"

#include <QObject>

namespace lockscope {

class LockOperations;

/// Undoes one audited act: Reading → Looking → Recording → Sending → Completing → Done. Refuses what would not be an
/// undoing: another server, a key that somebody has, a lease that has ended meanwhile, an act that ended nothing.
/// Nothing is sent before the audit log has the intent on disk. Deletes itself when done.
class RestoreTask final : public QObject {
    Q_OBJECT
public:
    /// What it works with; all of it outlives the task.
    struct Tools {
        Connection& connection;
        LockOperations& operations;
        AuditWriter& audit;
        const CommandGate& gate;
        const Clock& clock;
    };
    RestoreTask(const Tools& tools, RestoreRequest request, Completion<RestoreResult> answer, QObject* parent);
    void start();

Q_SIGNALS:
    void keyTouched(const QByteArray& key);
    void finished();

private:
    void onOldValue(Result<AuditOldValue> value);
    void onLook(bool exists, SteadyTime askedAt);
    void record(qint64 ttlMs);
    void send(qint64 intentId);
    void onSent(RestoreOutcome outcome, std::optional<Error> error);
    void lookAfterwards();
    void complete();
    void finish(Result<RestoreResult> result);
    [[nodiscard]] Status checkEntry() const;
    [[nodiscard]] Status checkPlace() const;
    /// What is left of the TTL, less the time that an answer takes; 0: nothing.
    [[nodiscard]] qint64 remaining() const;

    const Tools m_tools;
    const RestoreRequest m_request;
    Completion<RestoreResult> m_answer;
    AuditOldValue m_old;
    RestoreResult m_result;
    qint64 m_roundTripMs = 0;
};

} // namespace lockscope
