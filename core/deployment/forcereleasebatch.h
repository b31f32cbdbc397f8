// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/completion.h"
#include "history/auditwriter.h"
#include "operations/forcereleaser.h"
#include "redis/connectionuri.h"

#include <QObject>

namespace lockscope {

/// Where an act happens and as whom, for the audit log.
struct AuditPlace {
    QString redisUser;
    QString server; ///< of a quorum all masters, with commas between
    int database = 0;
};
[[nodiscard]] AuditPlace auditPlace(const ConnectionSpec& spec);

/// One force-release of one or many locks: Reading → Recording → Sending → Completing → Done. The values that will be
/// deleted are read for `restore`; nothing is sent before the audit log has the intents on disk; at most 256 targets
/// are in flight. Deletes itself when done.
class ForceReleaseBatch final : public QObject {
    Q_OBJECT
public:
    using Answer = Completion<QList<ForceReleaseResult>>;

    /// `releaser` and `audit` outlive it.
    ForceReleaseBatch(
        ForceReleaser& releaser, AuditWriter& audit, ForceReleaseRequest request, Answer answer, QObject* parent);

    /// `place`: where the locks live whose targets name no place, and as whom we act.
    void start(const AuditPlace& place, Environment environment);

Q_SIGNALS:
    void keyTouched(const QByteArray& key, const lockscope::LockPlace& place); ///< an outcome is known for it
    void finished();

private:
    void readNext();
    void record();
    void sendNext();
    void onOutcome(qsizetype index, ForceReleaseResult result);
    void complete();

    ForceReleaser& m_releaser;
    AuditWriter& m_audit;
    ForceReleaseRequest m_request;
    Answer m_answer;
    QList<AuditIntent> m_intents;
    QList<qint64> m_intentIds;
    QList<ForceReleaseResult> m_results; // in the order of the targets
    qsizetype m_read = 0;
    qsizetype m_sent = 0;
    qsizetype m_inFlight = 0;
    bool m_sending = false; // or reading: within the loop
};

} // namespace lockscope
