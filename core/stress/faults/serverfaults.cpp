// SPDX-License-Identifier: GPL-3.0-or-later

// What befalls a server; only those that the lab has started itself.
#include "stress/faults/faultlist.h"

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr qint64 millisecond = 1'000'000;

SandboxServer* serverOf(FaultContext& context, const FaultOccurrence& occurrence)
{
    const int node = occurrence.count("node", 0);
    occurrence.mark.node = node;
    return node < context.nodeCount() ? context.sandbox(node) : nullptr;
}

class ServerPauseFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        SandboxServer* const server = serverOf(context, occurrence);
        if (!server)
            return;
        const QByteArray how = occurrence.spec.parameters.value("how", "stop");
        const qint64 length = occurrence.lengthNs / millisecond;
        const auto ignore = [](const Result<ReplyView>&) {};
        Connection& control = context.control(occurrence.mark.node);
        if (how == "stop")
            server->suspend();
        else if (how == "sleep")
            control.send({ "DEBUG", "SLEEP", QByteArray::number(double(length) / 1000.0, 'f', 3) }, ignore);
        else
            control.send({ "CLIENT", "PAUSE", QByteArray::number(length), "WRITE" }, ignore);
    }
    void end(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        if (SandboxServer* const server = serverOf(context, occurrence))
            server->resume();
        if (occurrence.spec.parameters.value("how") == "client")
            context.control(occurrence.mark.node).send({ "CLIENT", "UNPAUSE" }, [](const Result<ReplyView>&) {});
    }
};

class KillMasterFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        if (SandboxServer* const server = serverOf(context, occurrence))
            server->kill();
    }
    void end(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        if (SandboxServer* const server = serverOf(context, occurrence); server && server->processId() == 0) {
            if (const Status started = server->restart(); !started)
                qWarning("%s", qPrintable(started.error().detail));
        }
    }
};

class RestartEmptyFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        if (SandboxServer* const server = serverOf(context, occurrence)) {
            if (const Status started = server->restart(); !started)
                qWarning("%s", qPrintable(started.error().detail));
        }
    }
};

} // namespace

std::unique_ptr<Fault> makeServerPauseFault()
{
    FaultFacts facts;
    facts.name = "server-pause";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress",
        "stops a server: how=stop (SIGSTOP), sleep (DEBUG SLEEP) or client (CLIENT PAUSE for writes) (for: 1s)");
    facts.needsSandbox = true;
    facts.usualLength = 1s;
    facts.parameters = { { "node", false }, { "how", false, "stop sleep client" } };
    return std::make_unique<ServerPauseFault>(std::move(facts));
}

std::unique_ptr<Fault> makeKillMasterFault()
{
    FaultFacts facts;
    facts.name = "kill-master";
    facts.summary
        = QT_TRANSLATE_NOOP("lockscope::Stress", "kills a server by SIGKILL; it comes back without its data (for: 1s)");
    facts.needsSandbox = true;
    facts.usualLength = 1s;
    facts.parameters = { { "node", false } };
    return std::make_unique<KillMasterFault>(std::move(facts));
}

std::unique_ptr<Fault> makeRestartEmptyFault()
{
    FaultFacts facts;
    facts.name = "restart-empty";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "restarts a server at once, without its data");
    facts.needsSandbox = true;
    facts.isInstant = true;
    facts.parameters = { { "node", false } };
    return std::make_unique<RestartEmptyFault>(std::move(facts));
}

} // namespace lockscope
