// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/result.h"
#include "redis/connectionuri.h"

#include <QObject>
#include <QProcess>
#include <QTimer>

#include <optional>

namespace lockscope {

/// One `ssh -W HOST:PORT DESTINATION` of the system, on one end of a pair of sockets; a transport has the other end. It
/// asks nothing (BatchMode): keys, agent, jump hosts and known hosts are those of the user's configuration, or of the
/// file that $LOCKSCOPE_SSH_CONFIG names. The process ends with this object, with this process, and with its link.
class SshTunnel final : public QObject {
    Q_OBJECT
public:
    /// `endpoint`: as the host at the far end of ssh knows it; its `via` says which host that is.
    explicit SshTunnel(Endpoint endpoint);
    ~SshTunnel() override;

    /// Our end of the pair, which is the caller's to close; `started` follows, or the end of the link.
    /// Errors: Usage (no destination), Connect (no descriptors left).
    [[nodiscard]] Result<qintptr> start();
    /// Ends ssh, by force if need be, without a signal.
    void stop();

    /// Something has come through: from now on an end is a loss.
    void noteArrival() { m_carried = true; }
    /// The transport has met the end of the link, as `error` says. `ended` follows with what ssh says of it, or else
    /// `error`.
    void noteEnd(const Error& error);

Q_SIGNALS:
    void started();
    void ended(const lockscope::Error& error);

private:
    void collect();
    void conclude();
    [[nodiscard]] Error verdict() const;

    const Endpoint m_endpoint;
    QProcess m_process;
    QTimer m_patience; ///< from the first sign of the end to the last one
    QByteArray m_words; ///< of ssh on its standard error
    std::optional<Error> m_linkError;
    bool m_carried = false;
    bool m_missing = false; ///< there is no ssh here
    bool m_over = false;
};

/// What ssh's last words mean. `carried`: the link had been of use. No value: they say nothing.
[[nodiscard]] std::optional<Error> errorOfSsh(const QByteArray& words, bool carried, const Endpoint& endpoint);

} // namespace lockscope
