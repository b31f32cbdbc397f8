// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/session.h"

#include "base/errortext.h"
#include "deployment/lockjson.h"

#include <QTimer>

namespace lockscope::cli {

namespace {

constexpr int signalStatusBase = 128; // as shells say it: 130 for SIGINT

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
    connect(&m_signals, &SignalWatcher::terminationRequested, this, [this](int signal) {
        if (m_signal == 0)
            m_signal = signal;
    });
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
    return {};
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

void Session::run(QEventLoop& loop)
{
    runLoop(loop, Milliseconds(0), true, [] { return false; });
}

void Session::write(const QByteArray& bytes)
{
    const char* rest = bytes.constData();
    qint64 left = bytes.size();
    while (left > 0 && !m_outputClosed) {
        const qint64 written = m_streams.out->write(rest, left);
        // Whoever read our output has gone (`| head`): that ends us, and is no error.
        if (written <= 0)
            m_outputClosed = true;
        else
            rest += written, left -= written;
    }
}

void Session::note(const QString& text)
{
    if (!m_invocation.quiet)
        m_streams.err->write("lockscope-cli: " + text.toUtf8() + '\n');
}

int Session::report(const Error& error)
{
    if (error.kind == ErrorKind::Cancelled && interrupted())
        return exitStatus(0);
    m_streams.err->write(errorText(error, m_invocation.command, m_invocation.json));
    return lockscope::exitStatus(error.kind);
}

int Session::exitStatus(int status) const { return interrupted() ? signalStatusBase + m_signal : status; }

} // namespace lockscope::cli
