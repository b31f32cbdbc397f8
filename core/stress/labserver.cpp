// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/labserver.h"

#include "redis/serverfacts.h"

namespace lockscope {

Result<std::unique_ptr<LabServer>> LabServer::make(const ConnectionSpec& spec, const Needs& needs, Milliseconds timeout)
{
    std::unique_ptr<LabServer> server(new LabServer);
    server->m_spec = spec;
    if (spec.topology == Topology::Sandbox) {
        SandboxServer::Options options;
        options.notifyFlags.clear();
        options.tcp = true;
        if (needs.replica)
            options.arguments = { QStringLiteral("--repl-diskless-sync-delay"), QStringLiteral("0") };
        Result<std::unique_ptr<SandboxServer>> sandbox = SandboxServer::start(options);
        if (!sandbox)
            return fail(sandbox.error());
        server->m_sandbox = std::move(*sandbox);
        server->m_spec = server->m_sandbox->tcpSpec();
    }
    if (needs.proxy) {
        server->m_proxy = std::make_unique<FaultProxy>(server->m_spec);
        if (const Status listening = server->m_proxy->listen(); !listening)
            return fail(listening.error());
    }
    server->m_control = makeControlLink(server->m_spec, timeout);
    if (needs.replica && server->m_sandbox) {
        Result<std::unique_ptr<LabReplica>> replica = LabReplica::make(server->m_spec, timeout);
        if (!replica)
            return fail(replica.error());
        server->m_replica = std::move(*replica);
    }
    return server;
}

void LabServer::probe(UniqueFunction<void(Status)> handler)
{
    m_probeHandler = std::move(handler);
    connect(m_control.get(), &Connection::ready, this, &LabServer::askFacts);
    connect(m_control.get(), &Connection::lost, this, [this](const Error& error) { finishProbe(fail(error)); });
    m_control->open();
}

void LabServer::askFacts()
{
    if (!m_probeHandler)
        return;
    m_facts.insert(QStringLiteral("endpoint"), m_spec.endpoint().text());
    m_facts.insert(QStringLiteral("sandbox"), m_sandbox ? QStringLiteral("yes") : QStringLiteral("no"));
    for (const char* setting : { "maxmemory-policy", "appendonly", "appendfsync", "save", "hz", "io-threads" }) {
        const QString name = QString::fromLatin1(setting);
        m_control->send({ "CONFIG", "GET", setting }, [this, name](const Result<ReplyView>& reply) {
            if (reply && reply->size() == 2)
                m_facts.insert(name, QString::fromUtf8(reply->at(1).toByteArray()));
        });
    }
    probeServer(*m_control, [this](const Result<ServerFacts>& facts) {
        if (!facts)
            return finishProbe(fail(facts.error()));
        m_facts.insert(QStringLiteral("flavour"), QString::fromUtf8(facts->flavour));
        m_facts.insert(QStringLiteral("version"), QString::fromUtf8(facts->version));
        m_facts.insert(QStringLiteral("role"), QString::fromUtf8(facts->role));
        if (!m_replica)
            return finishProbe({});
        m_replica->follow([this](Status status) { finishProbe(std::move(status)); });
    });
}

void LabServer::finishProbe(Status status)
{
    if (UniqueFunction<void(Status)> handler = std::exchange(m_probeHandler, {}))
        handler(std::move(status));
}

void LabServer::holdReplication(bool held)
{
    if (m_replica)
        m_replica->hold(held);
}

void LabServer::failOver()
{
    if (!m_replica)
        return;
    if (!m_replica->isUp())
        return m_replica->hold(false); // it is not back from the last time
    m_sandbox->kill();
    m_replica->takeOver(m_sandbox, m_control);
    m_spec = m_sandbox->tcpSpec();
    m_control->send({ "REPLICAOF", "NO", "ONE" }, [this](const Result<ReplyView>& reply) {
        if (!reply)
            qWarning("%s", qPrintable(reply.error().detail));
        m_proxy->setUpstream(m_spec);
    });
}

void LabServer::sweep(const QByteArray& prefix, KeySweeper::Handler handler)
{
    if (m_sandbox && m_sandbox->processId() == 0)
        return handler(0);
    m_sweeper = std::make_unique<KeySweeper>(*m_control, prefix, std::move(handler));
    if (m_control->isReady())
        return m_sweeper->start();
    // After a fault the link may be on its way back.
    connect(m_control.get(), &Connection::ready, m_sweeper.get(), &KeySweeper::start);
    QTimer::singleShot(Milliseconds(3000), m_sweeper.get(), [this] {
        if (!m_control->isReady())
            m_sweeper->start(); // fails at once, with the reason
    });
}

} // namespace lockscope

#include "moc_labserver.cpp"
