// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "redis/connection.h"

#include <QTimer>

#include <functional>

namespace lockscope {

/// How one demo client uses its lock.
struct DemoRole {
    enum class Token : quint8 { Uuid, Base64, Hex, WorkerName, HostAndPid };
    enum class End : quint8 { Release, Expire }; ///< Expire: it "crashes" and leaves the lock behind

    QByteArray key;
    Token token = Token::Uuid;
    QByteArray worker; ///< name in the tokens that carry one
    Milliseconds ttl { 30000 }; ///< 0: takes the lock without any
    Milliseconds hold { 1000 }; ///< varied by half of it
    Milliseconds pause { 1000 }; ///< between two holds, varied by half of it
    bool renews = false; ///< at a third of the TTL, as a watchdog does
    End end = End::Release;
};

/// One client of the demo workload, with the behaviour of a real lock library: takes by SET NX PX, renews and releases
/// by compare scripts, polls while somebody else holds the lock, and stops believing in its lock when a renewal fails.
/// Over several servers it is a Redlock client: a quorum of them decides.
class DemoClient final : public QObject {
    Q_OBJECT
public:
    /// `servers` outlive it.
    DemoClient(QList<Connection*> servers, DemoRole role, QObject* parent);
    void start();

private:
    enum class State : quint8 { Away, Waiting, Holding };

    void arrive();
    void onAnswer(bool taken);
    /// Sends to every server; `done` gets how many said yes.
    void askAll(const std::function<void(Connection&, std::function<void(bool)>)>& ask, std::function<void(int)> done);
    [[nodiscard]] int quorum() const { return int(m_servers.size()) / 2 + 1; }
    void releaseEverywhere();
    void renew();
    void leave();
    void goAway();

    const QList<Connection*> m_servers;
    const DemoRole m_role;
    State m_state = State::Away;
    QByteArray m_token;
    QTimer m_next; // the end of what it does now
    QTimer m_renewal;
};

} // namespace lockscope
