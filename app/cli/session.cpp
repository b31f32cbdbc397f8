// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/session.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "cli/optiontable.h"
#include "deployment/lockjson.h"

#include <QFileDevice>
#include <QTimer>

#include <algorithm>
#include <cerrno>
#include <climits>

#include <poll.h>
#include <unistd.h>

namespace lockscope::cli {

namespace {

constexpr int interruptedStatus = 130;
/// How often a write that cannot go on looks for signals and the deadline.
constexpr int stallSliceMs = 100;

} // namespace

QByteArray errorText(const Error& error, const QString& command, bool json)
{
    if (json)
        return errorToJson(error) + '\n';
    QString text = QStringLiteral("lockscope-cli: ");
    if (error.detail.isEmpty() && error.endpoint.isEmpty() && !command.isEmpty())
        text += command + QStringLiteral(": ");
    text += errorMessage(error) + QStringLiteral(" (") + errorHint(error) + QStringLiteral(")\n");
    return text.toUtf8();
}

Session::Session(Invocation invocation, const Streams& streams)
    : m_invocation(std::move(invocation))
    , m_streams(streams)
{
    connect(&m_signals, &SignalWatcher::terminationRequested, this, [this] { ++m_signalCount; });
}

Session::~Session() = default;

Status Session::open()
{
    m_deployment.reset();
    Result<std::unique_ptr<LiveDeployment>> made = LiveDeployment::create(m_invocation.deployment);
    if (!made)
        return fail(made.error());
    m_deployment = std::move(*made);
    m_deployment->start();
    return armIfAsked();
}

Status Session::armIfAsked()
{
    // Elsewhere --arm has nothing to do, so that one script fits all environments.
    if (!m_invocation.arm || m_invocation.dryRun || !m_deployment->writeAccess().needsArming())
        return {};
    ArmRequest request;
    request.reason = m_invocation.reason;
    if (request.reason.isEmpty())
        request.reason
            = QStringLiteral("lockscope-cli %1 %2").arg(m_invocation.command, displayText(m_invocation.key()));
    request.forGood = true;
    const Result<WriteAccess> armed = await(m_deployment->arm(request));
    return armed ? Status() : fail(armed.error());
}

QString Session::environmentPrefix() const
{
    return m_invocation.deployment.environment == Environment::Production
        ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "PRODUCTION: "))
        : QString();
}

void Session::runLoop(QEventLoop& loop, Milliseconds limit, bool interruptible, const std::function<bool()>& isDone)
{
    if (isDone() || (interruptible && interrupted()))
        return;
    if (interruptible)
        connect(&m_signals, &SignalWatcher::terminationRequested, &loop, &QEventLoop::quit);
    if (limit.count() > 0)
        QTimer::singleShot(limit, &loop, &QEventLoop::quit);
    loop.exec();
}

Result<LockSnapshot> Session::listOnce()
{
    m_invocation.deployment.watch.follow = false;
    m_invocation.deployment.watch.keepEvents = false;
    if (const Status opened = open(); !opened)
        return fail(opened.error());
    return await(m_deployment->completeSnapshot());
}

Result<LockSnapshot> Session::listAfter(Milliseconds watching)
{
    m_invocation.deployment.watch.keepEvents = false;
    if (const Status opened = open(); !opened)
        return fail(opened.error());
    QEventLoop loop;
    std::optional<Error> failure;
    connect(m_deployment.get(), &Deployment::failed, &loop, [&](const Error& error) {
        failure = error;
        loop.quit();
    });
    runLoop(loop, watching, true, [] { return false; });
    if (failure)
        return fail(*failure);
    return await(m_deployment->completeSnapshot());
}

void Session::run(QEventLoop& loop)
{
    runLoop(loop, Milliseconds(0), true, [] { return false; });
}

bool Session::waitUntilWritable(int descriptor)
{
    const int signalsBefore = m_signalCount;
    pollfd wanted { descriptor, POLLOUT, 0 };
    while (::poll(&wanted, 1, stallSliceMs) <= 0) {
        m_signals.readPending();
        if (m_signalCount != signalsBefore || SystemClock::instance().now() >= m_writeDeadline)
            return false;
    }
    return true;
}

// Never more than a pipe surely takes at once: a blocking write could not be left when a signal comes.
qint64 Session::writeSome(const char* bytes, qint64 size)
{
    const auto* file = qobject_cast<QFileDevice*>(m_streams.out);
    if (!file || file->handle() < 0)
        return m_streams.out->write(bytes, size);
    if (!waitUntilWritable(file->handle())) {
        errno = EPIPE;
        return -1;
    }
    return ::write(file->handle(), bytes, size_t(std::min<qint64>(size, PIPE_BUF)));
}

void Session::write(const QByteArray& bytes)
{
    const char* rest = bytes.constData();
    qint64 left = bytes.size();
    while (left > 0 && !m_outputClosed) {
        const qint64 written = writeSome(rest, left);
        if (written > 0) {
            rest += written;
            left -= written;
        } else if (errno != EINTR && errno != EAGAIN) {
            m_outputClosed = true;
            // Whoever read our output has gone (`| head`): that ends us, and is no error.
            if (errno != EPIPE)
                m_outputError = makeError(ErrorKind::Storage,
                    cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "standard output: %1")).arg(qt_error_string(errno)));
        }
    }
}

void Session::complain(const QString& text) { m_streams.err->write("lockscope-cli: " + text.toUtf8() + '\n'); }

void Session::note(const QString& text)
{
    if (!m_invocation.quiet)
        complain(text);
}

int Session::report(const Error& error)
{
    if (error.kind == ErrorKind::Cancelled && interrupted())
        return exitStatus(0);
    m_streams.err->write(errorText(error, m_invocation.command, m_invocation.json));
    return exitStatus(lockscope::exitStatus(error.kind));
}

int Session::exitStatus(int status) const { return interrupted() ? interruptedStatus : status; }

} // namespace lockscope::cli
