// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sandboxserver.h"

#include "base/childenvironment.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <array>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockscope {

namespace {

constexpr int portAttempts = 5;
constexpr quint16 highestPort = 55'535; // the bus of a cluster node listens 10 000 ports above it
constexpr qsizetype longestSocketPath = 107; // sun_path without its terminator

// Closes a descriptor at the end of the scope.
class Descriptor {
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return m_fd; }

private:
    int m_fd;
};

quint16 anyFreePort()
{
    const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(probe.get(), generic, length) != 0 || ::getsockname(probe.get(), generic, &length) != 0)
        return 0;
    return ntohs(address.sin_port);
}

quint16 freePort()
{
    quint16 port = anyFreePort();
    for (int attempt = 0; attempt < 100 && port > highestPort; ++attempt)
        port = anyFreePort();
    return port;
}

// Whether the server answers on its socket. NOAUTH is an answer, LOADING is none yet.
bool answers(const QByteArray& path)
{
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
    const timeval patience { 1, 0 };
    ::setsockopt(probe.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return false;
    if (::send(probe.get(), "PING\r\n", 6, MSG_NOSIGNAL) != 6)
        return false;
    std::array<char, 64> reply {};
    const ssize_t size = ::recv(probe.get(), reply.data(), reply.size(), 0);
    return size > 0 && !QByteArrayView(reply.data(), size).startsWith("-LOADING");
}

QString findProgram(const QString& program)
{
    const QString found = QStandardPaths::findExecutable(program);
    if (!found.isEmpty() || program != QLatin1StringView("redis-server"))
        return found;
    return QStandardPaths::findExecutable(QStringLiteral("valkey-server"));
}

// As exec wants them; they live as long as the words.
std::vector<char*> pointersTo(std::vector<QByteArray>& words)
{
    std::vector<char*> pointers;
    for (QByteArray& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

// The child's side between fork and exec: only what is safe there.
[[noreturn]] void becomeServer(char* const* arguments, char* const* environment, int logFile, pid_t parent)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // A session of its own: Ctrl-C in the terminal is for us, and the server must outlive it for the last release.
    ::setsid();
    const int input = ::open("/dev/null", O_RDONLY);
    ::dup2(input, STDIN_FILENO);
    ::dup2(logFile, STDOUT_FILENO);
    ::dup2(logFile, STDERR_FILENO);
    ::execve(arguments[0], arguments, environment);
    ::_exit(127);
}

} // namespace

class SandboxServer::Private {
public:
    explicit Private(Options o)
        : options(std::move(o))
    {
    }
    ~Private() { end(); }

    [[nodiscard]] Status prepare();
    [[nodiscard]] Status launch();
    [[nodiscard]] Status launchOnce();
    [[nodiscard]] Status waitUntilReady();
    [[nodiscard]] QStringList commandLine() const;
    [[nodiscard]] QByteArray logText() const;
    /// Whether the child has ended by itself; reaps it.
    [[nodiscard]] bool hasEnded();
    void end();

    Options options;
    QString executable;
    std::unique_ptr<QTemporaryDir> folder;
    QString socketPath;
    quint16 port = 0;
    pid_t pid = 0;
    bool debugCommandKnown = true; ///< servers before 7.0 refuse the option that allows DEBUG
};

Status SandboxServer::Private::prepare()
{
    executable = findProgram(options.program);
    if (executable.isEmpty()) {
        return fail(ErrorKind::NotSupported,
            QStringLiteral("%1 is not on this machine (Debian package: redis-server)").arg(options.program));
    }
    for (const QString& base : { QDir::tempPath(), QStringLiteral("/tmp") }) {
        folder = std::make_unique<QTemporaryDir>(base + QStringLiteral("/lockscope-XXXXXX"));
        socketPath = folder->filePath(QStringLiteral("redis.sock"));
        if (folder->isValid() && QFile::encodeName(socketPath).size() <= longestSocketPath)
            return {};
    }
    return fail(ErrorKind::Storage, QStringLiteral("no temporary folder for the sandbox: ") + folder->errorString());
}

QStringList SandboxServer::Private::commandLine() const
{
    QStringList line { QStringLiteral("--port"), QString::number(port), QStringLiteral("--bind"),
        QStringLiteral("127.0.0.1"), QStringLiteral("--unixsocket"), socketPath, QStringLiteral("--unixsocketperm"),
        QStringLiteral("700"), QStringLiteral("--save"), QString(), QStringLiteral("--appendonly"),
        QStringLiteral("no"), QStringLiteral("--dir"), folder->path(), QStringLiteral("--daemonize"),
        QStringLiteral("no"), QStringLiteral("--notify-keyspace-events"), QString::fromLatin1(options.notifyFlags) };
    if (debugCommandKnown)
        line += { QStringLiteral("--enable-debug-command"), QStringLiteral("yes") };
    return line + options.arguments;
}

QByteArray SandboxServer::Private::logText() const
{
    QFile file(folder->filePath(QStringLiteral("server.log")));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return file.readAll().right(2000).trimmed();
}

Status SandboxServer::Private::launch()
{
    const bool keepPort = port != 0;
    Status launched;
    for (int attempt = 0; attempt < portAttempts; ++attempt) {
        if (options.tcp && !keepPort)
            port = freePort();
        launched = launchOnce();
        if (launched)
            return launched;
        const QByteArray log = logText();
        if (debugCommandKnown && log.contains("enable-debug-command"))
            debugCommandKnown = false;
        else if (!log.contains("Address already in use") && !log.contains("Failed listening"))
            break; // nothing that another port would mend
    }
    return launched;
}

Status SandboxServer::Private::launchOnce()
{
    std::vector<QByteArray> words { QFile::encodeName(executable) };
    for (const QString& argument : commandLine())
        words.push_back(QFile::encodeName(argument));
    std::vector<QByteArray> variables = environmentWordsForChildren();
    const std::vector<char*> arguments = pointersTo(words);
    const std::vector<char*> environment = pointersTo(variables);
    const QByteArray logPath = QFile::encodeName(folder->filePath(QStringLiteral("server.log")));
    const Descriptor logFile(::open(logPath.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (logFile.get() < 0)
        return fail(ErrorKind::Storage, QString::fromLocal8Bit(std::strerror(errno)));

    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0)
        return fail(ErrorKind::Storage, QString::fromLocal8Bit(std::strerror(errno)));
    if (child == 0)
        becomeServer(arguments.data(), environment.data(), logFile.get(), parent);
    pid = child;
    return waitUntilReady();
}

Status SandboxServer::Private::waitUntilReady()
{
    const QByteArray path = QFile::encodeName(socketPath);
    const SteadyTime until = std::chrono::steady_clock::now() + options.startTimeout;
    while (std::chrono::steady_clock::now() < until) {
        if (hasEnded())
            return fail(
                ErrorKind::NotSupported, executable + QStringLiteral(" ended: ") + QString::fromUtf8(logText()));
        if (answers(path))
            return {};
        std::this_thread::sleep_for(Milliseconds(2));
    }
    end();
    return fail(ErrorKind::Timeout, executable + QStringLiteral(" did not answer: ") + QString::fromUtf8(logText()));
}

bool SandboxServer::Private::hasEnded()
{
    if (pid == 0 || ::waitpid(pid, nullptr, WNOHANG) != pid)
        return pid == 0;
    pid = 0;
    return true;
}

void SandboxServer::Private::end()
{
    if (pid == 0)
        return;
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) { }
    pid = 0;
}

SandboxServer::SandboxServer() = default;
SandboxServer::~SandboxServer() = default;

Result<std::unique_ptr<SandboxServer>> SandboxServer::start(const Options& options)
{
    std::unique_ptr<SandboxServer> server(new SandboxServer);
    server->d = std::make_unique<Private>(options);
    if (Status prepared = server->d->prepare(); !prepared)
        return fail(std::move(prepared.error()));
    if (Status launched = server->d->launch(); !launched)
        return fail(std::move(launched.error()));
    return server;
}

QString SandboxServer::socketPath() const { return d->socketPath; }

quint16 SandboxServer::port() const { return d->port; }

qint64 SandboxServer::processId() const { return d->pid; }

ConnectionSpec SandboxServer::spec() const
{
    ConnectionSpec spec;
    spec.link = LinkKind::Unix;
    spec.endpoints = { Endpoint { {}, 0, d->socketPath } };
    return spec;
}

ConnectionSpec SandboxServer::tcpSpec() const
{
    ConnectionSpec spec;
    spec.endpoints = { Endpoint { QStringLiteral("127.0.0.1"), d->port, {} } };
    return spec;
}

void SandboxServer::kill() { d->end(); }

Status SandboxServer::restart()
{
    d->end();
    return d->launch();
}

void SandboxServer::suspend()
{
    if (d->pid == 0)
        return;
    ::kill(d->pid, SIGSTOP);
    // The signal takes effect a little later; a test that sends a command now must find it stopped.
    while (::waitpid(d->pid, nullptr, WUNTRACED) < 0 && errno == EINTR) { }
}

void SandboxServer::resume()
{
    if (d->pid != 0)
        ::kill(d->pid, SIGCONT);
}

} // namespace lockscope
