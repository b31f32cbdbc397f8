// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/labreplica.h"

#include "redis/linkoptions.h"
#include "stress/stresstext.h"

namespace lockscope {

namespace {

constexpr Milliseconds askInterval { 20 };
constexpr Milliseconds longestSync { 15'000 };
constexpr Milliseconds downTime { 500 }; // clients have found the new master by then: a start holds up the proxy

} // namespace

std::unique_ptr<Connection> makeControlLink(const ConnectionSpec& spec, Milliseconds timeout)
{
    ConnectionOptions options = linkOptions("lockscope-lab-control", timeout);
    options.backoffFirst = Milliseconds(10);
    options.backoffLimit = Milliseconds(200);
    return std::make_unique<Connection>(spec, std::make_shared<const CommandGate>(false), options);
}

Result<std::unique_ptr<LabReplica>> LabReplica::make(const ConnectionSpec& master, Milliseconds timeout)
{
    SandboxServer::Options options;
    options.notifyFlags.clear();
    options.tcp = true;
    options.arguments = { QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    if (!server)
        return fail(server.error());
    std::unique_ptr<LabReplica> replica(new LabReplica);
    replica->m_server = std::move(*server);
    replica->m_door = std::make_unique<FaultProxy>(master);
    if (const Status listening = replica->m_door->listen(); !listening)
        return fail(listening.error());
    replica->m_control = makeControlLink(replica->m_server->tcpSpec(), timeout);
    replica->m_pace.setInterval(askInterval);
    connect(&replica->m_pace, &QTimer::timeout, replica.get(), &LabReplica::askInStep);
    replica->m_comeBack.setSingleShot(true);
    replica->m_comeBack.setInterval(downTime);
    connect(&replica->m_comeBack, &QTimer::timeout, replica.get(), &LabReplica::comeBack);
    return replica;
}

void LabReplica::follow(UniqueFunction<void(Status)> handler)
{
    m_handler = std::move(handler);
    m_giveUpAt = std::chrono::steady_clock::now() + longestSync;
    watchControl();
    m_control->open();
    m_pace.start();
}

// Also after the server came back.
void LabReplica::watchControl()
{
    connect(m_control.get(), &Connection::ready, this, &LabReplica::sendReplicaOf);
    if (m_control->isReady())
        sendReplicaOf();
}

void LabReplica::sendReplicaOf()
{
    const QByteArray port = QByteArray::number(m_door->spec().endpoint().port);
    m_control->send({ "REPLICAOF", "127.0.0.1", port }, [this](const Result<ReplyView>& reply) {
        if (!reply)
            finish(fail(reply.error()));
    });
}

void LabReplica::askInStep()
{
    if (std::chrono::steady_clock::now() > m_giveUpAt)
        return finish(fail(ErrorKind::Timeout,
            stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "the replica did not get in step with its master"))));
    if (!m_control->isReady())
        return;
    m_control->send({ "INFO", "replication" }, [this](const Result<ReplyView>& reply) {
        if (reply && reply->toByteArray().contains("master_link_status:up"))
            finish({});
    });
}

void LabReplica::finish(Status status)
{
    m_pace.stop();
    if (UniqueFunction<void(Status)> handler = std::exchange(m_handler, {}))
        handler(std::move(status));
}

void LabReplica::hold(bool held) { m_door->setMode(held ? FaultProxy::Mode::Stall : FaultProxy::Mode::Pass); }

void LabReplica::takeOver(std::unique_ptr<SandboxServer>& master, std::unique_ptr<Connection>& control)
{
    m_control->disconnect(this);
    std::swap(m_server, master);
    std::swap(m_control, control);
    m_door->setUpstream(master->tcpSpec());
    hold(false);
    m_comeBack.start();
}

void LabReplica::comeBack()
{
    if (const Status started = m_server->restart(); !started)
        qWarning("%s", qPrintable(started.error().detail));
    watchControl();
}

} // namespace lockscope

#include "moc_labreplica.cpp"
