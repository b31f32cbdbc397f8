// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commandprocess.h"
#include "cli/session.h"

#include <QTimer>

namespace lockscope::cli {

/// Runs a command while a lock is held: renews at a third of the TTL, passes signals on, ends the command with SIGTERM
/// and then SIGKILL when the lock is lost, releases at the end.
class LockedChild final : public QObject {
    Q_OBJECT
public:
    LockedChild(Session& session, const AcquireGrant& grant);

    /// The command's status, 128 + signal where one ended it, 127 where it could not be started, 1 where the lock was
    /// lost.
    [[nodiscard]] int run(const QStringList& command);

private:
    void renew();
    void onRenewed(const Result<AcquireGrant>& grant);
    void lose(const Error& error);
    void passOn(int signal, bool fromTerminal);
    void stop(bool fromTerminal);
    void goOn();
    void release();
    [[nodiscard]] Status releaseOnce();
    [[nodiscard]] Status lookAfterRelease(const Status& released);
    void pause();
    void watchEnd();

    Session& m_session;
    AcquireGrant m_grant;
    CommandProcess m_process;
    QTimer m_renewal;
    QTimer m_end; // of the validity
    bool m_renewing = false;
    bool m_lost = false;
    bool m_isGivingUp = false; // a signal came after the command had ended
};

} // namespace lockscope::cli
