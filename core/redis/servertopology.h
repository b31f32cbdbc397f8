// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "redis/commandgate.h"
#include "redis/topologymap.h"

#include <QObject>

#include <memory>

namespace lockscope {

struct TopologyOptions {
    QByteArray clientName = "lockscope-topology";
    Milliseconds timeout { 5000 }; ///< for connecting and for each question
    bool follow = true; ///< false: asks until the map is known, and then no more
};

/// Finds the masters behind a connection URI and tells when they change: the same for one server, several independent
/// ones, Sentinel and Cluster. One a deployment, shared by all that need it; lives in the engine thread.
///
/// How to use it, for a lock operation as for the watch:
/// - `map()` has the masters with specs fit for a Connection. Not isKnown() yet: wait for `changed`, or for
/// `failed`.
/// - One key lives on `map().masters[map().masterOf(key)]`; in a quorum group (`map().isQuorumGroup()`) on every
/// master,
///   and `map().quorum()` of them decide.
/// - After `changed`, connections to masters that are in the map no more are closed and new ones are opened. A write
/// that
///   was under way there has an unknown outcome, as on any lost link.
/// - MOVED or ASK in an answer: `redirectOf()` reads it. Call `refresh()`, and send to `Redirect::to` once more (ASK:
///   behind ASKING): the server has not carried out a command that it answers so. CLUSTERDOWN and TRYAGAIN
///   (ErrorKind::Loading) may be sent again later.
/// - READONLY in an answer, or a lost link: call `refresh()`; the master may be another one already.
class ServerTopology : public QObject {
    Q_OBJECT
public:
    /// `specs`: one of any kind but the sandbox, which has to run already, or several standalone ones that form a
    /// quorum group. Errors: Usage, NotSupported (a group of what is no single server, the same server twice).
    [[nodiscard]] static Result<std::unique_ptr<ServerTopology>> make(
        const QList<ConnectionSpec>& specs, std::shared_ptr<const CommandGate> gate, TopologyOptions options = {});

    /// `changed` or `failed` follow, from the event loop; what needs no asking (single servers) is known at once.
    virtual void start() = 0;
    virtual void stop() = 0;
    /// Somebody met a sign that the map is out of date. Cheap to call often.
    virtual void refresh() { }

    [[nodiscard]] const TopologyMap& map() const { return m_map; }
    /// Why the masters cannot be asked for at present; the map stays as it was last known.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void changed(); ///< map() is another one; the first time: it is known
    void errorChanged(); ///< error() is another one
    void failed(const lockscope::Error& error); ///< permanent (authentication, permission, an unknown master's name)

protected:
    explicit ServerTopology(QObject* parent = nullptr)
        : QObject(parent)
    {
    }
    /// Announces the map if it is another one.
    void setMap(TopologyMap map);
    void setError(const std::optional<Error>& error);

private:
    TopologyMap m_map;
    std::optional<Error> m_error;
};

/// The spec of one server at `endpoint` that `from` has led to: with its credentials, TLS options and database.
[[nodiscard]] ConnectionSpec memberSpec(const ConnectionSpec& from, const Endpoint& endpoint);

} // namespace lockscope
