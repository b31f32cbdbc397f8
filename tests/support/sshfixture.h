// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

namespace lockscope {

/// A real sshd on a free port of loopback with keys of its own, and a client configuration that $LOCKSCOPE_SSH_CONFIG
/// names as long as this lives. Its hosts: `bastion`, `jumped` (through bastion), `wrong-key`, `unknown-host`,
/// `changed-host` (another host key is on record), `nowhere` (a name that does not resolve), `closed` (nobody listens).
class SshFixture {
public:
    /// Whether this machine has what it takes.
    [[nodiscard]] static bool isPossible();

    SshFixture();
    ~SshFixture();

    [[nodiscard]] QString configFile() const { return path("ssh_config"); }
    /// What sshd has logged: `direct-tcpip: … target HOST port PORT` of every forwarding.
    [[nodiscard]] QByteArray log() const;
    /// Addresses that a link was led to through sshd.
    [[nodiscard]] bool hasLedTo(quint16 port) const;
    /// Nobody gets in, and nobody is told so, until resume().
    void suspend();
    void resume();

    /// The `ssh` processes whose parent is `parent`; 0: this process.
    [[nodiscard]] static QList<qint64> clients(qint64 parent = 0);

private:
    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    void makeKey(const char* name) const;
    void write(const char* name, const QByteArray& text) const;
    [[nodiscard]] QByteArray fileText(const char* name) const;
    void writeClientConfiguration() const;
    void startServer();

    QTemporaryDir m_folder;
    quint16 m_port = 0;
    QProcess m_server;
};

} // namespace lockscope
