// SPDX-License-Identifier: GPL-3.0-or-later

// What befalls the network, by the proxy between clients and server: works against any server.
#include "stress/faults/faultlist.h"

using namespace std::chrono_literals;

namespace lockscope {

namespace {

/// Calls `act` for the proxies that the parameter `node` chooses: all, without it.
template <typename Act> void eachProxy(FaultContext& context, const FaultOccurrence& occurrence, Act act)
{
    const int chosen = occurrence.count("node", -1);
    for (int node = 0; node < context.nodeCount(); ++node) {
        if ((chosen < 0 || chosen == node) && context.proxy(node))
            act(*context.proxy(node));
    }
    occurrence.mark.node = chosen;
}

class LatencyFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        const Milliseconds delay = occurrence.duration("add", 20ms);
        const Milliseconds jitter = occurrence.duration("jitter", 0ms);
        eachProxy(context, occurrence, [=](FaultProxy& proxy) { proxy.setDelay(delay, jitter); });
    }
    void end(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        eachProxy(context, occurrence, [](FaultProxy& proxy) { proxy.setDelay(0ms, 0ms); });
    }
};

class ProxyModeFault final : public Fault {
public:
    ProxyModeFault(FaultFacts facts, FaultProxy::Mode mode)
        : Fault(std::move(facts))
        , m_mode(mode)
    {
    }
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        eachProxy(context, occurrence, [this](FaultProxy& proxy) { proxy.setMode(m_mode); });
    }
    void end(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        eachProxy(context, occurrence, [](FaultProxy& proxy) { proxy.setMode(FaultProxy::Mode::Pass); });
    }

private:
    const FaultProxy::Mode m_mode;
};

std::unique_ptr<Fault> makeModeFault(const char* name, const char* summary, FaultProxy::Mode mode, Milliseconds length)
{
    FaultFacts facts;
    facts.name = name;
    facts.summary = summary;
    facts.needsProxy = true;
    facts.usualLength = length;
    facts.parameters = { { "node", false } };
    return std::make_unique<ProxyModeFault>(std::move(facts), mode);
}

} // namespace

std::unique_ptr<Fault> makeLatencyFault()
{
    FaultFacts facts;
    facts.name = "latency";
    facts.summary = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "delays what passes, each way (add: 20ms, jitter: 0; for: the rest of the run)");
    facts.needsProxy = true;
    facts.parameters = { { "add", true }, { "jitter", true }, { "node", false } };
    return std::make_unique<LatencyFault>(std::move(facts));
}

std::unique_ptr<Fault> makePartitionFault()
{
    return makeModeFault("partition",
        QT_TRANSLATE_NOOP("lockscope::Stress", "lets nothing pass for a while, then everything (for: 1s)"),
        FaultProxy::Mode::Stall, 1s);
}

std::unique_ptr<Fault> makeDropAnswersFault()
{
    return makeModeFault("drop-answers",
        QT_TRANSLATE_NOOP("lockscope::Stress",
            "lets commands reach the server and loses its answers, then ends the connections (for: 100ms)"),
        FaultProxy::Mode::DropAnswers, 100ms);
}

std::unique_ptr<Fault> makeCutFault()
{
    return makeModeFault("cut",
        QT_TRANSLATE_NOOP("lockscope::Stress", "ends all connections and refuses new ones (for: 1s)"),
        FaultProxy::Mode::Refuse, 1s);
}

} // namespace lockscope
