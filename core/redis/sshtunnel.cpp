// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sshtunnel.h"

#include "base/bytetext.h"
#include "base/childenvironment.h"
#include "base/logging.h"
#include "redis/redistext.h"
#include "redis/sshdestination.h"

#include <algorithm>
#include <array>
#include <csignal>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lockscope {

namespace {

constexpr int patienceMs = 1000;
constexpr int graceMs = 300;
constexpr qsizetype mostWords = 16 * 1024;

// Signs that trying again cannot help: a person has to mend keys, known hosts or the configuration.
constexpr std::array refusals { "Permission denied", "Host key verification failed", "Too many authentication failures",
    "no matching ", "Bad owner or permissions", "bad configuration option", "Bad configuration option",
    "Can't open user config file", "No such identity" };

QStringList argumentsOf(const Endpoint& endpoint, const SshDestination& destination)
{
    QStringList result;
    if (const QString file = qEnvironmentVariable("LOCKSCOPE_SSH_CONFIG"); !file.isEmpty())
        result << QStringLiteral("-F") << file;
    // What a command line says goes before the configuration, so only what this use needs stands here.
    for (const char* option : { "BatchMode=yes", "LogLevel=ERROR", "ServerAliveInterval=5", "ServerAliveCountMax=2",
             "PermitLocalCommand=no", "RemoteCommand=none" })
        result << QStringLiteral("-o") << QString::fromLatin1(option);
    const bool inBrackets = endpoint.host.contains(QLatin1Char(':'));
    const QString host
        = inBrackets ? QString(QLatin1Char('[') + endpoint.host + QLatin1Char(']')) : QString(endpoint.host);
    return result << QStringLiteral("-W") << host + QLatin1Char(':') + QString::number(endpoint.port)
                  << destination.arguments();
}

// Between fork and exec: only what is safe there.
void becomeSsh(int link, pid_t parent)
{
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent)
        ::_exit(127);
    // A session of its own: Ctrl-C in the terminal is for us, and the last release still needs its link; and there is
    // no terminal that it could ask anything.
    ::setsid();
    ::dup2(link, STDIN_FILENO);
    ::dup2(link, STDOUT_FILENO);
}

QStringList linesOf(const QByteArray& words)
{
    QStringList lines;
    for (const QByteArray& line : words.split('\n')) {
        const QByteArray trimmed = line.trimmed();
        if (!trimmed.isEmpty() && !trimmed.startsWith('@'))
            lines += displayText(trimmed);
    }
    return lines;
}

} // namespace

SshTunnel::SshTunnel(Endpoint endpoint)
    : m_endpoint(std::move(endpoint))
    , m_process(this)
    , m_patience(this)
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(patienceMs);
    connect(&m_patience, &QTimer::timeout, this, &SshTunnel::conclude);
    connect(&m_process, &QProcess::started, this, &SshTunnel::started);
    connect(&m_process, &QProcess::readyReadStandardError, this, &SshTunnel::collect);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return;
        m_missing = true;
        m_patience.start();
        if (m_linkError)
            conclude();
    });
    connect(&m_process, &QProcess::finished, this, [this] {
        collect();
        m_patience.start();
        if (m_linkError)
            conclude();
    });
}

SshTunnel::~SshTunnel() { stop(); }

Result<qintptr> SshTunnel::start()
{
    const Result<SshDestination> destination = parseSshDestination(m_endpoint.via);
    if (!destination)
        return fail(destination.error());
    std::array<int, 2> ends { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail(ErrorKind::Connect, QStringLiteral("no pair of sockets"), m_endpoint.text());
    m_process.setProcessEnvironment(environmentForChildren());
    m_process.setInputChannelMode(QProcess::ForwardedInputChannel);
    m_process.setProcessChannelMode(QProcess::ForwardedOutputChannel);
    m_process.setChildProcessModifier([link = ends[1], parent = ::getpid()] { becomeSsh(link, parent); });
    const QStringList arguments = argumentsOf(m_endpoint, *destination);
    qCDebug(logRedis).noquote() << "ssh" << arguments.join(QLatin1Char(' '));
    m_process.start(QStringLiteral("ssh"), arguments);
    ::close(ends[1]);
    return ends[0];
}

void SshTunnel::stop()
{
    m_over = true;
    m_process.disconnect(this);
    m_patience.stop();
    // Before it is ssh, a signal would meet the handlers of this very program.
    if (m_process.state() == QProcess::Starting)
        m_process.waitForStarted(graceMs);
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (m_process.waitForFinished(graceMs))
        return;
    m_process.kill();
    m_process.waitForFinished(patienceMs);
}

void SshTunnel::noteEnd(const Error& error)
{
    m_linkError = error;
    if (m_process.state() == QProcess::NotRunning)
        conclude();
    else
        m_patience.start();
}

void SshTunnel::collect()
{
    m_words += m_process.readAllStandardError();
    // The last words tell why it ended.
    if (m_words.size() > mostWords)
        m_words = m_words.last(mostWords);
}

void SshTunnel::conclude()
{
    if (std::exchange(m_over, true))
        return;
    m_patience.stop();
    Q_EMIT ended(verdict());
}

Error SshTunnel::verdict() const
{
    if (m_missing)
        return makeError(ErrorKind::NotSupported,
            RedisText::tr("ssh is not on this machine (Debian package: openssh-client)"), m_endpoint.text());
    if (const std::optional<Error> error = errorOfSsh(m_words, m_carried, m_endpoint))
        return *error;
    if (m_process.state() == QProcess::NotRunning && m_process.exitStatus() == QProcess::CrashExit)
        return makeError(m_carried ? ErrorKind::ConnectionLost : ErrorKind::Connect,
            RedisText::tr("ssh was ended by a signal"), m_endpoint.text());
    return m_linkError.value_or(
        makeError(ErrorKind::ConnectionLost, RedisText::tr("ssh has ended"), m_endpoint.text()));
}

std::optional<Error> errorOfSsh(const QByteArray& words, bool carried, const Endpoint& endpoint)
{
    const QStringList lines = linesOf(words);
    if (lines.isEmpty())
        return {};
    QString detail = lines.mid(std::max<qsizetype>(0, lines.size() - 2)).join(QLatin1Char(' '));
    if (detail.endsWith(QLatin1Char('.')))
        detail.chop(1);
    // Why, only the far end knows.
    if (lines.last() == QLatin1StringView("stdio forwarding failed"))
        detail = RedisText::tr(
            "the far end cannot reach the server, or does not allow it (AllowTcpForwarding, PermitOpen)");
    if (!detail.startsWith(QLatin1StringView("ssh: ")))
        detail.prepend(QLatin1StringView("ssh: "));
    ErrorKind kind = carried ? ErrorKind::ConnectionLost : ErrorKind::Connect;
    if (!carried && words.contains("Could not resolve hostname"))
        kind = ErrorKind::Resolve;
    else if (std::ranges::any_of(refusals, [&words](const char* sign) { return words.contains(sign); }))
        kind = ErrorKind::Ssh;
    return makeError(kind, detail, endpoint.text());
}

} // namespace lockscope

#include "moc_sshtunnel.cpp"
