// SPDX-License-Identifier: GPL-3.0-or-later

// What befalls clients: a stop of the world, death, a clock that jumps, a broken connection.
#include "stress/faults/faultlist.h"
#include "stress/schedule.h"

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr qint64 millisecond = 1'000'000;

quint32 victimOf(const FaultContext& context, const FaultOccurrence& occurrence, int which)
{
    const quint64 number = occurrence.number * 1000 + quint64(which);
    return schedule::victim(context.config(), occurrence.fault, number, quint32(context.config().clients));
}

class PauseClientFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        for (int i = 0; i < occurrence.count("clients", 1); ++i) {
            const quint32 victim = victimOf(context, occurrence, i);
            context.pauseClient(victim, occurrence.lengthNs);
            occurrence.mark.client = qint32(victim);
        }
    }
};

class CrashClientFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        for (int i = 0; i < occurrence.count("clients", 1); ++i) {
            const quint32 victim = victimOf(context, occurrence, i);
            context.crashClient(victim, occurrence.lengthNs);
            occurrence.mark.client = qint32(victim);
        }
    }
};

class ClockJumpFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        context.jumpClocks(jump(context, occurrence));
    }
    void end(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        context.jumpClocks(-jump(context, occurrence));
    }

private:
    static qint64 jump(const FaultContext& context, const FaultOccurrence& occurrence)
    {
        return occurrence.duration("by", -2 * context.config().ttl).count() * millisecond;
    }
};

class KillConnectionFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        context.killConnections(victimOf(context, occurrence, 0));
    }
};

} // namespace

std::unique_ptr<Fault> makePauseClientFault()
{
    FaultFacts facts;
    facts.name = "pause-client";
    facts.summary = QT_TRANSLATE_NOOP(
        "lockscope::Stress", "stops a client within its section, as a garbage collection does (for: twice the TTL)");
    facts.usualLength = -1ms;
    facts.parameters = { { "clients", false } };
    return std::make_unique<PauseClientFault>(std::move(facts));
}

std::unique_ptr<Fault> makeCrashClientFault()
{
    FaultFacts facts;
    facts.name = "crash-client";
    facts.summary
        = QT_TRANSLATE_NOOP("lockscope::Stress", "lets a client die at the moment when it gets a lock (for: 1s)");
    facts.usualLength = 1s;
    facts.parameters = { { "clients", false } };
    return std::make_unique<CrashClientFault>(std::move(facts));
}

std::unique_ptr<Fault> makeClockJumpFault()
{
    FaultFacts facts;
    facts.name = "clock-jump";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress",
        "sets the clocks of all clients (simulated) by this much (by: back by twice the TTL; for: the rest of the "
        "run)");
    facts.parameters = { { "by", true } };
    return std::make_unique<ClockJumpFault>(std::move(facts));
}

std::unique_ptr<Fault> makeKillConnectionFault()
{
    FaultFacts facts;
    facts.name = "kill-connection";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress", "ends a connection with commands under way");
    facts.isInstant = true;
    return std::make_unique<KillConnectionFault>(std::move(facts));
}

} // namespace lockscope
