// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sshfixture.h"

#include "support/groupfixture.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTcpSocket>
#include <QTest>

#include <csignal>

#include <pwd.h>
#include <unistd.h>

namespace lockscope {

namespace {

QString serverProgram()
{
    return QStandardPaths::findExecutable(
        QStringLiteral("sshd"), { QStringLiteral("/usr/sbin"), QStringLiteral("/usr/bin") });
}

QByteArray userName()
{
    const passwd* const entry = ::getpwuid(::geteuid());
    return entry ? entry->pw_name : "nobody";
}

} // namespace

bool SshFixture::isPossible()
{
    return !serverProgram().isEmpty() && !QStandardPaths::findExecutable(QStringLiteral("ssh")).isEmpty();
}

SshFixture::SshFixture()
    : m_port(freeLoopbackPort())
{
    for (const char* key : { "host", "other-host", "user", "stranger" })
        makeKey(key);
    write("authorized_keys", fileText("user.pub"));
    const QByteArray port = QByteArray::number(m_port);
    write("sshd_config",
        "Port " + port + "\nListenAddress 127.0.0.1\nHostKey " + QFile::encodeName(path("host"))
            + "\nAuthorizedKeysFile " + QFile::encodeName(path("authorized_keys"))
            + "\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
              "PermitRootLogin yes\nAllowTcpForwarding yes\nMaxStartups 100\nLogLevel DEBUG1\n");
    write("known_hosts", "[127.0.0.1]:" + port + ' ' + fileText("host.pub"));
    write("changed_hosts", "[127.0.0.1]:" + port + ' ' + fileText("other-host.pub"));
    write("no_hosts", {});
    writeClientConfiguration();
    startServer();
    qputenv("LOCKSCOPE_SSH_CONFIG", QFile::encodeName(configFile()));
}

SshFixture::~SshFixture()
{
    qunsetenv("LOCKSCOPE_SSH_CONFIG");
    resume();
    m_server.terminate();
    if (!m_server.waitForFinished(5000)) {
        m_server.kill();
        m_server.waitForFinished();
    }
}

void SshFixture::makeKey(const char* name) const
{
    QProcess process;
    process.start(QStringLiteral("ssh-keygen"),
        { QStringLiteral("-q"), QStringLiteral("-t"), QStringLiteral("ed25519"), QStringLiteral("-N"), QString(),
            QStringLiteral("-f"), path(name) });
    if (!process.waitForFinished() || process.exitCode() != 0)
        qFatal("no key: %s", process.readAllStandardError().constData());
}

void SshFixture::write(const char* name, const QByteArray& text) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", name);
}

QByteArray SshFixture::fileText(const char* name) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", name);
    return file.readAll();
}

void SshFixture::writeClientConfiguration() const
{
    const auto host
        = [this](const char* name, const char* key, const char* hosts, const QByteArray& further = {}) -> QByteArray {
        return QByteArray("Host ") + name + "\n    HostName 127.0.0.1\n    IdentityFile " + QFile::encodeName(path(key))
            + "\n    UserKnownHostsFile " + QFile::encodeName(path(hosts)) + '\n' + further;
    };
    write("ssh_config",
        host("bastion", "user", "known_hosts") + host("jumped", "user", "known_hosts", "    ProxyJump bastion\n")
            + host("wrong-key", "stranger", "known_hosts") + host("unknown-host", "user", "no_hosts")
            + host("changed-host", "user", "changed_hosts") + "Host nowhere\n    HostName nowhere.invalid\n"
            + host("closed", "user", "known_hosts", "    Port " + QByteArray::number(freeLoopbackPort()) + '\n')
            + "Host *\n    Port " + QByteArray::number(m_port) + "\n    User " + userName()
            + "\n    IdentitiesOnly yes\n    IdentityAgent none\n    GlobalKnownHostsFile /dev/null\n"
              "    StrictHostKeyChecking ask\n");
}

void SshFixture::startServer()
{
    // The package's own service makes this folder, which sshd insists on when it is started by root.
    if (::geteuid() == 0)
        QDir().mkpath(QStringLiteral("/run/sshd"));
    m_server.setStandardErrorFile(path("log"));
    m_server.start(
        serverProgram(), { QStringLiteral("-D"), QStringLiteral("-e"), QStringLiteral("-f"), path("sshd_config") });
    const auto answers = [this] {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), m_port);
        return socket.waitForConnected(500);
    };
    if (!QTest::qWaitFor(answers, 20000))
        qFatal("sshd does not listen: %s", log().constData());
}

QByteArray SshFixture::log() const { return fileText("log"); }

bool SshFixture::hasLedTo(quint16 port) const
{
    const QByteArray text = log();
    const QByteArray target = "target 127.0.0.1 port " + QByteArray::number(port);
    return text.contains(QByteArray(target + '\r')) || text.contains(QByteArray(target + '\n'));
}

void SshFixture::suspend() { ::kill(pid_t(m_server.processId()), SIGSTOP); }

void SshFixture::resume()
{
    if (m_server.processId() > 0)
        ::kill(pid_t(m_server.processId()), SIGCONT);
}

QList<qint64> SshFixture::clients(qint64 parent)
{
    const QByteArray wanted = QByteArray::number(parent == 0 ? qint64(::getpid()) : parent);
    QList<qint64> result;
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : entries) {
        QFile file(QStringLiteral("/proc/") + entry + QStringLiteral("/stat"));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        // PID (COMMAND) STATE PARENT …
        const QByteArray text = file.readAll();
        const QByteArrayList fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
        if (text.contains("(ssh)") && fields.size() > 1 && fields.at(0) != "Z" && fields.at(1) == wanted)
            result += entry.toLongLong();
    }
    return result;
}

} // namespace lockscope
