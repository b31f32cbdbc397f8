// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/completion.h"
#include "history/auditwriter.h"
#include "operations/forcereleaser.h"
#include "redis/connectionuri.h"

#include <QObject>

namespace lockscope {

/// One force-release of one or many locks: Recording → Sending → Completing → Done. Nothing is sent before the audit
/// log has the intents on disk; at most 256 targets are in flight. Deletes itself when done.
class ForceReleaseBatch final : public QObject {
    Q_OBJECT
public:
    using Answer = Completion<QList<ForceReleaseResult>>;

    /// `releaser` and `audit` outlive it.
    ForceReleaseBatch(
        ForceReleaser& releaser, AuditWriter& audit, ForceReleaseRequest request, Answer answer, QObject* parent);

    /// Where the locks live and as whom we act, for the audit log.
    void start(const ConnectionSpec& spec);

Q_SIGNALS:
    void keyTouched(const QByteArray& key); ///< an outcome is known for it
    void finished();

private:
    void sendNext();
    void onOutcome(qsizetype index, ForceReleaseResult result);
    void complete();

    ForceReleaser& m_releaser;
    AuditWriter& m_audit;
    ForceReleaseRequest m_request;
    Answer m_answer;
    QList<qint64> m_intentIds;
    QList<ForceReleaseResult> m_results; // in the order of the targets
    qsizetype m_sent = 0;
    qsizetype m_inFlight = 0;
    bool m_sending = false;
};

} // namespace lockscope
