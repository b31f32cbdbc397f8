// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace lockscope {

enum class Topology : quint8 { Standalone, Sentinel, Cluster, Sandbox };
enum class LinkKind : quint8 { Tcp, Tls, Unix };

/// One address: a host with a port, or (LinkKind::Unix) the path of a socket.
struct Endpoint {
    QString host; ///< name or IP address without brackets
    quint16 port = 6379;
    QString path; ///< of the Unix socket
    QString via {}; ///< `[user@]host[:port]` of the ssh that leads there; empty: no ssh

    /// `host:port`, `[v6]:port` or the path: the `node` of the contract's JSON. Behind ssh ` via DESTINATION` follows,
    /// for 127.0.0.1 is another server on each host.
    [[nodiscard]] QString text() const;
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Options of rediss://; files are paths on this machine.
struct TlsOptions {
    QString caCertificateFile;
    QString certificateFile;
    QString keyFile;
    QString serverName; ///< SNI and name to verify; empty: the host of the URI
    bool insecure = false; ///< accept any certificate; the UI shows a permanent badge

    friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

/// Options of `sandbox:`.
struct SandboxOptions {
    int masters = 1; ///< 1 to 9
    bool demoWorkload = false; ///< `workload=demo`

    friend bool operator==(const SandboxOptions&, const SandboxOptions&) = default;
};

/// Everything that one connection URI says (contract, section 1). A value; its text forms never show the password.
struct ConnectionSpec {
    Topology topology = Topology::Standalone;
    LinkKind link = LinkKind::Tcp;
    QList<Endpoint> endpoints; ///< one for standalone, several for Sentinel and Cluster, none for the sandbox
    QString user;
    Secret password;
    int database = 0;
    TlsOptions tls;
    QString sentinelMaster;
    SandboxOptions sandbox;
    bool scanOnReplica = false; ///< `scan=replica`: passes over the key space run on a replica of each master

    [[nodiscard]] Endpoint endpoint() const { return endpoints.isEmpty() ? Endpoint {} : endpoints.first(); }
    /// The URI with the password as `***`; fit for titles, logs and settings.
    [[nodiscard]] QString redactedUri() const;
    friend bool operator==(const ConnectionSpec&, const ConnectionSpec&) = default;
};

/// Reads the forms of the contract: redis, rediss, unix, redis+unix, redis-socket, redis-sentinel, rediss-sentinel,
/// redis-cluster, rediss-cluster, sandbox. User and password are percent-decoded; an `@` inside a password may stand
/// unencoded (the last `@` before the first `/` after it ends the user information). Errors: Usage, naming the part
/// that is wrong and never quoting the password.
[[nodiscard]] Result<ConnectionSpec> parseConnectionUri(const QString& uri);

} // namespace lockscope
