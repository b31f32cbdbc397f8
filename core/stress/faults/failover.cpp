// SPDX-License-Identifier: GPL-3.0-or-later

// What befalls a deployment: the master dies, and its replica takes over without the last writes.
#include "stress/faults/faultlist.h"

using namespace std::chrono_literals;

namespace lockscope {

namespace {

class FailoverFault final : public Fault {
public:
    using Fault::Fault;
    void begin(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        context.holdReplication(nodeOf(occurrence), true);
    }
    void end(FaultContext& context, const FaultOccurrence& occurrence) const override
    {
        if (occurrence.isStopping)
            context.holdReplication(nodeOf(occurrence), false);
        else
            context.failOver(nodeOf(occurrence));
    }

private:
    static int nodeOf(const FaultOccurrence& occurrence)
    {
        occurrence.mark.node = occurrence.count("node", 0);
        return occurrence.mark.node;
    }
};

} // namespace

std::unique_ptr<Fault> makeFailoverFault()
{
    FaultFacts facts;
    facts.name = "failover";
    facts.summary = QT_TRANSLATE_NOOP("lockscope::Stress",
        "lets a master's replica fall behind, kills the master, and promotes the replica (for: 50ms, how far it is "
        "behind)");
    facts.needsSandbox = true;
    facts.needsProxy = true;
    facts.needsReplica = true;
    facts.usualLength = 50ms;
    facts.parameters = { { "node", false } };
    return std::make_unique<FailoverFault>(std::move(facts));
}

} // namespace lockscope
