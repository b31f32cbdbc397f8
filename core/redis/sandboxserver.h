// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "redis/connectionuri.h"

#include <QStringList>

#include <memory>

namespace lockscope {

/// A private, throw-away redis-server in a temporary folder: a Unix socket (mode 700) and, on request, a free loopback
/// port; no persistence; `DEBUG` allowed. The product's sandbox and the tests use the same class. It ends the server by
/// process id in its destructor, and the server ends itself when this process dies (parent-death signal). Use from one
/// thread.
class SandboxServer {
public:
    struct Options {
        bool tcp = false; ///< listen on a free port of 127.0.0.1 as well
        QByteArray notifyFlags = "Kg$hszlxe"; ///< notify-keyspace-events; empty leaves them off
        QStringList arguments; ///< further options of redis-server
        QString program = QStringLiteral("redis-server");
        Milliseconds startTimeout { 10000 };
    };
    /// Starts the server and waits until it answers. Errors: NotSupported (no redis-server on this machine, naming the
    /// package), Timeout, Storage.
    [[nodiscard]] static Result<std::unique_ptr<SandboxServer>> start(const Options& options);
    [[nodiscard]] static Result<std::unique_ptr<SandboxServer>> start() { return start(Options()); }
    ~SandboxServer();

    [[nodiscard]] QString socketPath() const;
    [[nodiscard]] quint16 port() const; ///< 0 without `tcp`
    [[nodiscard]] qint64 processId() const; ///< 0 while it is down
    /// A spec for the Unix socket, or for the port.
    [[nodiscard]] ConnectionSpec spec() const;
    [[nodiscard]] ConnectionSpec tcpSpec() const;

    void kill(); ///< SIGKILL, waits until it is gone
    [[nodiscard]] Status restart(); ///< starts again with the same socket, port and options; empty
    void suspend(); ///< SIGSTOP
    void resume(); ///< SIGCONT

private:
    SandboxServer();
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lockscope
