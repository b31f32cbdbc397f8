// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QPointer>
#include <QTimer>

namespace lockscope {

/// One act on a frozen set of locks, at a pace, and stoppable: each lock gets its result, those that were stopped
/// before their turn NotSent. The set, with the tokens seen, never changes. Lives in the deployment's thread.
class PacedRelease final : public QObject {
    Q_OBJECT
public:
    /// `perSecond`: locks a second at most; 0: as fast as it goes.
    PacedRelease(Deployment& deployment, ForceReleaseRequest request, double perSecond, QObject* parent = nullptr);

    /// Usage where more than `maximum` locks are meant: then nothing is sent.
    [[nodiscard]] static Status checkCount(qsizetype count, int maximum);

    void start();
    /// What was sent goes on to its outcome; nothing more is sent.
    void stop();
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] qsizetype total() const { return m_request.targets.size(); }
    [[nodiscard]] qsizetype done() const { return m_results.size(); }
    /// In the order of the targets; as many as are done.
    [[nodiscard]] const QList<ForceReleaseResult>& results() const { return m_results; }
    /// Why a whole part could not be sent (audit log, connection); ends the act.
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

Q_SIGNALS:
    void progressed(); ///< some more are done
    void finished(); ///< all have a result; once

private:
    void sendPart();
    void onPart(qsizetype size, const Result<QList<ForceReleaseResult>>& results);
    void finish();

    QPointer<Deployment> m_deployment;
    const ForceReleaseRequest m_request;
    const double m_perSecond;
    QList<ForceReleaseResult> m_results;
    std::optional<Error> m_failure;
    QTimer m_pause;
    SteadyTime m_startedAt {};
    bool m_running = false;
    bool m_stopping = false;
};

} // namespace lockscope
