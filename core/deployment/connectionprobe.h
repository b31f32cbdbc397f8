// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"
#include "redis/serverfacts.h"

#include <QElapsedTimer>
#include <QList>

#include <array>
#include <memory>
#include <optional>

class QHostInfo;

namespace lockscope {

enum class ProbePart : quint8;

/// One step of a connection test. A value.
struct ProbeStep {
    enum class Kind : quint8 { Resolve, Connect, Tls, Login, Ping, Role, Master, Nodes, Reading, Capabilities };
    enum class State : quint8 { Running, Passed, Warned, Failed };
    Kind kind = Kind::Connect;
    State state = State::Running;
    QString server; ///< `host:port` or the socket path, behind ssh with ` via DESTINATION`
    double milliseconds = 0; ///< what it took
    QString text; ///< what came out, for people
    QString hint; ///< what to do; empty where there is nothing to do
};
[[nodiscard]] QString probeStepTitle(ProbeStep::Kind kind);

/// How a test ended.
enum class ProbeVerdict : quint8 {
    Works, ///< every server that was tried
    WorksPartly, ///< others stand in for those that failed, or their part of the locks is missing
    Fails,
};

/// Tries a connection step by step and explains what it sees: each master of a quorum, each node of a cluster that the
/// connection or the cluster names, each Sentinel and the master that they name. Read-only; nothing is written to a
/// server. Lives on one thread; deleting it ends the test.
class ConnectionProbe final : public QObject {
    Q_OBJECT
public:
    /// `specs` with their passwords; `timeout` for each server.
    ConnectionProbe(const QList<ConnectionSpec>& specs, Milliseconds timeout, QObject* parent = nullptr);
    ~ConnectionProbe() override;

    void start();
    [[nodiscard]] const QList<ProbeStep>& steps() const { return m_steps; }
    [[nodiscard]] ProbeVerdict verdict() const; ///< of a finished test

Q_SIGNALS:
    void changed(); ///< steps() says more
    void finished(bool usable); ///< once

private:
    struct Server {
        ConnectionSpec spec; // of one server
        ProbePart part;
    };
    struct Tally {
        int passed = 0;
        int failed = 0;
    };

    void nextServer();
    void resolved(const QHostInfo& info);
    void connectServer();
    void showState(Connection::State state);
    void proveLink();
    void serverReady();
    void serverLost(const Error& error);
    void askSentinel();
    void showMaster(ReplyView reply);
    void listMasters();
    void askNodes();
    void showNodes(ReplyView reply);
    void askFacts();
    void showFacts(const ServerFacts& facts);
    void tryReading(const ServerFacts& facts);
    void showReading(const ServerFacts& facts);
    void showCapabilities(const ServerFacts& facts);
    void serverDone(bool passed);
    void begin(ProbeStep::Kind kind);
    void end(ProbeStep::State state, const QString& text, const QString& hint = {});
    void endRefused(const Error& error);
    [[nodiscard]] QString passedText(ProbeStep::Kind kind) const;
    [[nodiscard]] Server serverAt(const Endpoint& endpoint, ProbePart part) const;
    [[nodiscard]] Tally& tally(ProbePart part) { return m_tallies[size_t(part)]; }
    [[nodiscard]] const Tally& tally(ProbePart part) const { return m_tallies[size_t(part)]; }

    QList<Server> m_queue;
    Server m_server;
    const QByteArray m_masterName;
    const ConnectionSpec m_first;
    const Milliseconds m_timeout;
    QList<ProbeStep> m_steps;
    QElapsedTimer m_stepTime;
    int m_lookup = -1;
    bool m_masterFound = false;
    QList<Endpoint> m_nodes; // of a cluster, queued or done
    bool m_isCluster = false; // a node has named them
    bool m_isPartOfCluster = false; // the server of now, though the connection does not know
    std::optional<ProbeStep::Kind> m_unproven; // the step that an answer through ssh belongs to
    QStringList m_refused; // commands, of the server of now
    QStringList m_absent;
    std::array<Tally, 6> m_tallies {}; // by part
    std::unique_ptr<Connection> m_connection; // last: its handlers touch the rest
};

} // namespace lockscope
